import type { DecodeError } from './byte-cursor.ts';
import { TLS_CONTENT_TYPE } from './tls-names.ts';

/** One record of a byte stream (RFC 8446 section 5.1). */
export interface TlsRecord {
  /** One of {@link TLS_CONTENT_TYPE}. */
  contentType: number;
  /** `legacy_record_version`. */
  version: number;
  /** Bytes behind the five of the header. */
  length: number;
  /** Those bytes, owned by the receiver; null for application data unless it was asked for, and where some of it is missing. */
  fragment: Uint8Array | null;
  /** Position of the record's header in the stream. */
  offset: number;
}

/** Where a stream of records stands. */
export type TlsRecordState =
  /** Records follow each other; what arrived so far is in order. */
  | 'records'
  /** The stream does not begin with a record. */
  | 'not-tls'
  /** A header in the middle of the stream is none, or bytes are missing: nothing behind it can be read. */
  | 'lost';

export interface TlsRecordReader {
  /** Takes the next bytes of one direction, which stay the caller's; returns the records they complete. */
  push(bytes: Uint8Array): TlsRecord[];
  /** Says that `length` bytes of the stream will not come. Inside application data only the one record is lost. */
  skip(length: number): void;
  readonly state: TlsRecordState;
  /** Why the state is `lost`. */
  readonly error: DecodeError | null;
  /** First bytes of a stream that is `not-tls`, at most 64; null otherwise. Grows with further bytes. */
  readonly foreignBytes: Uint8Array | null;
  /** Bytes of the record that has begun and is not complete, header included. */
  readonly pendingBytes: number;
}

/** RFC 5246 section 6.2.3: "The length MUST NOT exceed 2^14 + 2048." */
const FRAGMENT_LIMIT_BYTES = 0x4000 + 2048;
const HEADER_BYTES = 5;
const FOREIGN_SAMPLE_BYTES = 64;

/** Why these first bytes of a header cannot begin a record; null when they can. */
function headerFault(header: Uint8Array, length: number): string | null {
  if (length > 0 && (header[0]! < TLS_CONTENT_TYPE.changeCipherSpec || header[0]! > TLS_CONTENT_TYPE.heartbeat))
    return 'content type is not defined';
  if (length > 1 && header[1] !== 3) return 'record version is not of TLS';
  if (length > 2 && header[2]! > 4) return 'record version is not of TLS';
  if (length >= HEADER_BYTES && header[3]! * 0x100 + header[4]! > FRAGMENT_LIMIT_BYTES) return 'record is longer than allowed';
  return null;
}

/**
 * Splits one direction of a connection into records. Holds at most one fragment (18 KiB), and none of application data unless
 * `keepApplicationData` is set. Never throws.
 */
