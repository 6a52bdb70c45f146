import { ByteCursor, type DecodeError } from './byte-cursor.ts';
import { encodeBase32Hex, encodeBase64, encodeHex } from './byte-text.ts';
import { ipv4Text, ipv6Text } from './dns-address.ts';
import { characterStringText } from './dns-character-string.ts';
import { dnsTypeName } from './dns-codes.ts';
import { readDnsName } from './dns-name.ts';
import { readServiceParameters } from './dns-service-binding.ts';

/**
 * One field of record data. Those after the empty line take all bytes that are left, and are last.
 * `alias` is a name that may be compressed in messages (RFC 3597 section 4), `name` one that must not be.
 */
export type RdataField =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'ipv4'
  | 'ipv6'
  | 'alias'
  | 'name'
  | 'type'
  | 'time'
  | 'tag'
  | 'string'
  | 'salt'
  | 'hash'
  | 'strings'
  | 'text'
  | 'hex'
  | 'base64'
  | 'type-bitmap'
  | 'service-parameters';

const SERVICE_BINDING: readonly RdataField[] = ['u16', 'name', 'service-parameters'];
const DELEGATION_SIGNER: readonly RdataField[] = ['u16', 'u8', 'u8', 'hex'];
const PUBLIC_KEY: readonly RdataField[] = ['u16', 'u8', 'u8', 'base64'];

/** What the data of a type consists of, in wire and in presentation order alike. Types that are not here are opaque (RFC 3597). */
export const RDATA_FIELDS: ReadonlyMap<number, readonly RdataField[]> = new Map<number, readonly RdataField[]>([
  [1, ['ipv4']], // A, RFC 1035 section 3.4.1
  [2, ['alias']], // NS
  [5, ['alias']], // CNAME
  [6, ['alias', 'alias', 'u32', 'u32', 'u32', 'u32', 'u32']], // SOA
  [12, ['alias']], // PTR
  [13, ['string', 'string']], // HINFO
  [15, ['u16', 'alias']], // MX
  [16, ['strings']], // TXT
  [17, ['name', 'name']], // RP, RFC 1183
  [28, ['ipv6']], // AAAA, RFC 3596
  [33, ['u16', 'u16', 'u16', 'name']], // SRV, RFC 2782
  [35, ['u16', 'u16', 'string', 'string', 'string', 'name']], // NAPTR, RFC 3403
  [39, ['name']], // DNAME, RFC 6672
  [43, DELEGATION_SIGNER], // DS, RFC 4034 section 5
  [44, ['u8', 'u8', 'hex']], // SSHFP, RFC 4255
  [46, ['type', 'u8', 'u8', 'u32', 'time', 'time', 'u16', 'name', 'base64']], // RRSIG, RFC 4034 section 3
  [47, ['name', 'type-bitmap']], // NSEC, RFC 4034 section 4
  [48, PUBLIC_KEY], // DNSKEY, RFC 4034 section 2
  [50, ['u8', 'u8', 'u16', 'salt', 'hash', 'type-bitmap']], // NSEC3, RFC 5155 section 3
  [51, ['u8', 'u8', 'u16', 'salt']], // NSEC3PARAM, RFC 5155 section 4
  [52, ['u8', 'u8', 'u8', 'hex']], // TLSA, RFC 6698
  [53, ['u8', 'u8', 'u8', 'hex']], // SMIMEA, RFC 8162
  [59, DELEGATION_SIGNER], // CDS, RFC 7344
  [60, PUBLIC_KEY], // CDNSKEY, RFC 7344
  [61, ['base64']], // OPENPGPKEY, RFC 7929
  [62, ['u32', 'u16', 'type-bitmap']], // CSYNC, RFC 7477
  [63, ['u32', 'u8', 'u8', 'hex']], // ZONEMD, RFC 8976
  [64, SERVICE_BINDING], // SVCB, RFC 9460
  [65, SERVICE_BINDING], // HTTPS, RFC 9460
  [99, ['strings']], // SPF, RFC 7208
  [256, ['u16', 'u16', 'text']], // URI, RFC 7553
  [257, ['u8', 'tag', 'text']], // CAA, RFC 8659
]);

/** Seconds since 1970 as `YYYYMMDDHHmmSS` (RFC 4034 section 3.2). */
function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
}

