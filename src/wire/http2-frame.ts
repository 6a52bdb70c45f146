import type { DecodeError } from './byte-cursor.ts';
import { HTTP2_FRAME } from './http2-names.ts';

/** One frame (RFC 9113 section 4.1). */
export interface Http2Frame {
  type: number;
  flags: number;
  streamId: number;
  /** Bytes behind the nine of the header. */
  length: number;
  /** Those bytes, owned by the receiver; of DATA, unless its content is kept, only the pad length, where there is one. */
  payload: Uint8Array;
  /** Position of the frame's header in the stream of frames. */
  offset: number;
}

export interface Http2FrameReader {
  /** Takes the next bytes of one direction, which stay the caller's; returns the frames they complete. */
  push(bytes: Uint8Array): Http2Frame[];
  /** Says that `length` bytes of the stream will not come. Harmless inside the content of DATA. */
  skip(length: number): void;
  /** Why nothing more can be read. */
  readonly error: DecodeError | null;
  /** A frame has begun and is not complete. */
  readonly partial: boolean;
}

/** PADDED (sections 6.1, 6.2 and 6.6). */
export const HTTP2_PADDED = 0x08;

const HEADER_BYTES = 9;
/** Only DATA is ever longer than the 16 KiB that everyone accepts. */
const KEPT_PAYLOAD_LIMIT_BYTES = 0x40000;

/**
 * Splits one direction of a connection, behind the client's preface, into frames; with `keepContent` those of DATA hold their payload as well.
 * Never throws; holds at most one payload of 256 KiB.
 */
export function createHttp2FrameReader(options: { keepContent: boolean } = { keepContent: false }): Http2FrameReader {
  const header = new Uint8Array(HEADER_BYTES);
  let headerLength = 0;
  let kept = new Uint8Array(0);
  let taken = 0;
  let length = 0;
  let offset = 0;
  let position = 0;
  let error: DecodeError | null = null;

  const startPayload = (): void => {
    length = header[0]! * 0x10000 + header[1]! * 0x100 + header[2]!;
    const isData = header[3] === HTTP2_FRAME.data;
    const padded = (header[4]! & HTTP2_PADDED) !== 0;
    const keep = isData && !options.keepContent ? Math.min(length, padded ? 1 : 0) : length;
    if (keep > KEPT_PAYLOAD_LIMIT_BYTES) error = { offset, reason: 'frame is longer than 256 KiB' };
    else kept = new Uint8Array(keep);
    taken = 0;
  };

  const finish = (frames: Http2Frame[]): void => {
    const streamId = ((header[5]! & 0x7f) * 0x1000000 + header[6]! * 0x10000 + header[7]! * 0x100 + header[8]!) >>> 0;
    frames.push({ type: header[3]!, flags: header[4]!, streamId, length, payload: kept, offset });
    headerLength = 0;
    offset = position;
  };

  return {
    push(bytes) {
      const frames: Http2Frame[] = [];
      let at = 0;
      while (at < bytes.length && error === null) {
        if (headerLength < HEADER_BYTES) {
          header[headerLength++] = bytes[at++]!;
          position += 1;
          if (headerLength < HEADER_BYTES) continue;
          startPayload();
          if (length > 0) continue;
        } else {
          const part = bytes.subarray(at, at + length - taken);
          if (taken < kept.length) kept.set(part.subarray(0, kept.length - taken), taken);
          taken += part.length;
          at += part.length;
          position += part.length;
          if (taken < length) continue;
        }
        finish(frames);
      }
      return frames;
    },
    skip(count) {
      if (error !== null || count <= 0) return;
      // The end of the frame must still be seen: a frame is reported by `push` alone.
      const uncounted = headerLength === HEADER_BYTES && taken >= kept.length ? length - taken : 0;
      if (count < uncounted) {
        taken += count;
        position += count;
      } else error = { offset, reason: 'bytes of the stream are missing' };
    },
    get error() {
      return error;
    },
    get partial() {
      return headerLength > 0;
    },
  };
}
