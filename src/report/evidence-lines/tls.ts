import type { ObservationKind, ObservationOf } from '../../model/observation.ts';
import { clientNames } from '../client-names.ts';
import { certificateNames, clip, endpoint, inBrackets, words } from '../fact-words.ts';
import { sampleText } from '../sentences/detail-facts.ts';
import { day, duration, plural } from '../wording.ts';
import type { LinesOf, Stated } from './lines.ts';

/** What was said in handshakes, and what certificates are worth. */
export const tlsLines: LinesOf<Extract<ObservationKind, `tls.${string}`>> = {
  'tls.handshake-completed': (stated) =>
    `${stated.version}, ${stated.cipher}${stated.group === null ? '' : `, ${stated.group}`}${stated.alpn === null ? '' : `, ALPN ${stated.alpn}`}${stated.resumed ? ', resumed' : ''}${stated.retried === true ? ', another key share asked for' : ''}${stated.postQuantum === true ? ', post-quantum' : ''}${stated.forwardSecret === false ? ', no forward secrecy' : ''}${stated.ocspResponseBytes === undefined || stated.ocspResponseBytes === null ? '' : ', OCSP response stapled'} with ${endpoint(stated.server)}${stated.readable === undefined || stated.readable.length === 0 ? '' : `; in clear: ${stated.readable.map(words).join(', ')}`}`,
  'tls.certificates-received': (stated) => {
    const leaf = stated.certificates[0];
    if (leaf === undefined) return `${endpoint(stated.server)} sent no certificate`;
    const trust = stated.trust
      .map((result) => `${stores[result.store]}: ${result.trusted ? 'trusted' : (result.code ?? 'not trusted')}`)
      .join(', ');
    return `${plural(stated.certificates.length, 'certificate')} for ${certificateNames(leaf)}, valid ${day(leaf.notBefore)} to ${day(leaf.notAfter)}, issued by ${clip(leaf.issuer)}${trust === '' ? '' : `; ${trust}`}`;
  },
  'tls.paths-judged': (stated) => {
    const holding = stated.paths.filter(({ end, faults }) => end === 'anchor' && faults.every(({ improper }) => improper === true)).length;
    const clients = stated.clients.map(
      (view) => `${clientNames[view.client]} ${view.accepts ? 'accepts' : `refuses (${view.code ?? ''})`}`,
    );
    const order = stated.inOrder ? '' : ', sent in the wrong order';
    const unused = stated.unused.length === 0 ? '' : `, ${plural(stated.unused.length, 'certificate')} sent for nothing`;
    return `${plural(stated.paths.length, 'path')} from the certificate upwards, ${holding === 0 ? 'none holds' : `${holding} ${holding === 1 ? 'holds' : 'hold'}`}${order}${unused}; ${clients.join('; ')}`;
  },
  'tls.issuer-fetched': (stated) => {
    const from = stated.source === null ? '' : ` from ${endpoint(stated.source)}`;
    return `${clip(stated.url)}, where a certificate says its issuer is${from}: ${fetchOutcomes[stated.outcome]}${stated.failure === null ? '' : inBrackets(stated.failure)}`;
  },
  'tls.revocation-stated': (stated) => {
    const said =
      stated.status === null
        ? `says nothing of this certificate (${words(stated.response)})`
        : `says ${stated.status}${stated.revokedAt === null ? '' : ` since ${day(stated.revokedAt)}`}${stated.reason === null ? '' : ` (${words(stated.reason)})`}`;
    return `the ${stated.source} OCSP response ${said}${stated.status === null ? '' : `, ${signatureWords[stated.signature]}`}${inForce(stated)}`;
  },
  'tls.revocation-listed': (stated) => {
    const from = stated.source === null ? '' : ` from ${endpoint(stated.source)}`;
    const said =
      stated.status === 'revoked'
        ? `lists this certificate${stated.revokedAt === null ? '' : ` since ${day(stated.revokedAt)}`}${stated.reason === null ? '' : ` (${words(stated.reason)})`}`
        : stated.status === null
          ? 'says nothing of this certificate'
          : `does not list this certificate${stated.covers ? '' : ', and may leave it out'}`;
    const list = `${plural(stated.entries ?? 0, 'entry', 'entries')}, ${said}, ${signatureWords[stated.signature]}${stated.faults.length === 0 ? '' : ` (${stated.faults.map(words).join(', ')})`}${inForce(stated)}`;
    return `${clip(stated.url)}, where the certificate says its revocation list is${from}: ${stated.outcome === 'list' ? list : listOutcomes[stated.outcome]}${stated.failure === null ? '' : inBrackets(stated.failure)}`;
  },
  'tls.alert-received': (stated) =>
    `${endpoint(stated.server)} sent the ${stated.level} alert ${stated.alertName} (${stated.alert}) after ${words(stated.after)}`,
  'tls.not-tls': (stated) => {
    const sample = sampleText(stated.sampleHex);
    return `${endpoint(stated.server)} answered in ${stated.looksLike === 'unknown' ? 'something that is not TLS' : stated.looksLike.toUpperCase()}${sample === null ? '' : `: "${sample}"`}`;
  },
  'tls.handshake-failed': (stated) => `the TLS handshake with ${endpoint(stated.server)} failed${inBrackets(stated.failure)}`,
  'tls.resumption-tried': (stated) => {
    const ticket = `${stated.lifetimeSeconds === null ? '' : `, good for ${duration(stated.lifetimeSeconds * 1000)}`}${stated.earlyDataBytes === null ? '' : stated.earlyDataBytes > 0 ? `, 0-RTT of ${plural(stated.earlyDataBytes, 'byte')} offered` : ', no 0-RTT'}`;
    return `a session with ${endpoint(stated.server)} taken up again: ${words(stated.outcome)}${ticket}${stated.resumedMs === null ? '' : ` (${duration(stated.resumedMs)}, anew ${duration(stated.fullMs)})`}`;
  },
  'tls.hello-tried': (stated) =>
    `a ClientHello ${hellos[stated.variant]}${stated.serverName === null ? ', no name' : ` for ${clip(stated.serverName)}`}${stated.helloBytes === null ? '' : ` (${plural(stated.helloBytes, 'byte')})`} to ${endpoint(stated.server)}: ${helloOutcome(stated)}`,
};

