import type { TlsCertificatesReceived } from '../model/observations/tls.ts';
import { decidingTrust } from '../model/trust.ts';
import { fetchNamed } from './certificate-fetch.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import type { WalkContext } from './walk-context.ts';

/** Files fetched for one chain: an issuer, its issuer, and a second place for each. */
const mostFiles = 4;

/** Certificates of the request's own connection, as they were sent. */
export function receivedCertificates({ recorder }: WalkContext): TlsCertificatesReceived | null {
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
export function derOf({ recorder }: WalkContext, { certificates, der }: TlsCertificatesReceived): readonly string[] | null {
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

/** Asks for an issuer's certificate where another one says it is to be had. */
async function fetchIssuer(context: WalkContext, received: TlsCertificatesReceived, url: string): Promise<readonly Uint8Array[]> {
  const { chains } = context.ports;
  const fetched = await fetchNamed(context, received.server.address, url);
  const found = fetched.kind === 'answered' && fetched.status === 200 ? chains.certificatesIn(fetched.body) : [];
  const readable = found.flatMap((der) => {
    const sha256Hex = chains.facts(der)?.sha256Hex;
    return sha256Hex === undefined ? [] : [{ der, sha256Hex }];
  });
  const isFound = readable.length > 0;
  context.recorder.observe({
    ...baseOf(context, received),
    kind: 'tls.issuer-fetched',
    url,
    source: fetched.kind === 'not-asked' ? null : fetched.source,
    outcome: fetched.kind === 'answered' ? (isFound ? 'certificates' : 'no-certificate') : fetched.kind,
    status: fetched.kind === 'answered' ? fetched.status : null,
    sha256Hex: readable.map(({ sha256Hex }) => sha256Hex),
    failure: fetched.kind === 'no-answer' ? fetched.failure : null,
  });
  return readable.map(({ der }) => der);
}
