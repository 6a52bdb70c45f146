import { failureWords } from '../fact-words.ts';
import { icmpWords } from '../icmp.ts';
import { duration, endpointText, plural } from '../wording.ts';
import type { Seen } from './seen.ts';

/** Where a connection opened, or how it failed. Null when nothing is known yet. */
export function summarizeTcp(seen: Seen, failed: boolean): string | null {
  const carried = seen.all('tcp.connected').find((connected) => connected.carried) ?? seen.first('tcp.connected');
  if (carried === null) return failedAttempts(seen);
  const where = endpointText(carried.server.address, carried.server.port);
  const ended = failed ? (seen.first('tcp.reset-received') ?? seen.first('tcp.closed-by-peer') ?? seen.first('tcp.peer-silent')) : null;
  if (ended !== null) return `${where} opened, then ${endings[ended.kind]} ${duration(ended.sinceOpenMs)} later`;
  const attempts = attemptsOf(seen).filter((attempt) => attempt.where !== where);
  const others = attempts.length === 0 ? '' : `; ${plural(attempts.length, 'other address', 'other addresses')} failed`;
  const proxied = seen.all('local.proxy-configured').some((configured) => !configured.bypassed);
  return `connected to ${proxied ? 'the proxy, ' : ''}${where}${others}`;
}

/** Whether packets come and go: what came back over the network, or an ICMP error. Null when nothing came back. */
export function summarizeRoute(seen: Seen, failed: boolean): string | null {
  const error = seen.first('route.icmp-error');
  if (error !== null && (failed || seen.first('tcp.connected') === null)) {
    return `${error.from ?? 'a router'}: ${icmpWords(error.version, error.type, error.code)}`;
  }
  const answered = seen.first('tcp.connected') ?? seen.first('tcp.syn-refused');
  if (answered !== null && !failed) return `packets reach ${answered.server.address} and come back`;
  const attempt = seen.first('tcp.connect-failed');
  if (failed && attempt !== null) return `${attempt.server.address}: ${failureWords(attempt.failure)}`;
  const silent = seen.first('tcp.syn-unanswered');
  if (failed && silent !== null) return `nothing comes back from ${silent.server.address}`;
  if (!failed || answered === null) return null;
  return answered.kind === 'tcp.connected'
    ? `packets reach ${answered.server.address}, but not all`
    : `${answered.server.address} answers some connections only`;
}

const endings: Readonly<Record<'tcp.reset-received' | 'tcp.closed-by-peer' | 'tcp.peer-silent', string>> = {
  'tcp.reset-received': 'reset',
  'tcp.closed-by-peer': 'closed',
  'tcp.peer-silent': 'silent, given up',
};

interface Attempt {
  where: string;
  how: string;
}

function attemptsOf(seen: Seen): Attempt[] {
  const where = (server: { address: string; port: number }): string => endpointText(server.address, server.port);
  return [
    ...seen.all('tcp.syn-refused').map((attempt) => ({ where: where(attempt.server), how: 'refused' })),
    ...seen.all('tcp.connect-failed').map((attempt) => ({ where: where(attempt.server), how: failureWords(attempt.failure) })),
    ...seen
      .all('tcp.syn-unanswered')
      .map((attempt) => ({ where: where(attempt.server), how: `no answer in ${duration(attempt.waitedMs)}` })),
  ];
}

function failedAttempts(seen: Seen): string | null {
  const attempts = attemptsOf(seen);
  const first = attempts[0];
  if (first !== undefined) {
    const more = attempts.length - 1;
    return `${first.where}: ${first.how}${more === 0 ? '' : `; ${plural(more, 'other address', 'other addresses')} failed too`}`;
  }
  const abandoned = seen.first('tcp.connect-abandoned');
  return abandoned === null
    ? null
    : `${endpointText(abandoned.server.address, abandoned.server.port)}: no answer yet after ${duration(abandoned.afterMs)}`;
}
