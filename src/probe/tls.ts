import { matchesAddress, matchesDnsName } from '../model/host-name.ts';
import type { TlsAlertReceived, TlsHandshakeCompleted, TlsHandshakeFailed } from '../model/observations/tls.ts';
import { decidingTrust, provesRevoked } from '../model/trust.ts';
import type { ReadOutcome } from '../ports/connection.ts';
import type { HandshakeOutcome, HandshakeRecord, HandshakeWire, SeenAlert, TlsOffer } from '../ports/tls-client.ts';
import { encodeBase64 } from '../wire/byte-text.ts';
import { tlsCipherSuiteName } from '../wire/tls-cipher-suites.ts';
import { tlsAlertName, tlsHandshakeTypeName } from '../wire/tls-names.ts';
import { foreignProtocol } from '../wire/tls-record.ts';
import { toHex } from './dns/bytes.ts';
import { round } from './recorder.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { Target } from './target.ts';
import { type OpenConnection, observeEnd } from './tcp.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** RFC 8446 section 4. */
const serverHello = 2;
const sampleBytes = 64;
const messagesKept = 16;
/** Of a handshake, so much lost by our own fault is told. */
const noticeableMs = 100;

/**
 * TLS on the connection that carries the request, offering the protocols of `alpn`. Gives the secured connection when the peer proved to be who the
 * name says; else null.
 */
export async function probeTls(
  context: WalkContext,
  target: Target,
  opened: OpenConnection,
  stopwatch: Stopwatch,
  alpn: readonly string[] = ['http/1.1'],
): Promise<OpenConnection | null> {
  const offer = { ...walkOffer(target), alpn };
  const { serverName } = offer;
  const outcome = await context.ports.tls.handshake(opened.connection, offer, waitOf(context));
  if (outcome.kind !== 'completed') {
    observeFailedHandshake(context, opened, serverName, outcome);
    return null;
  }
  observeCompletedHandshake(context, opened, serverName, outcome);
  if (isProven(outcome.record, target)) {
    stopwatch.secured(outcome.atMs, roundTripsOf(outcome.record, outcome.wire));
    return { ...opened, connection: outcome.connection, alpn: outcome.record.alpn };
  }
  // A client would stop here; and nothing the user asked to send goes to a peer that did not prove its name.
  outcome.connection.destroy();
  return null;
}

/** Whether an ordinary client would go on: the deciding store trusts the chain, the leaf names the host and is not shown to be revoked. */
export function isProven(record: HandshakeRecord, target: Pick<Target, 'host'>): boolean {
  const trust = decidingTrust(record.trust);
  const leaf = record.certificates[0];
  if (trust?.trusted !== true || leaf === undefined) return false;
  if (record.revocation !== null && provesRevoked(record.revocation)) return false;
  return (
    leaf.dnsNames.some((name) => matchesDnsName(target.host, name)) ||
    leaf.ipAddresses.some((address) => matchesAddress(target.host, address))
  );
}

/** The offer of a walk's handshakes: what browsers offer. WebSocket is negotiated within HTTP/1.1. */
export function walkOffer(target: Target): TlsOffer {
  return { serverName: target.hostKind === 'name' ? target.host : null, alpn: target.scheme === 'wss' ? ['http/1.1'] : ['h2', 'http/1.1'] };
}

type Base = Pick<TlsAlertReceived, 'checkpoint' | 'atMs' | 'connection' | 'server' | 'serverName'> & { durationMs: number };

function baseOf(context: WalkContext, opened: OpenConnection, serverName: string | null, outcome: HandshakeOutcome): Base {
  return {
    checkpoint: 'tls',
    atMs: context.recorder.sinceStart(outcome.atMs),
    durationMs: round(outcome.atMs - outcome.startMs),
    connection: opened.id,
    server: opened.connection.remote,
    serverName,
  };
}

/** States a handshake that ended well, and the certificates it brought. */
export function observeCompletedHandshake(
  context: WalkContext,
  opened: OpenConnection,
  serverName: string | null,
  outcome: Extract<HandshakeOutcome, { kind: 'completed' }>,
): void {
  const { recorder, ports } = context;
  const { record, wire } = outcome;
  const base = baseOf(context, opened, serverName, outcome);
  recorder.observe({
    ...base,
    kind: 'tls.handshake-completed',
    version: record.version,
    cipher: record.cipher,
    group: record.group,
    alpn: record.alpn,
    resumed: record.resumed,
    roundTrips: roundTripsOf(record, wire),
    clientCertificateRequested: wire.clientCertificateRequested,
    ...(outcome.lateMs < noticeableMs ? {} : { lateMs: round(outcome.lateMs) }),
    ...detailsOf(context, record, wire),
  });
  const isKnown = recorder
    .seen('tls.certificates-received')
    .some((other) => other.der !== undefined && isSameChain(other.certificates, record.certificates));
  recorder.observe({
    ...base,
    kind: 'tls.certificates-received',
    certificates: record.certificates,
    trust: record.trust,
    judgedAt: new Date(ports.clock.wallMs()).toISOString(),
    ...(isKnown ? {} : { der: record.certificatesDer.map(encodeBase64) }),
  });
  const [leaf] = record.certificates;
  if (record.revocation === null || leaf === undefined) return;
  recorder.observe({
    ...base,
    kind: 'tls.revocation-stated',
    source: 'stapled',
    sha256Hex: leaf.sha256Hex,
    ...record.revocation,
    judgedAt: new Date(ports.clock.wallMs()).toISOString(),
  });
}

function isSameChain(one: HandshakeRecord['certificates'], other: HandshakeRecord['certificates']): boolean {
  return one.length === other.length && one.every((certificate, index) => certificate.sha256Hex === other[index]?.sha256Hex);
}

