/** How much of a TCP segment's payload is TLS in clear: the only payload of a stream that may be handed over. */

const recordHeaderBytes = 5;
const mostFragmentBytes = 0x4000 + 2048;
const changeCipherSpec = 20;
const alert = 21;
const handshake = 22;
const applicationData = 23;
const clientHello = 1;
const serverHello = 2;

/** One direction of a connection that was seen from its SYN on. */
interface Direction {
  isClient: boolean;
  /** Sequence number of the first byte that was not seen. */
  next: number;
  /** Bytes of the record in hand that are still to come. */
  recordLeft: number;
  /** Bytes of it that may be kept. */
  keepLeft: number;
  /** Bytes of the stream that may still be kept: without end, or to the end of the hello. */
  allowed: number;
  /** From a ChangeCipherSpec or application data on. */
  isEncrypted: boolean;
  hasBegun: boolean;
  isOver: boolean;
}

export interface StreamSegment {
  /** Where it comes from and goes to; the same for every segment of one direction. */
  from: string;
  to: string;
  sequence: number;
  isSyn: boolean;
  isAck: boolean;
  payload: Uint8Array;
}

/**
 * Follows the records of every connection. Kept is what stands in records of handshake and alert from the first byte on, and the headers of those that are
 * encrypted, where a segment begins with one; of a server only behind a ClientHello: whoever spoke in clear gets nothing back that is kept. A server that answers a ClientHello with no TLS, or speaks
 * first, is kept as far as a record's header would be, which shows that much. Segments out of order, and streams that were not seen from their SYN, give nothing.
 */
export class ClearHandshakes {
  readonly #directions = new Map<string, Direction>();
  readonly #hellosOnly: boolean;

  /** With `hellosOnly` ClientHello and ServerHello alone are kept, without certificates. */
  constructor(hellosOnly: boolean) {
    this.#hellosOnly = hellosOnly;
  }

  /** Bytes of the payload, from its first, that may be kept. */
  kept({ from, to, sequence, isSyn, isAck, payload }: StreamSegment): number {
    const key = `${from} ${to}`;
    if (isSyn) {
      const next = (sequence + 1) >>> 0;
      this.#directions.set(key, {
        isClient: !isAck,
        next,
        recordLeft: 0,
        keepLeft: 0,
        allowed: Number.POSITIVE_INFINITY,
        isEncrypted: false,
        hasBegun: false,
        isOver: false,
      });
    }
    const direction = this.#directions.get(key);
    const first = isSyn ? (sequence + 1) >>> 0 : sequence >>> 0;
    if (direction === undefined || direction.isOver || payload.length === 0 || first !== direction.next) return 0;
    direction.next = (first + payload.length) >>> 0;
    if (direction.hasBegun) return take(direction, payload);
    const client = direction.isClient ? undefined : this.#directions.get(`${to} ${from}`);
    if (this.#begins(direction, client, payload)) return take(direction, payload);
    direction.isOver = true;
    const saidNothingElse = client?.isClient === true && (client.hasBegun || !client.isOver);
    return saidNothingElse ? Math.min(payload.length, recordHeaderBytes) : 0;
  }

  #begins(direction: Direction, client: Direction | undefined, payload: Uint8Array): boolean {
    if (!direction.isClient && !isGreeted(client)) return false;
    const isHello = payload.length >= 9 && payload[0] === handshake && payload[5] === (direction.isClient ? clientHello : serverHello);
    if (!isRecord(payload, 0) || !isClear(payload, 0) || (!isHello && (direction.isClient || payload[0] !== alert))) return false;
    direction.hasBegun = true;
    if (this.#hellosOnly && isHello) direction.allowed = recordHeaderBytes + 4 + payload[6]! * 0x10000 + payload[7]! * 0x100 + payload[8]!;
    return true;
  }
}

function isGreeted(client: Direction | undefined): boolean {
  return client?.isClient === true && client.hasBegun;
}

/** Follows the records through the payload; what is kept is its beginning, up to the first byte that may not be. */
function take(direction: Direction, payload: Uint8Array): number {
  let at = 0;
  let kept = 0;
  while (!direction.isOver && at < payload.length) {
    if (direction.recordLeft === 0 && !startRecord(direction, payload, at)) break;
    const part = Math.min(direction.recordLeft, payload.length - at);
    const keepable = Math.min(part, direction.keepLeft);
    if (kept === at) kept += keepable;
    direction.keepLeft -= keepable;
    direction.recordLeft -= part;
    at += part;
  }
  return kept;
}

/** A header that two segments share is taken for the end: nothing is kept that is not understood. */
function startRecord(direction: Direction, bytes: Uint8Array, at: number): boolean {
  if (!isRecord(bytes, at)) {
    direction.isOver = true;
    return false;
  }
  direction.recordLeft = recordHeaderBytes + bytes[at + 3]! * 0x100 + bytes[at + 4]!;
  direction.isEncrypted ||= !isClear(bytes, at);
  direction.keepLeft = direction.isEncrypted
    ? recordHeaderBytes
    : Math.min(direction.recordLeft, Math.max(direction.allowed, recordHeaderBytes));
  direction.allowed -= direction.keepLeft;
  return true;
}

function isRecord(bytes: Uint8Array, at: number): boolean {
  if (bytes.length - at < recordHeaderBytes || bytes[at + 1] !== 3 || bytes[at + 2]! > 4) return false;
  const type = bytes[at]!;
  return type >= changeCipherSpec && type <= applicationData && bytes[at + 3]! * 0x100 + bytes[at + 4]! <= mostFragmentBytes;
}

/** Of a record before any that is encrypted. An alert in clear has two bytes. */
function isClear(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === handshake || (bytes[at] === alert && bytes[at + 3] === 0 && bytes[at + 4] === 2);
}
