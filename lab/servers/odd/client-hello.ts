/** What decides about a ClientHello. */
export interface ClientHello {
  /** Length of the TLS record it came in, header included. */
  recordBytes: number;
  /** RFC 6066 section 3; null when none was sent. */
  serverName: string | null;
  /** Cipher suites offered; empty for what is no ClientHello. */
  suites: readonly number[];
}

/** Reads the first record of a connection; null while it is incomplete. What is no ClientHello has no name. */
export function clientHelloOf(bytes: Buffer): ClientHello | null {
  if (bytes.length < 5) return null;
  const recordBytes = 5 + bytes.readUInt16BE(3);
  if (bytes.length < recordBytes) return null;
  const body = bytes[0] === 22 && bytes[5] === 1 ? bytes.subarray(9, recordBytes) : null;
  return { recordBytes, serverName: body === null ? null : serverNameIn(body), suites: body === null ? [] : suitesIn(body) };
}

/** The list behind version, random and session id. */
function suitesIn(body: Buffer): number[] {
  try {
    const at = 35 + body.readUInt8(34);
    return Array.from({ length: body.readUInt16BE(at) / 2 }, (_, index) => body.readUInt16BE(at + 2 + 2 * index));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** Body of a ClientHello: version, random, session id, cipher suites, compression methods, extensions (RFC 8446 section 4.1.2). */
function serverNameIn(body: Buffer): string | null {
  try {
    let at = 34;
    at += 1 + body.readUInt8(at);
    at += 2 + body.readUInt16BE(at);
    at += 1 + body.readUInt8(at);
    const end = at + 2 + body.readUInt16BE(at);
    at += 2;
    while (at + 4 <= end) {
      const length = body.readUInt16BE(at + 2);
      // Extension 0: list length (2), name type (1), name length (2), name.
      if (body.readUInt16BE(at) === 0) return body.subarray(at + 9, at + 4 + length).toString('latin1');
      at += 4 + length;
    }
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
