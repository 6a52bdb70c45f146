/** One handshake message in clear: its type, and its body without the four bytes of type and length, owned by the receiver. */
export interface TlsRawMessage {
  typeCode: number;
  body: Uint8Array;
}

export interface TlsMessageBuffer {
  /** Takes the next bytes of handshake content; returns the messages they complete, or null when one is longer than allowed. */
  push(fragment: Uint8Array): TlsRawMessage[] | null;
  /** A message has begun and is not complete. */
  readonly partial: boolean;
}

/** Certificate lists are the longest messages; OpenSSL refuses those above 100 KiB. */
const MESSAGE_LIMIT_BYTES = 0x40000;
const HEADER_BYTES = 4;
const FIRST_ALLOCATION_BYTES = 0x4000;

/** Joins handshake messages that span records (RFC 8446 section 5.1). Holds at most one message of 256 KiB. */
export function createTlsMessageBuffer(): TlsMessageBuffer {
  const header = new Uint8Array(HEADER_BYTES);
  let headerLength = 0;
  let body = new Uint8Array(0);
  let bodyLength = 0;
  let wanted = 0;

  const append = (part: Uint8Array): void => {
    if (bodyLength + part.length > body.length) {
      // Grows with what arrives, so that a length alone does not cost memory.
      const larger = new Uint8Array(Math.min(wanted, Math.max(FIRST_ALLOCATION_BYTES, 2 * body.length, bodyLength + part.length)));
      larger.set(body.subarray(0, bodyLength));
      body = larger;
    }
    body.set(part, bodyLength);
    bodyLength += part.length;
  };

  const push = (fragment: Uint8Array): TlsRawMessage[] | null => {
    const messages: TlsRawMessage[] = [];
    let at = 0;
    for (;;) {
      while (headerLength < HEADER_BYTES && at < fragment.length) header[headerLength++] = fragment[at++]!;
      if (headerLength < HEADER_BYTES) return messages;
      wanted = header[1]! * 0x10000 + header[2]! * 0x100 + header[3]!;
      if (wanted > MESSAGE_LIMIT_BYTES) return null;
      const part = fragment.subarray(at, at + wanted - bodyLength);
      append(part);
      at += part.length;
      if (bodyLength < wanted) return messages;
      messages.push({ typeCode: header[0]!, body: body.subarray(0, wanted) });
      headerLength = 0;
      body = new Uint8Array(0);
      bodyLength = 0;
    }
  };

  return {
    push,
    get partial() {
      return headerLength > 0;
    },
  };
}
