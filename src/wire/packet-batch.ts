import { longAddressWords, plainHeaderWords } from './plain-header.ts';

/**
 * Where the packets of one piece of a capture lie, and what the headers of plain ones say: a structure of arrays that is filled, emptied and filled
 * again, so that reading allocates nothing per packet. Offsets count from the start of the view that the container reader was given and hold until
 * that view is refilled. All arrays lie in one memory, which threads may share.
 */
export interface PacketBatch {
  readonly capacity: number;
  count: number;
  /** Of no meaning: what was read in advance has to be used. */
  touched: number;
  /** First captured byte. */
  readonly offset: Int32Array;
  /** Bytes in the file. */
  readonly capturedBytes: Int32Array;
  /** Bytes on the wire; may be more than were captured. Values beyond 2^31 are clamped. */
  readonly originalBytes: Int32Array;
  /** Index into the reader's list of interfaces, over all sections. */
  readonly interfaceIndex: Int32Array;
  /** Whole seconds since 1970-01-01 UTC; NaN where the file gives no time. */
  readonly seconds: Float64Array;
  /** 0 to 999,999,999. */
  readonly nanoseconds: Int32Array;
  /** What plain packets say, `plainHeaderWords` each; see `plain-header.ts`. */
  readonly headers: Int32Array;
  /** Of those with IPv6, one after the other, `longAddressWords` each. */
  readonly longAddresses: Int32Array;
}

/** Five words, a double, and the headers. */
const packetBytes: number = 5 * 4 + 8 + (plainHeaderWords + longAddressWords) * 4;

/** Memory that {@link createPacketBatch} takes for `capacity` packets; a multiple of 64 when the capacity is one of 16. */
export function packetBatchBytes(capacity: number): number {
  return capacity * packetBytes;
}

/** An empty batch for `capacity` packets, a multiple of 16, in `memory` from `start` on, a multiple of 8. */
export function createPacketBatch(
  capacity: number,
  memory: ArrayBufferLike = new ArrayBuffer(packetBatchBytes(capacity)),
  start = 0,
): PacketBatch {
  let at = start;
  const words = (each: number): Int32Array => {
    const array = new Int32Array(memory, at, capacity * each);
    at += capacity * each * 4;
    return array;
  };
  const headers = words(plainHeaderWords);
  const seconds = new Float64Array(memory, at, capacity);
  at += capacity * 8;
  return {
    capacity,
    count: 0,
    touched: 0,
    headers,
    seconds,
    offset: words(1),
    capturedBytes: words(1),
    originalBytes: words(1),
    interfaceIndex: words(1),
    nanoseconds: words(1),
    longAddresses: words(longAddressWords),
  };
}
