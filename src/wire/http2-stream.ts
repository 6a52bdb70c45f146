import type { DecodeError } from './byte-cursor.ts';
import { createHpackDecoder } from './hpack.ts';
import type { HpackField } from './hpack-static-table.ts';
import { createHttp2FrameReader, HTTP2_PADDED, type Http2Frame } from './http2-frame.ts';
import { HTTP2_FRAME } from './http2-names.ts';

/** What one direction of an HTTP/2 connection showed, in order. */
export type Http2Event =
  /** The client's connection preface (RFC 9113 section 3.4). */
  | { kind: 'preface' }
  | { kind: 'settings'; acknowledgement: boolean; values: { id: number; value: number }[] }
  /** A complete field section: HEADERS with its CONTINUATIONs. `fieldsError` is set when not all fields could be read. */
  | { kind: 'headers'; streamId: number; fields: HpackField[]; endStream: boolean; fieldsError: DecodeError | null }
  | { kind: 'push-promise'; streamId: number; promisedStreamId: number; fields: HpackField[]; fieldsError: DecodeError | null }
  /** `bytes` without padding; `content` only where it is kept. */
  | { kind: 'data'; streamId: number; bytes: number; content?: Uint8Array; endStream: boolean }
  /** See http2ErrorName. */
  | { kind: 'reset'; streamId: number; errorCode: number }
  /** `debug` is text for people, control characters replaced by spaces. */
  | { kind: 'goaway'; lastStreamId: number; errorCode: number; debug: string }
  | { kind: 'window-update'; streamId: number; increment: number }
  /** `opaque` is eight bytes. */
  | { kind: 'ping'; acknowledgement: boolean; opaque: Uint8Array }
  /** PRIORITY, and types that are not known. */
  | { kind: 'other'; type: number; streamId: number; length: number }
  /** Nothing behind this can be read: the stream is not HTTP/2, breaks its syntax, or has lost bytes. */
  | { kind: 'malformed'; error: DecodeError };

export interface Http2Reader {
  /** Takes the next bytes of one direction, which stay the caller's. */
  push(bytes: Uint8Array): Http2Event[];
  /** Says that `length` bytes of the stream will not come. */
  skip(length: number): Http2Event[];
  /** A frame or field section has begun and is not complete. */
  readonly partial: boolean;
}

const PREFACE: Uint8Array = new TextEncoder().encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** END_STREAM of DATA and HEADERS; ACK of SETTINGS and PING. */
const FIRST_FLAG = 0x01;
const END_HEADERS = 0x04;
const PRIORITY = 0x20;
const BLOCK_LIMIT_BYTES = 0x40000;
const PRIORITY_BYTES = 5;

/** Whether a frame's length can be right (RFC 9113 section 6). */
function lengthFault(frame: Http2Frame): boolean {
  switch (frame.type) {
    case HTTP2_FRAME.priority:
      return frame.length !== PRIORITY_BYTES;
    case HTTP2_FRAME.rstStream:
    case HTTP2_FRAME.windowUpdate:
      return frame.length !== 4;
    case HTTP2_FRAME.settings:
      return frame.length % 6 !== 0 || ((frame.flags & FIRST_FLAG) !== 0 && frame.length !== 0);
    case HTTP2_FRAME.ping:
      return frame.length !== 8;
    case HTTP2_FRAME.goaway:
      return frame.length < 8;
    default:
      return false;
  }
}

/** Frames that belong to the connection must not name a stream, and those of a stream must (RFC 9113 section 6). */
function streamFault({ type, streamId }: Http2Frame): boolean {
  if (type === HTTP2_FRAME.settings || type === HTTP2_FRAME.ping || type === HTTP2_FRAME.goaway) return streamId !== 0;
  return type <= HTTP2_FRAME.continuation && type !== HTTP2_FRAME.windowUpdate && streamId === 0;
}

function u32(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 0x1000000 + bytes[at + 1]! * 0x10000 + bytes[at + 2]! * 0x100 + bytes[at + 3]!;
}

