import { endianness } from 'node:os';
import type { Failure } from '../model/failure.ts';
import type { AddressFacts, LinkFacts, NeighborFacts, RouteFacts } from '../ports/host.ts';
import { addressBytes, familyOf, isLoopback, scopeOf } from './address-bytes.ts';
import type { CLibrary } from './foreign-functions.ts';
import { linuxMedium } from './link-medium.ts';
import {
  decodeAddress,
  decodeLink,
  decodeNeighbor,
  decodeRoute,
  encodeDump,
  encodeRouteGet,
  familyNumbers,
  type NetlinkLink,
  type NetlinkMessage,
  type NetlinkRoute,
  netlinkType,
} from './netlink.ts';
import { netlinkExchange } from './netlink-socket.ts';
import { addressTextOf, defaultPrefix, isFailure, linkAddressText, type NetworkTables, noRoute, refusedRoutes } from './network-tables.ts';
import { wirelessInterfaces } from './wireless.ts';

const littleEndian = endianness() === 'LE';

/** linux/if.h */
const flagUp = 0x1;
const flagLoopback = 0x8;
const flagLowerUp = 0x1_0000;
/** linux/rtnetlink.h RTN_*: routes that swallow packets. */
const refusedTypes: ReadonlyMap<number, Failure> = new Map([
  [6, refusedRoutes.blackhole],
  [7, refusedRoutes.unreachable],
  [8, refusedRoutes.prohibit],
]);
const typeUnicast = 1;
const typeLocal = 2;

/** linux/neighbour.h NUD_* to the words of RFC 4861 section 7.3.2. */
const neighborStates: readonly (readonly [bit: number, state: NeighborFacts['state']])[] = [
  [0x02, 'reachable'],
  [0x04, 'stale'],
  [0x08, 'delay'],
  [0x10, 'probe'],
  [0x20, 'failed'],
  [0x01, 'incomplete'],
  [0x80, 'permanent'],
  [0x40, 'noarp'],
];

/** errno names that a route query answers with when there is no way to the destination. */
const unroutable = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EACCES', 'EINVAL', 'EAGAIN']);

/** Asks the kernel through rtnetlink: exact, policy rules and learned path MTU included, no privilege, a tenth of a millisecond. */
export function netlinkTables(library: CLibrary): NetworkTables {
  const linksByIndex = (): Map<number, NetlinkLink> | Failure => {
    const answers = netlinkExchange(library, encodeDump('link', 0, 1, littleEndian));
    if (isFailure(answers)) return answers;
    return new Map(decodeAll(answers, netlinkType.newLink, decodeLink).map((link) => [link.index, link]));
  };
  return {
    links: async () => {
      const links = linksByIndex();
      if (isFailure(links)) return links;
      const answers = netlinkExchange(library, encodeDump('address', 0, 2, littleEndian));
      if (isFailure(answers)) return answers;
      const wireless = wirelessInterfaces();
      return {
        links: [...links.values()].map((link) => linkFacts(link, wireless)),
        addresses: decodeAll(answers, netlinkType.newAddress, decodeAddress).map(
          (one): AddressFacts => ({
            interface: links.get(one.interfaceIndex)?.name ?? `#${one.interfaceIndex}`,
            family: familyOf(one.address),
            address: addressTextOf(one.address),
            prefixLength: one.prefixLength,
            scope: scopeOf(one.address),
            ...(one.duplicate ? { duplicate: true as const } : {}),
          }),
        ),
      };
    },
    route: async (destination) => {
      const bytes = addressBytes(destination);
      if (bytes === null) return { name: 'invalid-argument' };
      const answers = netlinkExchange(library, encodeRouteGet(bytes, 3, littleEndian));
      if (isFailure(answers)) {
        return answers.code !== undefined && unroutable.has(answers.code) ? noRoute(destination, familyOf(bytes), answers) : answers;
      }
      const [route] = decodeAll(answers, netlinkType.newRoute, decodeRoute);
      if (route === undefined) return { name: 'unknown', raw: 'rtnetlink answered without a route' };
      const refused = refusedTypes.get(route.type);
      if (refused !== undefined) return noRoute(destination, familyOf(bytes), refused);
      const links = linksByIndex();
      return routeFacts(route, destination, isFailure(links) ? new Map() : links);
    },
    defaultRoutes: async (family) => {
      const answers = netlinkExchange(library, encodeDump('route', familyNumbers[family], 4, littleEndian));
      if (isFailure(answers)) return answers;
      const links = linksByIndex();
      if (isFailure(links)) return links;
      return decodeAll(answers, netlinkType.newRoute, decodeRoute)
        .filter((route) => route.family === familyNumbers[family] && route.prefixLength === 0 && route.type === typeUnicast)
        .sort((a, b) => a.priority - b.priority)
        .map((route) => ({ ...routeFacts(route, defaultPrefix[family], links), family }));
    },
    neighbor: async (address, interfaceName) => {
      const bytes = addressBytes(address);
      if (bytes === null) return { name: 'invalid-argument' };
      const links = linksByIndex();
      if (isFailure(links)) return links;
      const answers = netlinkExchange(library, encodeDump('neighbor', familyNumbers[familyOf(bytes)], 5, littleEndian));
      if (isFailure(answers)) return answers;
      const entry = decodeAll(answers, netlinkType.newNeighbor, decodeNeighbor).find(
        (one) => links.get(one.interfaceIndex)?.name === interfaceName && addressTextOf(one.address) === addressTextOf(bytes),
      );
      const state = entry === undefined ? undefined : neighborStates.find(([bit]) => (entry.state & bit) !== 0)?.[1];
      return { address, interface: interfaceName, state: state ?? 'absent', linkAddress: linkAddressText(entry?.linkAddress ?? null) };
    },
  };
}

function decodeAll<T>(
  messages: readonly NetlinkMessage[],
  type: number,
  decode: (body: Uint8Array, littleEndian: boolean) => T | null,
): T[] {
  return messages
    .filter((message) => message.type === type)
    .map((message) => decode(message.body, littleEndian))
    .filter((one) => one !== null);
}

function linkFacts(link: NetlinkLink, wireless: ReadonlySet<string>): LinkFacts {
  return {
    name: link.name,
    loopback: (link.flags & flagLoopback) !== 0,
    up: (link.flags & flagUp) !== 0,
    // Of an interface that is down the flag says nothing.
    carrier: (link.flags & flagUp) === 0 ? null : (link.flags & flagLowerUp) !== 0,
    medium: linuxMedium(link.hardwareType, link.kind, wireless.has(link.name)),
    mtuBytes: link.mtuBytes,
    linkAddress: linkAddressText(link.linkAddress),
  };
}

function routeFacts(route: NetlinkRoute, destination: string, links: ReadonlyMap<number, NetlinkLink>): RouteFacts {
  const link = route.interfaceIndex === null ? undefined : links.get(route.interfaceIndex);
  const target = addressBytes(destination.replace(/\/.*$/u, ''));
  return {
    family: route.family === familyNumbers.ipv6 ? 'ipv6' : 'ipv4',
    destination,
    found: true,
    gateway: route.gateway === null ? null : addressTextOf(route.gateway),
    interface: link?.name ?? null,
    sourceAddress:
      route.sourceAddress !== null
        ? addressTextOf(route.sourceAddress)
        : route.type === typeLocal && target !== null && isLoopback(target)
          ? destination
          : null,
    mtuBytes: route.mtuBytes ?? link?.mtuBytes ?? null,
  };
}
