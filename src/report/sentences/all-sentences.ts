import type { CauseCode } from '../../model/cause.ts';
import type { Detail } from '../../model/finding.ts';
import { dnsSentences } from './dns.ts';
import { httpSentences } from './http.ts';
import { localSentences } from './local.ts';
import { pageSentences } from './page.ts';
import { routeSentences } from './route.ts';
import type { Sentence } from './sentence.ts';
import { targetSentences } from './target.ts';
import { tcpSentences } from './tcp.ts';
import { tlsSentences } from './tls.ts';

const sentences: Readonly<Record<CauseCode, Sentence>> = {
  ...targetSentences,
  ...localSentences,
  ...dnsSentences,
  ...routeSentences,
  ...tcpSentences,
  ...tlsSentences,
  ...httpSentences,
  ...pageSentences,
};

/**
 * The sentence of a cause with the facts of one finding. A finding about another target (`nested`) says also what fails there; its detail
 * holds the facts of both.
 */
export function sentenceFor(cause: CauseCode, detail: Detail, nested: CauseCode | null = null): string {
  const sentence = sentences[cause](detail);
  // How many things of the page fail is none of what one of them met.
  const { count: _, total: __, ...own } = detail;
  return nested === null
    ? sentence
    : `${sentence.replace(/\.$/, '')}: ${afterColon(sentences[nested](cause === 'page.subresource-failed' ? own : detail))}`;
}

/** Small initial for a sentence that begins with an ordinary word; a name or address stays as it is. */
function afterColon(sentence: string): string {
  return /^(The|This|A|An|No|None|Nothing|Only|Client|Something|Two|Looking|Connecting|Packets|Some) /.test(sentence)
    ? `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
    : sentence;
}
