/** What browsers bring along about a name. */
export interface PreloadEntry {
  /** The name that stands in the list: the one asked for, or one above it that speaks for all below. */
  name: string;
  includesSubdomains: boolean;
}

/** Names that browsers reach by https alone. Opening reads a count for each bucket, a lookup takes microseconds. */
export interface PreloadTableReader {
  /** ISO 8601 day of the list. */
  date: string;
  /** How many names it holds. */
  count: number;
  /** Null for a name that browsers know nothing of. @param host in ASCII, lower case, without a dot at the end */
  find(host: string): PreloadEntry | null;
}

/**
 * Layout, little endian: magic (8), date as yyyymmdd (u32), count of names (u32); for each of 65,536 buckets how many names are in it (u8); then the
 * names, in the order of buckets, three bytes each: 23 bits of a hash, and the lowest bit set where the entry speaks for the names below it. Names are
 * known by 39 bits alone: of ten million that are not in a list of 150,000, two or three are taken for one that is.
 */
const magic = 'WWHSTS01';
const headerBytes = 16;
export const preloadBuckets = 65_536;
const entryBytes = 3;
/** RFC 1035 section 2.3.4: a name has at most 127 labels. */
const mostLabels = 127;

/** Where a name stands: its bucket, and the bits it is known by there. Mixing as in MurmurHash3, over two sums at once. */
export function preloadHash(name: string): { bucket: number; bits: number } {
  let one = 0x9747b28c;
  let other = 0x5bd1e995;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    one = Math.imul(one ^ code, 0x9e3779b1);
    other = Math.imul(other ^ code, 0x5f356495);
  }
  one = mixed(one ^ (other >>> 13));
  other = mixed(other ^ (one >>> 11));
  return { bucket: one >>> 16, bits: other >>> 9 };
}

function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Opens a table; null when the bytes are none, or not all of it. The bytes stay in use. Never throws, whatever they are. */
export function openPreloadTable(bytes: Uint8Array): PreloadTableReader | null {
  const entriesAt = headerBytes + preloadBuckets;
  if (bytes.length < entriesAt || String.fromCharCode(...bytes.subarray(0, magic.length)) !== magic) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const day = String(view.getUint32(8, true));
  const count = view.getUint32(12, true);
  const firsts = new Uint32Array(preloadBuckets + 1);
  for (let bucket = 0; bucket < preloadBuckets; bucket++) firsts[bucket + 1] = (firsts[bucket] ?? 0) + (bytes[headerBytes + bucket] ?? 0);
  if (firsts[preloadBuckets] !== count || bytes.length !== entriesAt + count * entryBytes || !/^\d{8}$/.test(day)) return null;

  function entryOf(name: string): PreloadEntry | null {
    const { bucket, bits } = preloadHash(name);
    const end = firsts[bucket + 1] ?? 0;
    for (let index = firsts[bucket] ?? 0; index < end; index++) {
      const at = entriesAt + index * entryBytes;
      const entry = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
      if (entry >>> 1 === bits) return { name, includesSubdomains: (entry & 1) === 1 };
    }
    return null;
  }

  return {
    date: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
    count,
    find(host) {
      const own = entryOf(host);
      if (own !== null) return own;
      let name = host;
      for (let label = 0; label < mostLabels; label++) {
        const dot = name.indexOf('.');
        if (dot < 0) return null;
        name = name.slice(dot + 1);
        const above = entryOf(name);
        // As in Chromium, the longest name decides.
        if (above !== null) return above.includesSubdomains ? above : null;
      }
      return null;
    },
  };
}

/** The file of such a table. Names that share all their bits are one. The result is owned by the caller. @param day yyyymmdd */
export function encodePreloadTable(day: number, entries: readonly PreloadEntry[]): Uint8Array {
  const buckets = new Map<number, Map<number, boolean>>();
  for (const { name, includesSubdomains } of entries) {
    const { bucket, bits } = preloadHash(name);
    const known = buckets.get(bucket) ?? new Map<number, boolean>();
    buckets.set(bucket, known.set(bits, includesSubdomains && (known.get(bits) ?? true)));
  }
  const count = [...buckets.values()].reduce((sum, known) => sum + known.size, 0);
  const bytes = new Uint8Array(headerBytes + preloadBuckets + count * entryBytes);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < magic.length; at++) bytes[at] = magic.charCodeAt(at);
  view.setUint32(8, day, true);
  view.setUint32(12, count, true);
  let at = headerBytes + preloadBuckets;
  for (let bucket = 0; bucket < preloadBuckets; bucket++) {
    const known = [...(buckets.get(bucket) ?? [])].sort(([one], [other]) => one - other);
    if (known.length > 255) throw new RangeError(`${known.length} names in one bucket`);
    bytes[headerBytes + bucket] = known.length;
    for (const [bits, includesSubdomains] of known) {
      const entry = (bits << 1) | (includesSubdomains ? 1 : 0);
      view.setUint16(at, entry & 0xffff, true);
      bytes[at + 2] = entry >>> 16;
      at += entryBytes;
    }
  }
  return bytes;
}
