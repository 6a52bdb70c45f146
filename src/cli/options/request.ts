import type { HeaderField } from '../../model/observations/http.ts';
import { UsageError } from '../usage-error.ts';

/** RFC 9110 section 5.6.2: a method and a field name are tokens. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 section 5.5: visible characters, spaces and tabs; bytes above 127 are carried as they are. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields that would announce a body, or another connection, which a walk does not have. */
const framingFields: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

export function parseMethod(value: string): string {
  if (!token.test(value)) {
    throw new UsageError(`--method ${JSON.stringify(value)}`, 'not a method name', 'give one such as GET, HEAD or OPTIONS');
  }
  if (value.toUpperCase() === 'CONNECT') {
    throw new UsageError('--method CONNECT', 'only proxies understand it', 'give one such as GET, HEAD or OPTIONS');
  }
  return value;
}

/** Reads `Name: value`. */
export function parseHeader(value: string): HeaderField {
  const colon = value.indexOf(':');
  const name = colon < 0 ? '' : value.slice(0, colon).trim();
  // The value may be a secret: only the name is repeated.
  const what = `--header ${JSON.stringify(colon < 0 ? value : name)}`;
  if (!token.test(name)) throw new UsageError(what, 'not a header field', "give one such as 'Accept-Language: en'");
  const content = value.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
  if (!fieldValue.test(content)) {
    throw new UsageError(what, 'its value holds line breaks, control characters or characters beyond Latin-1', 'remove or encode them');
  }
  if (framingFields.has(name.toLowerCase())) {
    throw new UsageError(what, 'the walk itself decides how the request is framed', 'leave it out');
  }
  return { name, value: content };
}

export function parseExpectedOwner(value: string): string {
  if (value.trim() === '')
    throw new UsageError('--expect-owner', 'the text is empty', 'give a part of the name, or the number, such as AS13335');
  return value;
}

export function parseExpectedText(value: string): string {
  if (value === '') throw new UsageError('--expect-text', 'the text is empty', 'give text that the body must contain');
  return value;
}

/** A path beside the one that fails, with its query. */
export function parsePath(value: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(value) || value.startsWith('//')) {
    throw new UsageError(`--health ${JSON.stringify(value)}`, 'not a path', 'give one such as /health, percent-encoded where needed');
  }
  return value;
}
