import type { ArpMessage } from '../wire/arp.ts';
import type { DhcpMessage } from '../wire/dhcp.ts';
import type { Dhcpv6Message } from '../wire/dhcpv6.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import type { ConnectionFollower } from './connection-follower.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { SeenIcmp } from './icmp-tracker.ts';

/**
 * What a reading tells. Bases name records of the reading's trackers and hold during the call only; what is wanted of them has to be described before
 * it returns.
 */
export interface ReadingSink {
  /** A connection is begun: its first SYN was seen. Which lookup told the address is known. */
  opened(base: number): void;
  /** It has become known whom a connection is for: which lookup told the address is worked out anew, and it is told as opened again. */
  unjoined(base: number): void;
  /** Its handshake is complete. */
  established(base: number): void;
  /** All that was said on a TCP conversation is known, and will not be any more once it has left. Its HTTP exchanges have been told before. */
  settled(base: number, follower: ConnectionFollower | null): void;
  /** A TCP conversation leaves: it is over, or room was needed. It was settled before, perhaps long ago. */
  tcp(base: number): void;
  udp(base: number): void;
  dns(base: number): void;
  icmp(message: SeenIcmp): void;
  arp(message: ArpMessage, cursor: PacketCursor): void;
  dhcp(message: DhcpMessage, cursor: PacketCursor): void;
  dhcpv6(message: Dhcpv6Message, cursor: PacketCursor): void;
  /** An HTTP exchange in clear is over. */
  http(exchange: HttpExchange, follower: ConnectionFollower): void;
}
