import type { Observation, ObservationOf } from '../model/observation.ts';
import type { ReadExchange } from '../model/read-record.ts';
import { parseIpv4, parseIpv6 } from '../wire/dns-address.ts';

/** What a capture of a walk adds to what the walk itself saw. */

type TcpKind = 'tcp.connected' | 'tcp.syn-unanswered' | 'tcp.syn-refused' | 'tcp.reset-received' | 'tcp.closed-by-peer' | 'tcp.peer-silent';
const kinds: ReadonlySet<string> = new Set<TcpKind>([
  'tcp.connected',
  'tcp.syn-unanswered',
  'tcp.syn-refused',
  'tcp.reset-received',
  'tcp.closed-by-peer',
  'tcp.peer-silent',
]);

/**
 * The walk's observations with what the packets of the same happening say: the frames that show it, how often the SYN was sent again, the time to live
 * of a reset and of the server's other packets. Nothing is judged, nothing the walk saw is changed.
 */
export function withPackets(observations: readonly Observation[], exchanges: readonly ReadExchange[]): Observation[] {
  const seen = exchanges.flatMap((exchange) => exchange.observations).filter((one): one is ObservationOf<TcpKind> => kinds.has(one.kind));
  const used = new Set<Observation>();
  return observations.map((observation): Observation => {
    if (!kinds.has(observation.kind)) return observation;
    const stated = observation as ObservationOf<TcpKind>;
    const shown = seen.find((one) => !used.has(one) && isSame(stated, one));
    if (shown === undefined) return observation;
    used.add(shown);
    return { ...withFacts(stated, shown), ...(shown.frames === undefined ? {} : { frames: shown.frames }) };
  });
}

function isSame(one: ObservationOf<TcpKind>, other: ObservationOf<TcpKind>): boolean {
  return one.kind === other.kind && one.server.address === other.server.address && one.server.port === other.server.port;
}

function withFacts(stated: ObservationOf<TcpKind>, shown: ObservationOf<TcpKind>): Observation {
  if (stated.kind === 'tcp.reset-received' && shown.kind === 'tcp.reset-received') {
    return {
      ...stated,
      ...(shown.ttl === undefined ? {} : { ttl: shown.ttl }),
      ...(shown.serverTtl === undefined ? {} : { serverTtl: shown.serverTtl }),
    };
  }
  if (stated.kind === 'tcp.syn-refused' && shown.kind === 'tcp.syn-refused') return { ...stated, ttl: stated.ttl ?? shown.ttl };
  if (stated.kind === 'tcp.syn-unanswered' && shown.kind === 'tcp.syn-unanswered')
    return { ...stated, synRetransmissions: stated.synRetransmissions ?? shown.synRetransmissions };
  if (stated.kind === 'tcp.connected' && shown.kind === 'tcp.connected')
    return { ...stated, facts: { ...stated.facts, synRetransmissions: stated.facts.synRetransmissions ?? shown.facts.synRetransmissions } };
  return stated;
}

const headerBytes = 20;
const arp = 0x0806;
const ipv4 = 0x0800;
const ipv6 = 0x86dd;
const protocolIcmp = 1;
const protocolIcmpv6 = 58;

/**
 * Which packets, each behind a header of LINKTYPE_LINUX_SLL2, belong to a walk that contacted these addresses: theirs, what the link itself says about
 * neighbours, and ICMP, whose errors come from anywhere. Everybody else's are nobody's business.
 */
export function ofWalk(addresses: readonly string[]): (packet: Uint8Array) => boolean {
  const contacted = new Set(addresses.flatMap((address) => keyOf(parseIpv4(address) ?? parseIpv6(address.split('%')[0] ?? ''))));
  return (packet) => {
    if (packet.length < headerBytes) return false;
    const protocol = packet[0]! * 256 + packet[1]!;
    const content = packet.subarray(headerBytes);
    if (protocol === arp) return true;
    if (protocol === ipv4 && content.length >= 20)
      return content[9] === protocolIcmp || isContacted(contacted, content.subarray(12, 16), content.subarray(16, 20));
    if (protocol === ipv6 && content.length >= 40)
      return content[6] === protocolIcmpv6 || isContacted(contacted, content.subarray(8, 24), content.subarray(24, 40));
    return false;
  };
}

function isContacted(contacted: ReadonlySet<string>, source: Uint8Array, destination: Uint8Array): boolean {
  return [source, destination].some((address) => keyOf(address).some((key) => contacted.has(key)));
}

function keyOf(address: Uint8Array | null): string[] {
  return address === null ? [] : [address.join('.')];
}
