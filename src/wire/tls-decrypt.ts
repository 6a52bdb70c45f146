import type { DecodeError } from './byte-cursor.ts';
import type { TlsCrypto } from './tls-crypto.ts';
import { decodeTlsHandshake, type TlsHandshakeContent } from './tls-handshake.ts';
import type { TlsClientHello, TlsServerHello } from './tls-hello.ts';
import type { TlsKeyLog, TlsSecretLabel } from './tls-keylog.ts';
import { createTlsMessageBuffer, type TlsMessageBuffer } from './tls-message-buffer.ts';
import { TLS_CONTENT_TYPE } from './tls-names.ts';
import { createTlsRecordReader, type TlsRecord, type TlsRecordReader } from './tls-record.ts';
import {
  nextTrafficSecret,
  type TlsAeadSuite,
  type TlsRecordKey,
  tls12RecordKeys,
  tls13RecordKey,
  tlsAeadSuite,
} from './tls-record-key.ts';

/** Why records of a direction stay closed. */
export type TlsClosedReason =
  /** The key log has no secret for this connection, or not the one needed. */
  | 'no-secret'
  /** The cipher suite has no authenticated encryption, or is not known. */
  | 'cipher-suite'
  /** The secret does not open the record: it is of another connection, or the record is early data or damaged. */
  | 'does-not-open'
  /** Bytes of the record are missing. */
  | 'bytes-missing';

/** What a connection showed with its secrets, in order of each direction. */
export type TlsDecryptedEvent =
  | { kind: 'handshake'; encrypted: boolean; typeCode: number; length: number; content: TlsHandshakeContent }
  /** Content of the application, owned by the receiver. */
  | { kind: 'application-data'; bytes: Uint8Array }
  | { kind: 'alert'; encrypted: boolean; level: 'warning' | 'fatal'; alert: number }
  | { kind: 'change-cipher-spec' }
  /** A record that stays closed. */
  | { kind: 'closed-record'; contentType: number; length: number; reason: TlsClosedReason }
  /** Nothing behind this can be read. */
  | { kind: 'lost'; error: DecodeError };

export type TlsSide = 'client' | 'server';

export interface TlsDecryptor {
  /** Takes the next bytes that `from` sent, which stay the caller's. Bytes of both sides should come in the order they were sent. */
  push(from: TlsSide, bytes: Uint8Array): TlsDecryptedEvent[];
  /** Says that `length` bytes of that side will not come. */
  skip(from: TlsSide, length: number): TlsDecryptedEvent[];
}

const HANDSHAKE_FINISHED = 20;
const HANDSHAKE_KEY_UPDATE = 24;
const TLS13 = 0x0304;

const HANDSHAKE_SECRET: Readonly<Record<TlsSide, TlsSecretLabel>> = {
  client: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  server: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
};
const TRAFFIC_SECRET: Readonly<Record<TlsSide, TlsSecretLabel>> = { client: 'CLIENT_TRAFFIC_SECRET_0', server: 'SERVER_TRAFFIC_SECRET_0' };

interface Direction {
  reader: TlsRecordReader;
  messages: TlsMessageBuffer;
  /** Records are encrypted; by what, or why that is not known. Null while they are in clear. */
  key: TlsRecordKey | TlsClosedReason | null;
  /** TLS 1.3: the secret the key was made of. */
  secret: Uint8Array | null;
  /** A record was opened by the present key. */
  opened: boolean;
  lost: boolean;
}

function newDirection(): Direction {
  return {
    reader: createTlsRecordReader({ keepApplicationData: true }),
    messages: createTlsMessageBuffer(),
    key: null,
    secret: null,
    opened: false,
    lost: false,
  };
}

/**
 * Reads both directions of one TLS connection with the secrets of a key log: TLS 1.3, and TLS 1.2 with authenticated encryption. Early data
 * stays closed. Never throws; holds at most one record and one handshake message for each direction.
 */
