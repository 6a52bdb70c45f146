import { isSecretParameter, secretPartOfField } from './secret-names.ts';
import { type Span, secretSpans } from './secret-texts.ts';

/** What stands where a secret was. Allowed in every part of a URL. */
export const redactionMarker = '***';

/** A shorter value is removed only where it stands; longer ones everywhere, whoever repeats them. */
const shortestTracked = 6;

/** Before a parameter's name: the start of query, fragment or next parameter, percent-encoded once or more when the URL is itself a parameter. */
const separator = '[?&;#]|%(?:25)*(?:3[fF]|26|23|3[bB])';
const parameterName = new RegExp(String.raw`(^|[\s"'(]|${separator})([\w.~[\]%*+-]{1,128}?)(=|%(?:25)*3[dD])`, 'g');
/** Characters of a value: in running text it ends at white space and quotes as well. */
type ValueCharacters = '[^&#\\s"<>]' | '[^&#]';
const valueInText: ValueCharacters = '[^&#\\s"<>]';
const valueInUrl: ValueCharacters = '[^&#]';
/** URLs within URLs that are told apart. */
const mostNested = 8;
const values = new Map<string, RegExp>();
/** User information: everything between `//` and the last `@` of the authority. Backslashes count as slashes (WHATWG URL Standard). */
const userInformation = /((?:^|[^\w+.-])?(?:[a-z][a-z0-9+.-]{0,30}:)?(?:[\\/]|%(?:25)*2[fF]){2})([^\s\\/?#]*)(@)/gi;
const headerLine = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token)(\s*:\s*)([^\r\n'"]+)/gi;
const jsonWebToken = /\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*/g;
const bearer = /\b(bearer|basic|negotiate)(\s+)(?=[\w.~+/=-]*[\d=.])[\w.~+/=-]{12,}/gi;

/** Keys of documents whose text is of our own vocabulary; nothing remote gets there. */
const vocabularyKeys: ReadonlySet<string> = new Set([
  'kind',
  'checkpoint',
  'id',
  'cause',
  'connection',
  'evidence',
  'scope',
  'side',
  'severity',
  'confidence',
  'startedAt',
  'missing',
  'purpose',
  'role',
  'transport',
  'family',
  'phase',
  'framing',
  'end',
  'endedBy',
  'outcome',
  'followUp',
  'platform',
  'ruledOut',
  'der',
]);
/** Keys whose text is one whole URL, or what the user typed for one. */
const urlKeys: ReadonlySet<string> = new Set(['url', 'input', 'location']);

/** Removes secrets from texts and documents. */
export interface Redactor {
  text(text: string): string;
  /** A copy of plain data with every text redacted; `T` keeps its shape. */
  document<T>(document: T): T;
}

/**
 * A redactor for one report. Secrets are found where they stand (user information, parameters and header fields by name, tokens by form), and
 * the values found in `sources` are removed wherever else they appear, in any percent-encoding.
 *
 * @param sources what was typed (URL, header fields) and what was recorded
 * @param kept texts that must stay readable, such as the host's name; a value found inside one is removed only where it stands
 */
export function createRedactor(sources: readonly unknown[], kept: readonly string[] = []): Redactor {
  const found = new Set<string>();
  for (const source of sources) collect(source, '', found);
  const lowerKept = kept.map((text) => text.toLowerCase());
  const tracked = [...found]
    .filter(
      (secret) =>
        secret.length >= shortestTracked && secret !== redactionMarker && !lowerKept.some((text) => text.includes(secret.toLowerCase())),
    )
    .sort((one, other) => other.length - one.length);
  const redaction: Redaction = {
    repeated: (text) => tracked.reduce((rest, secret) => rest.replaceAll(secret, redactionMarker), text),
    whole: (text) => redaction.repeated(redactPlaces(text)),
  };
  return {
    text: redaction.whole,
    document: <T>(document: T): T => redactValue(document, '', redaction) as T,
  };
}

interface Redaction {
  /** Removes secrets known from elsewhere. */
  repeated(text: string): string;
  /** Removes those, and what is secret by its place. */
  whole(text: string): string;
}

/**
 * Removes secrets where they stand. Each expression is tried only on texts that have the character it cannot match without: most texts of a document have
 * none, and searching them all would cost more than anything else done with a document.
 */
function redactPlaces(text: string, value: ValueCharacters = valueInText): string {
  let rest = text;
  if (text.includes('@')) {
    rest = rest.replace(userInformation, (_, before: string, __: string, at: string) => `${before}${redactionMarker}${at}`);
  }
  if (mayHoldParameter(text)) rest = redactParameters(rest, value);
  if (text.includes(':')) rest = rest.replace(headerLine, (_, name: string, colon: string) => `${name}${colon}${redactionMarker}`);
  if (whiteSpace.test(text)) rest = rest.replace(bearer, (_, scheme: string, space: string) => `${scheme}${space}${redactionMarker}`);
  if (text.includes(tokenStart)) rest = rest.replace(jsonWebToken, redactionMarker);
  const spans = secretSpans(rest);
  return spans.length === 0 ? rest : redactSpans(rest, spans);
}

const whiteSpace = /\s/;
const tokenStart = 'eyJ';

/** Between a parameter's name and its value stands `=`, percent-encoded or not. */
function mayHoldParameter(text: string): boolean {
  return text.includes('=') || text.includes('%');
}

/** The same for a text that is one URL. */
function redactUrl(text: string): string {
  return redactPlaces(text.includes('@') ? redactTypedUser(text) : text, valueInUrl);
}

function redactParameters(text: string, value: ValueCharacters): string {
  return redactSpans(text, secretValues(text, value));
}

function redactSpans(text: string, spans: Iterable<Span>): string {
  let redacted = '';
  let from = 0;
  for (const { start, end } of spans) {
    redacted += text.slice(from, start) + redactionMarker;
    from = end;
  }
  return redacted + text.slice(from);
}

/** Where the values of secret parameters stand. Values of others are searched too: they may hold an encoded URL. */
function* secretValues(text: string, characters: ValueCharacters): Generator<Span> {
  parameterName.lastIndex = 0;
  for (let match = parameterName.exec(text); match !== null; match = parameterName.exec(text)) {
    const start = parameterName.lastIndex;
    if (!isSecretParameter(match[2] ?? '')) continue;
    const value = valueAt(Math.max(depthOf(match[1] ?? ''), depthOf(match[3] ?? '')), characters);
    value.lastIndex = start;
    const end = start + (value.exec(text)?.[0].length ?? 0);
    if (end > start && text.slice(start, end) !== redactionMarker) yield { start, end };
    parameterName.lastIndex = end;
  }
}

/** How often a separator is percent-encoded: as often as the URL it belongs to stands in another. */
function depthOf(separator: string): number {
  return separator.startsWith('%') ? Math.min((separator.length - 1) / 2, mostNested) : 0;
}

/**
 * A value ends where the next parameter or the fragment begins, of its own URL or of one around it: what is encoded more often than the separator before it
 * is part of the value.
 */
function valueAt(depth: number, characters: ValueCharacters): RegExp {
  const key = `${depth} ${characters}`;
  const known = values.get(key);
  if (known !== undefined) return known;
  const end = depth === 0 ? '' : `(?!%(?:25){0,${depth - 1}}(?:26|23))`;
  const made = new RegExp(`(?:${end}${characters})*`, 'y');
  values.set(key, made);
  return made;
}

/**
 * User information of what was typed, URL or not: from the slashes (or the start) to the last `@` before path, query or fragment; where no
 * host follows a password that holds such a character, to the last `@` at all.
 */
function redactTypedUser(text: string): string {
  const match = /^(\s*(?:(?:[a-z][a-z0-9+.-]*:(?=[\\/])|(?:https?|wss?):))?[\\/]*)([^\\/?#]*)(.*)$/is.exec(text);
  if (match === null) return text;
  const [, before = '', authority = '', rest = ''] = match;
  const at = authority.lastIndexOf('@');
  if (at >= 0) return `${before}${redactionMarker}${authority.slice(at)}${rest}`;
  // `user:pass/word@host`: what looks like a host and port is no port.
  const looksLikePassword = /:(?!\d*$)[^\]]*$/.test(authority) && !authority.endsWith(']');
  const last = rest.lastIndexOf('@');
  return looksLikePassword && last >= 0 ? `${before}${redactionMarker}${rest.slice(last)}` : text;
}

function redactField(name: string, value: string, redaction: Redaction): string {
  switch (secretPartOfField(name)) {
    case 'all':
      return redactionMarker;
    case 'after-scheme': {
      const scheme = /^\s*([A-Za-z][\w-]*)\s+\S/.exec(value)?.[1];
      return scheme === undefined ? redactionMarker : `${scheme} ${redactionMarker}`;
    }
    case 'after-name': {
      const [pair = '', ...attributes] = value.split(';');
      const equals = pair.indexOf('=');
      const kept = equals < 0 ? redactionMarker : `${pair.slice(0, equals)}=${redactionMarker}`;
      return redaction.repeated([kept, ...attributes].join(';'));
    }
    default:
      return redaction.repeated(name.toLowerCase() === 'location' ? redactUrl(value) : redactPlaces(value));
  }
}

function redactValue(value: unknown, key: string, redaction: Redaction): unknown {
  if (typeof value === 'string') {
    if (vocabularyKeys.has(key)) return value;
    if (key === 'sampleHex' || key === 'sample') return redactSample(value, redaction.whole);
    return urlKeys.has(key) ? redaction.repeated(redactUrl(value)) : redaction.whole(value);
  }
  if (Array.isArray(value)) return value.map((item) => redactValue(item, key, redaction));
  if (typeof value !== 'object' || value === null) return value;
  const field = asField(value);
  if (field !== null) return { ...value, value: redactField(field.name, field.value, redaction) };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactValue(item, name, redaction)]));
}

/** Bytes in hex: redacted as the text they spell. */
function redactSample(hex: string, redact: (text: string) => string): string {
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) return redact(hex);
  const text = (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');
  const redacted = redact(text);
  if (redacted === text) return hex;
  return [...redacted].map((character) => (character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')).join('');
}

function asField(value: object): { name: string; value: string } | null {
  if (!('name' in value) || !('value' in value)) return null;
  return typeof value.name === 'string' && typeof value.value === 'string' ? { name: value.name, value: value.value } : null;
}

/** Gathers the secrets that stand somewhere in a document, to remove them everywhere. */
function collect(value: unknown, key: string, found: Set<string>): void {
  if (typeof value === 'string') {
    if (vocabularyKeys.has(key)) return;
    if (urlKeys.has(key)) collectFromUrl(value, found);
    if (value.includes('@')) for (const match of value.matchAll(userInformation)) collectUser(match[2] ?? '', found);
    if (mayHoldParameter(value)) for (const { start, end } of secretValues(value, valueInText)) addVariants(found, value.slice(start, end));
    for (const { start, end } of secretSpans(value)) addVariants(found, value.slice(start, end));
    if (value.includes(tokenStart)) for (const match of value.matchAll(jsonWebToken)) found.add(match[0]);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) collect(item, key, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const field = asField(value);
  if (field !== null) collectFromField(field.name, field.value, found);
  // Documents are plain objects: this is what `Object.entries` gives, without the pairs.
  for (const name in value) collect((value as Record<string, unknown>)[name], name, found);
}

function collectFromUrl(url: string, found: Set<string>): void {
  if (mayHoldParameter(url)) for (const { start, end } of secretValues(url, valueInUrl)) addVariants(found, url.slice(start, end));
  const redacted = url.includes('@') ? redactTypedUser(url) : url;
  const at = redacted.indexOf(`${redactionMarker}@`);
  if (at < 0 || redacted === url) return;
  collectUser(url.slice(at, url.length - (redacted.length - at - redactionMarker.length)), found);
}

/** The password; the whole when there is none, as tokens are often given as the user. */
function collectUser(userInfo: string, found: Set<string>): void {
  const colon = userInfo.indexOf(':');
  addVariants(found, userInfo);
  addVariants(found, basicCredentials(decoded(userInfo)));
  addVariants(found, colon < 0 ? userInfo : userInfo.slice(colon + 1));
}

function collectFromField(name: string, value: string, found: Set<string>): void {
  const part = secretPartOfField(name);
  if (part === 'after-scheme') {
    addVariants(found, value.trim());
    addVariants(found, value.trim().replace(/^\S+\s+/, ''));
  } else if (part === 'after-name') {
    addVariants(found, (/=([^;]*)/.exec(value)?.[1] ?? '').trim());
  } else if (part === 'all') {
    addVariants(found, value.trim());
    if (name.toLowerCase() === 'cookie') for (const pair of value.split(';')) addVariants(found, pair.slice(pair.indexOf('=') + 1).trim());
  }
}

/** As the Authorization field carries it (RFC 7617 section 2), which servers like to repeat. */
function basicCredentials(userInfo: string): string {
  return base64(userInfo.includes(':') ? userInfo : `${userInfo}:`);
}

/** In base64 as it would begin there (RFC 4648), without what fills it up at the end. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')).replace(/=+$/, '');
}

/** The value as written, decoded, and in the encodings in which others would repeat it. */
function addVariants(found: Set<string>, value: string): void {
  if (value === '' || value === redactionMarker) return;
  const spaced = value.replaceAll('+', ' ');
  const plain = decoded(value);
  for (const variant of [value, plain, decoded(spaced)]) {
    found.add(variant);
    const encoded = percentEncoded(variant);
    found.add(encoded);
    found.add(encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()));
    found.add(encoded.replaceAll('%20', '+'));
  }
  if (plain.length < shortestTracked) return;
  // The last character may hold bits of what follows.
  const repeated = base64(plain);
  const certain = plain.length % 3 === 0 ? repeated : repeated.slice(0, -1);
  found.add(certain);
  found.add(certain.replaceAll('+', '-').replaceAll('/', '_'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // a lone surrogate has no encoding
  }
}
