import { parseAddress } from './address.ts';

/**
 * Top-level names that never exist in the public DNS (RFC 6761, RFC 6762, RFC 7686, RFC 8375, and names in private use). `example` is looked up
 * like any other (RFC 6761 section 6.5), and is the public top level of the practice lab.
 */
const specialUse = [
  'test',
  'localhost',
  'invalid',
  'local',
  'onion',
  'internal',
  'home.arpa',
  'lan',
  'home',
  'corp',
  'intranet',
  'private',
];

/** Whether a name could exist in the public DNS: it has a dot and no special-use ending. */
export function isPublicName(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.includes('.') && parseAddress(lower) === null && !specialUse.some((end) => lower === end || lower.endsWith(`.${end}`));
}

/**
 * Whether one of a certificate's dNSName entries covers a host name. Wildcards only as the whole left-most label, for exactly one label
 * (RFC 9525 section 6.3); names compared without case, in A-label form.
 */
export function matchesDnsName(host: string, pattern: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const reference = pattern.toLowerCase().replace(/\.$/, '');
  if (!reference.startsWith('*.')) return name === reference;
  const dot = name.indexOf('.');
  return dot > 0 && name.slice(dot) === reference.slice(1) && reference.indexOf('.', 2) > 0;
}

/** Whether an iPAddress entry is the host address, compared as numbers. */
export function matchesAddress(host: string, entry: string): boolean {
  const one = parseAddress(host);
  const other = parseAddress(entry);
  return one !== null && other !== null && one.bits === other.bits && one.value === other.value;
}

/** Second-level names under which others register: `co.uk`, `com.au`. Not the whole public suffix list, and no verdict rests on it alone. */
const sharedSecondLevel = /^(?:co|com|net|org|gov|edu|ac|or|ne)$/;

/**
 * Whether two hosts plausibly belong to one site: the same name, one below the other, or two below one registered name. Addresses belong to
 * themselves alone.
 */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [one, other].map((host) => host.toLowerCase().replace(/\.$/, '')) as [string, string];
  if (a === b) return true;
  if (parseAddress(a) !== null || parseAddress(b) !== null) return false;
  if (a.endsWith(`.${b}`) || b.endsWith(`.${a}`)) return true;
  return registeredName(a) === registeredName(b);
}

/** Whether everybody may register below a name, as far as is told by its form: a top-level name, or a shared second-level one of a country. */
export function isSharedSuffix(name: string): boolean {
  const labels = name.toLowerCase().split('.');
  return labels.length === 1 || (labels.length === 2 && labels[1]?.length === 2 && sharedSecondLevel.test(labels[0] ?? ''));
}

/** The last two labels; three where the last is a country's and the second a shared one. */
function registeredName(host: string): string {
  const labels = host.split('.');
  const isShared = labels.at(-1)?.length === 2 && sharedSecondLevel.test(labels.at(-2) ?? '');
  return labels.slice(isShared ? -3 : -2).join('.');
}
