import {
  type CapturedName,
  type CaptureInterface,
  type ContainerDamage,
  type ContainerReader,
  maxPacketBytes,
} from './capture-container.ts';
import type { PacketBatch } from './packet-batch.ts';

const fileHeaderBytes = 16;
const recordHeaderBytes = 24;

/** Datalink numbers of RFC 1761 as LINKTYPE_ numbers: IEEE 802.3, token ring, HDLC, Ethernet, FDDI. */
const linkTypes: Readonly<Record<number, number>> = { 0: 1, 2: 6, 4: 1, 8: 10 };

export interface SnoopHeader {
  version: number;
  linkType: number;
}

/** Decodes the 16 byte file header of a snoop file (RFC 1761 section 3); null when these are not its first bytes. */
export function decodeSnoopHeader(view: DataView, offset: number, end: number): SnoopHeader | null {
  if (end - offset < fileHeaderBytes) return null;
  // "snoop" and three zero octets.
  if (view.getUint32(offset) !== 0x736e6f6f || view.getUint32(offset + 4) !== 0x70000000) return null;
  const datalink = view.getUint32(offset + 12);
  return { version: view.getUint32(offset + 8), linkType: linkTypes[datalink] ?? 0xffff };
}

/** Reads the records of a snoop file (RFC 1761 section 4), as Solaris writes them. */
export class SnoopReader implements ContainerReader {
  readonly format = 'snoop';
  readonly byteOrder = 'big';
  readonly interfaces: readonly CaptureInterface[];
  readonly sections = 1;
  readonly secrets: readonly Uint8Array[] = [];
  readonly names: readonly CapturedName[] = [];
  damage: ContainerDamage | null = null;
  readonly layout = null;
  private headerSkipped = false;
  private consumedBytes = 0;

  constructor(header: SnoopHeader) {
    this.interfaces = [{ linkType: header.linkType, snapBytes: 0, name: null, description: null, droppedPackets: null }];
    if (header.version !== 2) this.damage = { atByte: 8, reason: 'unknown-version' };
  }

  read(view: DataView, from: number, to: number, batch: PacketBatch): number {
    if (this.damage !== null) return to;
    let at = from;
    if (!this.headerSkipped) {
      if (to - at < fileHeaderBytes) return at;
      at += fileHeaderBytes;
      this.headerSkipped = true;
    }
    while (batch.count < batch.capacity && to - at >= recordHeaderBytes) {
      const captured = view.getUint32(at + 4);
      const recordBytes = view.getUint32(at + 8);
      if (recordBytes > maxPacketBytes || recordBytes < recordHeaderBytes + captured) {
        this.damage = { atByte: this.consumedBytes + at - from, reason: 'implausible-length' };
        return to;
      }
      if (at + recordBytes > to) break;
      const index = batch.count++;
      batch.offset[index] = at + recordHeaderBytes;
      batch.capturedBytes[index] = captured;
      batch.originalBytes[index] = Math.min(view.getUint32(at), 0x7fffffff);
      batch.interfaceIndex[index] = 0;
      batch.seconds[index] = view.getUint32(at + 16);
      batch.nanoseconds[index] = Math.min(view.getUint32(at + 20), 999_999) * 1000;
      at += recordBytes;
    }
    this.consumedBytes += at - from;
    return at;
  }

  passOver(bytes: number): void {
    this.consumedBytes += bytes;
  }

  finish(leftoverBytes: number): void {
    if (leftoverBytes > 0 && this.damage === null) this.damage = { atByte: this.consumedBytes, reason: 'cut-short' };
  }
}
