/**
 * Messages of Linux's rtnetlink(7) as bytes: requests written, answers read. Everything is in the machine's byte order; addresses are in
 * network order as always. Readers never throw and never read beyond `view`.
 */

/** linux/rtnetlink.h. */
export const netlinkType = {
  error: 2,
  done: 3,
  newLink: 16,
  getLink: 18,
  newAddress: 20,
  getAddress: 22,
  newRoute: 24,
  getRoute: 26,
  newNeighbor: 28,
  getNeighbor: 30,
} as const;

const headerBytes = 16;
const flagRequest = 0x1;
const flagDump = 0x300;
/** linux/socket.h */
export const familyNumbers = { ipv4: 2, ipv6: 10 } as const;

/** Sizes of the fixed part that follows the header. */
const fixedBytes = { link: 16, address: 8, route: 12, neighbor: 12 } as const;

export interface NetlinkMessage {
  type: number;
  sequence: number;
  /** What follows the header. */
  body: Uint8Array;
}

function request(type: number, flags: number, sequence: number, body: Uint8Array, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(headerBytes + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, littleEndian);
  view.setUint16(4, type, littleEndian);
  view.setUint16(6, flags, littleEndian);
  view.setUint32(8, sequence, littleEndian);
  bytes.set(body, headerBytes);
  return bytes;
}

/** Asks for everything of one kind; `family` 0 for all families. */
export function encodeDump(kind: keyof typeof fixedBytes, family: number, sequence: number, littleEndian: boolean): Uint8Array {
  const types = {
    link: netlinkType.getLink,
    address: netlinkType.getAddress,
    route: netlinkType.getRoute,
    neighbor: netlinkType.getNeighbor,
  };
  const body = new Uint8Array(fixedBytes[kind]);
  body[0] = family;
  return request(types[kind], flagRequest | flagDump, sequence, body, littleEndian);
}

/** Asks how a packet to `destination` (4 or 16 octets) would be sent now, policy rules included. */
export function encodeRouteGet(destination: Uint8Array, sequence: number, littleEndian: boolean): Uint8Array {
  const body = new Uint8Array(fixedBytes.route + 4 + destination.length);
  const view = new DataView(body.buffer);
  body[0] = destination.length === 4 ? familyNumbers.ipv4 : familyNumbers.ipv6;
  body[1] = destination.length * 8;
  view.setUint16(fixedBytes.route, 4 + destination.length, littleEndian);
  view.setUint16(fixedBytes.route + 2, routeAttribute.destination, littleEndian);
  body.set(destination, fixedBytes.route + 4);
  return request(netlinkType.getRoute, flagRequest, sequence, body, littleEndian);
}

/** The messages of one datagram; stops at the first that does not fit. */
export function decodeNetlink(bytes: Uint8Array, littleEndian: boolean): NetlinkMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const length = view.getUint32(at, littleEndian);
    if (length < headerBytes || at + length > bytes.length) break;
    messages.push({
      type: view.getUint16(at + 4, littleEndian),
      sequence: view.getUint32(at + 8, littleEndian),
      body: bytes.subarray(at + headerBytes, at + length),
    });
    at += (length + 3) & ~3;
  }
  return messages;
}

/** The errno of an error message, positive; 0 for an acknowledgement. */
export function decodeNetlinkErrno(body: Uint8Array, littleEndian: boolean): number {
  return body.length < 4 ? 0 : -new DataView(body.buffer, body.byteOffset).getInt32(0, littleEndian);
}

/** Attributes by number; of repeated ones the first. */
function attributesOf(bytes: Uint8Array, littleEndian: boolean): Map<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const attributes = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint16(at, littleEndian);
    if (length < 4 || at + length > bytes.length) break;
    // The upper two bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
    const type = view.getUint16(at + 2, littleEndian) & 0x3fff;
    if (!attributes.has(type)) attributes.set(type, bytes.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return attributes;
}

function u32(bytes: Uint8Array | undefined, littleEndian: boolean): number | null {
  return bytes === undefined || bytes.length < 4 ? null : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, littleEndian);
}

function text(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : String.fromCharCode(...bytes.subarray(0, 64)).replace(/\0.*$/su, '');
}

const linkAttribute = { address: 1, name: 3, mtu: 4, linkInfo: 18 } as const;
const linkInfoKind = 1;

export interface NetlinkLink {
  index: number;
  /** linux/if_arp.h ARPHRD_*: 1 Ethernet, 772 loopback, 65534 none. */
  hardwareType: number;
  /** linux/if.h IFF_*. */
  flags: number;
  name: string;
  linkAddress: Uint8Array | null;
  mtuBytes: number | null;
  /** Driver kind: `veth`, `bridge`, `wireguard`, `tun`, ...; null for a physical interface. */
  kind: string | null;
}

export function decodeLink(body: Uint8Array, littleEndian: boolean): NetlinkLink | null {
  if (body.length < fixedBytes.link) return null;
  const view = new DataView(body.buffer, body.byteOffset);
  const attributes = attributesOf(body.subarray(fixedBytes.link), littleEndian);
  const info = attributes.get(linkAttribute.linkInfo);
  const name = text(attributes.get(linkAttribute.name));
  if (name === null) return null;
  return {
    index: view.getInt32(4, littleEndian),
    hardwareType: view.getUint16(2, littleEndian),
    flags: view.getUint32(8, littleEndian),
    name,
    linkAddress: attributes.get(linkAttribute.address) ?? null,
    mtuBytes: u32(attributes.get(linkAttribute.mtu), littleEndian),
    kind: info === undefined ? null : text(attributesOf(info, littleEndian).get(linkInfoKind)),
  };
}

