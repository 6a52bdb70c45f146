import type { ObservationOf } from '../model/observation.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { CertificateFacts, HelloVariant, TlsHelloTried } from '../model/observations/tls.ts';
import type { Connection, ReadOutcome } from '../ports/connection.ts';
import { tlsCipherSuiteName } from '../wire/tls-cipher-suites.ts';
import { encodeTlsClientHello } from '../wire/tls-client-hello.ts';
import { tlsAlertName, tlsGroupName, tlsVersionName } from '../wire/tls-names.ts';
import { createTlsStream, type TlsStream } from '../wire/tls-stream.ts';
import { type FollowUp, silenceOf } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { helloOffer, offerRandomBytes, otherName } from './tls-offers.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** An answer that comes at all comes within a second or two; what stays silent longer is silent. */
const patienceMs = 3000;

/** Sent to names and addresses alike. */
const always: readonly HelloVariant[] = ['small', 'large', 'small-answer', 'tls12-only', 'tls13-only', 'widest', 'browser'];
/** What a current client without anything old gets, and a browser. */
const aboutAge: readonly HelloVariant[] = ['small', 'browser'];
/** Need a name to leave out or change. */
const aboutTheName: readonly HelloVariant[] = ['without-name', 'other-name'];

/**
 * The handshake does not begin well: other hellos to the same address, one thing changed in each, all at the same time. Only the first answer
 * is waited for, and nothing of the user's is sent.
 */
export const tlsHellos: FollowUp = {
  name: 'other-hellos',
  startsEarly: true,
  afterSuccess: true,
  isWanted: (context) => isHelloInTrouble(context) || isUnusual(context),
  async run(context) {
    const target = context.recorder.seen('target.parsed')[0];
    const server = carriedBy(context)?.server;
    if (target === undefined || server === undefined || !isSecure(target) || isProxied(context)) return;
    const serverName = target.hostKind === 'name' ? target.host : null;
    const all = serverName === null ? always : [...always, ...aboutTheName];
    const variants = isUnusual(context) && !context.options.thorough ? aboutAge : all;
    await Promise.all(variants.map((variant) => tryHello(context, server, serverName, variant)));
  },
};

function isSecure(target: Pick<ObservationOf<'target.parsed'>, 'scheme'>): boolean {
  return target.scheme === 'https' || target.scheme === 'wss';
}

/** The connection that carries the request; absent while there is none. */
export function carriedBy(context: WalkContext): ObservationOf<'tcp.connected'> | undefined {
  return context.recorder.seen('tcp.connected').find((connected) => connected.carried && connected.followUp === undefined);
}

/** Groups and kinds of keys that every current browser offers (Chromium's, which are the fewest), in lower case; libraries call P-256 prime256v1. */
const usualGroups: ReadonlySet<string> = new Set(['x25519', 'secp256r1', 'prime256v1', 'secp384r1', 'x25519mlkem768']);
const mostCurveBits = 384;

/** The handshake ended well with something that current clients may not offer any more, or not yet: would the server accept what they have? */
function isUnusual(context: WalkContext): boolean {
  const { recorder } = context;
  const completed = recorder.seen('tls.handshake-completed').find((one) => one.followUp === undefined);
  if (completed === undefined || isProxied(context)) return false;
  const leaf = recorder.seen('tls.certificates-received').find((one) => one.followUp === undefined)?.certificates[0];
  if (leaf !== undefined && isUnusualKey(leaf)) return true;
  const { version, cipher, group } = completed;
  if (version === 'TLSv1.3') return (group !== null && !usualGroups.has(group.toLowerCase())) || /_CCM/.test(cipher);
  return version !== 'TLSv1.2' || !/^TLS_ECDHE_.*_(GCM|POLY1305)/.test(cipher);
}

function isUnusualKey({ keyType, keyBits }: CertificateFacts): boolean {
  return keyType === 'ed25519' || keyType === 'ed448' || (keyType === 'ec' && (keyBits ?? 0) > mostCurveBits);
}

/** The ClientHello got a refusal, an ending, or, for longer than usual, nothing. */
function isHelloInTrouble(context: WalkContext): boolean {
  const { recorder } = context;
  const carried = carriedBy(context);
  const target = recorder.seen('target.parsed')[0];
  if (carried === undefined || target === undefined || !isSecure(target) || isProxied(context)) return false;
  const ofWalk = (observation: { followUp?: string }): boolean => observation.followUp === undefined;
  if (recorder.seen('tls.handshake-completed').some(ofWalk) || recorder.seen('tls.not-tls').some(ofWalk)) return false;
  const ended = [...recorder.seen('tcp.reset-received'), ...recorder.seen('tcp.closed-by-peer'), ...recorder.seen('tcp.peer-silent')];
  if (ended.some((end) => ofWalk(end) && (end.phase === 'hello-sent' || end.phase === 'handshaking'))) return true;
  const alerts = recorder.seen('tls.alert-received').filter(ofWalk);
  // An encrypted alert comes when versions and ciphers are settled: it is about something else.
  if (alerts.length > 0) return alerts.some((alert) => !alert.encrypted && alert.after !== 'finished');
  if (recorder.seen('tls.handshake-failed').some(ofWalk)) return true;
  return recorder.sinceStart() - carried.atMs >= silenceOf(context) * 0.9;
}

