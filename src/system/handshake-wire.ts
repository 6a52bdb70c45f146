import type { HelloOffered, ReadableOnWire, TlsVersion } from '../model/observations/tls.ts';
import type { HandshakeWire, SeenAlert } from '../ports/tls-client.ts';
import { tlsCipherSuiteName } from '../wire/tls-cipher-suites.ts';
import { decodeTlsHandshake } from '../wire/tls-handshake.ts';
import { createTlsMessageBuffer } from '../wire/tls-message-buffer.ts';
import { TLS_CONTENT_TYPE, tlsGroupName, tlsVersionName } from '../wire/tls-names.ts';
import { createTlsRecordReader } from '../wire/tls-record.ts';
import { createTlsStream, type TlsStream, type TlsStreamEvent } from '../wire/tls-stream.ts';
import { type RecordOpener, recordOpener, type TrafficSecrets } from './tls13-secrets.ts';

/** RFC 8446 section 4. */
const finishedMessage = 20;
const tls13 = 0x0304;

/** What the bytes of a handshake showed, beside the facts of the port. */
export interface HandshakeReading {
  wire: HandshakeWire;
  /** DER of the certificates the server sent, leaf first; null when the message was not seen. */
  certificates: Uint8Array[] | null;
  /** Number of the group of the key exchange; null when there is none or it was not seen. */
  group: number | null;
  /** Bytes of a record or message that was begun and not completed. */
  partial: boolean;
}

/** What one direction of TLS 1.3 said under its handshake keys, and alerts under its application keys. */
interface ProtectedFlight {
  messages: number[];
  certificates: Uint8Array[] | null;
  ocspResponse: Uint8Array | null;
  clientCertificateRequested: boolean;
  alerts: { level: 'warning' | 'fatal'; alert: number }[];
}

/**
 * Reads what was kept of both directions. With the secrets of the connection, TLS 1.3's encrypted flight is read as well: the certificates
 * exactly as sent, the request for a client certificate, and alerts.
 */
export function readHandshake(received: readonly Uint8Array[], sent: readonly Uint8Array[], secrets: TrafficSecrets): HandshakeReading {
  const fromServer = createTlsStream();
  for (const bytes of received) fromServer.push(bytes);
  const fromClient = createTlsStream();
  const sentEvents = sent.flatMap((bytes) => fromClient.push(bytes));
  const { summary } = fromServer;
  const hello = summary.serverHello ?? summary.helloRetryRequest;
  const cipherSuite = summary.serverHello?.version === tls13 ? summary.serverHello.cipherSuite : null;
  const flight = cipherSuite === null ? null : openFlight(received, cipherSuite, secrets, 'SERVER');
  const ownFlight = cipherSuite === null ? null : openFlight(sent, cipherSuite, secrets, 'CLIENT');
  return {
    wire: {
      messagesReceived: [...summary.messages, ...(flight?.messages ?? [])],
      alerts: [
        ...alertsOf(fromServer, 'peer'),
        ...encryptedAlerts(flight, 'peer'),
        ...alertsOf(fromClient, 'us'),
        ...encryptedAlerts(ownFlight, 'us'),
      ],
      foreignBytes: fromServer.foreignBytes,
      version: hello === null ? null : versionOf(hello.version),
      helloRetried: summary.helloRetryRequest !== null,
      clientCertificateRequested:
        summary.certificateRequest !== null || (cipherSuite === null ? false : (flight?.clientCertificateRequested ?? null)),
      offered: offeredIn(sentEvents),
      cipherSuite: summary.serverHello?.cipherSuite ?? null,
      primeBits: summary.serverKeyExchange?.primeBits ?? null,
      ocspResponse: summary.ocspResponse ?? flight?.ocspResponse ?? null,
      readable: readableIn(fromClient, fromServer),
    },
    certificates: summary.certificate?.certificates ?? flight?.certificates ?? null,
    group: summary.serverHello?.keyShareGroup ?? summary.serverKeyExchange?.group ?? null,
    partial: fromServer.partial,
  };
}

/** The first ClientHello, in names. */
function offeredIn(events: readonly TlsStreamEvent[]): HelloOffered | null {
  for (const event of events) {
    if (event.kind !== 'handshake' || event.content.type !== 'client-hello') continue;
    const hello = event.content;
    return {
      helloBytes: event.length,
      versions: hello.versions.map((code) => tlsVersionName(code) ?? `0x${code.toString(16)}`),
      cipherSuites: hello.cipherSuites.map(tlsCipherSuiteName),
      groups: hello.groups.map(tlsGroupName),
      keyShareGroups: hello.keyShareGroups.map(tlsGroupName),
      alpn: hello.alpn,
      resumption: (hello.ticketBytes ?? 0) > 0 || hello.pskIdentities > 0,
      earlyData: hello.earlyData,
      statusRequest: hello.statusRequest,
      encryptedHello: hello.encryptedClientHello !== null,
    };
  }
  return null;
}

