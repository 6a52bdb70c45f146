/** FIN and the opcode of a close frame (RFC 6455 section 5.5.1). */
const CLOSE = 0x88;
const MASKED = 0x80;

/** A client's close frame without a reason. `mask` is 4 unpredictable bytes: "A client MUST mask all frames that it sends to the server" (section 5.1). */
export function encodeWebSocketClose(code: number, mask: Uint8Array): Uint8Array {
  const payload = [code >> 8, code & 0xff].map((byte, index) => byte ^ (mask[index] ?? 0));
  return Uint8Array.from([CLOSE, MASKED | payload.length, ...mask.subarray(0, 4), ...payload]);
}
