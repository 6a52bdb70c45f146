import type { DecodeError } from './byte-cursor.ts';
import {
  decodeTlsHandshake,
  type TlsCertificateMessage,
  type TlsCertificateRequest,
  type TlsHandshakeContent,
  type TlsHandshakeContext,
  type TlsServerKeyExchange,
} from './tls-handshake.ts';
import type { TlsClientHello, TlsServerHello } from './tls-hello.ts';
import { createTlsMessageBuffer } from './tls-message-buffer.ts';
import { TLS_CONTENT_TYPE } from './tls-names.ts';
import { createTlsRecordReader, type TlsRecord, type TlsRecordState } from './tls-record.ts';

/** An alert in clear (RFC 8446 section 6). */
export interface TlsAlert {
  level: 'warning' | 'fatal';
  /** See tlsAlertName. */
  alert: number;
}

/** What one direction of a connection showed, in order. Lengths are those of record fragments. */
export type TlsStreamEvent =
  | { kind: 'handshake'; typeCode: number; length: number; content: TlsHandshakeContent }
  | ({ kind: 'alert' } & TlsAlert)
  /** An alert whose content is encrypted (up to TLS 1.2; in TLS 1.3 it looks like application data). */
  | { kind: 'encrypted-alert' }
  | { kind: 'change-cipher-spec' }
  /** A handshake record behind ChangeCipherSpec (up to TLS 1.2): normally Finished. */
  | { kind: 'encrypted-handshake'; length: number }
  /** In TLS 1.3 handshake messages behind ServerHello look the same. */
  | { kind: 'application-data'; length: number }
  | { kind: 'heartbeat'; length: number }
  /** The stream does not begin as TLS; see `foreignBytes`. Nothing follows. */
  | { kind: 'not-tls' }
  /** Nothing behind this can be read. */
  | { kind: 'lost'; error: DecodeError };

/** Everything seen so far; bounded, and updated in place. */
export interface TlsStreamSummary {
  /** Handshake message types in clear, in order, the first 64. */
  messages: number[];
  /** The first one; a second answers a HelloRetryRequest. */
  clientHello: TlsClientHello | null;
  secondClientHello: TlsClientHello | null;
  /** The one that is no HelloRetryRequest. */
  serverHello: TlsServerHello | null;
  helloRetryRequest: TlsServerHello | null;
  /** In clear up to TLS 1.2. */
  certificate: TlsCertificateMessage | null;
  certificateRequest: TlsCertificateRequest | null;
  serverKeyExchange: TlsServerKeyExchange | null;
  /** Stapled OCSP response in clear. */
  ocspResponse: Uint8Array | null;
  newSessionTicket: boolean;
  /** The first 16. */
  alerts: TlsAlert[];
  encryptedAlerts: number;
  changeCipherSpec: boolean;
  encryptedHandshakeRecords: number;
  applicationDataRecords: number;
  /** Ciphertext bytes of them. */
  applicationDataBytes: number;
  /** Messages that break their syntax. */
  malformedMessages: number;
}

export interface TlsStream {
  /** Takes the next bytes of one direction, which stay the caller's; returns what they complete. */
  push(bytes: Uint8Array): TlsStreamEvent[];
  /** Says that `length` bytes of the stream will not come. */
  skip(length: number): TlsStreamEvent[];
  readonly summary: TlsStreamSummary;
  readonly state: TlsRecordState;
  /** First bytes of a stream that is `not-tls`, at most 64; see foreignProtocol. */
  readonly foreignBytes: Uint8Array | null;
  /** A record or handshake message has begun and is not complete. */
  readonly partial: boolean;
}

const MESSAGES_KEPT = 64;
const ALERTS_KEPT = 16;

function emptySummary(): TlsStreamSummary {
  return {
    messages: [],
    clientHello: null,
    secondClientHello: null,
    serverHello: null,
    helloRetryRequest: null,
    certificate: null,
    certificateRequest: null,
    serverKeyExchange: null,
    ocspResponse: null,
    newSessionTicket: false,
    alerts: [],
    encryptedAlerts: 0,
    changeCipherSpec: false,
    encryptedHandshakeRecords: 0,
    applicationDataRecords: 0,
    applicationDataBytes: 0,
    malformedMessages: 0,
  };
}

function noteContent(summary: TlsStreamSummary, content: TlsHandshakeContent): void {
  switch (content.type) {
    case 'client-hello':
      if (summary.clientHello === null) summary.clientHello = content;
      else summary.secondClientHello ??= content;
      break;
    case 'server-hello':
      if (content.helloRetryRequest) summary.helloRetryRequest ??= content;
      else summary.serverHello ??= content;
      break;
    case 'certificate':
      summary.certificate ??= content;
      break;
    case 'certificate-request':
      summary.certificateRequest ??= content;
      break;
    case 'server-key-exchange':
      summary.serverKeyExchange ??= content;
      break;
    case 'certificate-status':
      summary.ocspResponse ??= content.ocspResponse;
      break;
    case 'new-session-ticket':
      summary.newSessionTicket = true;
      break;
    case 'malformed':
      summary.malformedMessages += 1;
      break;
  }
}

