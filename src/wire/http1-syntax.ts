/** What requests and responses of HTTP/1.1 have in common (RFC 9112, RFC 9110 section 5). */

/** One field line: name in lower case; value without surrounding white space, folded lines joined by a space. */
export interface Http1Field {
  name: string;
  value: string;
}

/** Which rule of the syntax a message breaks. */
export type Http1Rule =
  | 'request-line'
  | 'status-line'
  | 'header-field'
  | 'content-length'
  | 'transfer-encoding'
  | 'chunk-size'
  | 'chunk-data'
  | 'header-too-large';

/** RFC 9110 section 5.6.2. */
export const HTTP_TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Text of field octets: UTF-8 where it is that, otherwise ISO-8859-1. */
export function fieldText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (!text.includes('\ufffd')) return text;
  let latin = '';
  for (const byte of bytes) latin += String.fromCharCode(byte);
  return latin;
}

/**
 * Field lines of a header or trailer section, without the empty line at its end. Browsers skip a line that has no colon or whose name is no
 * token, so it is not an error here either: `ignoredLines` counts such. Null when there are control characters, which no one accepts.
 */
export function parseFieldLines(lines: readonly Uint8Array[]): { fields: Http1Field[]; ignoredLines: number } | null {
  const found: { name: string; parts: string[] }[] = [];
  let ignoredLines = 0;
  let folding: string[] | null = null;
  for (const line of lines) {
    // RFC 9112 section 2.2: a bare CR is to be taken as a space, or refused.
    const text = fieldText(line).replaceAll('\r', ' ');
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) return null;
    if (/^[ \t]/.test(text)) {
      // RFC 9112 section 5.2: obs-fold is replaced by spaces.
      if (folding === null) ignoredLines += 1;
      else folding.push(text.trim());
      continue;
    }
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(colon, 0)).trimEnd();
    if (HTTP_TOKEN.test(name)) {
      folding = [text.slice(colon + 1).trim()];
      found.push({ name: name.toLowerCase(), parts: folding });
    } else {
      folding = null;
      ignoredLines += 1;
    }
  }
  return { fields: found.map(({ name, parts }) => ({ name, value: parts.join(' ').trim() })), ignoredLines };
}

/** Values of all fields of that name (in lower case), in order. */
export function fieldValues(fields: readonly Http1Field[], name: string): string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}

/** Items of a comma-separated field, over all its lines, empty ones left out (RFC 9110 section 5.6.1). */
export function fieldList(fields: readonly Http1Field[], name: string): string[] {
  return fieldValues(fields, name)
    .flatMap((value) => value.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
