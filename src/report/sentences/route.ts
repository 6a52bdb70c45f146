import type { Detail } from '../../model/finding.ts';
import { icmpWords } from '../icmp.ts';
import { duration, listed, plural } from '../wording.ts';
import { clause, endpointOr, failureIn, list, number, ownedBy, strayedWords, text } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

/**
 * `from` is the router that answered, `address` and `port` the destination.
 *
 * | cause | detail read |
 * |---|---|
 * | `route.unreachable` | `address`, `port`, `from`, `owner` (of that router), `place` (where on the path it is), `failure`, `strayedTo`, `strayedOwner`, `strayedFar` (where packets to a private address go) |
 * | `route.filtered` | `address`, `port`, `from`, `owner`, `version`, `type`, `code` (of the ICMP message) |
 * | `route.black-hole` | `address`, `from` (the last hop that answers), `owner`, `hop` (its number), `others` (where nothing else gets beyond it either) |
 * | `route.loop` | `address`, `hops` (the routers seen again), `owners` (their names, empty where unknown) |
 * | `route.mtu-black-hole` | `address`, `port`, `mtuBytes`, `from`, `works` (another address that does) |
 * | `route.return-path` | `address`, `port` |
 * | `route.one-path-dead` | `address`, `count` (flows that fail), `total`, `refused` (all by a reset), `from` (who says so), `owner`, `place`, `hops` and `owners` (of a circle) |
 * | `route.proxy-upstream` | `proxy`, `host`, `port`, `status` |
 * | `route.loss` | `address`, `percent`, `total` (probes), `from` (where it begins), `owner`, `place` |
 * | `route.latency` | `address`, `from` (where it begins), `durationMs` (the jump), `budgetMs` |
 */
export const routeSentences: SentencesOf<'route'> = {
  'route.unreachable': (detail) =>
    `${text(detail, 'from') === null ? 'The network' : `The router ${text(detail, 'from')}${ownedBy(detail)}`} says that ${endpointOr(detail, 'the target')} cannot be reached${failureIn(detail)}.${strayedWords(detail)}`,
  'route.filtered': (detail) =>
    `${text(detail, 'from') === null ? 'A firewall on the way' : `The firewall or router ${text(detail, 'from')}${ownedBy(detail)}`} forbids traffic to ${endpointOr(detail, 'the target')} (${prohibition(detail)}).`,
  'route.black-hole': (detail) =>
    `Packets to ${text(detail, 'address') ?? 'the target'} vanish on the way${clause(text(detail, 'from'), (from) => ` after ${from}${ownedBy(detail)}`)}${clause(number(detail, 'hop'), (hop) => `, hop ${hop}`)}${clause(list(detail, 'others').length > 0 ? list(detail, 'others') : null, (others) => `, and so do those to ${listed(others)}: nothing gets beyond it`)}.`,
  'route.loop': (detail) =>
    `Packets to ${text(detail, 'address') ?? 'the target'} go round in circles${clause(circle(detail), (routers) => ` between ${routers}`)} and never arrive.`,
  'route.mtu-black-hole': (detail) =>
    `Small packets to ${endpointOr(detail, 'the target')} pass, but full-size ones vanish${clause(number(detail, 'mtuBytes'), (bytes) => ` (at most ${bytes} bytes get through)`)}${clause(text(detail, 'from'), (from) => ` after ${from}`)}${clause(text(detail, 'works'), (other) => `; ${other} works`)}.`,
  'route.return-path': (detail) => `${endpointOr(detail, 'The target')} receives and answers, but its answers never come back.`,
  'route.one-path-dead': (detail) =>
    `${detail.refused === true ? 'One of several servers behind, or paths to,' : 'One of several parallel paths to'} ${text(detail, 'address') ?? 'the target'} is dead${clause(number(detail, 'count'), (count) => `: ${count}${clause(number(detail, 'total'), (total) => ` of ${total}`)} connections ${detail.refused === true ? 'are refused' : 'fail'}, the same ones each time`)}${deadEnd(detail)}.`,
  'route.proxy-upstream': (detail) =>
    `The proxy${clause(text(detail, 'proxy'), (proxy) => ` ${proxy}`)} works, but cannot reach ${clause(text(detail, 'host'), (host) => `${host}${clause(number(detail, 'port'), (port) => `:${port}`)}`) || 'the target'}${clause(text(detail, 'status'), (status) => ` (${status})`)}.`,
  'route.loss': (detail) =>
    `${clause(number(detail, 'percent'), (share) => `${share} %`) || 'A noticeable share'} of the packets to ${text(detail, 'address') ?? 'the target'} ${number(detail, 'percent') === null ? 'is' : 'are'} lost${clause(text(detail, 'from'), (from) => `, from ${from}${ownedBy(detail)} on`)}${clause(number(detail, 'total'), (total) => ` (${plural(total, 'probe')})`)}.`,
  'route.latency': (detail) =>
    `The way to ${text(detail, 'address') ?? 'the target'} is slow${clause(number(detail, 'durationMs'), (added) => `: ${duration(added)} are added`)}${clause(text(detail, 'from'), (from) => ` at ${from}${ownedBy(detail)}`)}${clause(number(detail, 'budgetMs'), (budget) => ` (budget ${duration(budget)})`)}.`,
};

/** What becomes of packets on the dead path, where somebody says it. */
function deadEnd(detail: Detail): string {
  const routers = circle(detail);
  if (routers !== null) return `; packets go round in circles between ${routers}`;
  return clause(text(detail, 'from'), (from) => `; ${from}${ownedBy(detail)} says that it cannot deliver`);
}

/** Routers that packets go round between, and whose they are; null when there are none. */
function circle(detail: Detail): string | null {
  const names = list(detail, 'owners');
  const routers = list(detail, 'hops').map((router, index) => `${router}${names[index] ? ` (${names[index]})` : ''}`);
  return routers.length === 0 ? null : listed(routers);
}

/** What the ICMP message said; without one, what such messages say. */
function prohibition(detail: Detail): string {
  const [type, code, version] = [number(detail, 'type'), number(detail, 'code'), number(detail, 'version')];
  return type === null || code === null ? 'administratively prohibited' : `"${icmpWords(version === 6 ? 6 : 4, type, code)}"`;
}
