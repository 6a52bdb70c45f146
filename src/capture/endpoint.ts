import type { Endpoint } from '../model/observations/base.ts';
import { ipv6Text } from '../wire/dns-address.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import { atHighAddress, atLowAddress, atPorts, atState, atVersion, stateClientIsHigh } from './conversation-table.ts';

/** An IPv4 address from its word, or an IPv6 address from its four words at `at`, as text. */
export function addressText(version: number, words: ArrayLike<number>, at: number): string {
  const first = words[at]!;
  if (version === 4) return `${first >>> 24}.${(first >>> 16) & 0xff}.${(first >>> 8) & 0xff}.${first & 0xff}`;
  const octets = new Uint8Array(16);
  for (let i = 0; i < 16; i++) octets[i] = words[at + (i >> 2)]! >>> (24 - (i & 3) * 8);
  return ipv6Text(octets);
}

/** Source or destination address of the packet at a cursor, as text. */
export function cursorAddress(cursor: PacketCursor, which: 'source' | 'destination'): string {
  const words =
    which === 'source'
      ? [cursor.source0, cursor.source1, cursor.source2, cursor.source3]
      : [cursor.destination0, cursor.destination1, cursor.destination2, cursor.destination3];
  return addressText(cursor.ipVersion, words, 0);
}

/** Client and server of a conversation record. */
export function endpointsOf(words: Int32Array, base: number): { client: Endpoint; server: Endpoint } {
  const version = words[base + atVersion]!;
  const ports = words[base + atPorts]!;
  const low: Endpoint = { address: addressText(version, words, base + atLowAddress), port: ports >>> 16 };
  const high: Endpoint = { address: addressText(version, words, base + atHighAddress), port: ports & 0xffff };
  return words[base + atState]! & stateClientIsHigh ? { client: high, server: low } : { client: low, server: high };
}
