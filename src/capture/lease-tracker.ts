import { type DhcpMessage, dhcpTypeName } from '../wire/dhcp.ts';

const maxStations = 1024;
/** One message seen on several interfaces, or from the station and from its relay. */
const copyMs = 200;
const maxFrames = 16;
const noAddress = '0.0.0.0';

/** What a station asked for by DHCP since it last got an address, and what it got. Times are milliseconds since the reading's origin. */
export interface Lease {
  station: string;
  /** Acknowledged, and neither declined nor given back; null when it has none. */
  address: string | null;
  /** It sends from an address that it has otherwise. */
  hasAddress: boolean;
  /** Questions since the last address: DHCPDISCOVER, and DHCPREQUEST of a station without an address. */
  discovers: number;
  attempts: number;
  /** Offers since then, those included that were only seen to be taken up. */
  offers: number;
  refusals: number;
  /** What was declined since then; null for nothing. */
  declined: string | null;
  /** What was asked for by name last, and what was refused last; null for nothing. */
  requested: string | null;
  refused: string | null;
  /** The first question. */
  firstMs: number;
  /** The last message, and its type. */
  lastMs: number;
  lastType: string;
  /** Of the questions and refusals. */
  frames: number[];
}

/** Follows DHCP of IPv4 by station, and which routers it names. Memory is bounded: the oldest are forgotten. */
export class LeaseTracker {
  private readonly byStation = new Map<string, Lease>();
  /** Routers that leases name. */
  readonly routers: Set<string> = new Set();
  /** Who gives out leases, and what they offered: they look whether it is free before (RFC 2131 section 3.1). */
  readonly servers: Set<string> = new Set();
  readonly offered: Set<string> = new Set();

  /** `isFromAddress`: the packet was sent from an address, and not from 0.0.0.0. */
  take(message: DhcpMessage, isFromAddress: boolean, timeMs: number, frame: number): void {
    const type = message.messageType === null ? null : dhcpTypeName(message.messageType);
    if (type === null) return;
    const lease = this.leaseOf(message.clientLink, timeMs);
    if (lease.lastType === type && timeMs - lease.lastMs < copyMs) return;
    lease.lastType = type;
    lease.lastMs = timeMs;
    // Routers look for other servers of their network by asking as a client would.
    if (isFromAddress && message.operation === 1 && message.relayAddress === noAddress) lease.hasAddress = true;
    switch (type) {
      case 'Discover':
        ask(lease, timeMs, frame, true);
        break;
      case 'Request':
        // A station that renews its lease has an address, and goes on using it (RFC 2131 section 4.4.5).
        if (message.clientAddress !== noAddress) break;
        // Only an offer is taken up from one server by name (section 4.3.2).
        if (message.serverIdentifier !== null) lease.offers++;
        lease.requested = message.requestedAddress;
        ask(lease, timeMs, frame, false);
        break;
      case 'Offer':
        lease.offers++;
        this.noteOffer(message);
        break;
      case 'ACK':
        this.noteOffer(message);
        // Of an answer to DHCPINFORM nothing is new.
        if (message.offeredAddress === noAddress) break;
        Object.assign(lease, begun(lease.station, timeMs), { address: message.offeredAddress, lastType: type });
        break;
      case 'NAK':
        lease.refusals++;
        lease.refused = lease.requested;
        lease.address = null;
        if (lease.frames.length < maxFrames) lease.frames.push(frame);
        break;
      case 'Decline':
        lease.declined = message.requestedAddress ?? lease.address ?? '';
        lease.address = null;
        if (lease.frames.length < maxFrames) lease.frames.push(frame);
        break;
      case 'Release':
        Object.assign(lease, begun(lease.station, timeMs));
        break;
    }
  }

  private leaseOf(station: string, timeMs: number): Lease {
    const known = this.byStation.get(station);
    if (known !== undefined) return known;
    const lease = begun(station, timeMs);
    this.byStation.set(station, lease);
    if (this.byStation.size > maxStations) this.byStation.delete(this.byStation.keys().next().value!);
    return lease;
  }

  private noteOffer(message: DhcpMessage): void {
    for (const router of message.routers) remember(this.routers, router);
    if (message.serverIdentifier !== null) remember(this.servers, message.serverIdentifier);
    remember(this.offered, message.offeredAddress);
  }

  get leases(): readonly Lease[] {
    return [...this.byStation.values()];
  }
}

function remember(addresses: Set<string>, address: string): void {
  if (addresses.size < maxStations) addresses.add(address);
}

function begun(station: string, timeMs: number): Lease {
  return {
    station,
    address: null,
    hasAddress: false,
    discovers: 0,
    attempts: 0,
    offers: 0,
    refusals: 0,
    declined: null,
    requested: null,
    refused: null,
    firstMs: timeMs,
    lastMs: timeMs,
    lastType: '',
    frames: [],
  };
}

function ask(lease: Lease, timeMs: number, frame: number, isDiscover: boolean): void {
  if (lease.attempts === 0) lease.firstMs = timeMs;
  lease.attempts++;
  if (isDiscover) lease.discovers++;
  if (lease.frames.length < maxFrames) lease.frames.push(frame);
}
