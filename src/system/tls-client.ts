import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Failure } from '../model/failure.ts';
import type { RevocationFacts } from '../model/observations/certificate-paths.ts';
import type { TrustResult } from '../model/observations/tls.ts';
import type { Connection, Wait } from '../ports/connection.ts';
import type { HandshakeOutcome, HandshakeRecord, TlsClient, TlsOffer, TlsSession } from '../ports/tls-client.ts';
import { tlsGroupName } from '../wire/tls-names.ts';
import { bufferOf } from './buffer.ts';
import { type Certificate, certificateFacts, isSignedBy, parseCertificate } from './certificate.ts';
import { readOcspResponse } from './chain/ocsp.ts';
import { SocketConnection } from './connection.ts';
import { failureOf } from './errno.ts';
import { type HandshakeReading, readHandshake } from './handshake-wire.ts';
import { watchLateness } from './lateness.ts';
import { secureContextFor } from './secure-context.ts';
import { readTlsSession } from './tls-session.ts';
import { parseKeyLogLine } from './tls13-secrets.ts';
import { TransportStream } from './transport-stream.ts';
import type { StoreSource, TrustStore } from './trust-store.ts';
import { limitWait } from './wait-limit.ts';

/** `node:tls` over any connection. See {@link readHandshake} for what is seen of the wire. */
export function systemTlsClient(stores: StoreSource): TlsClient {
  return {
    prepare: () => {
      for (const store of stores()) store.prepare();
    },
    handshake: (over, offer, wait) => {
      if (wait.signal?.aborted) {
        const startMs = performance.now();
        over.destroy();
        return Promise.resolve({ kind: 'aborted', wire: readHandshake([], [], new Map()).wire, startMs, atMs: startMs });
      }
      return handshake(over, offer, wait, stores);
    },
  };
}

function handshake(over: Connection, offer: TlsOffer, wait: Wait, stores: StoreSource): Promise<HandshakeOutcome> {
  const secureContext = secureContextFor(offer);
  const serverName = offer.serverName === null || isIP(offer.serverName) !== 0 ? null : offer.serverName;
  return new Promise((resolve) => {
    const secrets = new Map<string, Uint8Array>();
    let settled = false;
    let endOfTransport: NodeJS.Immediate | null = null;
    const startMs = performance.now();
    const lateness = watchLateness();
    const transport = new TransportStream(over, () => {
      // The library may still have an alert to tell that came in the same packets as the end.
      if (!settled) endOfTransport = setImmediate(() => fail(null));
    });
    const options: ConnectionOptions & { requestOCSP: boolean } = {
      socket: transport,
      secureContext,
      // Facts are recorded, nothing is refused here.
      rejectUnauthorized: false,
      requestOCSP: true,
      checkServerIdentity: () => undefined,
      ...(serverName === null ? {} : { servername: serverName }),
      ...(offer.alpn.length === 0 ? {} : { ALPNProtocols: [...offer.alpn] }),
      ...(offer.resume === undefined ? {} : { session: bufferOf(offer.resume.bytes) }),
    };
    const socket = connect(options);
    const sessions = keepSession(socket);
    const settle = (outcome: HandshakeOutcome): void => {
      settled = true;
      release();
      lateness.stop();
      if (endOfTransport !== null) clearImmediate(endOfTransport);
      transport.stopKeeping();
      secrets.clear();
      socket.removeAllListeners('keylog');
      socket.off('secureConnect', onSecure);
      socket.off('error', fail);
      socket.off('close', onClose);
      if (outcome.kind !== 'completed') {
        socket.on('error', () => undefined);
        socket.destroy();
        over.destroy();
      }
      resolve(outcome);
    };
    const onSecure = (): void => {
      const atMs = performance.now();
      const lateMs = lateness.lateMs();
      const reading = readHandshake(transport.received, transport.sent, secrets);
      const record = recordOf(socket, reading, stores());
      const connection = new SocketConnection(socket, over, over.local, over.remote);
      settle({ kind: 'completed', connection, record, wire: reading.wire, startMs, atMs, lateMs, session: sessions });
    };
    const fail = (error: Error | null): void => {
      if (settled) return;
      const atMs = performance.now();
      settle(failedOutcome(error, transport, readHandshake(transport.received, transport.sent, secrets), startMs, atMs));
    };
    const onClose = (): void => fail(null);
    const release = limitWait(wait, (why) => {
      const { wire } = readHandshake(transport.received, transport.sent, secrets);
      settle({ kind: why, wire, startMs, atMs: performance.now() });
    });
    socket.on('keylog', (line: Buffer) => {
      const entry = parseKeyLogLine(line.toString('latin1'));
      if (entry !== null) secrets.set(entry.label, entry.secret);
    });
    socket.once('secureConnect', onSecure);
    socket.once('error', fail);
    socket.once('close', onClose);
  });
}

