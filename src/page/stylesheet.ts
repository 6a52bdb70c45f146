import { type CSSToken, tokenize } from '@csstools/css-tokenizer';
import { fetchable } from './document.ts';
import { matchesMedia } from './srcset.ts';

/** A font a style sheet declares: the file a browser would take. */
export interface DeclaredFont {
  /** Lower case. */
  family: string;
  url: string;
  /** Value of `unicode-range`; null without one. */
  unicodeRange: string | null;
}

/** What a style sheet refers to that is loaded before or with the text. */
export interface StyleReferences {
  /** Absolute URLs of `@import` whose conditions can hold, in order. */
  imports: string[];
  fonts: DeclaredFont[];
  /** Families that rules outside of `@font-face` name, lower case: only their fonts are loaded. */
  usedFamilies: Set<string>;
}

const styleLimitCharacters = 2 * 1024 * 1024;
const importLimit = 50;
const fontLimit = 300;
/** Of the conditions of an import so many are read. */
const conditionTokens = 500;

/** Formats every current browser reads (CSS Fonts 4, `format()`). */
const fontFormats = /^(?:woff2?|truetype|opentype|collection)(?:-variations)?$/i;

/** Reads a style sheet by its tokens (CSS Syntax 3). Never throws. */
export function readStylesheet(css: string, baseUrl: string): StyleReferences {
  const tokens = tokenize({ css: css.slice(0, styleLimitCharacters) }).filter(
    ([type]) => type !== 'whitespace-token' && type !== 'comment',
  );
  const found: StyleReferences = { imports: [], fonts: [], usedFamilies: new Set() };
  let mayImport = true;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token[0] === 'at-keyword-token') {
      const keyword = token[4].value.toLowerCase();
      if (keyword === 'import') index = readImport(tokens, index + 1, baseUrl, mayImport, found);
      else if (keyword === 'font-face') index = readFontFace(tokens, index + 1, baseUrl, found);
      // Only @charset and @layer statements may stand before @import (CSS Cascade 5, section 2).
      if (keyword !== 'import' && keyword !== 'charset' && keyword !== 'layer') mayImport = false;
    } else {
      if (token[0] === '{-token') mayImport = false;
      if (token[0] === 'ident-token' && tokens[index + 1]?.[0] === 'colon-token') {
        const property = token[4].value.toLowerCase();
        if (property === 'font-family' || property === 'font' || property.startsWith('--'))
          readFamilies(tokens, index + 2, found.usedFamilies);
      }
    }
  }
  return found;
}

function readImport(tokens: readonly CSSToken[], from: number, baseUrl: string, allowed: boolean, found: StyleReferences): number {
  let last = from;
  while (last < tokens.length - 1 && !['semicolon-token', '{-token', 'EOF-token'].includes(tokens[last]![0])) last += 1;
  const raw = urlAt(tokens, from);
  if (raw === null) return last;
  const url = fetchable(raw.url, baseUrl);
  if (!allowed || url === null || found.imports.length >= importLimit || found.imports.includes(url)) return last;
  const condition = tokens
    .slice(raw.next, Math.min(last, raw.next + conditionTokens))
    .map(([type, text]) => (type === 'colon-token' ? ':' : ` ${text}`))
    .join('')
    .replaceAll(': ', ':')
    .trim();
  if (matchesMedia(mediaOf(condition))) found.imports.push(url);
  return last;
}

/** The media queries of an import's conditions: what is not `layer` or `supports`. */
function mediaOf(condition: string): string {
  return condition.replace(/^layer\b\s*(?:\([^)]*\))?/i, '').replace(/^\s*supports\s*\([^)]*\)/i, '');
}

/** `url(x)`, `url("x")` or `"x"` at a position, and what comes after it. */
function urlAt(tokens: readonly CSSToken[], at: number): { url: string; next: number } | null {
  const token = tokens[at];
  if (token?.[0] === 'url-token' || token?.[0] === 'string-token') return { url: token[4].value, next: at + 1 };
  if (token?.[0] !== 'function-token' || token[4].value.toLowerCase() !== 'url') return null;
  const inner = tokens[at + 1];
  return inner?.[0] === 'string-token' ? { url: inner[4].value, next: at + 3 } : null;
}

