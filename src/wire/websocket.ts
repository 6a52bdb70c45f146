import type { DecodeError } from './byte-cursor.ts';

/** What one direction of a WebSocket connection showed, in order (RFC 6455 section 5). */
export type WebSocketEvent =
  /** A frame of text or binary content, or one that continues it. `compressed` is the first reserved bit (RFC 7692). */
  | { kind: 'data'; opcode: 'text' | 'binary' | 'continuation'; bytes: number; final: boolean; compressed: boolean }
  | { kind: 'ping' | 'pong'; bytes: number }
  /** `code` is null when none was sent; `reason` is text for people, without control characters. */
  | { kind: 'close'; code: number | null; reason: string }
  /** Nothing behind this can be read. */
  | { kind: 'malformed'; error: DecodeError };

export interface WebSocketReader {
  /** Takes the next bytes of one direction behind the HTTP upgrade, which stay the caller's. */
  push(bytes: Uint8Array): WebSocketEvent[];
  /** Says that `length` bytes of the stream will not come. Harmless inside the content of data. */
  skip(length: number): WebSocketEvent[];
  /** A frame has begun and is not complete. */
  readonly partial: boolean;
}

const CLOSE_CODES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status received',
  1006: 'abnormal closure',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake failure',
};

/** The meaning of a close code (RFC 6455 section 7.4.1 and the IANA registry), or the range it is from. */
export function webSocketCloseName(code: number): string {
  const known = CLOSE_CODES[code];
  if (known !== undefined) return known;
  if (code >= 4000 && code <= 4999) return 'private use';
  return code >= 3000 && code <= 3999 ? 'registered by a library' : 'reserved';
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const CONTROL_LIMIT_BYTES = 125;
const LONGEST_HEADER_BYTES = 14;

interface FrameHeader {
  final: boolean;
  compressed: boolean;
  opcode: number;
  length: number;
  mask: Uint8Array | null;
}

/** How long the header is that begins with these two bytes. */
function headerLength(second: number): number {
  const lengthBytes = (second & 0x7f) === 126 ? 2 : (second & 0x7f) === 127 ? 8 : 0;
  return 2 + lengthBytes + ((second & 0x80) === 0 ? 0 : 4);
}

function parseHeader(bytes: Uint8Array, masked: boolean): FrameHeader | string {
  const first = bytes[0]!;
  const second = bytes[1]!;
  const opcode = first & 0x0f;
  const isControl = opcode >= 8;
  const short = second & 0x7f;
  const lengthEnd = headerLength(second & 0x7f);
  let length = short < 126 ? short : 0;
  for (let i = 2; i < lengthEnd; i++) length = length * 256 + bytes[i]!;
  const final = (first & 0x80) !== 0;
  if ((first & 0x30) !== 0) return 'reserved bits are set';
  if (opcode > OPCODE.pong || (opcode > OPCODE.binary && !isControl)) return 'opcode is not defined';
  // Section 5.5: control frames "MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
  if (isControl && (!final || length > CONTROL_LIMIT_BYTES)) return 'control frame is fragmented or too long';
  if (!Number.isSafeInteger(length)) return 'frame is too long';
  // Section 5.1: a client masks all frames, a server none.
  if (((second & 0x80) !== 0) !== masked) return masked ? 'frame of a client is not masked' : 'frame of a server is masked';
  return { final, compressed: (first & 0x40) !== 0, opcode, length, mask: masked ? bytes.slice(lengthEnd, lengthEnd + 4) : null };
}

function closeOf(payload: Uint8Array): WebSocketEvent {
  if (payload.length < 2) return { kind: 'close', code: null, reason: '' };
  const reason = new TextDecoder().decode(payload.subarray(2)).replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
  return { kind: 'close', code: payload[0]! * 256 + payload[1]!, reason };
}

/** Reads one direction of a WebSocket connection; `side` says whose. Content is only counted. Never throws; holds at most 139 bytes. */
export function createWebSocketReader(options: { side: 'client' | 'server' }): WebSocketReader {
  const header = new Uint8Array(LONGEST_HEADER_BYTES);
  let headerTaken = 0;
  let frame: FrameHeader | null = null;
  let taken = 0;
  let control = new Uint8Array(0);
  let offset = 0;
  let position = 0;
  let ended = false;

  const fail = (events: WebSocketEvent[], reason: string): void => {
    ended = true;
    events.push({ kind: 'malformed', error: { offset, reason } });
  };

  const finish = (events: WebSocketEvent[], done: FrameHeader): void => {
    const { opcode, length, final, compressed, mask } = done;
    frame = null;
    headerTaken = 0;
    offset = position;
    if (opcode === OPCODE.close) events.push(closeOf(mask === null ? control : control.map((byte, index) => byte ^ mask[index % 4]!)));
    else if (opcode === OPCODE.ping || opcode === OPCODE.pong)
      events.push({ kind: opcode === OPCODE.ping ? 'ping' : 'pong', bytes: length });
    else {
      const name = opcode === OPCODE.text ? 'text' : opcode === OPCODE.binary ? 'binary' : 'continuation';
      events.push({ kind: 'data', opcode: name, bytes: length, final, compressed });
    }
  };

  const takeHeaderByte = (events: WebSocketEvent[], byte: number): void => {
    header[headerTaken++] = byte;
    position += 1;
    if (headerTaken < 2 || headerTaken < headerLength(header[1]!)) return;
    const parsed = parseHeader(header.subarray(0, headerTaken), options.side === 'client');
    if (typeof parsed === 'string') {
      fail(events, parsed);
      return;
    }
    frame = parsed;
    taken = 0;
    control = new Uint8Array(parsed.opcode >= OPCODE.close ? parsed.length : 0);
    if (parsed.length === 0) finish(events, parsed);
  };

  const takePayload = (events: WebSocketEvent[], current: FrameHeader, bytes: Uint8Array): number => {
    const part = bytes.subarray(0, current.length - taken);
    if (taken < control.length) control.set(part, taken);
    taken += part.length;
    position += part.length;
    if (taken === current.length) finish(events, current);
    return part.length;
  };

  return {
    push(bytes) {
      const events: WebSocketEvent[] = [];
      let at = 0;
      while (at < bytes.length && !ended) {
        if (frame === null) takeHeaderByte(events, bytes[at++]!);
        else at += takePayload(events, frame, bytes.subarray(at));
      }
      return events;
    },
    skip(length) {
      const events: WebSocketEvent[] = [];
      if (ended || length <= 0) return events;
      // The end of the frame must still be seen: a frame is reported by `push` alone.
      const uncounted = frame !== null && control.length === 0 ? frame.length - taken : 0;
      if (length < uncounted) {
        taken += length;
        position += length;
      } else fail(events, 'bytes of the stream are missing');
      return events;
    },
    get partial() {
      return !ended && headerTaken > 0;
    },
  };
}
