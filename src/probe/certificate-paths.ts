import { isImpossibleForPublicName, isLoopback, isPrivate } from '../model/address.ts';
import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { TlsIssuerFetched } from '../model/observations/certificate-paths.ts';
import type { TlsCertificatesReceived } from '../model/observations/tls.ts';
import { decidingTrust } from '../model/trust.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import { exchangeSmall } from './small-exchange.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** Files fetched for one chain: an issuer, its issuer, and a second place for each. */
const mostFiles = 4;
/** A file of one certificate has 1 to 2 KB, a bundle of several rarely 20. */
const mostFileBytes = 64 * 1024;
const plainPort = 80;

/** Certificates of the request's own connection, as they were sent. */
function receivedCertificates({ recorder }: WalkContext): TlsCertificatesReceived | null {
  return (
    recorder.seen('tls.certificates-received').find(({ followUp, certificates }) => followUp === undefined && certificates.length > 0) ??
    null
  );
}

/** Keys and hashes that clients refuse in an authority (CA/B Forum baseline requirements 6.1.5). */
function isWeak({ keyType, keyBits, signatureAlgorithm, selfSigned }: TlsCertificatesReceived['certificates'][number]): boolean {
  if (selfSigned) return false;
  return (keyType === 'rsa' && keyBits !== null && keyBits < 2048) || /md2|md5|sha-?1(?!\d)/i.test(signatureAlgorithm);
}

/** Worth a second look: not trusted, something in the chain weak or out of its time, or not each certificate issued by the next. */
function isOdd({ certificates, trust, judgedAt }: TlsCertificatesReceived): boolean {
  const nowMs = Date.parse(judgedAt);
  return (
    decidingTrust(trust)?.trusted !== true ||
    certificates.slice(1).some(isWeak) ||
    certificates.some(({ notBefore, notAfter }) => nowMs < Date.parse(notBefore) || nowMs > Date.parse(notAfter)) ||
    certificates.some(({ issuer }, index) => index + 1 < certificates.length && issuer !== certificates[index + 1]?.subject)
  );
}

/**
 * Every path of the chain, and which clients find one. After a failure the issuers that were not sent are fetched from where the certificates say,
 * as browsers do: over plain http, without redirects, and never from inside addresses for a target that is outside.
 */
export const certificatePaths: FollowUp = {
  name: 'certificate-paths',
  afterSuccess: true,
  isWanted: (context) => {
    const received = receivedCertificates(context);
    return received !== null && isOdd(received);
  },
  async run(context) {
    const received = receivedCertificates(context);
    if (received === null) return;
    const { chains, clock } = context.ports;
    const sent = derOf(context, received);
    // From a record without the certificates themselves nothing can be built.
    if (sent === null) return;
    const atMs = clock.wallMs();
    const fetched: Uint8Array[] = [];
    let judgement = chains.judge(sent, fetched, atMs);
    const mayFetch = decidingTrust(received.trust)?.trusted === false && !isProxied(context);
    const asked = new Set<string>();
    while (mayFetch && judgement !== null && !judgement.accepted && asked.size < mostFiles) {
      const urls = judgement.issuerUrls.filter((url) => !asked.has(url)).slice(0, mostFiles - asked.size);
      if (urls.length === 0) break;
      for (const url of urls) asked.add(url);
      const files = await Promise.all(urls.map((url) => fetchIssuer(context, received, url)));
      const found = files.flat();
      if (found.length === 0) break;
      fetched.push(...found);
      judgement = chains.judge(sent, fetched, atMs);
    }
    if (judgement === null) return;
    const { certificates, paths, complete, inOrder, unused, clients } = judgement;
    context.recorder.observe({
      ...baseOf(context, received),
      kind: 'tls.paths-judged',
      judgedAt: new Date(atMs).toISOString(),
      certificates,
      paths,
      complete,
      inOrder,
      unused,
      clients,
    });
  },
};

/** The certificates themselves, stated once for each chain of the walk. */
function derOf({ recorder }: WalkContext, { certificates, der }: TlsCertificatesReceived): readonly string[] | null {
  if (der !== undefined) return der;
  const hashes = (one: Pick<TlsCertificatesReceived, 'certificates'>): string => one.certificates.map(({ sha256Hex }) => sha256Hex).join();
  const same = recorder
    .seen('tls.certificates-received')
    .find((other) => other.der !== undefined && hashes(other) === hashes({ certificates }));
  return same?.der ?? null;
}