export function createTlsDecryptor(crypto: TlsCrypto, keyLog: TlsKeyLog): TlsDecryptor {
  const directions: Record<TlsSide, Direction> = { client: newDirection(), server: newDirection() };
  let clientHello: TlsClientHello | null = null;
  let serverHello: TlsServerHello | null = null;
  let suite: TlsAeadSuite | null = null;

  const secretOf = (label: TlsSecretLabel): Uint8Array | null =>
    clientHello === null ? null : (keyLog.secretsOf(clientHello.random)?.get(label) ?? null);

  const setKey = (direction: Direction, key: TlsRecordKey | TlsClosedReason): void => {
    direction.key = key;
    direction.opened = false;
  };

  const useSecret = (direction: Direction, secret: Uint8Array | null): void => {
    direction.secret = secret;
    if (suite === null) setKey(direction, 'cipher-suite');
    else setKey(direction, secret === null ? 'no-secret' : tls13RecordKey(crypto, suite, secret));
  };

  /** ChangeCipherSpec up to TLS 1.2: records of this side are encrypted from here on. */
  const useMasterSecret = (from: TlsSide): void => {
    const direction = directions[from];
    const master = secretOf('CLIENT_RANDOM');
    if (suite === null) setKey(direction, 'cipher-suite');
    else if (clientHello === null || serverHello === null || master === null) setKey(direction, 'no-secret');
    else setKey(direction, tls12RecordKeys(crypto, suite, master, clientHello.random, serverHello.random)[from]);
  };

  const takeServerHello = (hello: TlsServerHello): void => {
    if (hello.helloRetryRequest) return;
    serverHello = hello;
    suite = tlsAeadSuite(hello.cipherSuite);
    if (hello.version !== TLS13) return;
    useSecret(directions.server, secretOf(HANDSHAKE_SECRET.server));
    useSecret(directions.client, secretOf(HANDSHAKE_SECRET.client));
  };

  /** What a handshake message changes for the records behind it. */
  const follow = (from: TlsSide, typeCode: number, content: TlsHandshakeContent): void => {
    const direction = directions[from];
    if (from === 'client' && content.type === 'client-hello') clientHello = content;
    if (from === 'server' && content.type === 'server-hello') takeServerHello(content);
    if (serverHello?.version !== TLS13 || direction.key === null) return;
    if (typeCode === HANDSHAKE_FINISHED) useSecret(direction, secretOf(TRAFFIC_SECRET[from]));
    if (typeCode === HANDSHAKE_KEY_UPDATE && suite !== null && direction.secret !== null) {
      useSecret(direction, nextTrafficSecret(crypto, suite, direction.secret));
    }
  };

  const lose = (direction: Direction, error: DecodeError, events: TlsDecryptedEvent[]): void => {
    direction.lost = true;
    events.push({ kind: 'lost', error });
  };

  const takeHandshake = (from: TlsSide, fragment: Uint8Array, encrypted: boolean, record: TlsRecord, events: TlsDecryptedEvent[]): void => {
    const complete = directions[from].messages.push(fragment);
    if (complete === null) lose(directions[from], { offset: record.offset, reason: 'handshake message is longer than 256 KiB' }, events);
    for (const { typeCode, body } of complete ?? []) {
      const context = { version: serverHello?.version ?? null, cipherSuite: serverHello?.cipherSuite ?? null };
      const content = decodeTlsHandshake(typeCode, body, context);
      events.push({ kind: 'handshake', encrypted, typeCode, length: body.length, content });
      follow(from, typeCode, content);
    }
  };

  const takeContent = (
    from: TlsSide,
    contentType: number,
    content: Uint8Array,
    encrypted: boolean,
    record: TlsRecord,
    events: TlsDecryptedEvent[],
  ): void => {
    if (contentType === TLS_CONTENT_TYPE.handshake) takeHandshake(from, content, encrypted, record, events);
    else if (contentType === TLS_CONTENT_TYPE.applicationData) events.push({ kind: 'application-data', bytes: content });
    else if (contentType === TLS_CONTENT_TYPE.alert && content.length >= 2) {
      events.push({ kind: 'alert', encrypted, level: content[0] === 1 ? 'warning' : 'fatal', alert: content[1]! });
    }
  };

  /** Removes the record's protection; the reason when that is not possible. */
  const open = (
    direction: Direction,
    record: TlsRecord,
    key: TlsRecordKey,
  ): { contentType: number; content: Uint8Array } | TlsClosedReason => {
    if (record.fragment === null) {
      key.passOver();
      return 'bytes-missing';
    }
    const opened = key.open(record);
    if (opened !== null) {
      direction.opened = true;
      return opened;
    }
    // Early data comes before the first record of the handshake key and does not count; anything else that does not open does.
    if (direction.opened) key.passOver();
    return 'does-not-open';
  };

  const takeRecord = (from: TlsSide, record: TlsRecord, events: TlsDecryptedEvent[]): void => {
    const direction = directions[from];
    const { contentType, length, fragment } = record;
    if (contentType === TLS_CONTENT_TYPE.changeCipherSpec) {
      events.push({ kind: 'change-cipher-spec' });
      if (serverHello !== null && serverHello.version !== TLS13) useMasterSecret(from);
      return;
    }
    const { key } = direction;
    // In TLS 1.3 only application data is encrypted; a side that fails early sends its alert in clear.
    const inClear = key === null || (serverHello?.version === TLS13 && contentType !== TLS_CONTENT_TYPE.applicationData);
    if (inClear && contentType !== TLS_CONTENT_TYPE.applicationData && fragment !== null) {
      takeContent(from, contentType, fragment, false, record, events);
      return;
    }
    const opened = key === null ? 'no-secret' : typeof key === 'string' ? key : open(direction, record, key);
    if (typeof opened === 'string') events.push({ kind: 'closed-record', contentType, length, reason: opened });
    else takeContent(from, opened.contentType, opened.content, true, record, events);
  };

  const finish = (direction: Direction, events: TlsDecryptedEvent[]): TlsDecryptedEvent[] => {
    if (direction.lost) return events;
    if (direction.reader.state === 'not-tls') lose(direction, { offset: 0, reason: 'the stream is not TLS' }, events);
    else if (direction.reader.error !== null) lose(direction, direction.reader.error, events);
    return events;
  };

  return {
    push(from, bytes) {
      const events: TlsDecryptedEvent[] = [];
      const direction = directions[from];
      if (direction.lost) return events;
      for (const record of direction.reader.push(bytes)) {
        if (!direction.lost) takeRecord(from, record, events);
      }
      return finish(direction, events);
    },
    skip(from, length) {
      const direction = directions[from];
      if (!direction.lost) direction.reader.skip(length);
      return finish(direction, []);
    },
  };
}