const addressAttribute = { address: 1, local: 2 } as const;
/** linux/if_addr.h IFA_F_DADFAILED. */
const flagDuplicate = 0x08;

export interface NetlinkAddress {
  interfaceIndex: number;
  prefixLength: number;
  address: Uint8Array;
  /** Duplicate address detection failed. */
  duplicate: boolean;
}

export function decodeAddress(body: Uint8Array, littleEndian: boolean): NetlinkAddress | null {
  if (body.length < fixedBytes.address) return null;
  const attributes = attributesOf(body.subarray(fixedBytes.address), littleEndian);
  // On a point-to-point link IFA_ADDRESS is the peer's; IFA_LOCAL is always this host's.
  const address = attributes.get(addressAttribute.local) ?? attributes.get(addressAttribute.address);
  if (address === undefined) return null;
  const interfaceIndex = new DataView(body.buffer, body.byteOffset).getUint32(4, littleEndian);
  return { interfaceIndex, prefixLength: body[1] ?? 0, address, duplicate: ((body[2] ?? 0) & flagDuplicate) !== 0 };
}

const routeAttribute = {
  destination: 1,
  interface: 4,
  gateway: 5,
  priority: 6,
  preferredSource: 7,
  metrics: 8,
  multipath: 9,
  table: 15,
  via: 18,
} as const;
const metricMtu = 2;
const nextHopBytes = 8;

export interface NetlinkRoute {
  family: number;
  prefixLength: number;
  /** linux/rtnetlink.h RTN_*: 1 unicast, 2 local, 6 blackhole, 7 unreachable, 8 prohibit. */
  type: number;
  table: number;
  destination: Uint8Array | null;
  interfaceIndex: number | null;
  gateway: Uint8Array | null;
  sourceAddress: Uint8Array | null;
  priority: number;
  mtuBytes: number | null;
}

export function decodeRoute(body: Uint8Array, littleEndian: boolean): NetlinkRoute | null {
  if (body.length < fixedBytes.route) return null;
  const attributes = attributesOf(body.subarray(fixedBytes.route), littleEndian);
  const hop = firstNextHop(attributes.get(routeAttribute.multipath), littleEndian);
  const metrics = attributes.get(routeAttribute.metrics);
  // RTA_VIA: a gateway of the other family (RFC 5549), family number first.
  const via = attributes.get(routeAttribute.via)?.subarray(2);
  return {
    family: body[0] ?? 0,
    prefixLength: body[1] ?? 0,
    type: body[7] ?? 0,
    table: u32(attributes.get(routeAttribute.table), littleEndian) ?? body[4] ?? 0,
    destination: attributes.get(routeAttribute.destination) ?? null,
    interfaceIndex: u32(attributes.get(routeAttribute.interface), littleEndian) ?? hop?.interfaceIndex ?? null,
    gateway: attributes.get(routeAttribute.gateway) ?? via ?? hop?.gateway ?? null,
    sourceAddress: attributes.get(routeAttribute.preferredSource) ?? null,
    priority: u32(attributes.get(routeAttribute.priority), littleEndian) ?? 0,
    mtuBytes: metrics === undefined ? null : u32(attributesOf(metrics, littleEndian).get(metricMtu), littleEndian),
  };
}

/** The first of several parallel next hops (`struct rtnexthop` and its attributes). */
function firstNextHop(bytes: Uint8Array | undefined, littleEndian: boolean): { interfaceIndex: number; gateway: Uint8Array | null } | null {
  if (bytes === undefined || bytes.length < nextHopBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const attributes = attributesOf(bytes.subarray(nextHopBytes, view.getUint16(0, littleEndian)), littleEndian);
  return {
    interfaceIndex: view.getUint32(4, littleEndian),
    gateway: attributes.get(routeAttribute.gateway) ?? attributes.get(routeAttribute.via)?.subarray(2) ?? null,
  };
}

const neighborAttribute = { destination: 1, linkAddress: 2 } as const;

export interface NetlinkNeighbor {
  interfaceIndex: number;
  /** linux/neighbour.h NUD_* bits. */
  state: number;
  address: Uint8Array;
  linkAddress: Uint8Array | null;
}

export function decodeNeighbor(body: Uint8Array, littleEndian: boolean): NetlinkNeighbor | null {
  if (body.length < fixedBytes.neighbor) return null;
  const view = new DataView(body.buffer, body.byteOffset);
  const attributes = attributesOf(body.subarray(fixedBytes.neighbor), littleEndian);
  const address = attributes.get(neighborAttribute.destination);
  if (address === undefined) return null;
  return {
    interfaceIndex: view.getInt32(4, littleEndian),
    state: view.getUint16(8, littleEndian),
    address,
    linkAddress: attributes.get(neighborAttribute.linkAddress) ?? null,
  };
}