type Details = Pick<
  TlsHandshakeCompleted,
  'offered' | 'retried' | 'primeBits' | 'forwardSecret' | 'postQuantum' | 'ocspResponseBytes' | 'readable' | 'encryptedHelloAdvertised'
>;

function detailsOf(context: WalkContext, record: HandshakeRecord, wire: HandshakeWire): Details {
  return {
    // Other addresses get the same offer.
    ...(wire.offered === null || context.recorder.seen('tls.handshake-completed').length > 0 ? {} : { offered: wire.offered }),
    retried: wire.helloRetried,
    primeBits: wire.primeBits,
    // RSA key transport and static Diffie-Hellman use the key of the certificate itself (RFC 9325 section 4.1).
    forwardSecret: record.version === 'TLSv1.3' || /^TLS_(EC)?DHE_/.test(record.cipher),
    postQuantum: /MLKEM|Kyber/i.test(record.group ?? ''),
    ocspResponseBytes: wire.ocspResponse?.length ?? null,
    readable: wire.readable,
    encryptedHelloAdvertised: isEncryptedHelloAdvertised(context),
  };
}

/** Whether an HTTPS record that was asked for carries a key for Encrypted Client Hello. */
function isEncryptedHelloAdvertised(context: WalkContext): boolean | null {
  const answers = context.recorder.seen('dns.answered').filter((answer) => answer.type === 'HTTPS');
  if (answers.length === 0) return null;
  return answers.some((answer) => answer.answers.some((record) => record.type === 'HTTPS' && /(^|\s)ech=/.test(record.data)));
}

/** TLS 1.3: one, and one more after HelloRetryRequest (RFC 8446 section 2). TLS 1.2: two, one when resumed (RFC 5246 section 7.3). */
export function roundTripsOf(record: HandshakeRecord, wire: HandshakeWire): number {
  if (record.version === 'TLSv1.3') return wire.helloRetried ? 2 : 1;
  return record.resumed ? 1 : 2;
}

function observeFailedHandshake(
  context: WalkContext,
  opened: OpenConnection,
  serverName: string | null,
  outcome: Exclude<HandshakeOutcome, { kind: 'completed' }>,
): void {
  const { recorder } = context;
  const { wire } = outcome;
  const base = baseOf(context, opened, serverName, outcome);
  const fatal = wire.alerts.find((alert) => alert.sentBy === 'peer' && alert.level === 'fatal');
  if (wire.foreignBytes !== null) {
    const sample = wire.foreignBytes.subarray(0, sampleBytes);
    recorder.observe({ ...base, kind: 'tls.not-tls', looksLike: foreignProtocol(sample), sampleHex: toHex(sample) });
  } else if (fatal !== undefined) observeAlert(context, base, fatal, wire);
  else if (outcome.kind === 'failed')
    recorder.observe({ ...base, kind: 'tls.handshake-failed', failure: outcome.failure, version: wire.version, ...reachedIn(wire) });
  else {
    const phase = wire.messagesReceived.length > 0 ? 'handshaking' : 'hello-sent';
    observeEnd(context, opened, phase, endOf(outcome), outcome.atMs - outcome.startMs);
  }
}

/** How far a handshake came that we ended ourselves. */
function reachedIn(wire: HandshakeWire): Pick<TlsHandshakeFailed, 'cipher' | 'primeBits' | 'alertSent' | 'messagesReceived'> {
  const sent = wire.alerts.find((alert) => alert.sentBy === 'us' && alert.level === 'fatal');
  return {
    cipher: wire.cipherSuite === null ? null : tlsCipherSuiteName(wire.cipherSuite),
    primeBits: wire.primeBits,
    alertSent: sent === undefined ? null : { alert: sent.alert, alertName: tlsAlertName(sent.alert) },
    messagesReceived: wire.messagesReceived.slice(0, messagesKept).map(tlsHandshakeTypeName),
  };
}

function endOf(
  outcome: Extract<HandshakeOutcome, { kind: 'closed' | 'reset' | 'timed-out' | 'aborted' }>,
): Exclude<ReadOutcome, { kind: 'bytes' }> {
  const { atMs } = outcome;
  if (outcome.kind === 'closed') return { kind: 'end', atMs };
  if (outcome.kind === 'reset') return { kind: 'failed', failure: { name: 'connection-reset' }, atMs };
  return { kind: outcome.kind, atMs };
}

function observeAlert(context: WalkContext, base: Base, alert: SeenAlert, wire: HandshakeWire): void {
  const after = alert.encrypted ? 'handshake' : wire.messagesReceived.includes(serverHello) ? 'server-hello' : 'client-hello';
  context.recorder.observe({
    ...base,
    kind: 'tls.alert-received',
    level: alert.level,
    alert: alert.alert,
    alertName: tlsAlertName(alert.alert),
    after,
    encrypted: alert.encrypted,
    clientCertificateRequested: wire.clientCertificateRequested,
  });
}

/** An alert that came after the handshake, in place of the response: TLS 1.3 servers refuse client certificates then (RFC 8446 section 4.4.2.4). */
export function observeLateAlert(context: WalkContext, opened: OpenConnection, target: Target, alert: number, atMs: number): void {
  const { recorder } = context;
  const serverName = target.hostKind === 'name' ? target.host : null;
  recorder.observe({
    kind: 'tls.alert-received',
    checkpoint: 'tls',
    atMs: recorder.sinceStart(atMs),
    connection: opened.id,
    server: opened.connection.remote,
    serverName,
    level: 'fatal',
    alert,
    alertName: tlsAlertName(alert),
    after: 'finished',
    encrypted: true,
    clientCertificateRequested: null,
  });
}