/**
 * Whether a handshake record behind ChangeCipherSpec begins with a hello in clear. In TLS 1.3 that record means nothing (RFC 8446 appendix
 * D.4), and both hellos that follow a HelloRetryRequest come behind it; an encrypted Finished has these bytes once in 2^32 times.
 */
function beginsWithHello(fragment: Uint8Array): boolean {
  const [type, high, , , major, minor] = fragment;
  return (type === 1 || type === 2) && high === 0 && major === 3 && minor === 3;
}

/**
 * Reads what is visible of one direction of a TLS connection without keys. Never throws. Holds at most one record, one handshake message of
 * 256 KiB, and the summary.
 */
export function createTlsStream(): TlsStream {
  const reader = createTlsRecordReader();
  const messages = createTlsMessageBuffer();
  const summary = emptySummary();
  const context: TlsHandshakeContext = { version: null, cipherSuite: null };
  let lost: DecodeError | null = null;
  let ended = false;

  const lose = (events: TlsStreamEvent[], error: DecodeError): void => {
    lost = error;
    ended = true;
    events.push({ kind: 'lost', error });
  };

  const takeHandshake = (record: TlsRecord, fragment: Uint8Array, events: TlsStreamEvent[]): void => {
    if (summary.changeCipherSpec && !messages.partial && !beginsWithHello(fragment)) {
      summary.encryptedHandshakeRecords += 1;
      events.push({ kind: 'encrypted-handshake', length: fragment.length });
      return;
    }
    const complete = messages.push(fragment);
    if (complete === null) lose(events, { offset: record.offset, reason: 'handshake message is longer than 256 KiB' });
    for (const { typeCode, body } of complete ?? []) {
      const content = decodeTlsHandshake(typeCode, body, context);
      if (content.type === 'server-hello') {
        context.version = content.version;
        context.cipherSuite = content.cipherSuite;
      }
      if (summary.messages.length < MESSAGES_KEPT) summary.messages.push(typeCode);
      noteContent(summary, content);
      events.push({ kind: 'handshake', typeCode, length: body.length, content });
    }
  };

  const takeAlert = (record: TlsRecord, fragment: Uint8Array, events: TlsStreamEvent[]): void => {
    if (summary.changeCipherSpec && fragment.length !== 2) {
      summary.encryptedAlerts += 1;
      events.push({ kind: 'encrypted-alert' });
      return;
    }
    if (fragment.length === 0 || fragment.length % 2 !== 0) {
      lose(events, { offset: record.offset, reason: 'alert is not of two bytes' });
      return;
    }
    for (let i = 0; i < fragment.length; i += 2) {
      const alert: TlsAlert = { level: fragment[i] === 1 ? 'warning' : 'fatal', alert: fragment[i + 1]! };
      if (summary.alerts.length < ALERTS_KEPT) summary.alerts.push(alert);
      events.push({ kind: 'alert', ...alert });
    }
  };

  const takeRecord = (record: TlsRecord, events: TlsStreamEvent[]): void => {
    const fragment = record.fragment ?? new Uint8Array(0);
    switch (record.contentType) {
      case TLS_CONTENT_TYPE.handshake:
        takeHandshake(record, fragment, events);
        break;
      case TLS_CONTENT_TYPE.alert:
        takeAlert(record, fragment, events);
        break;
      case TLS_CONTENT_TYPE.changeCipherSpec:
        summary.changeCipherSpec = true;
        events.push({ kind: 'change-cipher-spec' });
        break;
      case TLS_CONTENT_TYPE.applicationData:
        summary.applicationDataRecords += 1;
        summary.applicationDataBytes += record.length;
        events.push({ kind: 'application-data', length: record.length });
        break;
      default:
        events.push({ kind: 'heartbeat', length: record.length });
    }
  };

  const finish = (events: TlsStreamEvent[]): TlsStreamEvent[] => {
    if (!ended && reader.state === 'not-tls') {
      ended = true;
      events.push({ kind: 'not-tls' });
    }
    if (!ended && reader.error !== null) lose(events, reader.error);
    return events;
  };

  return {
    push(bytes: Uint8Array): TlsStreamEvent[] {
      const events: TlsStreamEvent[] = [];
      if (lost !== null) return events;
      for (const record of reader.push(bytes)) {
        if (lost === null) takeRecord(record, events);
      }
      return finish(events);
    },
    skip(length: number): TlsStreamEvent[] {
      if (lost !== null) return [];
      reader.skip(length);
      return finish([]);
    },
    summary,
    get state() {
      return lost === null ? reader.state : 'lost';
    },
    get foreignBytes() {
      return reader.foreignBytes;
    },
    get partial() {
      return messages.partial || reader.pendingBytes > 0;
    },
  };
}
