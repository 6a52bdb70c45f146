import { decodeBase32Hex, decodeBase64, decodeHex } from './byte-text.ts';
import { parseIpv4, parseIpv6 } from './dns-address.ts';
import { type PresentationToken, presentationTokens, unescapeCharacters } from './dns-character-string.ts';
import { dnsTypeCode } from './dns-codes.ts';
import { type DnsNameOffsets, parseDnsName, writeDnsName } from './dns-name.ts';
import { RDATA_FIELDS, type RdataField } from './dns-rdata.ts';
import { encodeServiceParameters } from './dns-service-binding.ts';

function numberOctets(text: string, bytes: 1 | 2 | 4): number[] | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const value = Number(text);
  if (value >= 2 ** (8 * bytes)) return null;
  const octets = [Math.floor(value / 0x1000000), (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
  return octets.slice(4 - bytes);
}

function timeOctets(text: string): number[] | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (match === null) return numberOctets(text, 4);
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  return numberOctets(String(Date.UTC(year, month - 1, day, hour, minute, second) / 1000), 4);
}

function stringOctets(text: string): number[] | null {
  const octets = unescapeCharacters(text);
  return octets === null || octets.length > 255 ? null : [octets.length, ...octets];
}

function countedOctets(octets: Uint8Array | null): number[] | null {
  return octets === null || octets.length > 255 ? null : [octets.length, ...octets];
}

function typeBitmapOctets(names: readonly string[]): number[] | null {
  const windows = new Map<number, number[]>();
  for (const name of names) {
    const code = dnsTypeCode(name);
    if (code === null) return null;
    const bits = windows.get(code >> 8) ?? [];
    const at = (code & 0xff) >> 3;
    while (bits.length <= at) bits.push(0);
    bits[at]! |= 0x80 >> (code & 7);
    windows.set(code >> 8, bits);
  }
  return [...windows].sort(([a], [b]) => a - b).flatMap(([window, bits]) => [window, bits.length, ...bits]);
}

/** Octets of a field that takes exactly one word. */
function wordOctets(field: RdataField, text: string): number[] | null {
  switch (field) {
    case 'u8':
      return numberOctets(text, 1);
    case 'u16':
      return numberOctets(text, 2);
    case 'u32':
      return numberOctets(text, 4);
    case 'ipv4': {
      const address = parseIpv4(text);
      return address === null ? null : [...address];
    }
    case 'ipv6': {
      const address = parseIpv6(text);
      return address === null ? null : [...address];
    }
    case 'type': {
      const code = dnsTypeCode(text);
      return code === null ? null : numberOctets(String(code), 2);
    }
    case 'time':
      return timeOctets(text);
    case 'tag':
    case 'string':
      return stringOctets(text);
    case 'salt':
      return text === '-' ? [0] : countedOctets(decodeHex(text));
    case 'hash':
      return countedOctets(decodeBase32Hex(text));
    case 'text': {
      const octets = unescapeCharacters(text);
      return octets === null ? null : [...octets];
    }
    default:
      return null;
  }
}

/** Octets of a field that takes all words that are left. */
function restOctets(field: RdataField, tokens: readonly PresentationToken[]): number[] | null {
  const words = tokens.map((token) => token.text);
  switch (field) {
    case 'strings': {
      const strings = words.map(stringOctets);
      return strings.length === 0 || strings.some((string) => string === null) ? null : strings.flatMap((string) => string!);
    }
    case 'hex': {
      const octets = decodeHex(words.join(''));
      return octets === null ? null : [...octets];
    }
    case 'base64': {
      const octets = decodeBase64(words.join(''));
      return octets === null ? null : [...octets];
    }
    case 'type-bitmap':
      return typeBitmapOctets(words);
    case 'service-parameters':
      return encodeServiceParameters(tokens);
    default:
      return null;
  }
}

const TAKES_REST: ReadonlySet<RdataField> = new Set<RdataField>(['strings', 'hex', 'base64', 'type-bitmap', 'service-parameters']);

function writeField(out: number[], field: RdataField, tokens: PresentationToken[], offsets: DnsNameOffsets | null): boolean {
  if (TAKES_REST.has(field)) {
    const octets = restOctets(field, tokens.splice(0));
    for (const octet of octets ?? []) out.push(octet);
    return octets !== null;
  }
  const token = tokens.shift();
  if (token === undefined) return false;
  if (field === 'alias' || field === 'name') {
    if (parseDnsName(token.text) === null) return false;
    writeDnsName(out, token.text, field === 'alias' ? offsets : null);
    return true;
  }
  const octets = wordOctets(field, token.text);
  for (const octet of octets ?? []) out.push(octet);
  return octets !== null;
}

/**
 * Appends record data given in presentation form (or as `\# length hex`) to `out`, the message from its first byte.
 * Throws RangeError when the text is not what the type's data looks like: the data is the caller's own.
 */
export function writeDnsRdata(out: number[], typeCode: number, data: string, offsets: DnsNameOffsets | null): void {
  const wrong = (): RangeError => new RangeError(`not the data of a record of type ${typeCode}: ${data}`);
  const tokens = presentationTokens(data);
  if (tokens === null) throw wrong();
  const fields = RDATA_FIELDS.get(typeCode);
  if (tokens[0]?.text === '\\#' && !tokens[0].quoted) {
    const octets = decodeHex(
      tokens
        .slice(2)
        .map((token) => token.text)
        .join(''),
    );
    if (octets === null || tokens[1]?.text !== String(octets.length)) throw wrong();
    for (const octet of octets) out.push(octet);
    return;
  }
  if (fields === undefined) throw wrong();
  for (const field of fields) {
    if (!writeField(out, field, tokens, offsets)) throw wrong();
  }
  if (tokens.length > 0) throw wrong();
}
