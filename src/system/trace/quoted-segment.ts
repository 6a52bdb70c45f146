/** TCP option kinds (RFC 9293 section 3.2). */
const endOfOptions = 0;
const noOperation = 1;
const maximumSegmentSize = 2;
const headerBytes = 20;

/**
 * The maximum segment size option of a TCP header, as quoted in an ICMP error; null when the quotation ends before it or there is none. A router
 * that changed it on the way shows here. Never throws.
 */
export function quotedMss(segment: Uint8Array): number | null {
  const end = Math.min(segment.length, ((segment[12] ?? 0) >> 4) * 4);
  for (let at = headerBytes; at < end; ) {
    const kind = segment[at];
    if (kind === endOfOptions) return null;
    if (kind === noOperation) {
      at += 1;
      continue;
    }
    const length = segment[at + 1] ?? 0;
    if (length < 2 || at + length > end) return null;
    if (kind === maximumSegmentSize) return length === 4 ? ((segment[at + 2] ?? 0) << 8) | (segment[at + 3] ?? 0) : null;
    at += length;
  }
  return null;
}
