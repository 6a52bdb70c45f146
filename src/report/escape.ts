/**
 * Characters that could drive a terminal, hide or reorder text: C0 and C1 controls and DEL, everything that formats or is ignored when drawn
 * (direction marks, embeddings, overrides and isolates, zero-width characters, tags), line and paragraph separators, lone surrogates.
 * Sources: ECMA-48; Unicode general categories, annex 9 (bidi), and the property Default_Ignorable_Code_Point.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Remote text made fit for a terminal: one line, nothing in it acts or hides; what could is shown as `\n`, `\x1b`, `\u{202e}`. */
export function escapeForTerminal(text: string): string {
  return text.replace(unsafe, (character) => short[character] ?? visible(character.codePointAt(0) ?? 0));
}

/** JSON of a document, two spaces deep, in which the same characters are escaped: it parses to the same, and cannot drive a terminal either. */
export function renderJson(document: unknown, indent = 2): string {
  return JSON.stringify(document, null, indent).replace(unsafe, (character) => (character === '\n' ? character : jsonEscape(character)));
}

function visible(codePoint: number): string {
  return codePoint <= 0xff ? `\\x${codePoint.toString(16).padStart(2, '0')}` : `\\u{${codePoint.toString(16)}}`;
}

function jsonEscape(character: string): string {
  return [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}
