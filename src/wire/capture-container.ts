import type { PacketBatch } from './packet-batch.ts';
import type { PcapLayout } from './pcap.ts';
import type { PcapngLayout } from './pcapng.ts';

export type ContainerFormat = 'pcap' | 'pcapng' | 'snoop';

/** One interface that a capture describes; classic formats have exactly one. */
export interface CaptureInterface {
  /** LINKTYPE_ number as registered at tcpdump.org/linktypes.html. */
  linkType: number;
  /** Longest captured packet, 0 for no limit. */
  snapBytes: number;
  name: string | null;
  description: string | null;
  /** Packets that the capturing system dropped, where statistics say so. */
  droppedPackets: number | null;
}

/** Where a file stops making sense, and why. Everything before it was read. */
export interface ContainerDamage {
  /** Offset in the (uncompressed) file of the record or block that is damaged. */
  atByte: number;
  /** `cut-short`: the file ends within a record, as one that is still being written does. */
  reason: 'cut-short' | 'implausible-length' | 'bad-block' | 'unknown-version' | 'undescribed-interface';
}

/** A name the capture itself carries for an address (name resolution block). */
export interface CapturedName {
  /** 4 or 16 octets. */
  address: Uint8Array;
  name: string;
}

/**
 * Reads one container format piece by piece. Never throws; state is bounded whatever the file holds.
 *
 * `read` takes bytes `from` to `to` of a view whose contents follow those of the call before, adds the packets in them to the batch and
 * returns the offset of the first byte it could not use yet. It stops early when the batch is full: call again after emptying it. Bytes from
 * the returned offset on must be presented again, with more behind them.
 */
export interface ContainerReader {
  readonly format: ContainerFormat;
  readonly byteOrder: 'little' | 'big';
  /** Of all sections, in the order described. */
  readonly interfaces: readonly CaptureInterface[];
  readonly sections: number;
  readonly damage: ContainerDamage | null;
  /** Key-log secrets the file carries, in order (NSS key log format). */
  readonly secrets: readonly Uint8Array[];
  readonly names: readonly CapturedName[];
  read(view: DataView, from: number, to: number, batch: PacketBatch): number;
  /** How the records are written that come next, for who can walk them as well; null where only this reader can. */
  readonly layout: PcapLayout | PcapngLayout | null;
  /** Records of so many bytes, behind those read, were walked by others. */
  passOver(bytes: number): void;
  /** To be called once after the last `read`, with what was left over. */
  finish(leftoverBytes: number): void;
}

/**
 * The longest packet or block that is believed. Wireshark's limit for packets is the same 256 KiB; a longer one means that the file is
 * damaged, as nothing could resynchronise after it.
 */
export const maxPacketBytes = 262_144;

/** The most bytes that a reader leaves unused while it waits for more: the longest secrets block it takes. Larger ones are passed over. */
export const maxPendingBytes = 4_194_304;
