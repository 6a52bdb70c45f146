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

/** The sentence of a cause with the facts of one finding. */
export function sentenceFor(cause: CauseCode, detail: Detail): string {
  return sentences[cause](detail);
}
