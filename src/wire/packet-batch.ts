/**
 * Where the packets of one piece of a capture lie: a structure of arrays that is filled, emptied and filled again, so that reading allocates
 * nothing per packet. Offsets count from the start of the view that the container reader was given and hold until that view is refilled.
 */
export interface PacketBatch {
  readonly capacity: number;
  count: number;
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
}

/** An empty batch for `capacity` packets. */
export function createPacketBatch(capacity: number): PacketBatch {
  return {
    capacity,
    count: 0,
    offset: new Int32Array(capacity),
    capturedBytes: new Int32Array(capacity),
    originalBytes: new Int32Array(capacity),
    interfaceIndex: new Int32Array(capacity),
    seconds: new Float64Array(capacity),
    nanoseconds: new Int32Array(capacity),
  };
}
