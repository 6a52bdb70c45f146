import type { HeaderField } from '../model/observations/http.ts';
import type { PageDocument } from '../model/observations/page.ts';
import { removeBetween } from './visible-text.ts';

/** Where such an element is not acted on, or is no element: `noscript` holds what browsers without scripts would do. */
const inertElements = ['script', 'style', 'template', 'noscript', 'textarea', 'title', 'xmp', 'iframe'] as const;
const mentioned = /http-equiv\s*=\s*["']?\s*refresh/i;
const metaElement = /<meta\s[^>]{0,2000}>/gi;
const content = /\scontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))/i;
/** So much of a document is looked at: such elements stand at its beginning. */
const searchedCharacters = 65_536;
const longestValue = 4096;

/** Where a document sends browsers by itself, by its header field or a meta element; null when nowhere else than to itself. */
export function refreshOf(headers: readonly HeaderField[], text: string): NonNullable<PageDocument['refresh']> | null {
  const field = headers.find((header) => header.name === 'refresh')?.value;
  return field === undefined ? fromElement(text.slice(0, searchedCharacters)) : parseRefresh(field);
}

function fromElement(text: string): NonNullable<PageDocument['refresh']> | null {
  if (!mentioned.test(text)) return null;
  let acted = removeBetween(text, /<!--/g, '-->');
  for (const element of inertElements) acted = removeBetween(acted, new RegExp(`<${element}(?=[\\s>/])`, 'gi'), `</${element}`);
  for (const [element] of acted.matchAll(metaElement)) {
    if (!mentioned.test(element)) continue;
    const [, double, single, bare] = content.exec(element) ?? [];
    return parseRefresh((double ?? single ?? bare ?? '').replaceAll('&amp;', '&'));
  }
  return null;
}

/** HTML standard, "shared declarative refresh steps". */
function parseRefresh(value: string): NonNullable<PageDocument['refresh']> | null {
  const [, seconds, rest = ''] = /^\s*(\d{1,9})?(?:\.[\d.]*)?(?:\s*[;,]|\s)\s*(.*)$/.exec(value.slice(0, longestValue).trim()) ?? [];
  const url = rest
    .replace(/^url\s*=\s*/i, '')
    .replace(/^(["'])(.*?)(?:\1.*)?$/, '$2')
    .trim();
  return url === '' ? null : { afterSeconds: Number(seconds ?? 0), url };
}
