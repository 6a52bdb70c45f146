import type { ByteCursor } from './byte-cursor.ts';
import { decodeBase64, encodeBase64 } from './byte-text.ts';
import { ipv4Text, ipv6Text, parseIpv4, parseIpv6 } from './dns-address.ts';
import { characterStringText, type PresentationToken, unescapeCharacters } from './dns-character-string.ts';

/** Parameters of SVCB and HTTPS records (RFC 9460 sections 2 and 7; `ech` by RFC 9848, `dohpath` by RFC 9461, `ohttp` by RFC 9540). */

const KEYS: readonly string[] = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint', 'dohpath', 'ohttp'];

function keyName(key: number): string {
  return KEYS[key] ?? `key${key}`;
}

function keyCode(name: string): number | null {
  const known = KEYS.indexOf(name);
  if (known >= 0) return known;
  return /^key(0|[1-9]\d{0,4})$/.test(name) && Number(name.slice(3)) <= 0xffff ? Number(name.slice(3)) : null;
}

/** An ALPN list as one quoted string: commas and backslashes inside an identifier are escaped first (RFC 9460 appendix A.1). */
function alpnText(value: ByteCursor): string {
  const octets: number[] = [];
  do {
    if (octets.length > 0) octets.push(0x2c);
    const length = value.u8('alpn');
    if (value.error === null && length === 0) value.fail('alpn has an empty identifier');
    for (const octet of value.take(length, 'alpn')) {
      if (octet === 0x2c || octet === 0x5c) octets.push(0x5c);
      octets.push(octet);
    }
  } while (value.remaining > 0);
  return characterStringText(Uint8Array.from(octets));
}

function listOf(value: ByteCursor, read: () => string): string {
  const items: string[] = [];
  // An empty value is malformed, and reading one item from it says so.
  do items.push(read());
  while (value.remaining > 0);
  return items.join(',');
}

function addressText(value: ByteCursor, length: number, text: (bytes: Uint8Array) => string): string {
  const octets = value.take(length, 'address hint');
  return octets.length === length ? text(octets) : '';
}

function valueText(key: number, value: ByteCursor): string | null {
  switch (key) {
    case 0:
      return listOf(value, () => keyName(value.u16('mandatory')));
    case 1:
      return alpnText(value);
    case 2:
    case 8:
      if (value.remaining > 0) value.fail(`${keyName(key)} has a value`);
      return null;
    case 3:
      return String(value.u16('port'));
    case 4:
      return listOf(value, () => addressText(value, 4, ipv4Text));
    case 5:
      return encodeBase64(value.take(value.remaining, 'ech'));
    case 6:
      return listOf(value, () => addressText(value, 16, ipv6Text));
    default:
      return value.remaining === 0 ? null : characterStringText(value.take(value.remaining, 'service parameter'));
  }
}

/** Reads all parameters left in `cursor`, as text in presentation form. */
export function readServiceParameters(cursor: ByteCursor): string {
  const texts: string[] = [];
  let previousKey = -1;
  while (cursor.remaining > 0) {
    const key = cursor.u16('service parameter');
    const value = cursor.slice(cursor.u16('service parameter'), 'service parameter');
    // Section 2.2: "SvcParamKeys SHALL appear in increasing numeric order."
    if (cursor.error === null && key <= previousKey) cursor.fail('service parameters are not in increasing order');
    if (cursor.error !== null) break;
    previousKey = key;
    const text = valueText(key, value);
    if (value.remaining > 0) value.fail(`${keyName(key)} is too long`);
    if (cursor.adopt(value)) break;
    texts.push(text === null ? keyName(key) : `${keyName(key)}=${text}`);
  }
  return texts.join(' ');
}

/** Items of a comma-separated value, where a backslash escapes a comma or backslash. */
function splitList(octets: Uint8Array): number[][] {
  const items: number[][] = [[]];
  for (let i = 0; i < octets.length; i++) {
    if (octets[i] === 0x2c) items.push([]);
    else {
      if (octets[i] === 0x5c && i + 1 < octets.length) i++;
      items.at(-1)!.push(octets[i]!);
    }
  }
  return items;
}

function u16Octets(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function valueOctets(key: number, text: string): number[] | null {
  const octets = unescapeCharacters(text);
  if (octets === null) return null;
  switch (key) {
    case 0: {
      const keys = text.split(',').map(keyCode);
      return keys.some((code) => code === null) ? null : keys.flatMap((code) => u16Octets(code!));
    }
    case 1: {
      const items = splitList(octets);
      return items.some((item) => item.length === 0 || item.length > 255) ? null : items.flatMap((item) => [item.length, ...item]);
    }
    case 2:
    case 8:
      return text === '' ? [] : null;
    case 3:
      return /^\d{1,5}$/.test(text) && Number(text) <= 0xffff ? u16Octets(Number(text)) : null;
    case 4:
    case 6: {
      const addresses = text.split(',').map(key === 4 ? parseIpv4 : parseIpv6);
      return addresses.some((address) => address === null) ? null : addresses.flatMap((address) => [...address!]);
    }
    case 5: {
      const config = decodeBase64(text);
      return config === null ? null : [...config];
    }
    default:
      return [...octets];
  }
}

/** Octets of parameters given as words (`alpn=h2,h3`), sorted by key; null when one is wrong or repeated. */
export function encodeServiceParameters(tokens: readonly PresentationToken[]): number[] | null {
  const parameters = new Map<number, number[]>();
  for (const { text } of tokens) {
    const separator = text.indexOf('=');
    const key = keyCode(separator < 0 ? text : text.slice(0, separator));
    const value = key === null ? null : valueOctets(key, separator < 0 ? '' : text.slice(separator + 1));
    if (key === null || value === null || parameters.has(key)) return null;
    parameters.set(key, value);
  }
  const inOrder = [...parameters].sort(([a], [b]) => a - b);
  return inOrder.flatMap(([key, value]) => [...u16Octets(key), ...u16Octets(value.length), ...value]);
}
