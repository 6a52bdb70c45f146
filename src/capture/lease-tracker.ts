import { type DhcpMessage, dhcpTypeName } from '../wire/dhcp.ts';

const maxLeases = 1024;

/** One DHCP transaction: what a station asked for and what it got. Times are milliseconds since the reading's origin. */
export interface Lease {
  transactionId: number;
  clientLink: string;
  /** Message types in order, the first 16. */
  messages: string[];
  firstMs: number;
  lastMs: number;
  frames: number[];
  /** Set by an acknowledgement. */
  address: string | null;
  routers: string[];
  nameServers: string[];
  leaseSeconds: number | null;
  refused: boolean;
}

const maxMessages = 16;

/** Follows DHCP transactions of IPv4. Memory is bounded: the oldest are forgotten. */
export class LeaseTracker {
  private readonly byTransaction = new Map<string, Lease>();

  take(message: DhcpMessage, timeMs: number, frame: number): void {
    const type = message.messageType === null ? null : dhcpTypeName(message.messageType);
    if (type === null) return;
    const key = `${message.transactionId} ${message.clientLink}`;
    let lease = this.byTransaction.get(key);
    if (lease === undefined) {
      lease = {
        transactionId: message.transactionId,
        clientLink: message.clientLink,
        messages: [],
        firstMs: timeMs,
        lastMs: timeMs,
        frames: [],
        address: null,
        routers: [],
        nameServers: [],
        leaseSeconds: null,
        refused: false,
      };
      this.byTransaction.set(key, lease);
      if (this.byTransaction.size > maxLeases) this.byTransaction.delete(this.byTransaction.keys().next().value!);
    }
    lease.lastMs = timeMs;
    if (lease.messages.length < maxMessages) {
      lease.messages.push(type);
      lease.frames.push(frame);
    }
    if (type === 'NAK') lease.refused = true;
    if (type !== 'ACK') return;
    lease.address = message.offeredAddress;
    lease.routers = message.routers;
    lease.nameServers = message.nameServers;
    lease.leaseSeconds = message.leaseSeconds;
  }

  get leases(): readonly Lease[] {
    return [...this.byTransaction.values()];
  }
}
