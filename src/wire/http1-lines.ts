/** What {@link Http1Lines.take} did with bytes. */
export interface TakenLines {
  /** How many of the bytes it used. */
  used: number;
  /** `section`: the empty line came. `too-large`: it did not within the limit. `more`: not yet. */
  state: 'section' | 'too-large' | 'more';
}

/** Collects the lines of a start line and header section, or of a trailer section, up to the empty line that ends it. */
export interface Http1Lines {
  take(bytes: Uint8Array): TakenLines;
  /** Complete lines without their ends, owned by the receiver. */
  readonly lines: Uint8Array[];
  /** The first line that is not empty, as far as it came. */
  readonly firstLine: Uint8Array;
  /** The first 64 bytes taken, line ends included. */
  readonly beginning: Uint8Array;
  /** Bytes taken, line ends included. */
  readonly length: number;
}

const LF = 0x0a;
const CR = 0x0d;
const BEGINNING_BYTES = 64;

/**
 * Lines end in CRLF, or LF alone (RFC 9112 section 2.2: "a recipient MAY recognize a single LF as a line terminator"). Empty lines before the
 * first are left out when `skipLeadingEmptyLines` is set. Holds at most `limitBytes`.
 */
export function createHttp1Lines(limitBytes: number, skipLeadingEmptyLines: boolean): Http1Lines {
  const lines: Uint8Array[] = [];
  let pending = new Uint8Array(256);
  let pendingLength = 0;
  let length = 0;
  let beginning = new Uint8Array(0);

  const append = (part: Uint8Array): void => {
    if (pendingLength + part.length > pending.length) {
      const larger = new Uint8Array(Math.max(2 * pending.length, pendingLength + part.length));
      larger.set(pending.subarray(0, pendingLength));
      pending = larger;
    }
    pending.set(part, pendingLength);
    pendingLength += part.length;
  };

  /** True when the line that ends here is the empty one that ends the section. */
  const endLine = (): boolean => {
    const end = pendingLength > 0 && pending[pendingLength - 1] === CR ? pendingLength - 1 : pendingLength;
    const line = pending.slice(0, end);
    pendingLength = 0;
    if (line.length > 0) lines.push(line);
    return line.length === 0 && (lines.length > 0 || !skipLeadingEmptyLines);
  };

  const take = (bytes: Uint8Array): TakenLines => {
    let used = 0;
    while (used < bytes.length) {
      const allowed = bytes.subarray(used, used + limitBytes - length);
      const lineEnd = allowed.indexOf(LF);
      const part = lineEnd < 0 ? allowed : allowed.subarray(0, lineEnd);
      append(part);
      used += part.length;
      length += part.length;
      if (lineEnd < 0) {
        if (length >= limitBytes) return { used, state: 'too-large' };
        continue;
      }
      used += 1;
      length += 1;
      if (endLine()) return { used, state: 'section' };
    }
    return { used, state: 'more' };
  };

  const takeAndRemember = (bytes: Uint8Array): TakenLines => {
    const taken = take(bytes);
    const more = bytes.subarray(0, Math.min(taken.used, BEGINNING_BYTES - beginning.length));
    if (more.length > 0) beginning = Uint8Array.from([...beginning, ...more]);
    return taken;
  };

  return {
    take: takeAndRemember,
    lines,
    get firstLine() {
      const [first] = lines;
      if (first !== undefined) return first;
      // A CR alone may still become the end of an empty line.
      return pending.subarray(0, pendingLength === 1 && pending[0] === CR ? 0 : pendingLength);
    },
    get beginning() {
      return beginning;
    },
    get length() {
      return length;
    },
  };
}
