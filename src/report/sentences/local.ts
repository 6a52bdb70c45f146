import type { Detail } from '../../model/finding.ts';
import { duration, listed, plural } from '../wording.ts';
import { clause, endpointOr, failureIn, list, listIn, number, text } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

/**
 * | cause | detail read |
 * |---|---|
 * | `local.no-link` | `interfaces` (that are down) |
 * | `local.no-address` | `interfaces` (that are up), `addresses` (self-assigned ones); of packets `reason`, `station`, `attempts`, `address` (refused) |
 * | `local.no-route` | `destinations`, `purpose` (`target`, `resolver` or `proxy`) |
 * | `local.gateway-unresolved` | `address` (of the gateway), `interface`; of packets `askers`, `attempts`, `role`, `answersPass` |
 * | `local.no-resolver` | `name` (to be resolved) |
 * | `local.firewall` | `address`, `port`, `failure` |
 * | `local.neighbor-unresolved` | `address`, `interface`; of packets `askers`, `attempts`, `answersPass` |
 * | `local.address-conflict` | `address`, `linkAddresses`; of packets `station` (that declined it) |
 * | `local.resource-limit` | `failure`, `during` |
 * | `local.captive-portal` | `url` (of the portal) |
 * | `local.proxy-unreachable` | `proxy`, `variable`, `failure` |
 * | `local.proxy-auth`, `local.proxy-denied` | `proxy`, `status`, `title` (of the page that came with the refusal) |
 * | `local.proxy-required` | `proxy` |
 * | `local.clock-wrong` | `offsetMs` (this host's clock less the independent one: positive is ahead) |
 */
export const localSentences: SentencesOf<'local'> = {
  'local.no-link': (detail) => {
    const names = list(detail, 'interfaces');
    return names.length === 0
      ? 'This computer has no network connection: no interface is up with a link.'
      : `This computer has no network connection: ${listed(names)} ${names.length === 1 ? 'has' : 'have'} no link.`;
  },
  'local.no-address': (detail) => {
    const reason = text(detail, 'reason');
    if (reason !== null) return withoutAddress(detail, reason);
    const interfaces = list(detail, 'interfaces');
    const connected =
      interfaces.length === 0 ? 'The network is connected' : `${listed(interfaces)} ${interfaces.length === 1 ? 'is' : 'are'} connected`;
    const addresses = list(detail, 'addresses');
    return addresses.length === 0
      ? `${connected}, but this computer was given no IP address.`
      : `${connected}, but this computer has only ${listed(addresses)}, which it gave itself because DHCP did not answer.`;
  },
  'local.no-route': (detail) => {
    const destinations = list(detail, 'destinations');
    const whom = { resolver: 'the resolver', proxy: 'the proxy' }[text(detail, 'purpose') ?? ''] ?? 'the target';
    return `This computer has no route to ${whom}${destinations.length === 0 ? '' : ` ${listed(destinations)}`}: nothing in its routing table covers it.`;
  },
  'local.gateway-unresolved': (detail) =>
    askedInVain(detail, text(detail, 'role') === 'gateway' ? 'the gateway' : 'its gateway or the very machine it wants') ??
    `The gateway${clause(text(detail, 'address'), (gateway) => ` ${gateway}`)} does not answer on the local network${clause(text(detail, 'interface'), (name) => ` (${name})`)}: its hardware address cannot be found.`,
  'local.no-resolver': (detail) =>
    `No DNS server is configured on this computer, so ${text(detail, 'name') ?? 'the name'} cannot be looked up.`,
  'local.firewall': (detail) =>
    `This computer itself refused to send to ${endpointOr(detail, 'the target')}${failureIn(detail)}: nothing left it.`,
  'local.neighbor-unresolved': (detail) =>
    askedInVain(detail, 'a machine of its own network') ??
    `${text(detail, 'address') ?? 'The target'} should be on this very network${clause(text(detail, 'interface'), (name) => ` (${name})`)} and does not answer there: it is off, unplugged or has another address.`,
  'local.address-conflict': (detail) =>
    declined(detail) ??
    `Two devices claim the address${clause(text(detail, 'address'), (address) => ` ${address}`)}${listIn(detail, 'linkAddresses')}.`,
  'local.resource-limit': (detail) =>
    `This computer ran out of ${exhausted[text(detail, 'failure') ?? ''] ?? 'network resources'}${clause(text(detail, 'during'), (during) => ` (${during})`)}.`,
  'local.captive-portal': (detail) =>
    `A sign-in page${clause(text(detail, 'url'), (url) => ` (${url})`)} intercepts the connection: this network wants a login first.`,
  'local.proxy-unreachable': (detail) =>
    `The configured proxy${clause(text(detail, 'proxy'), (proxy) => ` ${proxy}`)}${clause(text(detail, 'variable'), (variable) => ` (from ${variable})`)} cannot be reached${failureIn(detail)}.`,
  'local.proxy-auth': (detail) =>
    `The proxy${clause(text(detail, 'proxy'), (proxy) => ` ${proxy}`)} wants a login before it lets the request pass${clause(text(detail, 'status'), (status) => ` (${status})`)}.`,
  'local.proxy-denied': (detail) =>
    `The proxy${clause(text(detail, 'proxy'), (proxy) => ` ${proxy}`)} forbids this destination${clause(text(detail, 'status'), (status) => ` (${status})`)}${clause(text(detail, 'title'), (title) => `: "${title}"`)}.`,
  'local.proxy-required': (detail) =>
    `The direct way is blocked here, and the proxy${clause(text(detail, 'proxy'), (proxy) => ` ${proxy}`)} does reach the target.`,
  'local.clock-wrong': (detail) =>
    `This computer's clock is ${clause(number(detail, 'offsetMs'), (offset) => `${span(Math.abs(offset))} ${offset < 0 ? 'behind' : 'ahead'}`) || 'wrong'}, so certificates look invalid.`,
};

