import type { ObservationKind } from '../../model/observation.ts';
import { proxySteps, proxyTrials } from '../connection-words.ts';
import { clip, endpoint, inBrackets, resolverText, words } from '../fact-words.ts';
import { day, duration, listed } from '../wording.ts';
import type { LinesOf } from './lines.ts';
import type { LinkKind } from './link.ts';

/** What this host is like. */
export const localLines: LinesOf<Exclude<Extract<ObservationKind, `local.${string}`>, LinkKind>> = {
  'local.link': (stated) =>
    `interface ${stated.name} is ${stated.up ? 'up' : 'down'}${stated.carrier === null ? '' : stated.carrier ? ' with a link' : ' without a link'}${stated.mtuBytes === null ? '' : `, MTU ${stated.mtuBytes}`}`,
  'local.address': (stated) =>
    `${stated.interface} has ${stated.address}/${stated.prefixLength}${stated.scope === 'global' ? '' : ` (${words(stated.scope)})`}`,
  'local.route': (stated) =>
    stated.found
      ? `route to ${stated.destination}${stated.gateway === null ? ' on this link' : ` via ${stated.gateway}`}${stated.interface === null ? '' : ` over ${stated.interface}`}`
      : `no route to ${stated.destination}${inBrackets(stated.failure)}`,
  'local.neighbor': (stated) =>
    `neighbour ${stated.address} on ${stated.interface} is ${stated.state}${stated.linkAddress === null ? '' : ` (${stated.linkAddress})`}`,
  'local.arp-answered': (stated) =>
    `asked who has ${stated.address} on ${stated.interface}, ${stated.linkAddresses.length === 0 ? 'nobody answers' : `${listed(stated.linkAddresses)} ${stated.linkAddresses.length === 1 ? 'answers' : 'answer'}`}`,
  'local.resolvers': (stated) =>
    `${stated.servers.length === 0 ? 'no resolver' : `resolvers ${listed(stated.servers.map((server) => resolverText(server)))}`} from ${stated.source}`,
  'local.hosts-entry': (stated) => `${stated.file} gives ${stated.name} ${listed(stated.addresses)}`,
  'local.proxy-configured': (stated) =>
    `${stated.variable} names the proxy ${stated.url}${stated.bypassed ? ', not used for this target' : ''}`,
  'local.proxy-resolved': (stated) =>
    stated.failure === undefined
      ? `the proxy's name ${stated.name} resolves to ${listed(stated.addresses)}`
      : `the proxy's name ${stated.name} does not resolve${inBrackets(stated.failure)}`,
  'local.proxy-answered': (stated) =>
    `the proxy ${stated.proxy} answers ${stated.code} to ${proxySteps[stated.step]} (${clip(stated.destination)})${stated.title === null ? '' : `, page titled "${clip(stated.title)}"`}`,
  'local.proxy-failed': (stated) =>
    `the proxy ${stated.proxy} fails at ${proxySteps[stated.step]} (${clip(stated.destination)})${inBrackets(stated.failure)}`,
  'local.proxy-tried': (stated) =>
    `${clip(stated.destination)} tried through the proxy ${stated.proxy} (${stated.variable}): ${proxyTrials[stated.outcome]}`,
  'local.check-answered': (stated) =>
    `${clip(stated.url)} at ${endpoint(stated.server)}, asked beside: ${stated.status}${stated.location === null ? '' : `, to ${clip(stated.location)}`}${stated.title === null ? '' : `, titled "${clip(stated.title)}"`}${stated.asKnown === false ? ', not the answer known in advance' : ''}${stated.captive === undefined ? '' : stated.captive ? ', says that this host is captive' : ', says that this host is not captive'}${stated.clockAheadMs === null ? '' : `, this host's clock is ${duration(Math.abs(stated.clockAheadMs))} ${stated.clockAheadMs < 0 ? 'behind' : 'ahead'}`}`,
  'local.check-unanswered': (stated) => `${clip(stated.url)}, asked beside: no answer${inBrackets(stated.failure)}`,
  'local.dhcp-lease': (stated) =>
    `lease of ${stated.address}${stated.interface === null ? '' : ` on ${stated.interface}`}${stated.dhcpServer === null ? '' : ` from ${stated.dhcpServer}`}${stated.expiresAt === null ? '' : `, until ${day(stated.expiresAt)}`} (${stated.source})`,
  'local.wireless': (stated) =>
    `${stated.interface} ${stated.associated ? `is on the Wi-Fi${stated.ssid === null ? '' : ` "${clip(stated.ssid)}"`}` : 'is on no Wi-Fi'}${stated.signalDbm === null ? '' : `, signal ${stated.signalDbm} dBm`}`,
  'local.send-refused': (stated) =>
    stated.shownBy === undefined
      ? `this host refused to send ${stated.protocol} to ${endpoint(stated.destination)}${inBrackets(stated.failure)}`
      : `${stated.protocol} to ${endpoint(stated.destination)} was sent again and never left this host`,
  'local.resource-exhausted': (stated) => `this host ran out of a resource during ${stated.during}${inBrackets(stated.failure)}`,
  'local.not-measured': (stated) => `${words(stated.what)} could not be read${inBrackets(stated.failure)}`,
};
