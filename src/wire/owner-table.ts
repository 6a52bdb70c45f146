/** Who announces an address: the row of a table found for it. */
export interface OwnerRow {
  asNumber: number;
  name: string;
}

/** A table of networks and the autonomous systems that announce them. Looks up in place: opening costs nothing, a lookup microseconds. */
export interface OwnerTableReader {
  /** ISO 8601 day. */
  date: string;
  title: string;
  /** Null for an address that nobody announces. @param address 4 or 16 octets */
  find(address: Uint8Array): OwnerRow | null;
}

/**
 * Layout, little endian: magic (8), date as yyyymmdd (u32), counts of IPv4 rows, IPv6 rows and systems (u32 each), bytes of names (u32), title (36
 * bytes, zeros at the end); for each high half of an IPv4 address the first row of it, and one more (u32); IPv4 rows: low half of the first address
 * (u16), system (u24); IPv6 rows: upper 64 bits of the first address (two u32, high first), system (u24); systems: AS number (u32), offset of the name
 * (u24); names: length (u8), UTF-8. A row holds up to the next one's first address; system 0xffffff is nobody.
 */
const magic = 'WWOWNER1';
const headerBytes = 64;
const titleAt = 28;
const buckets = 65_537;
const bucketBytes = 4;
const row4Bytes = 5;
const row6Bytes = 11;
const systemBytes = 7;
const nobody = 0xffffff;

/** Opens a table; null when the bytes are none, or not all of it. The bytes stay in use. Never throws, whatever they are. */
export function openOwnerTable(bytes: Uint8Array): OwnerTableReader | null {
  if (bytes.length < headerBytes || text(bytes.subarray(0, magic.length)) !== magic) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const day = String(view.getUint32(8, true));
  const [rows4, rows6, systems, nameBytes] = [12, 16, 20, 24].map((at) => view.getUint32(at, true)) as [number, number, number, number];
  const rows4At = headerBytes + buckets * bucketBytes;
  const rows6At = rows4At + rows4 * row4Bytes;
  const systemsAt = rows6At + rows6 * row6Bytes;
  const namesAt = systemsAt + systems * systemBytes;
  if (namesAt + nameBytes !== bytes.length || !/^\d{8}$/.test(day)) return null;

  const u24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);

  function systemAt(index: number): OwnerRow | null {
    if (index === nobody || index >= systems) return null;
    const at = systemsAt + index * systemBytes;
    const nameAt = namesAt + u24(at + 4);
    if (nameAt >= bytes.length) return null;
    const name = bytes.subarray(nameAt + 1, Math.min(bytes.length, nameAt + 1 + view.getUint8(nameAt)));
    return { asNumber: view.getUint32(at, true), name: new TextDecoder().decode(name) };
  }

  function find4(address: number): OwnerRow | null {
    const bucketAt = headerBytes + (address >>> 16) * bucketBytes;
    const first = Math.min(rows4, view.getUint32(bucketAt, true));
    const end = Math.min(rows4, view.getUint32(bucketAt + bucketBytes, true));
    const row = lastBefore(first, end, (index) => view.getUint16(rows4At + index * row4Bytes, true) <= (address & 0xffff));
    return row < 0 ? null : systemAt(u24(rows4At + row * row4Bytes + 2));
  }

  function find6(high: number, low: number): OwnerRow | null {
    const row = lastBefore(0, rows6, (index) => {
      const at = rows6At + index * row6Bytes;
      const start = view.getUint32(at, true);
      return start < high || (start === high && view.getUint32(at + 4, true) <= low);
    });
    return row < 0 ? null : systemAt(u24(rows6At + row * row6Bytes + 8));
  }

  return {
    date: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
    title: text(bytes.subarray(titleAt, headerBytes)).replace(/\0.*$/su, ''),
    find(address) {
      const octets = new DataView(address.buffer, address.byteOffset, address.byteLength);
      if (address.length === 4) return find4(octets.getUint32(0));
      return address.length === 16 ? find6(octets.getUint32(0), octets.getUint32(4)) : null;
    },
  };
}

/** The last index in front of which everything holds; the one before `first` when none does. */
function lastBefore(first: number, end: number, holds: (index: number) => boolean): number {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