function readFontFace(tokens: readonly CSSToken[], from: number, baseUrl: string, found: StyleReferences): number {
  let index = from;
  let family = '';
  let url: string | null = null;
  let isLocal = false;
  let unicodeRange: string | null = null;
  let property = '';
  for (; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token[0] === '}-token' || token[0] === 'EOF-token') break;
    if (token[0] === 'ident-token' && tokens[index + 1]?.[0] === 'colon-token') {
      property = token[4].value.toLowerCase();
      index += 1;
      // A later `src` replaces an earlier one: the last list a browser understands counts.
      if (property === 'src') url = null;
    } else if (property === 'font-family' && (token[0] === 'string-token' || token[0] === 'ident-token'))
      family = `${family} ${token[4].value}`.trim();
    else if (property === 'src' && url === null) {
      if (token[0] === 'function-token' && token[4].value.toLowerCase() === 'local') isLocal = true;
      const source = urlAt(tokens, index);
      if (
        source !== null &&
        (token[0] === 'url-token' || token[0] === 'function-token') &&
        isReadableFont(tokens, source.next, source.url)
      ) {
        url = fetchable(source.url, baseUrl);
        // An inline font needs no file.
        if (url === null) isLocal = true;
      }
    } else if (property === 'unicode-range' && token[0] !== 'semicolon-token') unicodeRange = `${unicodeRange ?? ''}${token[1]}`;
  }
  // With local() first, whether a file is needed depends on the visitor's own fonts.
  if (family !== '' && url !== null && !isLocal && found.fonts.length < fontLimit)
    found.fonts.push({ family: family.toLowerCase(), url, unicodeRange });
  return index;
}

/** Whether browsers read what stands at a position of `src`: by `format()`, else by the ending of its name. */
function isReadableFont(tokens: readonly CSSToken[], next: number, url: string): boolean {
  const after = tokens[next];
  const format = tokens[next + 1];
  if (after?.[0] === 'function-token' && after[4].value.toLowerCase() === 'format')
    return format?.[0] === 'string-token' || format?.[0] === 'ident-token' ? fontFormats.test(format[4].value) : true;
  return !/\.(?:eot|svg)(?:[?#]|$)/i.test(url);
}

function readFamilies(tokens: readonly CSSToken[], from: number, families: Set<string>): void {
  const words: string[] = [];
  for (let index = from; index < tokens.length && index < from + 60; index++) {
    const token = tokens[index]!;
    if (token[0] === 'semicolon-token' || token[0] === '}-token' || token[0] === '{-token' || token[0] === 'EOF-token') break;
    if (token[0] === 'string-token') families.add(token[4].value.toLowerCase());
    else if (token[0] === 'ident-token') words.push(token[4].value.toLowerCase());
    else if (token[0] === 'comma-token') {
      if (words.length > 0) families.add(words.join(' '));
      words.length = 0;
    }
  }
  if (words.length > 0) families.add(words.join(' '));
  // `font: bold 12px Family` and the like: the last word may be the family alone.
  const last = words.at(-1);
  if (last !== undefined) families.add(last);
}

/** Whether text holds a character of a `unicode-range` (CSS Fonts 4): without one, every text does. */
export function usesRange(text: ReadonlySet<number>, unicodeRange: string | null): boolean {
  if (unicodeRange === null) return true;
  for (const part of unicodeRange.slice(0, 4000).split(',')) {
    const match = /^\s*u\+([0-9a-f?]{1,6})(?:-([0-9a-f]{1,6}))?\s*$/i.exec(part);
    if (match === null) continue;
    const low = Number.parseInt((match[1] ?? '').replaceAll('?', '0'), 16);
    const high = match[2] === undefined ? Number.parseInt((match[1] ?? '').replaceAll('?', 'f'), 16) : Number.parseInt(match[2], 16);
    for (const point of text) if (point >= low && point <= high) return true;
  }
  return false;
}
