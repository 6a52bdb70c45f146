import { clause, text } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

const reasons: Readonly<Record<string, string>> = {
  'not-a-url': 'it does not have the form of a URL, a host name, host:port or an address',
  'bad-host': 'its host is neither a valid name nor a valid address',
  'bad-port': 'its port is not a number from 1 to 65535',
};

/**
 * | cause | detail read |
 * |---|---|
 * | `target.invalid-url` | `input`, `reason` (as in `target.rejected`) |
 * | `target.unsupported-scheme` | `scheme` |
 * | `target.unsafe-port` | `port` |
 */
export const targetSentences: SentencesOf<'target'> = {
  'target.invalid-url': (detail) => {
    const reason = text(detail, 'reason');
    if (reason === 'empty') return 'There is nothing to reach: the target given is empty.';
    const input = clause(text(detail, 'input'), (given) => `"${given}"`) || 'The input';
    return `${input} is not something that can be reached: ${reasons[reason ?? ''] ?? reasons['not-a-url']}.`;
  },
  'target.unsupported-scheme': (detail) =>
    `${clause(text(detail, 'scheme'), (scheme) => `The scheme ${scheme.replace(/:$/, '')}`) || 'The scheme of the URL'} is not one that can be walked: only http, https, ws and wss are.`,
  'target.unsafe-port': (detail) =>
    `Browsers refuse to connect to ${clause(text(detail, 'port'), (port) => `port ${port}`) || 'this port'}, whatever answers there.`,
};
