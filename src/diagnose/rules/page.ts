import { isExpectedStatus, response } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);

export const pageRules: readonly Rule[] = [
  {
    cause: 'page.blank',
    judge(facts) {
      const document = facts.first('page.document');
      const received = response(facts);
      const body = facts.first('http.body-received');
      if (document === null || received?.status !== 200 || !isExpectedStatus(facts, 200) || body?.end !== 'complete') return none();
      // Only where HTML is expected: said so, or nothing at all was said and nothing at all came.
      const expectsHtml = document.mediaType === null ? document.bytes === 0 : htmlTypes.has(document.mediaType);
      const hasContent = document.bytes > 0 && ((document.textCharacters ?? 0) > 0 || (document.contentElements ?? 0) > 0);
      if (!expectsHtml || hasContent) return none();
      return failure([document, received], { url: document.url, receivedBytes: document.bytes, title: document.title });
    },
  },
];