async function tryHello(context: WalkContext, server: Endpoint, host: string | null, variant: HelloVariant): Promise<void> {
  const { ports, recorder } = context;
  const serverName = variant === 'without-name' ? null : variant === 'other-name' ? otherName : host;
  const base = { kind: 'tls.hello-tried', checkpoint: 'tls', connection: recorder.nextConnection(), server, serverName, variant } as const;
  recorder.contact({ ...server, purpose: 'follow-up' });
  const overMs = ports.clock.nowMs() + Math.min(patienceMs, context.options.timeoutMs);
  const dialed = await ports.tcp.dial(server, waitOf(context, patienceMs));
  if (dialed.kind === 'aborted') return;
  if (dialed.kind !== 'connected') {
    const afterMs = round(dialed.atMs - dialed.startMs);
    const atMs = recorder.sinceStart(dialed.atMs);
    // ECONNRESET from connect(): it opened, and was reset before the hello could be sent.
    const isReset = dialed.kind === 'failed' && dialed.failure.name === 'connection-reset';
    recorder.observe({ ...base, atMs, helloBytes: null, ...nothingChosen, outcome: isReset ? 'reset' : 'connect-failed', afterMs });
    return;
  }
  const { connection } = dialed;
  try {
    const random = ports.randomBytes(offerRandomBytes);
    const offer = helloOffer(variant, { serverName: host, random, mssBytes: connection.facts()?.mssBytes ?? null });
    const hello = encodeTlsClientHello(offer);
    const sentMs = ports.clock.nowMs();
    const refused = await connection.write(hello);
    const stream = createTlsStream();
    const end = refused === null ? await readAnswer(context, connection, stream, overMs) : ({ kind: 'failed', failure: refused } as const);
    if (end?.kind === 'aborted') return;
    const atMs = end !== null && 'atMs' in end ? end.atMs : ports.clock.nowMs();
    recorder.observe({
      ...base,
      atMs: recorder.sinceStart(atMs),
      helloBytes: hello.length,
      ...answerIn(stream),
      outcome: outcomeOf(stream, end),
      afterMs: round(Math.max(0, atMs - sentMs)),
      bytesAcknowledged: connection.facts()?.bytesAcknowledged ?? null,
      bytesReceived: connection.bytesReceived,
    });
  } finally {
    connection.destroy();
  }
}

type Answer = Pick<TlsHelloTried, 'version' | 'cipher' | 'group' | 'alert' | 'alertName'>;

const nothingChosen = {
  version: null,
  cipher: null,
  group: null,
  alert: null,
  alertName: null,
  bytesAcknowledged: null,
  bytesReceived: 0,
} as const;

type End = Exclude<ReadOutcome, { kind: 'bytes' }> | { kind: 'failed'; failure: { name: string } };

/** Reads until the server has said yes or no; null then, else how the connection ended before. */
async function readAnswer(context: WalkContext, connection: Connection, stream: TlsStream, overMs: number): Promise<End | null> {
  while (!isAnswered(stream)) {
    const read = await connection.read(waitOf(context, overMs - context.ports.clock.nowMs()));
    if (read.kind !== 'bytes') return read;
    stream.push(read.bytes);
  }
  return null;
}

function fatalAlert(stream: TlsStream): number | null {
  return stream.summary.alerts.find((alert) => alert.level === 'fatal')?.alert ?? null;
}

function isAnswered(stream: TlsStream): boolean {
  const { summary } = stream;
  return summary.serverHello !== null || summary.helloRetryRequest !== null || fatalAlert(stream) !== null || stream.state !== 'records';
}

function outcomeOf(stream: TlsStream, end: End | null): TlsHelloTried['outcome'] {
  const { summary } = stream;
  if (summary.serverHello !== null) return 'hello';
  if (summary.helloRetryRequest !== null) return 'retry';
  if (fatalAlert(stream) !== null) return 'alert';
  if (stream.state === 'not-tls') return 'not-tls';
  if (end?.kind === 'end') return 'closed';
  if (end?.kind === 'timed-out') return 'silent';
  if (end?.kind !== 'failed') return 'failed';
  const { name } = end.failure;
  return name === 'connection-reset' || name === 'broken-pipe' ? 'reset' : name === 'timed-out' ? 'silent' : 'failed';
}

function answerIn(stream: TlsStream): Answer {
  const { summary } = stream;
  const hello = summary.serverHello ?? summary.helloRetryRequest;
  const group = hello?.keyShareGroup ?? summary.serverKeyExchange?.group ?? null;
  const alert = fatalAlert(stream);
  return {
    version: hello === null ? null : tlsVersionName(hello.version),
    cipher: hello === null ? null : tlsCipherSuiteName(hello.cipherSuite),
    group: group === null ? null : tlsGroupName(group),
    alert,
    alertName: alert === null ? null : tlsAlertName(alert),
  };
}
