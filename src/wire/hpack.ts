import { ByteCursor, type DecodeError } from './byte-cursor.ts';
import { decodeHuffman } from './hpack-huffman.ts';
import { HPACK_STATIC_TABLE, type HpackField } from './hpack-static-table.ts';

/** A header block, as far as it could be decoded. */
export interface DecodedHeaderBlock {
  /** In order. Octets are read as ISO-8859-1. */
  fields: HpackField[];
  /** After an error the dynamic table no longer agrees with the sender's, and later blocks of the direction mean nothing. */
  error: DecodeError | null;
}

/** Decodes the header blocks of one direction of a connection, in order. */
export interface HpackDecoder {
  decode(block: Uint8Array): DecodedHeaderBlock;
}

/** RFC 7541 section 4.1: what an entry costs beyond its octets. */
const ENTRY_OVERHEAD_BYTES = 32;
/** The table's size until the sender changes it (RFC 9113 section 6.5.2). */
const DEFAULT_TABLE_BYTES = 4096;
/** Which limit the receiver set is often not seen; more than this no one allows. */
const TABLE_LIMIT_BYTES = 0x100000;
/** A block of few bytes can repeat a long entry many times. */
const LIST_LIMIT_BYTES = 0x40000;

/** An integer with a prefix of `prefixBits` in `first` (RFC 7541 section 5.1); more than 2^28 is refused. */
function readInteger(cursor: ByteCursor, first: number, prefixBits: number): number {
  const most = (1 << prefixBits) - 1;
  let value = first & most;
  if (value < most) return value;
  for (let shift = 0; shift <= 21; shift += 7) {
    const byte = cursor.u8('integer');
    value += (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return value;
  }
  cursor.fail('integer is too large');
  return 0;
}

function readString(cursor: ByteCursor): string {
  const first = cursor.u8('string');
  const bytes = cursor.take(readInteger(cursor, first, 7), 'string');
  const octets = (first & 0x80) === 0 ? bytes : decodeHuffman(bytes);
  if (octets === null) cursor.fail('string is not Huffman-coded');
  let text = '';
  for (const octet of octets ?? []) text += String.fromCharCode(octet);
  return text;
}

/** Never throws. Holds at most the dynamic table, 1 MiB. */
export function createHpackDecoder(): HpackDecoder {
  // Newest last, so that index 62 is the last; entries before `oldest` were evicted.
  let table: HpackField[] = [];
  let oldest = 0;
  let tableBytes = 0;
  let allowedBytes = DEFAULT_TABLE_BYTES;

  const costOf = ({ name, value }: HpackField): number => name.length + value.length + ENTRY_OVERHEAD_BYTES;

  const evict = (): void => {
    while (tableBytes > allowedBytes) tableBytes -= costOf(table[oldest++]!);
    // Evicted entries are dropped when they are the greater part, so that eviction costs the same however large the table is.
    if (oldest > table.length / 2) {
      table = table.slice(oldest);
      oldest = 0;
    }
  };

  const add = (field: HpackField): void => {
    table.push(field);
    tableBytes += costOf(field);
    evict();
  };

  const lookup = (cursor: ByteCursor, index: number): HpackField => {
    const at = table.length - (index - HPACK_STATIC_TABLE.length);
    const entry = index <= HPACK_STATIC_TABLE.length ? HPACK_STATIC_TABLE[index - 1] : at >= oldest ? table[at] : undefined;
    if (entry === undefined) cursor.fail('index is not in the table');
    return entry ?? { name: '', value: '' };
  };

  const readLiteral = (cursor: ByteCursor, index: number): HpackField => {
    const name = index === 0 ? readString(cursor) : lookup(cursor, index).name;
    return { name, value: readString(cursor) };
  };

  /** One representation (RFC 7541 section 6); null for a change of the table's size. */
  const readField = (cursor: ByteCursor, isFirst: boolean): HpackField | null => {
    const first = cursor.u8('field');
    if ((first & 0x80) !== 0) return lookup(cursor, readInteger(cursor, first, 7));
    if ((first & 0x40) !== 0) {
      const field = readLiteral(cursor, readInteger(cursor, first, 6));
      if (cursor.error === null) add(field);
      return field;
    }
    if ((first & 0x20) !== 0) {
      const size = readInteger(cursor, first, 5);
      // Section 4.2: "This dynamic table size update MUST occur at the beginning of the first header block".
      if (!isFirst || size > TABLE_LIMIT_BYTES) cursor.fail('change of the table size is not allowed');
      else {
        allowedBytes = size;
        evict();
      }
      return null;
    }
    return readLiteral(cursor, readInteger(cursor, first, 4));
  };

  return {
    decode(block) {
      const cursor = new ByteCursor(block);
      const fields: HpackField[] = [];
      let listBytes = 0;
      while (cursor.remaining > 0) {
        const field = readField(cursor, fields.length === 0);
        if (cursor.error !== null || field === null) continue;
        listBytes += costOf(field);
        if (listBytes > LIST_LIMIT_BYTES) cursor.fail('header list is longer than 256 KiB');
        else fields.push(field);
      }
      return { fields, error: cursor.error };
    },
  };
}
