import { HPACK_STATIC_TABLE, type HpackField } from './hpack-static-table.ts';

/** RFC 7541 section 5.1. `pattern` holds the bits before the prefix. */
function integer(value: number, prefixBits: number, pattern: number): number[] {
  const most = (1 << prefixBits) - 1;
  if (value < most) return [pattern | value];
  const bytes = [pattern | most];
  let rest = value - most;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push(0x80 | (rest & 0x7f));
  return [...bytes, rest];
}

/** A string literal without Huffman coding (section 5.2); characters above U+00FF become `?`. */
function string(text: string): number[] {
  const octets = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0x3f;
    return code > 0xff ? 0x3f : code;
  });
  return [...integer(octets.length, 7, 0), ...octets];
}

/** Fields that no box on the way may keep in a table (section 7.1.3). */
const SENSITIVE: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);
/** Patterns of sections 6.1, 6.2.2 and 6.2.3. */
const INDEXED = 0x80;
const WITHOUT_INDEXING = 0x00;
const NEVER_INDEXED = 0x10;

/** Places in the static table, from 1: of whole fields, and of the first field with a name. */
const WHOLE = new Map<string, number>();
const NAMED = new Map<string, number>();
for (const [index, { name, value }] of HPACK_STATIC_TABLE.entries()) {
  if (value !== '') WHOLE.set(`${name}\0${value}`, index + 1);
  if (!NAMED.has(name)) NAMED.set(name, index + 1);
}

function encodeField({ name, value }: HpackField): number[] {
  const whole = WHOLE.get(`${name}\0${value}`);
  if (whole !== undefined) return integer(whole, 7, INDEXED);
  const named = NAMED.get(name);
  const pattern = SENSITIVE.has(name) ? NEVER_INDEXED : WITHOUT_INDEXING;
  return [...integer(named ?? 0, 4, pattern), ...(named === undefined ? string(name) : []), ...string(value)];
}

/**
 * A header block (RFC 7541) that uses the static table alone, so that it means the same whatever was sent before it. Names in lower case. The
 * result is owned by the caller.
 */
export function encodeHpack(fields: readonly HpackField[]): Uint8Array {
  return Uint8Array.from(fields.flatMap(encodeField));
}
