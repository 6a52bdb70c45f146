import type { ContainerReader } from './capture-container.ts';
import { decodePcapHeader, PcapReader } from './pcap.ts';
import { isPcapng, PcapngReader } from './pcapng.ts';
import { decodeSnoopHeader, SnoopReader } from './snoop.ts';

/** Bytes that {@link openContainer} needs to be sure; fewer are only given when the file has no more. */
export const containerProbeBytes = 24;

/** The reader for a capture whose first bytes are at `offset`; null when they belong to no known capture format. */
export function openContainer(view: DataView, offset: number, end: number): ContainerReader | null {
  const pcap = decodePcapHeader(view, offset, end);
  if (pcap !== null) return new PcapReader(pcap);
  if (isPcapng(view, offset, end)) return new PcapngReader();
  const snoop = decodeSnoopHeader(view, offset, end);
  return snoop === null ? null : new SnoopReader(snoop);
}