/** A host without an address, as packets show it. */
function withoutAddress(detail: Detail, reason: string): string {
  const station = text(detail, 'station') ?? 'A computer';
  const own = list(detail, 'addresses');
  const made = own.length === 0 ? '' : ` It gave itself ${listed(own)}.`;
  if (reason === 'refused')
    return `${station} is refused the address${clause(text(detail, 'address'), (address) => ` ${address}`)} by DHCP, and is given no other.${made}`;
  if (reason === 'scope')
    return `A computer sends to the Internet from ${own.length === 0 ? 'a link-local address' : listed(own)}: it has no address that is valid beyond its own network.`;
  return `${station} asked${clause(number(detail, 'attempts'), (count) => ` ${count} times`)} for an IP address by DHCP, and nobody offered one.${made}`;
}

/** Questions to the link without an answer, as packets show them; null where it was not packets that showed it. */
function askedInVain(detail: Detail, whom: string): string | null {
  const askers = list(detail, 'askers');
  if (askers.length === 0) return null;
  const times = clause(number(detail, 'attempts'), (count) => ` ${count} times`);
  const asked = `${listed(askers, 3)} asked${times} who has ${text(detail, 'address') ?? 'the next hop'}`;
  if (detail.answersPass !== false) return `${asked}, and nobody answered: ${whom} is not there.`;
  const decides = `the neighbour table (ip neigh) of ${askers[0]} tells`;
  return `${asked}, and no answer was captured: ${whom} is not there, or answers do not pass where the packets were captured; ${decides}.`;
}

/** An address that a computer was given and found in use; null where it was not packets that showed it. */
function declined(detail: Detail): string | null {
  const station = text(detail, 'station');
  if (station === null) return null;
  return `${station} was given the address${clause(text(detail, 'address'), (address) => ` ${address}`)} by DHCP and turned it down: another device has it already.`;
}

const exhausted: Readonly<Record<string, string>> = {
  'address-not-available': 'local ports',
  EADDRNOTAVAIL: 'local ports',
  'address-in-use': 'local ports',
  EADDRINUSE: 'local ports',
  'too-many-open-files': 'file descriptors',
  EMFILE: 'file descriptors',
  ENFILE: 'file descriptors',
  'no-buffer-space': 'network buffers',
  ENOBUFS: 'network buffers',
  ENOMEM: 'memory',
  tracking: 'entries in its connection tracking table',
};

/** Days where a duration in minutes would say little. */
function span(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  if (hours >= 48) return plural(Math.round(hours / 24), 'day');
  return hours >= 2 ? plural(Math.round(hours), 'hour') : duration(milliseconds);
}
