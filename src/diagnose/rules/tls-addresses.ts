import type { CauseCode } from '../../model/cause.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { CertificateFacts } from '../../model/observations/tls.ts';
import { decidingTrust } from '../../model/trust.ts';
import { besideCertificates, isInspected, isProof, isRevoked, scopeOf } from '../address-evidence.ts';
import type { Facts } from '../facts.ts';
import { inspectionProductOf } from '../inspection-authorities.ts';
import { carriedCertificates, leafNamesHost, peerProven } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';
import { describeLeaf } from './tls-certificate.ts';

type Received = ObservationOf<'tls.certificates-received'>;
type Tried = ObservationOf<'tls.hello-tried'>;

function whatIsBad(received: Received, good: readonly Received[], facts: Facts): string {
  if (isRevoked(received, facts)) return 'revoked';
  if (decidingTrust(received.trust)?.trusted === true) return 'name';
  const leaf = received.certificates[0];
  if (leaf === undefined) return 'untrusted';
  if (Date.parse(leaf.notAfter) < Date.parse(received.judgedAt)) return 'expired';
  if (Date.parse(leaf.notBefore) > Date.parse(received.judgedAt)) return 'early';
  if (!leafNamesHost(received, facts.target?.host ?? '')) return 'name';
  // Another address sends the very issuer that this one leaves out.
  const issuesLeaf = ({ subject }: CertificateFacts): boolean => subject === leaf.issuer && !leaf.selfSigned;
  const isIssuerSentBy = ({ certificates }: Received): boolean => certificates.slice(1).some(issuesLeaf);
  return !isIssuerSentBy(received) && good.some(isIssuerSentBy) ? 'incomplete' : 'untrusted';
}

/** Handshakes with other addresses that did not come to an end, of one kind. */
function failedBeside(facts: Facts, says: (tried: Tried, facts: Facts) => boolean): readonly Tried[] {
  return facts.of('tls.hello-tried').filter((tried) => tried.variant === 'as-walked' && says(tried, facts));
}

/** An address of the name fails the handshake, while the one in use works: the same cause as for all of them, of one address. */
function oneAddressRule(cause: CauseCode, says: (tried: Tried, facts: Facts) => boolean): Rule {
  return {
    cause,
    judge(facts) {
      const failed = failedBeside(facts, says);
      const first = failed[0];
      const carried = carriedCertificates(facts);
      if (first === undefined || carried === null || !peerProven(facts)) return none();
      const good = [carried, ...besideCertificates(facts)].map((received) => received.server.address);
      return impairment(
        [...failed, carried],
        {
          host: facts.target?.host ?? '',
          address: first.server.address,
          addresses: failed.map((tried) => tried.server.address),
          port: first.server.port,
          phase: first.bytesReceived > 0 ? 'handshaking' : 'hello-sent',
          alert: first.alert,
          alertName: first.alertName,
          looksLike: first.outcome === 'not-tls' ? 'unknown' : null,
          waitedMs: first.outcome === 'silent' ? first.afterMs : null,
          works: carried.server.address,
        },
        {
          scope: scopeOf(
            failed.map((tried) => tried.server.address),
            good,
          ),
        },
      );
    },
  };
}

/** The round trips of a handshake at most, two for TLS 1.2: to an address that is far, they take what they take. */
const mostRoundTrips = 2;

/** SYNs are sent again after 1, 3 and 7 seconds (RFC 6298 section 2): whole seconds of what a connection took are no round trip. */
const synTimeoutMs = 1000;

/** The walk waits for other addresses only so long: what is too long by then is too long for that address. */
function isSilentTooLong(tried: Tried, facts: Facts): boolean {
  const connected = facts.of('tcp.connected').find(({ connection }) => connection === tried.connection);
  const roundTripMs = connected?.facts.rttMs ?? (connected?.durationMs ?? 0) % synTimeoutMs;
  return tried.outcome === 'silent' && tried.afterMs - roundTripMs * mostRoundTrips > facts.context.budgets.handshakeMs;
}

/** RFC 8446 section 6.2. */
const protocolVersion = 70;
const unrecognizedName = 112;

function isAlert(tried: Tried, alerts: readonly number[]): boolean {
  return tried.outcome === 'alert' && alerts.includes(tried.alert ?? -1);
}

export const tlsAddressRules: readonly Rule[] = [
  {
    cause: 'tls.address-differs',
    judge(facts) {
      const carried = carriedCertificates(facts);
      if (carried === null || facts.target === null) return none();
      const received = [carried, ...besideCertificates(facts)];
      const bad = received.filter((one) => !isProof(one, facts) && (one === carried || !isInspected(one, facts)));
      const good = received.filter((one) => isProof(one, facts));
      const first = bad[0];
      if (first === undefined || good.length === 0) return none();
      const isCarrierBad = bad.includes(carried);
      const claim = isCarrierBad ? failure : impairment;
      return claim(
        received,
        {
          host: facts.target.host,
          address: first.server.address,
          port: first.server.port,
          addresses: bad.map((one) => one.server.address),
          good: good.map((one) => one.server.address),
          what: whatIsBad(first, good, facts),
          notAfter: first.certificates[0]?.notAfter ?? null,
          subject: first.certificates[0]?.subject ?? null,
          code: decidingTrust(first.trust)?.code ?? null,
        },
        {
          scope: scopeOf(
            bad.map((one) => one.server.address),
            good.map((one) => one.server.address),
          ),
        },
      );
    },
  },
  {
    // What reads along may see to one family alone, or to some networks.
    cause: 'tls.intercepted',
    judge(facts) {
      const carried = carriedCertificates(facts);
      const inspected = besideCertificates(facts).filter((one) => isInspected(one, facts));
      const [first] = inspected;
      const leaf = first?.certificates[0];
      if (first === undefined || leaf === undefined || carried === null || !isProof(carried, facts)) return none();
      const addressesOf = (list: readonly Received[]): string[] => list.map(({ server }) => server.address);
      const addresses = addressesOf(inspected);
      const good = addressesOf([carried, ...besideCertificates(facts)].filter((one) => isProof(one, facts)));
      const known = inspectionProductOf(first.certificates);
      const detail = {
        ...describeLeaf(first, leaf),
        ...(known === null ? {} : { product: known.product, source: known.source }),
        addresses,
      };
      return impairment([...inspected, carried], detail, { confidence: 'likely', scope: scopeOf(addresses, good) });
    },
  },
  oneAddressRule('tls.reset', (tried) => tried.outcome === 'reset'),
  oneAddressRule('tls.closed', (tried) => tried.outcome === 'closed'),
  oneAddressRule('tls.timeout', isSilentTooLong),
  oneAddressRule('tls.not-tls', (tried) => tried.outcome === 'not-tls'),
  oneAddressRule('tls.version', (tried) => isAlert(tried, [protocolVersion])),
  oneAddressRule('tls.unrecognized-name', (tried) => isAlert(tried, [unrecognizedName])),
  oneAddressRule(
    'tls.alert',
    (tried) => tried.outcome === 'failed' || (tried.outcome === 'alert' && !isAlert(tried, [protocolVersion, unrecognizedName])),
  ),
];
