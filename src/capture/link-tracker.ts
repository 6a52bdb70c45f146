import { type ArpMessage, linkAddressText } from '../wire/arp.ts';
import { neighborLinkOffset } from '../wire/icmp.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import { addressText } from './endpoint.ts';
import type { QuotedPacket, SeenIcmp } from './icmp-tracker.ts';
import { LeaseTracker } from './lease-tracker.ts';
import { NeighborTracker } from './neighbor-tracker.ts';

const arpRequest = 1;
const arpReply = 2;
const unreachable = 1;
const beyondScope = 2;
const routerAdvertisement = 134;
const neighborSolicitation = 135;
const neighborAdvertisement = 136;
const prefixInformation = 3;
const maxRemembered = 1024;
const maxFrames = 8;

/** What was sent from a link-local address to somewhere else, and thrown away by a router. */
export interface OutOfScope {
  address: string;
  destination: string;
  router: string;
  timeMs: number;
  frames: number[];
}

/** What the stations of the captured links say about themselves: who has which address, who asks for one, who is a router. Memory is bounded. */
export class LinkTracker {
  readonly neighbors: NeighborTracker = new NeighborTracker();
  readonly leases: LeaseTracker = new LeaseTracker();
  /** By link-local address that was sent from. */
  readonly outOfScope: Map<string, OutOfScope> = new Map();
  /** Global IPv6 addresses are used on the link, or given out. */
  ipv6InUse = false;
  /** Something of IPv4 was captured, ARP included. */
  sawIpv4 = false;
  private readonly advertised = new Set<string>();

  arp(message: ArpMessage, cursor: PacketCursor): void {
    const { senderAddress, senderLink, targetAddress } = message;
    const { timeMs, frame } = cursor;
    if (message.operation === arpReply) this.neighbors.answer(senderAddress, senderLink, targetAddress, timeMs, frame);
    // Without a sender's address it asks whether the address is free (RFC 5227 section 2.1).
    if (message.operation !== arpRequest || senderAddress === '0.0.0.0') return;
    this.neighbors.claim(senderAddress, senderLink, '', timeMs, frame);
    if (senderAddress !== targetAddress) this.neighbors.ask({ address: senderAddress, link: senderLink }, targetAddress, timeMs, frame);
  }

  icmp(message: SeenIcmp, cursor: PacketCursor): void {
    const { type, code, quoted } = message;
    if (type === routerAdvertisement) this.noteRouter(message, cursor);
    else if (message.targetOffset !== null) this.noteNeighbor(message, cursor, message.targetOffset);
    else if (type === unreachable && code === beyondScope && quoted !== null) this.noteOutOfScope(message, quoted);
  }

  /** Routers that leases and advertisements name. */
  isRouter(address: string): boolean {
    return this.leases.routers.has(address) || this.advertised.has(address);
  }

  /** Whether any router of the family is known by name. */
  knowsRouters(isIpv6: boolean): boolean {
    return isIpv6 ? this.advertised.size > 0 : this.leases.routers.size > 0;
  }

  /** RFC 4861 section 4.2: with a lifetime of 0 it is no default router, and may still give out addresses. */
  private noteRouter(message: SeenIcmp, { view, offset, end }: PacketCursor): void {
    if (end - offset < 16) return;
    if (view.getUint16(offset + 6) > 0 && this.advertised.size < maxRemembered) this.advertised.add(message.from);
    for (let at = offset + 16, i = 0; i < 16 && end - at >= 8; i++) {
      const length = view.getUint8(at + 1) * 8;
      if (length === 0) return;
      if (view.getUint8(at) === prefixInformation) this.ipv6InUse = true;
      at += length;
    }
  }

  private noteNeighbor(message: SeenIcmp, cursor: PacketCursor, targetOffset: number): void {
    const { view, timeMs, frame } = cursor;
    const words = [0, 4, 8, 12].map((at) => view.getInt32(targetOffset + at));
    const target = addressText(6, words, 0);
    if (isGlobalIpv6(message.from) || isGlobalIpv6(target)) this.ipv6InUse = true;
    const at = neighborLinkOffset(view, cursor.offset, cursor.end);
    const link = at === null ? '' : linkAddressText(view, at);
    if (message.type === neighborAdvertisement) this.neighbors.answer(target, link, message.to, timeMs, frame);
    // Without a source it asks whether the address is free (RFC 4862 section 5.4).
    if (message.type !== neighborSolicitation || message.from === '::') return;
    this.neighbors.ask({ address: message.from, link }, target, timeMs, frame);
  }

  private noteOutOfScope(message: SeenIcmp, { source, destination }: QuotedPacket): void {
    if (!isLinkLocalIpv6(source) || !isGlobalIpv6(destination)) return;
    const known = this.outOfScope.get(source);
    if (known !== undefined) {
      if (known.frames.length < maxFrames) known.frames.push(message.frame);
    } else if (this.outOfScope.size < maxRemembered)
      this.outOfScope.set(source, { address: source, destination, router: message.from, timeMs: message.timeMs, frames: [message.frame] });
  }
}

function isLinkLocalIpv6(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

/** 2000::/3 and fc00::/7: what reaches beyond a link. */
function isGlobalIpv6(address: string): boolean {
  return /^([23][0-9a-f]{3}|f[cd][0-9a-f]{2}):/i.test(address);
}