function readTypeBitmap(cursor: ByteCursor): string {
  const names: string[] = [];
  let previousWindow = -1;
  while (cursor.remaining > 0) {
    const window = cursor.u8('type bitmap');
    const length = cursor.u8('type bitmap');
    if (cursor.error === null && (length < 1 || length > 32 || window <= previousWindow)) cursor.fail('type bitmap is not well-formed');
    const bits = cursor.take(length, 'type bitmap');
    previousWindow = window;
    for (let i = 0; i < bits.length * 8; i++) {
      if ((bits[i >> 3]! & (0x80 >> (i & 7))) !== 0) names.push(dnsTypeName(window * 256 + i));
    }
  }
  return names.join(' ');
}

function readStrings(cursor: ByteCursor): string {
  const strings: string[] = [];
  // RFC 1035 section 3.3.14: "One or more <character-string>s".
  do strings.push(characterStringText(cursor.take(cursor.u8('character string'), 'character string')));
  while (cursor.remaining > 0);
  return strings.join(' ');
}

function readField(field: RdataField, cursor: ByteCursor): string {
  switch (field) {
    case 'u8':
      return String(cursor.u8('record data'));
    case 'u16':
      return String(cursor.u16('record data'));
    case 'u32':
      return String(cursor.u32('record data'));
    case 'ipv4': {
      const octets = cursor.take(4, 'IPv4 address');
      return octets.length === 4 ? ipv4Text(octets) : '';
    }
    case 'ipv6': {
      const octets = cursor.take(16, 'IPv6 address');
      return octets.length === 16 ? ipv6Text(octets) : '';
    }
    case 'alias':
    case 'name':
      return readDnsName(cursor);
    case 'type':
      return dnsTypeName(cursor.u16('record data'));
    case 'time':
      return timeText(cursor.u32('record data'));
    case 'tag': {
      const tag = characterStringText(cursor.take(cursor.u8('tag'), 'tag')).slice(1, -1);
      if (tag === '' || /[^0-9A-Za-z]/.test(tag)) cursor.fail('tag is not letters and digits');
      return tag;
    }
    case 'string':
      return characterStringText(cursor.take(cursor.u8('character string'), 'character string'));
    case 'salt': {
      const salt = cursor.take(cursor.u8('salt'), 'salt');
      return salt.length === 0 ? '-' : encodeHex(salt);
    }
    case 'hash': {
      const hash = cursor.take(cursor.u8('hash'), 'hash');
      if (hash.length === 0) cursor.fail('hash is empty');
      return encodeBase32Hex(hash);
    }
    case 'strings':
      return readStrings(cursor);
    case 'text':
      return characterStringText(cursor.take(cursor.remaining, 'text'));
    case 'hex':
      return encodeHex(cursor.take(cursor.remaining, 'record data'));
    case 'base64':
      return encodeBase64(cursor.take(cursor.remaining, 'record data'));
    case 'type-bitmap':
      return readTypeBitmap(cursor);
    case 'service-parameters':
      return readServiceParameters(cursor);
  }
}

/** `\# length hex` (RFC 3597 section 5). */
export function genericRdataText(rdata: Uint8Array): string {
  return rdata.length === 0 ? '\\# 0' : `\\# ${rdata.length} ${encodeHex(rdata)}`;
}

/**
 * Record data in presentation form, names without trailing dot. `message` is the whole message, for compressed names; `start` and `end`
 * bound the data in it. Unknown types are in generic form, and so is data that is malformed, together with the error.
 */
export function decodeDnsRdata(
  typeCode: number,
  message: Uint8Array,
  start: number,
  end: number,
): { data: string; error: DecodeError | null } {
  const fields = RDATA_FIELDS.get(typeCode);
  const rdata = message.subarray(start, end);
  if (fields === undefined) return { data: genericRdataText(rdata), error: null };
  const cursor = new ByteCursor(message, start, end);
  const texts: string[] = [];
  for (const field of fields) {
    const text = readField(field, cursor);
    if (text !== '') texts.push(text);
  }
  if (cursor.remaining > 0) cursor.fail('record data is longer than its type allows');
  return cursor.error === null ? { data: texts.join(' '), error: null } : { data: genericRdataText(rdata), error: cursor.error };
}
