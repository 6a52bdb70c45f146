import { evidenceLine } from '../evidence-line.ts';
import { failureWords, resolverText } from '../fact-words.ts';
import { duration, plural } from '../wording.ts';
import type { Seen } from './seen.ts';

/** What the name gave and who said so, in a few words. Null when nothing is known yet. */
export function summarizeDns(seen: Seen): string | null {
  const chosen = seen.first('dns.addresses-chosen');
  if (chosen === null) return failure(seen) ?? (isProxied(seen) ? 'not needed: the proxy looks the name up' : null);
  if (chosen.source === 'literal') return 'not needed: the target is an address';
  if (chosen.source === 'connect-to') return `not asked: ${chosen.addresses[0] ?? 'an address'} was given by --connect-to`;
  if (chosen.source === 'connection')
    return `not captured: the client knew ${chosen.addresses[0] ?? 'an address'} before, or asked elsewhere`;
  const what = chosen.addresses.length === 1 ? chosen.addresses[0] : plural(chosen.addresses.length, 'address', 'addresses');
  return `${what} from ${origin(seen, chosen.source, chosen.addresses)}${chosen.durationMs === undefined ? '' : ` in ${duration(chosen.durationMs)}`}`;
}

function isProxied(seen: Seen): boolean {
  return seen.all('local.proxy-configured').some((configured) => !configured.bypassed);
}

function origin(seen: Seen, source: 'system' | 'resolver' | 'hosts-file', addresses: readonly string[]): string {
  if (source === 'hosts-file') return seen.first('local.hosts-entry')?.file ?? 'the hosts file';
  const answered = seen.all('dns.answered').find((answer) => answer.answers.some((record) => addresses.includes(record.data)));
  return answered === undefined ? 'the system' : resolverText(answered.resolver);
}

function failure(seen: Seen): string | null {
  const answered = seen.first('dns.answered');
  if (answered !== null) {
    const what = answered.rcodeName === 'NOERROR' && answered.answers.length === 0 ? 'no address records' : answered.rcodeName;
    return `${what} from ${resolverText(answered.resolver)}${answered.durationMs === undefined ? '' : ` in ${duration(answered.durationMs)}`}`;
  }
  const silent = seen.first('dns.unanswered');
  if (silent !== null) return `no answer from ${resolverText(silent.resolver)} within ${duration(silent.waitedMs)}`;
  const other = seen.first('dns.undeliverable') ?? seen.first('dns.answer-rejected');
  if (other !== null) return evidenceLine(other);
  const lookup = seen.first('dns.system-lookup');
  if (lookup?.failure?.name === 'aborted') return 'no answer yet';
  if (lookup?.failure !== undefined) return `the system does not resolve it (${failureWords(lookup.failure)})`;
  return null;
}