/** The part of a payload between the pad length and the padding; null when the padding is longer than the payload. */
function unpadded({ flags, length, payload }: Http2Frame): { start: number; end: number } | null {
  if ((flags & HTTP2_PADDED) === 0) return { start: 0, end: length };
  const end = length - (payload[0] ?? 0);
  return end < 1 ? null : { start: 1, end };
}

function plainText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 1024)).replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

/** A field section that is not complete. */
interface OpenSection {
  streamId: number;
  promisedStreamId: number | null;
  endStream: boolean;
  parts: Uint8Array[];
  bytes: number;
}

function joined(section: OpenSection): Uint8Array {
  const block = new Uint8Array(section.bytes);
  let at = 0;
  for (const part of section.parts) {
    block.set(part, at);
    at += part.length;
  }
  return block;
}

/**
 * Reads one direction of an HTTP/2 connection from its beginning; `side` says whose. Content is only counted, unless `keepContent` asks for it.
 * Never throws; holds at most one field section of 256 KiB, one frame, and the dynamic table.
 */
export function createHttp2Reader(options: { side: 'client' | 'server'; keepContent?: true }): Http2Reader {
  const frames = createHttp2FrameReader({ keepContent: options.keepContent === true });
  const hpack = createHpackDecoder();
  let prefaceLeft: number = options.side === 'client' ? PREFACE.length : 0;
  let firstFrame = true;
  let section: OpenSection | null = null;
  let ended = false;

  const fail = (events: Http2Event[], offset: number, reason: string): void => {
    ended = true;
    events.push({ kind: 'malformed', error: { offset, reason } });
  };

  const endSection = (events: Http2Event[], open: OpenSection): void => {
    const { fields, error: fieldsError } = hpack.decode(joined(open));
    const { streamId, promisedStreamId, endStream } = open;
    section = null;
    if (promisedStreamId === null) events.push({ kind: 'headers', streamId, fields, endStream, fieldsError });
    else events.push({ kind: 'push-promise', streamId, promisedStreamId, fields, fieldsError });
  };

  const addToSection = (events: Http2Event[], open: OpenSection, frame: Http2Frame, part: Uint8Array): void => {
    open.parts.push(part);
    open.bytes += part.length;
    // Frames without content add nothing, and are not to be kept forever.
    if (open.bytes > BLOCK_LIMIT_BYTES || open.parts.length > 1024) fail(events, frame.offset, 'field section is longer than 256 KiB');
    else if ((frame.flags & END_HEADERS) !== 0) endSection(events, open);
  };

  const startSection = (events: Http2Event[], frame: Http2Frame): void => {
    const isPromise = frame.type === HTTP2_FRAME.pushPromise;
    const content = unpadded(frame);
    const fixed = isPromise ? 4 : (frame.flags & PRIORITY) !== 0 ? PRIORITY_BYTES : 0;
    if (content === null || content.end - content.start < fixed) {
      fail(events, frame.offset, 'frame is shorter than its fields');
      return;
    }
    section = {
      streamId: frame.streamId,
      promisedStreamId: isPromise ? u32(frame.payload, content.start) % 0x80000000 : null,
      endStream: !isPromise && (frame.flags & FIRST_FLAG) !== 0,
      parts: [],
      bytes: 0,
    };
    addToSection(events, section, frame, frame.payload.subarray(content.start + fixed, content.end));
  };

  const takeData = (events: Http2Event[], frame: Http2Frame): void => {
    const content = unpadded(frame);
    if (content === null) fail(events, frame.offset, 'padding is longer than the frame');
    else
      events.push({
        kind: 'data',
        streamId: frame.streamId,
        bytes: content.end - content.start,
        ...(options.keepContent === true ? { content: frame.payload.subarray(content.start, content.end) } : {}),
        endStream: (frame.flags & FIRST_FLAG) !== 0,
      });
  };

  const settingsOf = (payload: Uint8Array): { id: number; value: number }[] => {
    const values: { id: number; value: number }[] = [];
    for (let at = 0; at + 6 <= payload.length; at += 6)
      values.push({ id: payload[at]! * 0x100 + payload[at + 1]!, value: u32(payload, at + 2) });
    return values;
  };

  const takeFrame = (events: Http2Event[], frame: Http2Frame): void => {
    const { type, streamId, payload } = frame;
    const acknowledgement = (frame.flags & FIRST_FLAG) !== 0;
    switch (type) {
      case HTTP2_FRAME.data:
        takeData(events, frame);
        break;
      case HTTP2_FRAME.headers:
      case HTTP2_FRAME.pushPromise:
        startSection(events, frame);
        break;
      case HTTP2_FRAME.rstStream:
        events.push({ kind: 'reset', streamId, errorCode: u32(payload, 0) });
        break;
      case HTTP2_FRAME.settings:
        events.push({ kind: 'settings', acknowledgement, values: settingsOf(payload) });
        break;
      case HTTP2_FRAME.ping:
        events.push({ kind: 'ping', acknowledgement, opaque: payload });
        break;
      case HTTP2_FRAME.goaway:
        events.push({
          kind: 'goaway',
          lastStreamId: u32(payload, 0) % 0x80000000,
          errorCode: u32(payload, 4),
          debug: plainText(payload.subarray(8)),
        });
        break;
      case HTTP2_FRAME.windowUpdate:
        events.push({ kind: 'window-update', streamId, increment: u32(payload, 0) % 0x80000000 });
        break;
      case HTTP2_FRAME.continuation:
        fail(events, frame.offset, 'CONTINUATION without field section');
        break;
      default:
        events.push({ kind: 'other', type, streamId, length: frame.length });
    }
  };

  /** Why a frame may not come here; null when it may. */
  const frameFault = (frame: Http2Frame): string | null => {
    // Section 3.4: the prefaces of both sides end in, or are, "a (potentially empty) SETTINGS frame".
    if (firstFrame && (frame.type !== HTTP2_FRAME.settings || (frame.flags & FIRST_FLAG) !== 0)) return 'first frame is not SETTINGS';
    if (lengthFault(frame)) return 'frame has a wrong length';
    if (streamFault(frame)) return 'frame is on the wrong stream';
    // Section 6.10: nothing may come between the frames of a field section.
    const interrupts = section !== null && (frame.type !== HTTP2_FRAME.continuation || frame.streamId !== section.streamId);
    return interrupts ? 'field section is interrupted' : null;
  };

  const checkFrame = (events: Http2Event[], frame: Http2Frame): void => {
    const fault = frameFault(frame);
    firstFrame = false;
    if (fault !== null) fail(events, frame.offset, fault);
    else if (section === null) takeFrame(events, frame);
    else addToSection(events, section, frame, frame.payload);
  };

  return {
    push(bytes) {
      const events: Http2Event[] = [];
      let at = 0;
      for (; prefaceLeft > 0 && at < bytes.length && !ended; at++) {
        if (bytes[at] !== PREFACE[PREFACE.length - prefaceLeft])
          fail(events, PREFACE.length - prefaceLeft, 'connection preface is missing');
        prefaceLeft -= 1;
        if (prefaceLeft === 0 && !ended) events.push({ kind: 'preface' });
      }
      if (ended) return events;
      for (const frame of frames.push(bytes.subarray(at))) {
        if (!ended) checkFrame(events, frame);
      }
      if (!ended && frames.error !== null) fail(events, frames.error.offset, frames.error.reason);
      return events;
    },
    skip(length) {
      const events: Http2Event[] = [];
      if (ended) return events;
      frames.skip(length);
      if (frames.error !== null) fail(events, frames.error.offset, frames.error.reason);
      return events;
    },
    get partial() {
      return !ended && (frames.partial || section !== null || (prefaceLeft > 0 && prefaceLeft < PREFACE.length));
    },
  };
}
