import type { ContainerReader } from '../wire/capture-container.ts';
import type { Layer } from '../wire/layer.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import type { TableLimits } from './conversation-table.ts';
import { type CaptureCounts, PacketTracker, type TransportSinks } from './packet-tracker.ts';
import { describeTcp, type TcpConversation } from './tcp-conversation.ts';
import { TcpTracker } from './tcp-tracker.ts';
import { describeUdp, type UdpConversation } from './udp-conversation.ts';
import { UdpTracker } from './udp-tracker.ts';

/** What a reading tells while it goes on. */
export interface ReadingSink {
  /** A conversation is over, or was let go. */
  tcp(conversation: TcpConversation): void;
  udp(conversation: UdpConversation): void;
}

export interface ReadingOptions {
  limits: TableLimits;
  /** Conversations to make room for from the start. */
  expectedConversations: number;
}

/** Conversations kept without question, and at most; how long finished and idle ones stay. */
export const defaultLimits: TableLimits = { softLimit: 8192, hardLimit: 131_072, lingerMs: 10_000, idleMs: 300_000 };

/** Reads captures one after the other: packets in, conversations and exchanges out, in constant memory. */
export class Reading implements TransportSinks {
  readonly packets: PacketTracker;
  private readonly tcpTracker: TcpTracker;
  private readonly udpTracker: UdpTracker;

  constructor(sink: ReadingSink, options: ReadingOptions) {
    this.packets = new PacketTracker(this);
    this.tcpTracker = new TcpTracker(options.limits, options.expectedConversations, { payload: () => {} }, (base) =>
      sink.tcp(describeTcp(this.tcpTracker, base)),
    );
    this.udpTracker = new UdpTracker(options.limits, options.expectedConversations, (base) => sink.udp(describeUdp(this.udpTracker, base)));
  }

  get counts(): CaptureCounts {
    return this.packets.counts;
  }

  tcp(cursor: PacketCursor): void {
    this.tcpTracker.track(cursor);
  }

  udp(cursor: PacketCursor): void {
    this.udpTracker.track(cursor);
  }

  icmp(_cursor: PacketCursor, _layer: Layer): void {}

  arp(_cursor: PacketCursor): void {}

  /** Every packet was given: what is still open is let go. */
  finish(_reader: ContainerReader | null): void {
    this.tcpTracker.table.drain();
    this.udpTracker.table.drain();
  }
}
