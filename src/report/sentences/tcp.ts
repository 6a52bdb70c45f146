import type { Detail } from '../../model/finding.ts';
import { duration, listed, plural } from '../wording.ts';
import { clause, endpointOr, list, number, ownedBy, strayedWords, text, within } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

/**
 * `address` and `port` are the server's; where several addresses failed alike, `addresses` lists them.
 *
 * | cause | detail read |
 * |---|---|
 * | `tcp.timeout`, `tcp.filtered` | `address`, `port`, `addresses`, `waitedMs`; `strayedTo`, `strayedOwner`, `strayedFar` (where packets to a private address go) |
 * | `tcp.filtered` on the way | `from`, `owner`, `place` (the last router that answers SYNs), `until`, `untilOwner`, `untilPlace` (the next that answers others) |
 * | `tcp.refused` | `address`, `port`, `addresses`; `count` of `total` attempts where others opened |
 * | `tcp.reset`, `tcp.closed` | `address`, `port`, `sinceOpenMs` |
 * | `tcp.stall` | `address`, `port`, `waitedMs` |
 * | `tcp.idle-drop` | `address`, `port`, `idleMs` |
 * | `tcp.reset-by-middlebox` | `address`, `port`, `refused` (in answer to the SYN), `reason` (the evidence in words) |
 * | `tcp.some-addresses-fail` | `addresses` (that fail), `count` (of all addresses of that family), what browsers do |
 * | `tcp.ipv6-broken`, `tcp.ipv4-broken` | `addresses` (that fail), what browsers do |
 * |  what browsers do | `browserOrder`, `browserOpens`, `browserDelayMs`, `oneByOneMs` (null: until the system's own timeout) |
 * | `tcp.slow` | `address`, `port`, `durationMs`, `budgetMs`, `synRetransmissions` |
 */
export const tcpSentences: SentencesOf<'tcp'> = {
  'tcp.timeout': (detail) => `${silent(detail)}${within(detail, 'waitedMs')}: the connection attempt timed out.${strayedWords(detail)}`,
  'tcp.filtered': (detail) =>
    `${endpointOr(detail, 'The port')} does not answer${within(detail, 'waitedMs')} although ${text(detail, 'address') ?? 'the address'} itself is alive: ${clause(text(detail, 'from'), (from) => `a firewall on the way drops it, between ${from}${ownedBy(detail)} and ${text(detail, 'until') ?? 'the target'}${ownedBy(detail, 'untilOwner', 'untilPlace')}`) || 'a firewall drops it, or the server is overloaded'}.`,
  'tcp.refused': (detail) => {
    const addresses = list(detail, 'addresses');
    const where =
      addresses.length > 1
        ? `${listed(addresses)}${clause(number(detail, 'port'), (port) => `, port ${port}`)}`
        : endpointOr(detail, 'the port');
    const [count, total] = [number(detail, 'count'), number(detail, 'total')];
    return count === null || total === null
      ? `Nothing listens on ${where}: the connection was refused.`
      : `${endpointOr(detail, 'The port')} refuses ${count} of ${total} connections and accepts the others: one of several servers behind it is down, or it limits connections.`;
  },
  'tcp.reset': (detail) =>
    `${endpointOr(detail, 'The server')} opens the connection and resets it at once${afterOpen(detail.sinceOpenMs)}.`,
  'tcp.closed': (detail) =>
    `${endpointOr(detail, 'The server')} opens the connection and closes it at once${afterOpen(detail.sinceOpenMs)}.`,
  'tcp.stall': (detail) =>
    `The connection to ${endpointOr(detail, 'the server')} opens, but nothing sent over it is ever acknowledged${within(detail, 'waitedMs')}.`,
  'tcp.idle-drop': (detail) =>
    `Connections to ${endpointOr(detail, 'the server')} that have been idle${clause(number(detail, 'idleMs'), (idle) => ` for ${duration(idle)}`)} no longer work; new ones do.`,
  'tcp.reset-by-middlebox': (detail) =>
    `The connection ${detail.refused === true ? 'attempt ' : ''}to ${endpointOr(detail, 'the server')} was ${detail.refused === true ? 'refused' : 'reset'} by something on the way, not by the server${clause(text(detail, 'reason'), (reason) => ` (${reason})`)}.`,
  'tcp.some-addresses-fail': (detail) => {
    const addresses = list(detail, 'addresses');
    if (addresses.length === 0) return 'Some addresses of the name do not accept connections; users who get one of them wait or fail.';
    const ofAll = clause(number(detail, 'count'), (count) => ` of ${count}`);
    return `${addresses.length}${ofAll} addresses ${addresses.length === 1 ? 'does' : 'do'} not accept connections (${listed(addresses)}); users who get ${addresses.length === 1 ? 'it' : 'one of them'} wait or fail.${browser(detail)}`;
  },
  'tcp.ipv6-broken': (detail) => family(detail, 'IPv6', 'IPv4'),
  'tcp.ipv4-broken': (detail) => family(detail, 'IPv4', 'IPv6'),
  'tcp.slow': (detail) => {
    const repeated = number(detail, 'synRetransmissions') ?? 0;
    const why =
      repeated > 0
        ? `: the first packet had to be sent ${plural(repeated + 1, 'time')}`
        : clause(number(detail, 'budgetMs'), (budget) => `, more than ${duration(budget)}`);
    return `Connecting to ${endpointOr(detail, 'the server')} took ${clause(number(detail, 'durationMs'), duration) || 'too long'}${why}.`;
  },
};

function silent(detail: Detail): string {
  const addresses = list(detail, 'addresses');
  return addresses.length > 1
    ? `None of ${listed(addresses)} answers${clause(number(detail, 'port'), (port) => ` on port ${port}`)}`
    : `${endpointOr(detail, 'The server')} does not answer`;
}

function family(detail: Detail, broken: string, working: string): string {
  const addresses = list(detail, 'addresses');
  return `No ${broken} address accepts a connection${addresses.length === 0 ? '' : ` (${listed(addresses)})`}; ${working} works.${browser(detail)}`;
}

/** What users of browsers wait, and of programs that try one address after the other. */
function browser(detail: Detail): string {
  const delayMs = number(detail, 'browserDelayMs');
  const [first] = list(detail, 'browserOrder');
  const opens = text(detail, 'browserOpens');
  if (delayMs === null || first === undefined || opens === null) return '';
  if (opens === first) return ' Browsers try a working address first and feel nothing.';
  const others = number(detail, 'oneByOneMs');
  if (others !== null && others <= delayMs) return ` Browsers try ${first} first and ${opens} ${duration(delayMs)} later.`;
  const patient = others === null ? 'wait for the timeout of their system' : `wait ${duration(others)}`;
  return ` Browsers try ${first} first and ${opens} ${duration(delayMs)} later (Happy Eyeballs); programs that try one address after the other ${patient}.`;
}

function afterOpen(value: unknown): string {
  return typeof value === 'number' ? ` (after ${duration(value)})` : '';
}
