import type { Layer } from './layer.ts';
import type { PacketBatch } from './packet-batch.ts';
import { isImplausiblePcapRecord, type PcapLayout, readPcapRecords } from './pcap.ts';
import { isUnfinishedPcapngPacket, type PcapngLayout, readPcapngPackets } from './pcapng.ts';
import { decodePlainPackets } from './plain-packet.ts';

/** How the records of a capture are written, from some place in it on. */
export interface RecordLayout {
  records: PcapLayout | PcapngLayout;
  /** Of each interface. */
  linkLayers: readonly Layer[];
}

/** Where somebody else may go on to walk the records of a capture. Plain data, so that a thread can be told. */
export interface RecordWalk {
  layout: RecordLayout;
  /** Bytes at the end of those given so far that belong to the first record. */
  pendingBytes: number;
}

/** Records that were walked: where the first began and the last ended, in memory that is known, and their packets. */
export interface WalkedRecords {
  from: number;
  end: number;
  batch: PacketBatch;
}

/**
 * Fills a batch with the packets in bytes `from` to `to`, of which the plain ones are decoded. Returns the offset behind the last record that lies whole in
 * them; -1, with nothing of use in the batch, where the bytes are more than records as they are expected, or more than there is room for.
 */
export function walkRecords(layout: RecordLayout, view: DataView, from: number, to: number, batch: PacketBatch): number {
  batch.count = 0;
  const end = readRecords(layout.records, view, from, to, batch);
  if (end >= 0) decodePlainPackets(view, batch, layout.linkLayers);
  return end;
}

function readRecords(records: PcapLayout | PcapngLayout, view: DataView, from: number, to: number, batch: PacketBatch): number {
  if (records.format === 'pcap') {
    const end = readPcapRecords(records, view, from, to, batch);
    return batch.count === batch.capacity || isImplausiblePcapRecord(records, view, end, to) ? -1 : end;
  }
  const end = readPcapngPackets(records, view, from, to, batch);
  return batch.count === batch.capacity || !isUnfinishedPcapngPacket(records, view, end, to) ? -1 : end;
}
