/** DNS over a byte stream: each message behind its length in two bytes (RFC 1035 section 4.2.2, RFC 7766; RFC 7858 over TLS). */

/** A message as it goes into a stream. Throws RangeError above 65535 bytes. */
export function frameDnsMessage(message: Uint8Array): Uint8Array {
  if (message.length > 0xffff) throw new RangeError('DNS message is longer than 65535 bytes');
  const framed = new Uint8Array(2 + message.length);
  framed[0] = message.length >> 8;
  framed[1] = message.length & 0xff;
  framed.set(message, 2);
  return framed;
}

export interface DnsStreamReader {
  /** Takes the next bytes of one direction, which stay the caller's; returns the messages they complete, owned by the receiver. */
  push(bytes: Uint8Array): Uint8Array[];
  /** Bytes of the message that has begun and is not complete, its length included. */
  readonly pendingBytes: number;
}

const FIRST_ALLOCATION_BYTES = 512;

/** Splits one direction of a connection into messages. Never throws; holds at most one message of 64 KiB. */
export function createDnsStreamReader(): DnsStreamReader {
  let prefixLength = 0;
  let wanted = 0;
  let message = new Uint8Array(0);
  let taken = 0;

  const append = (part: Uint8Array): void => {
    if (taken + part.length > message.length) {
      // Grows with what arrives, so that a length alone does not cost memory.
      const larger = new Uint8Array(Math.min(wanted, Math.max(FIRST_ALLOCATION_BYTES, 2 * message.length, taken + part.length)));
      larger.set(message.subarray(0, taken));
      message = larger;
    }
    message.set(part, taken);
    taken += part.length;
  };

  return {
    push(bytes) {
      const messages: Uint8Array[] = [];
      let at = 0;
      for (;;) {
        while (prefixLength < 2 && at < bytes.length) {
          wanted = wanted * 256 + bytes[at++]!;
          prefixLength += 1;
        }
        if (prefixLength < 2) return messages;
        const part = bytes.subarray(at, at + wanted - taken);
        append(part);
        at += part.length;
        if (taken < wanted) return messages;
        messages.push(message.subarray(0, wanted));
        prefixLength = 0;
        wanted = 0;
        taken = 0;
        message = new Uint8Array(0);
      }
    },
    get pendingBytes() {
      return prefixLength + taken;
    },
  };
}
