import { duration, listed, plural } from '../wording.ts';
import { clause, endpointOr, failureIn, list, listIn, number, text } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

/**
 * | cause | detail read |
 * |---|---|
 * | `local.no-link` | `interfaces` (that are down) |
 * | `local.no-address` | `interfaces` (that are up), `addresses` (self-assigned ones) |
 * | `local.no-route` | `destinations`, `purpose` (`target`, `resolver` or `proxy`) |
 * | `local.gateway-unresolved` | `address` (of the gateway), `interface` |
 * | `local.no-resolver` | `name` (to be resolved) |
 * | `local.firewall` | `address`, `port`, `failure` |
 * | `local.neighbor-unresolved` | `address`, `interface` |
 * | `local.address-conflict` | `address`, `linkAddresses` |
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
    `The gateway${clause(text(detail, 'address'), (gateway) => ` ${gateway}`)} does not answer on the local network${clause(text(detail, 'interface'), (name) => ` (${name})`)}: its hardware address cannot be found.`,
  'local.no-resolver': (detail) =>
    `No DNS server is configured on this computer, so ${text(detail, 'name') ?? 'the name'} cannot be looked up.`,
  'local.firewall': (detail) =>
    `This computer itself refused to send to ${endpointOr(detail, 'the target')}${failureIn(detail)}: nothing left it.`,
  'local.neighbor-unresolved': (detail) =>
    `${text(detail, 'address') ?? 'The target'} should be on this very network${clause(text(detail, 'interface'), (name) => ` (${name})`)} and does not answer there: it is off, unplugged or has another address.`,
  'local.address-conflict': (detail) =>
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