export function createTlsRecordReader(options: { keepApplicationData?: boolean } = {}): TlsRecordReader {
  const header = new Uint8Array(HEADER_BYTES);
  let headerLength = 0;
  let fragment: Uint8Array | null = null;
  let fragmentLength = 0;
  let wanted = 0;
  let recordOffset = 0;
  let position = 0;
  let state: TlsRecordState = 'records';
  let error: DecodeError | null = null;
  let foreign: Uint8Array | null = null;

  const lose = (reason: string): void => {
    state = 'lost';
    error = { offset: recordOffset, reason };
    fragment = null;
  };

  const keepForeign = (bytes: Uint8Array): void => {
    const kept = foreign ?? header.slice(0, headerLength);
    const more = bytes.subarray(0, FOREIGN_SAMPLE_BYTES - kept.length);
    foreign = new Uint8Array(kept.length + more.length);
    foreign.set(kept);
    foreign.set(more, kept.length);
  };

  const finishRecord = (records: TlsRecord[]): void => {
    records.push({ contentType: header[0]!, version: header[1]! * 0x100 + header[2]!, length: wanted, fragment, offset: recordOffset });
    headerLength = 0;
    fragment = null;
    fragmentLength = 0;
    recordOffset = position;
  };

  const startFragment = (): void => {
    wanted = header[3]! * 0x100 + header[4]!;
    const keep = options.keepApplicationData === true || header[0] !== TLS_CONTENT_TYPE.applicationData;
    fragment = keep ? new Uint8Array(wanted) : null;
  };

  const push = (bytes: Uint8Array): TlsRecord[] => {
    const records: TlsRecord[] = [];
    let at = 0;
    while (at < bytes.length && state === 'records') {
      if (headerLength < HEADER_BYTES) {
        header[headerLength++] = bytes[at++]!;
        position += 1;
        const fault = headerFault(header, headerLength);
        if (fault !== null && recordOffset === 0) state = 'not-tls';
        else if (fault !== null) lose(fault);
        else if (headerLength === HEADER_BYTES) {
          startFragment();
          if (wanted === 0) finishRecord(records);
        }
      } else {
        const part = bytes.subarray(at, at + wanted - fragmentLength);
        fragment?.set(part, fragmentLength);
        fragmentLength += part.length;
        at += part.length;
        position += part.length;
        if (fragmentLength === wanted) finishRecord(records);
      }
    }
    if (state === 'not-tls') keepForeign(bytes.subarray(at));
    return records;
  };

  const skip = (length: number): void => {
    if (state !== 'records' || length <= 0) return;
    const inApplicationData = headerLength === HEADER_BYTES && header[0] === TLS_CONTENT_TYPE.applicationData;
    // The end of the record must still be seen: a record is reported by `push` alone.
    if (inApplicationData && length < wanted - fragmentLength) {
      fragment = null;
      fragmentLength += length;
      position += length;
    } else lose('bytes of the stream are missing');
  };

  return {
    push,
    skip,
    get state() {
      return state;
    },
    get error() {
      return error;
    },
    get foreignBytes() {
      return foreign;
    },
    get pendingBytes() {
      return state === 'records' ? headerLength + fragmentLength : 0;
    },
  };
}

/** Protocols that are met where TLS was expected. */
export type ForeignProtocol = 'http' | 'ssh' | 'smtp' | 'ftp' | 'imap' | 'pop3' | 'mysql' | 'proxy-protocol' | 'unknown';

const PROXY_V2_SIGNATURE: readonly number[] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

/** What the first bytes of a stream look like; the more of them (64 are enough), the better. */
export function foreignProtocol(bytes: Uint8Array): ForeignProtocol {
  let text = '';
  for (const byte of bytes.subarray(0, FOREIGN_SAMPLE_BYTES)) text += String.fromCharCode(byte);
  if (
    /^(HTTP\/\d|(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH) \S|PRI \* HTTP\/2)/.test(text) ||
    /^\s*<(!doctype|html)/i.test(text)
  )
    return 'http';
  // A server's HTTP/2 preface is a SETTINGS frame on stream 0 (RFC 9113 section 3.4).
  if (/^\0\0[\0-\x7e]\x04\0\0\0\0\0/.test(text) && text.charCodeAt(2) % 6 === 0) return 'http';
  if (/^SSH-\d/.test(text)) return 'ssh';
  if (/^(220|421|450|521|554)[ -]/.test(text) && /smtp|\bmail\b|postfix|exim|sendmail/i.test(text)) return 'smtp';
  if (/^(120|220|421)[ -]/.test(text) && /ftp/i.test(text)) return 'ftp';
  if (/^\* (OK|PREAUTH|BYE)\b/.test(text)) return 'imap';
  if (/^(\+OK|-ERR)\b/.test(text)) return 'pop3';
  // Initial handshake packet: length (3, little-endian), sequence number 0, protocol version 10, version text; or an error packet (0xff).
  if (/^[^\0]\0\0\0(\x0a\d+\.\d|\xff)/s.test(text)) return 'mysql';
  if (text.startsWith('PROXY ') || (bytes.length >= 12 && PROXY_V2_SIGNATURE.every((byte, index) => bytes[index] === byte)))
    return 'proxy-protocol';
  return 'unknown';
}
