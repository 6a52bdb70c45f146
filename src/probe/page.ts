import type { HeaderField } from '../model/observations/http.ts';
import type { PageDocument } from '../model/observations/page.ts';
import { refreshOf } from './page-refresh.ts';
import { visibleText } from './visible-text.ts';
import type { WalkContext } from './walk-context.ts';

const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
/** Elements that show something or make something show. A script counts: an application may draw the whole page with it. */
const contentElement = /<(img|picture|script|iframe|frame|form|input|button|video|audio|canvas|svg|object|embed|math)[\s>/]/gi;

/** A body that acts once it is there: `onload`. */
const actingBody = /<body\s[^>]{0,2000}\bonload\s*=/i;

/** A document as it arrived and was decoded. */
export interface ReceivedDocument {
  url: string;
  headers: readonly HeaderField[];
  body: Uint8Array;
}

/** A document as a reader would meet it. */
export interface DocumentFacts
  extends Pick<PageDocument, 'mediaType' | 'bytes' | 'textCharacters' | 'contentElements' | 'title' | 'refresh'> {
  isHtml: boolean;
  text: string;
}

/** What a document consists of, without fetching anything. */
export function readDocumentFacts(document: ReceivedDocument): DocumentFacts {
  const contentType = document.headers.find((header) => header.name === 'content-type')?.value ?? null;
  const mediaType = contentType === null ? null : (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const text = decodeText(document.body, contentType);
  const refresh = refreshOf(document.headers, text);
  const isHtml = mediaType === null ? /^\s*<(!doctype|html|head|body)/i.test(text) : htmlTypes.has(mediaType);
  return {
    mediaType: mediaType === '' ? null : mediaType,
    bytes: document.body.length,
    textCharacters: isHtml ? visibleText(text).length : null,
    contentElements: isHtml ? (text.match(contentElement)?.length ?? 0) + (actingBody.test(text) ? 1 : 0) : null,
    ...(refresh !== null && (isHtml || document.body.length === 0) ? { refresh } : {}),
    title: isHtml ? titleOf(text) : null,
    isHtml,
    text,
  };
}

/** Looks at the document that was received, and observes what it consists of. */
export function probePage(context: WalkContext, document: ReceivedDocument): DocumentFacts {
  const { recorder, options } = context;
  const facts = readDocumentFacts(document);
  const { isHtml: _, text, ...observed } = facts;
  const expected = options.expect.text;
  recorder.observe({
    kind: 'page.document',
    checkpoint: 'page',
    atMs: recorder.sinceStart(),
    url: document.url,
    ...observed,
    expectedTextFound: expected === undefined ? null : text.includes(expected),
  });
  return facts;
}

/** Text in the charset the header names, in UTF-8 without one or with an unknown one (Encoding Standard labels). */
export function decodeText(body: Uint8Array, contentType: string | null): string {
  const label = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(body);
  } catch {
    return new TextDecoder('utf-8').decode(body);
  }
}

const titleCharacters = 200;

export function titleOf(html: string): string | null {
  const from = html.search(/<title[\s>]/i);
  if (from < 0) return null;
  const match = /^<title[^>]{0,200}>([^<]{0,2000})/i.exec(html.slice(from, from + 2500));
  return match === null ? null : (match[1] ?? '').replace(/\s+/g, ' ').trim().slice(0, titleCharacters);
}