/** What the streams showed without keys. */
function readableIn(fromClient: TlsStream, fromServer: TlsStream): ReadableOnWire[] {
  const { clientHello } = fromClient.summary;
  const { serverHello, certificate, certificateRequest, ocspResponse } = fromServer.summary;
  const parts: readonly (readonly [ReadableOnWire, boolean])[] = [
    ['server-name', (clientHello?.serverName ?? null) !== null],
    ['alpn-offered', (clientHello?.alpn.length ?? 0) > 0],
    ['alpn-chosen', (serverHello?.alpn ?? null) !== null],
    ['version', serverHello !== null],
    ['cipher', serverHello !== null],
    ['certificates', certificate !== null],
    ['client-certificate-request', certificateRequest !== null],
    ['ocsp-response', ocspResponse !== null],
  ];
  return parts.filter(([, isReadable]) => isReadable).map(([part]) => part);
}

function versionOf(code: number): TlsVersion | null {
  return tlsVersionName(code);
}

function alertsOf(stream: TlsStream, sentBy: SeenAlert['sentBy']): SeenAlert[] {
  return stream.summary.alerts.map(({ level, alert }) => ({ level, alert, encrypted: false, sentBy }));
}

function encryptedAlerts(flight: ProtectedFlight | null, sentBy: SeenAlert['sentBy']): SeenAlert[] {
  return (flight?.alerts ?? []).map(({ level, alert }) => ({ level, alert, encrypted: true, sentBy }));
}

/** Null when the secrets of the direction are not known or nothing opened under them. */
function openFlight(
  chunks: readonly Uint8Array[],
  cipherSuite: number,
  secrets: TrafficSecrets,
  side: 'SERVER' | 'CLIENT',
): ProtectedFlight | null {
  const openers = [`${side}_HANDSHAKE_TRAFFIC_SECRET`, `${side}_TRAFFIC_SECRET_0`]
    .map((label) => secrets.get(label))
    .map((secret) => (secret === undefined ? null : recordOpener(cipherSuite, secret)))
    .filter((opener) => opener !== null);
  if (openers.length === 0) return null;
  const flight: ProtectedFlight = { messages: [], certificates: null, ocspResponse: null, clientCertificateRequested: false, alerts: [] };
  const reader = createTlsRecordReader({ keepApplicationData: true });
  const messages = createTlsMessageBuffer();
  let opened = 0;
  for (const chunk of chunks) {
    for (const record of reader.push(chunk)) {
      if (record.contentType !== TLS_CONTENT_TYPE.applicationData) continue;
      const content = openFirst(openers, record);
      if (content === null) return opened === 0 ? null : flight;
      opened += 1;
      if (content.contentType === TLS_CONTENT_TYPE.alert) noteAlert(flight, content.fragment);
      // Behind Finished come tickets and data, which are no part of the handshake.
      else if (content.contentType === TLS_CONTENT_TYPE.handshake && flight.messages.at(-1) !== finishedMessage) {
        for (const message of messages.push(content.fragment) ?? []) noteMessage(flight, message.typeCode, message.body, cipherSuite);
      }
    }
  }
  return opened === 0 ? null : flight;
}

/** Application keys follow handshake keys and never go back. */
function openFirst(openers: RecordOpener[], record: Parameters<RecordOpener['open']>[0]): ReturnType<RecordOpener['open']> {
  while (openers.length > 0) {
    const content = openers[0]?.open(record) ?? null;
    if (content !== null) return content;
    openers.shift();
  }
  return null;
}

function noteAlert(flight: ProtectedFlight, fragment: Uint8Array): void {
  const [level, alert] = fragment;
  if (alert !== undefined) flight.alerts.push({ level: level === 1 ? 'warning' : 'fatal', alert });
}

function noteMessage(flight: ProtectedFlight, typeCode: number, body: Uint8Array, cipherSuite: number): void {
  const content = decodeTlsHandshake(typeCode, body, { version: tls13, cipherSuite });
  flight.messages.push(typeCode);
  if (content.type === 'certificate') {
    flight.certificates ??= content.certificates;
    flight.ocspResponse ??= content.ocspResponse;
  }
  if (content.type === 'certificate-request') flight.clientCertificateRequested = true;
}
