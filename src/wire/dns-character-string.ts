/**
 * Character strings in presentation form (RFC 1035 section 5.1): in double quotes, `"` and `\` escaped by a backslash, every octet outside
 * printable ASCII as `\DDD`.
 */
export function characterStringText(bytes: Uint8Array): string {
  let text = '"';
  for (const octet of bytes) {
    if (octet < 0x20 || octet >= 0x7f) text += `\\${String(octet).padStart(3, '0')}`;
    else if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else text += String.fromCharCode(octet);
  }
  return `${text}"`;
}

/** Octets of text with `\DDD` and `\X` escapes undone; characters above 127 give their UTF-8 octets. Null when an escape is wrong. */
export function unescapeCharacters(text: string): Uint8Array | null {
  const octets: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      const character = String.fromCodePoint(text.codePointAt(i)!);
      i += character.length - 1;
      octets.push(...new TextEncoder().encode(character));
      continue;
    }
    const digits = /^\d{3}/.exec(text.slice(i + 1, i + 4));
    if (digits !== null) {
      if (Number(digits[0]) > 255) return null;
      octets.push(Number(digits[0]));
      i += 3;
    } else {
      i += 1;
      if (i >= text.length || text.charCodeAt(i) > 0x7f) return null;
      octets.push(text.charCodeAt(i));
    }
  }
  return Uint8Array.from(octets);
}

/** One word of record data in presentation form, escapes not undone yet. */
export interface PresentationToken {
  text: string;
  quoted: boolean;
}

/** Words of record data: separated by spaces, except inside double quotes, which are removed. Null when a quote is not closed. */
export function presentationTokens(data: string): PresentationToken[] | null {
  const tokens: PresentationToken[] = [];
  let text: string | null = null;
  let inQuotes = false;
  let quoted = false;
  for (let i = 0; i < data.length; i++) {
    const character = data[i]!;
    if (character === '\\') {
      text = (text ?? '') + character + (data[++i] ?? '');
    } else if (character === '"') {
      inQuotes = !inQuotes;
      quoted ||= text === null;
      text ??= '';
    } else if (!inQuotes && /\s/.test(character)) {
      if (text !== null) tokens.push({ text, quoted });
      text = null;
      quoted = false;
    } else {
      text = (text ?? '') + character;
    }
  }
  if (inQuotes) return null;
  if (text !== null) tokens.push({ text, quoted });
  return tokens;
}
