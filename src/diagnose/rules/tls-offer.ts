import type { ObservationOf } from '../../model/observation.ts';
import type { HelloVariant } from '../../model/observations/tls.ts';
import type { Facts } from '../facts.ts';
import { everyOffer, isRefused, isWelcome, refusedHello, type Tried, trial } from '../hello-evidence.ts';
import { carriedCertificates } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** Client and server have nothing in common, or only what is out of date: versions, cipher suites, groups. */

type Completed = ObservationOf<'tls.handshake-completed'>;
type Failed = ObservationOf<'tls.handshake-failed'>;

/** RFC 8446 section 6.2. */
const alert = { handshakeFailure: 40, protocolVersion: 70, insufficientSecurity: 71 } as const;

/** RFC 8996, RFC 7568. */
const oldVersions: ReadonlySet<string | null> = new Set(['SSLv3', 'TLSv1', 'TLSv1.1']);
/** Broken, or never meant to protect; most of them by RFC 9325 section 4.1. */
const broken = /RC4|3DES|_DES|DES40|NULL|EXPORT|MD5|anon|IDEA|RC2|SEED/;
/** What RFC 9325 asks for at least. */
const leastPrimeBits = 2048;

function handshakeFailures(facts: Facts): readonly Failed[] {
  return facts.of('tls.handshake-failed').filter((failed) => failed.followUp === undefined);
}

/** The trial that shows what the server would have accepted. */
function accepted(facts: Facts): Tried | null {
  const variants: readonly HelloVariant[] = ['small', 'browser', 'tls13-only', 'tls12-only', 'widest'];
  return variants.map((variant) => trial(facts, variant)).find(isWelcome) ?? null;
}

/** Whether an alert in place of a ServerHello says that nothing offered will do. */
function rejectsOffer(facts: Facts): ObservationOf<'tls.alert-received'> | null {
  const refused = refusedHello(facts);
  if (refused === null || refused.clientCertificateRequested === true) return null;
  return refused.alert === alert.handshakeFailure || refused.alert === alert.insufficientSecurity ? refused : null;
}

/** What is out of date about a finished handshake; null when nothing is. `old-mode` alone is no reason to worry anybody. */
function outdated(
  completed: Completed,
): 'version' | 'broken-cipher' | 'no-forward-secrecy' | 'short-prime' | 'finite-field' | 'old-mode' | null {
  const { version, cipher, primeBits } = completed;
  if (oldVersions.has(version)) return 'version';
  if (version === 'TLSv1.3') return null;
  if (broken.test(cipher)) return 'broken-cipher';
  if (!/^TLS_(EC)?DHE_/.test(cipher) && /^TLS_/.test(cipher)) return 'no-forward-secrecy';
  if (/^TLS_DHE_/.test(cipher))
    return primeBits !== undefined && primeBits !== null && primeBits < leastPrimeBits ? 'short-prime' : 'finite-field';
  return /_CBC_/.test(cipher) ? 'old-mode' : null;
}