type Base = Pick<TlsCertificatesReceived, 'checkpoint' | 'atMs' | 'connection' | 'server' | 'serverName'>;

function baseOf({ recorder }: WalkContext, { connection, server, serverName }: TlsCertificatesReceived): Base {
  return { checkpoint: 'tls', atMs: recorder.sinceStart(), connection, server, serverName };
}

/** An address of this host, of its link, or of an inside network. */
function isInside(address: string): boolean {
  return isLoopback(address) || isPrivate(address) || isImpossibleForPublicName(address);
}

type Outcome = Pick<TlsIssuerFetched, 'outcome'> & Partial<Pick<TlsIssuerFetched, 'status' | 'failure'>>;

async function fetchIssuer(context: WalkContext, received: TlsCertificatesReceived, url: string): Promise<readonly Uint8Array[]> {
  const { recorder } = context;
  const conclude = (source: Endpoint | null, outcome: Outcome, sha256Hex: string[] = []): void =>
    recorder.observe({
      ...baseOf(context, received),
      kind: 'tls.issuer-fetched',
      url,
      source,
      status: null,
      failure: null,
      sha256Hex,
      ...outcome,
    });
  const place = await placeOf(context, received, url);
  if (!('address' in place)) {
    conclude(null, place.failure === null ? { outcome: 'not-asked' } : { outcome: 'no-answer', failure: place.failure });
    return [];
  }
  const answer = await get(context, place, new URL(url));
  if ('name' in answer) {
    conclude(place, { outcome: 'no-answer', failure: answer });
    return [];
  }
  const found = answer.status === 200 ? context.ports.chains.certificatesIn(answer.body) : [];
  const hashes = found.map((der) => context.ports.chains.facts(der)?.sha256Hex).filter((hash) => hash !== undefined);
  conclude(place, { outcome: hashes.length > 0 ? 'certificates' : 'no-certificate', status: answer.status }, hashes);
  return hashes.length > 0 ? found : [];
}

/** Where the URL leads, if it may be asked: its host is written by whoever made the certificate. */
async function placeOf(
  context: WalkContext,
  received: TlsCertificatesReceived,
  text: string,
): Promise<Endpoint | { failure: Failure | null }> {
  const refused = { failure: null };
  if (!URL.canParse(text)) return refused;
  const url = new URL(text);
  const port = url.port === '' ? plainPort : Number(url.port);
  const targetIsInside = isInside(received.server.address);
  if (url.protocol !== 'http:' || url.username !== '' || (port !== plainPort && !targetIsInside)) return refused;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { family } = context.options;
  const looked = await context.ports.names.lookup(host, family, waitOf(context));
  if (looked.kind !== 'found') return { failure: looked.kind === 'failed' ? looked.failure : { name: looked.kind } };
  const [first] = looked.addresses;
  if (first === undefined) return { failure: { name: 'name-not-found' } };
  return isInside(first.address) && !targetIsInside ? refused : { address: first.address, port };
}

async function get(context: WalkContext, place: Endpoint, url: URL): Promise<{ status: number; body: Uint8Array } | Failure> {
  const { ports, recorder, options } = context;
  recorder.contact({ ...place, purpose: 'follow-up' });
  const overMs = ports.clock.nowMs() + options.timeoutMs;
  const dialed = await ports.tcp.dial(place, waitOf(context));
  if (dialed.kind !== 'connected') return dialed.kind === 'failed' ? dialed.failure : { name: dialed.kind };
  try {
    const headers = [
      { name: 'Host', value: url.host },
      { name: 'User-Agent', value: options.userAgent },
      { name: 'Connection', value: 'close' },
    ];
    const request = { method: 'GET', target: `${url.pathname}${url.search}`, headers };
    const answer = await exchangeSmall(context, dialed.connection, request, overMs, mostFileBytes);
    return answer.kind === 'failed' ? answer.failure : { status: answer.head.status, body: answer.body };
  } finally {
    dialed.connection.destroy();
  }
}