/** Remembers the first session that a server gives, for whoever asks for it. */
function keepSession(socket: TLSSocket): (wait: Wait) => Promise<TlsSession | null> {
  let kept: Buffer | null = null;
  let wake: (() => void) | null = null;
  const end = (): void => wake?.();
  socket.on('session', (session: Buffer) => {
    kept ??= session;
    end();
  });
  socket.on('close', end);
  return (wait) =>
    new Promise((resolve) => {
      const settle = (): void => {
        wake = null;
        release();
        resolve(kept === null ? null : readTlsSession(kept));
      };
      const release = limitWait(wait, settle);
      wake = settle;
      if (kept !== null || socket.destroyed) settle();
    });
}

/** An alert from the peer, in clear or not, explains more than the library's complaint, and that more than how the transport ended. */
function failedOutcome(
  error: Error | null,
  transport: TransportStream,
  reading: HandshakeReading,
  startMs: number,
  atMs: number,
): HandshakeOutcome {
  const { wire } = reading;
  const library = error === null ? null : failureOf(error);
  if (library?.alert !== undefined && !wire.alerts.some((one) => one.sentBy === 'peer' && one.level === 'fatal')) {
    wire.alerts.push({ level: 'fatal', alert: library.alert, encrypted: true, sentBy: 'peer' });
  }
  const fatal = wire.alerts.find((one) => one.sentBy === 'peer' && one.level === 'fatal');
  if (fatal !== undefined) {
    const failure: Failure = library?.name === 'tls-alert' ? library : { name: 'tls-alert', alert: fatal.alert };
    return { kind: 'failed', failure, wire, startMs, atMs };
  }
  const { ending } = transport;
  const told = library !== null && library.name !== 'unknown' && library.name !== 'aborted' && !transportNames.has(library.name);
  if (told) return { kind: 'failed', failure: library, wire, startMs, atMs };
  if (ending?.kind === 'failed') {
    if (ending.failure.name === 'connection-reset' || ending.failure.name === 'broken-pipe') return { kind: 'reset', wire, startMs, atMs };
    return { kind: 'failed', failure: ending.failure, wire, startMs, atMs };
  }
  if (ending?.kind === 'end') return { kind: 'closed', wire, startMs, atMs };
  if (ending?.kind === 'aborted') return { kind: 'aborted', wire, startMs, atMs };
  return { kind: 'failed', failure: library ?? { name: 'unknown', raw: 'the TLS library closed without a reason' }, wire, startMs, atMs };
}

/** Names of failures that come from the transport, and of which the transport itself knows more. */
const transportNames: ReadonlySet<string> = new Set(['connection-reset', 'broken-pipe', 'connection-aborted', 'timed-out']);

function recordOf(socket: TLSSocket, reading: HandshakeReading, stores: readonly TrustStore[]): HandshakeRecord {
  const ephemeral = socket.getEphemeralKeyInfo() as { name?: string } | null;
  const certificates = (reading.certificates ?? chainFromLibrary(socket)).map((der) => ({ der, certificate: parseCertificate(der) }));
  const readable = certificates.filter((one) => one.certificate !== null) as {
    der: Uint8Array;
    certificate: NonNullable<ReturnType<typeof parseCertificate>>;
  }[];
  const chain = readable.map((one) => one.certificate);
  const nowMs = Date.now();
  return {
    version: (socket.getProtocol() ?? reading.wire.version ?? 'TLSv1.2') as HandshakeRecord['version'],
    cipher: socket.getCipher().standardName,
    group: reading.group === null ? (ephemeral?.name ?? null) : tlsGroupName(reading.group),
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
    resumed: socket.isSessionReused(),
    certificates: chain.map(certificateFacts),
    certificatesDer: readable.map((one) => one.certificate.decoded.der),
    trust: stores.map((store) => trustOf(store, chain, nowMs)),
    revocation: revocationOf(reading.wire.ocspResponse, chain, stores),
  };
}

function trustOf(store: TrustStore, chain: readonly Certificate[], nowMs: number): TrustResult {
  const [file] = store.store === 'given' ? store.sources : [];
  return { store: store.store, ...store.judge(chain, nowMs), ...(file === undefined ? {} : { file }) };
}

function revocationOf(
  staple: Uint8Array | null,
  [leaf, ...others]: readonly Certificate[],
  stores: readonly TrustStore[],
): RevocationFacts | null {
  if (staple === null || leaf === undefined) return null;
  // Reading whole stores takes time, and the issuer is nearly always sent.
  const isSent = others.some((one) => isSignedBy(leaf, one));
  const anchors = isSent ? [] : stores.flatMap((store) => store.anchors().withSubject(leaf.issuerName, leaf.decoded.issuer));
  return readOcspResponse(staple, leaf, [...others, ...anchors]);
}

/**
 * For a handshake whose certificate message was not seen: the library's chain. It is in the order of issuing instead of the order sent, and
 * lacks certificates that belong to no issuer; nothing is added to it, because the library's store is empty.
 */
function chainFromLibrary(socket: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let next: { raw?: Buffer; issuerCertificate?: unknown } | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && !chain.some((der) => Buffer.compare(der, next?.raw ?? der) === 0)) {
    chain.push(next.raw);
    next = next.issuerCertificate as typeof next;
  }
  return chain;
}