export const tlsOfferRules: readonly Rule[] = [
  {
    cause: 'tls.version',
    supersedes: ['tls.cipher', 'tls.alert'],
    judge(facts) {
      const refused = refusedHello(facts);
      const isAboutVersion = refused?.alert === alert.protocolVersion;
      const common = accepted(facts);
      // A version that was not offered: the server was not asked for its best, it has nothing better.
      const older = common !== null && common.version === 'SSLv3' ? common : null;
      if (refused === null || (!isAboutVersion && older === null)) return none();
      return failure([refused, isAboutVersion ? common : older], {
        host: refused.serverName ?? refused.server.address,
        address: refused.server.address,
        port: refused.server.port,
        version: common?.version ?? null,
        alert: refused.alert,
        alertName: refused.alertName,
        after: refused.after,
      });
    },
  },
  {
    cause: 'tls.version',
    supersedes: ['tls.alert'],
    judge(facts) {
      const found = handshakeFailures(facts).filter(
        (failed) =>
          failed.version === 'SSLv3' ||
          failed.alertSent?.alert === alert.protocolVersion ||
          failed.failure.name === 'tls-unsupported-protocol',
      );
      const first = found[0];
      if (first === undefined) return none();
      return failure(found, {
        host: first.serverName ?? first.server.address,
        address: first.server.address,
        port: first.server.port,
        version: first.version,
        failure: first.failure.code ?? first.failure.name,
      });
    },
  },
  {
    cause: 'tls.cipher',
    supersedes: ['tls.alert'],
    judge(facts) {
      const refused = rejectsOffer(facts);
      if (refused === null) return none();
      const offers = everyOffer.map((variant) => trial(facts, variant));
      // Everything there is was offered and refused as well: it is not the offer. What is left is the alert.
      if (offers.every(isRefused)) return none();
      const common = accepted(facts);
      return failure(
        [refused, common],
        {
          host: refused.serverName ?? refused.server.address,
          address: refused.server.address,
          port: refused.server.port,
          alert: refused.alert,
          alertName: refused.alertName,
          after: refused.after,
          version: common?.version ?? null,
          cipher: common?.cipher ?? null,
          group: common?.group ?? null,
        },
        { confidence: common === null ? 'likely' : 'proven' },
      );
    },
  },
  {
    cause: 'tls.cipher',
    supersedes: ['tls.alert'],
    judge(facts) {
      const names: ReadonlySet<string> = new Set(['tls-no-shared-cipher', 'tls-dh-key-too-small']);
      const found = handshakeFailures(facts).filter(
        (failed) => names.has(failed.failure.name) || failed.alertSent?.alert === alert.insufficientSecurity,
      );
      const first = found[0];
      if (first === undefined || first.version === 'SSLv3') return none();
      return failure(found, {
        host: first.serverName ?? first.server.address,
        address: first.server.address,
        port: first.server.port,
        version: first.version,
        cipher: first.cipher ?? null,
        primeBits: first.primeBits ?? null,
        failure: first.failure.code ?? first.failure.name,
      });
    },
  },
  {
    // Libraries offer more than browsers do: what suits them alone works here, and nowhere else.
    cause: 'tls.cipher',
    judge(facts) {
      const completed = facts.of('tls.handshake-completed').find((one) => one.followUp === undefined);
      const browser = trial(facts, 'browser');
      if (completed === undefined || !isRefused(browser)) return none();
      if (browser.alert !== alert.handshakeFailure && browser.alert !== alert.insufficientSecurity) return none();
      const what = outdated(completed);
      // Of what is outdated, another cause tells.
      if (what !== null && what !== 'old-mode') return none();
      const received = carriedCertificates(facts);
      return impairment(
        [completed, received, browser],
        {
          host: facts.target?.host ?? '',
          address: completed.server.address,
          port: completed.server.port,
          alert: browser.alert,
          alertName: browser.alertName,
          version: completed.version,
          cipher: completed.cipher,
          group: completed.group,
          keyType: received?.certificates[0]?.keyType ?? null,
          browser: true,
        },
        { scope: ['browser'] },
      );
    },
  },
  {
    cause: 'tls.legacy',
    judge(facts) {
      const completed = facts.of('tls.handshake-completed').find((one) => one.followUp === undefined);
      const what = completed === undefined ? null : outdated(completed);
      if (completed === undefined || what === null) return none();
      const modern = trial(facts, 'small');
      const browser = trial(facts, 'browser');
      const detail = {
        host: facts.target?.host ?? '',
        version: completed.version,
        cipher: completed.cipher,
        what,
        primeBits: completed.primeBits ?? null,
      };
      const scope = isRefused(browser) ? (['browser'] as const) : [];
      const evidence = [completed, ...[modern, browser].filter((tried) => isRefused(tried))];
      if (what === 'version') return impairment(evidence, detail, { scope });
      // It could do better, and chose this from an offer that has everything.
      if (isWelcome(modern)) return impairment([completed, modern], detail, { severity: 'note' });
      if (what === 'finite-field') return isRefused(browser) ? impairment(evidence, detail, { scope }) : none();
      if (what === 'old-mode') return impairment(evidence, detail, { severity: 'note' });
      return impairment(evidence, detail, { confidence: isRefused(modern) ? 'proven' : 'likely', scope });
    },
  },
];
