import { markedCharacters, marksIn } from '../model/answerers/registry.ts';
import type { HeaderField, HttpExcerpt } from '../model/observations/http.ts';
import { decodeText, titleOf } from './page.ts';
import { visibleText } from './visible-text.ts';
import type { WalkContext } from './walk-context.ts';

/** Of a page that works so much is looked at: block pages, parking pages and the like are short. */
const shortPageBytes = 32_768;
const excerptCharacters = 300;
/** What nobody reads: pages that stand in for others come as text. */
const saysNothing = /^\s*(?:(?:image|font|audio|video)\/|text\/css|(?:text|application)\/javascript)/i;

/** States what the content of an answer says of itself, where it is an error's or carries a known mark. */
export function probeExcerpt(
  context: WalkContext,
  answer: Pick<HttpExcerpt, 'connection' | 'server'> & { status: number; headers: readonly HeaderField[]; body: Uint8Array },
): void {
  const { status, headers, body, connection, server } = answer;
  if (body.length === 0 || (status < 400 && body.length > shortPageBytes)) return;
  const contentType = headers.find((header) => header.name === 'content-type')?.value ?? null;
  if (status < 400 && saysNothing.test(contentType ?? '')) return;
  const text = decodeText(body.subarray(0, markedCharacters), contentType);
  const marks = marksIn(text);
  if (status < 400 && marks.length === 0) return;
  const { recorder } = context;
  recorder.observe({
    kind: 'http.excerpt',
    checkpoint: 'http',
    atMs: recorder.sinceStart(),
    connection,
    server,
    title: titleOf(text),
    text: visibleText(text).slice(0, excerptCharacters),
    marks,
  });
}
