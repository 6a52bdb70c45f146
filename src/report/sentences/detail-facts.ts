import type { Detail } from '../../model/finding.ts';
import { clipped, day, duration, endpointText, listed } from '../wording.ts';

/** The longest piece of remote text a sentence quotes. */
const quoteLimit = 100;

/** A text or number of a detail as text; null when missing or empty. Remote text stays raw: renderers escape. */
export function text(detail: Detail, key: string): string | null {
  const value = detail[key];
  if (typeof value === 'string' && value !== '') return clipped(value, quoteLimit);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return null;
}

export function number(detail: Detail, key: string): number | null {
  const value = detail[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A list of a detail; a single text counts as a list of one. */
export function list(detail: Detail, key: string): string[] {
  const value = detail[key];
  if (Array.isArray(value)) return value.map((item) => clipped(String(item), quoteLimit));
  const single = text(detail, key);
  return single === null ? [] : [single];
}

/** The clause made of a fact, or nothing when the fact is missing. */
export function clause<T>(value: T | null, words: (value: T) => string): string {
  return value === null ? '' : words(value);
}

/** `name` of the detail (or its `host`), or the words given. */
export function nameOr(detail: Detail, fallback: string): string {
  return text(detail, 'name') ?? text(detail, 'host') ?? fallback;
}

/** `address` and `port` of the detail as an endpoint, or the words given. */
export function endpointOr(detail: Detail, fallback: string): string {
  const address = text(detail, 'address');
  return address === null ? fallback : endpointText(address, number(detail, 'port'));
}

/** That packets to a private address went out to the public network; nothing when they did not. */
export function strayedWords(detail: Detail): string {
  const [router, owner] = [text(detail, 'strayedTo'), text(detail, 'strayedOwner')];
  if (router === null) return '';
  const where = `${router}${owner === null ? '' : ` (${owner})`}`;
  return detail.strayedFar === true
    ? ` This is a private address, and packets to it leave for the Internet by ${where}: a VPN or a route to it is missing here.`
    : ` This is a private address, and packets to it go by ${where}: where that is not its network, a VPN or a route is missing here.`;
}

/** Whose router it is and where on the path, in brackets; nothing when neither is known. */
export function ownedBy(detail: Detail, ownerKey = 'owner', placeKey = 'place'): string {
  const known = [text(detail, ownerKey), text(detail, placeKey)].filter((one) => one !== null);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

/** The resolver of the detail (`resolver`), or the words given. */
export function resolverOr(detail: Detail, fallback: string): string {
  return text(detail, 'resolver') ?? fallback;
}

/** ` within 5 s` and the like from a duration key; nothing when missing. */
export function within(detail: Detail, key: string): string {
  return clause(number(detail, key), (milliseconds) => ` within ${duration(milliseconds)}`);
}

/** ` (2026-11-18)` from a time key; nothing when missing. */
export function dayIn(detail: Detail, key: string): string {
  return clause(text(detail, key), (time) => ` (${day(time)})`);
}

/** ` (a, b and c)` from a list key; nothing when empty. */
export function listIn(detail: Detail, key: string): string {
  const items = list(detail, key);
  return items.length === 0 ? '' : ` (${listed(items)})`;
}

/** ` (what failed)` from `failure`; nothing when missing or not known. */
export function failureIn(detail: Detail): string {
  return clause(text(detail, 'failure'), (failure) => (failure === 'unknown' ? '' : ` (${failure.replaceAll('-', ' ')})`));
}

/** The printable ASCII that hex bytes begin with, at most 32 characters; null when that is less than 4. */
export function sampleText(hex: unknown): string | null {
  if (typeof hex !== 'string') return null;
  const pairs = hex.slice(0, 64).match(/[0-9a-f]{2}/gi) ?? [];
  const characters = pairs.map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');
  const printable = /^[\x20-\x7e]*/.exec(characters)?.[0].trim() ?? '';
  return printable.length < 4 ? null : printable;
}