/** Until when a statement about revocation may be relied on. */
function inForce({ nextUpdate, judgedAt }: { nextUpdate: string | null; judgedAt: string }): string {
  if (nextUpdate === null) return '';
  return Date.parse(nextUpdate) < Date.parse(judgedAt) ? `, out of date since ${day(nextUpdate)}` : `, good until ${day(nextUpdate)}`;
}

const fetchOutcomes: Readonly<Record<ObservationOf<'tls.issuer-fetched'>['outcome'], string>> = {
  certificates: 'found',
  'no-certificate': 'no certificate there',
  'no-answer': 'no answer',
  'not-asked': 'not asked for (not plain http, or an inside address)',
};

const listOutcomes: Readonly<Record<Exclude<ObservationOf<'tls.revocation-listed'>['outcome'], 'list'>, string>> = {
  'no-list': 'no list there',
  'too-large': 'too large to be read',
  'no-answer': 'no answer',
  'not-asked': 'not asked for (not plain http, or an inside address)',
};

const signatureWords: Readonly<Record<ObservationOf<'tls.revocation-stated'>['signature'], string>> = {
  valid: 'signed by its issuer',
  wrong: 'its signature is wrong',
  unchecked: 'its signature could not be checked',
};

const hellos: Readonly<Record<ObservationOf<'tls.hello-tried'>['variant'], string>> = {
  'as-walked': 'like the first',
  small: 'of a small offer',
  large: 'of the same offer over more than one segment',
  'small-answer': 'that a hundred bytes can answer',
  'without-name': 'of a small offer',
  'other-name': 'of a small offer',
  'tls12-only': 'of TLS 1.2 alone',
  'tls13-only': 'of TLS 1.3 alone',
  widest: 'of every cipher up to TLS 1.2',
  browser: "of a browser's offer",
};

function helloOutcome(stated: Stated<'tls.hello-tried'>): string {
  const after = ` after ${duration(stated.afterMs)}`;
  switch (stated.outcome) {
    case 'hello':
      return `answered with ${stated.version ?? 'an unknown version'}, ${stated.cipher ?? 'no cipher'}${stated.group === null ? '' : `, ${stated.group}`}`;
    case 'retry':
      return `answered with a request for another key share (${stated.version ?? 'an unknown version'})`;
    case 'alert':
      return `refused with the alert ${stated.alertName ?? ''} (${stated.alert ?? '?'})`;
    case 'not-tls':
      return 'answered in something that is not TLS';
    case 'silent':
      return `no answer within ${duration(stated.afterMs)}${stated.bytesAcknowledged === null ? '' : stated.bytesAcknowledged > 0 ? ', acknowledged' : ', not acknowledged'}`;
    case 'connect-failed':
      return 'no connection';
    default:
      return `${stated.outcome}${after}`;
  }
}

const stores: Readonly<Record<'system' | 'mozilla' | 'given', string>> = { system: 'this host', mozilla: "Mozilla's list", given: '--ca' };
