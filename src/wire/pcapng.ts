import {
  type CapturedName,
  type CaptureInterface,
  type ContainerDamage,
  type ContainerReader,
  maxPacketBytes,
  maxPendingBytes,
} from './capture-container.ts';
import type { PacketBatch } from './packet-batch.ts';
import { decodeInterfaceBlock, decodeNameBlock, droppedOfStatisticsBlock } from './pcapng-block.ts';
import { convertPcapngTime, createPcapngClock, type PcapngClock } from './pcapng-time.ts';

const sectionHeaderBlock = 0x0a0d0d0a;
const interfaceBlock = 1;
const obsoletePacketBlock = 2;
const simplePacketBlock = 3;
const nameBlock = 4;
const statisticsBlock = 5;
const enhancedPacketBlock = 6;
const secretsBlock = 10;
const byteOrderMagic = 0x1a2b3c4d;
/** "TLSK": the secrets are an NSS key log. */
const tlsKeyLog = 0x544c534b;

/** Type, length and the length again. */
const blockOverheadBytes = 12;
/** Of an enhanced packet block without options. */
const packetOverheadBytes = 32;
/** Longest block that is looked into; longer ones of unknown type are skipped piece by piece. */
const maxBlockBytes = maxPacketBytes + 65_536;
const maxInterfaces = 4096;
const maxNames = 16_384;
const maxSecretBytes = 16_777_216;

/** Whether these are the first bytes of a pcapng file: a section header block of either byte order. Needs 12 bytes. */
export function isPcapng(view: DataView, offset: number, end: number): boolean {
  if (end - offset < 12 || view.getUint32(offset) !== sectionHeaderBlock) return false;
  return view.getUint32(offset + 8) === byteOrderMagic || view.getUint32(offset + 8, true) === byteOrderMagic;
}

/** How the packets of a section are written. Plain data, so that a thread can be told. */
export interface PcapngLayout {
  format: 'pcapng';
  littleEndian: boolean;
  /** Index of the section's first interface. */
  firstInterface: number;
  /** Of all sections' interfaces. */
  clocks: PcapngClock[];
}

/**
 * Adds the enhanced packet blocks that lie whole in bytes `from` to `to` to the batch, and returns where the first block begins that does not, that is of
 * another type, that contradicts itself, or that the batch has no room for.
 */
export function readPcapngPackets(layout: PcapngLayout, view: DataView, from: number, to: number, batch: PacketBatch): number {
  const { littleEndian, firstInterface, clocks } = layout;
  let at = from;
  while (batch.count < batch.capacity && to - at >= packetOverheadBytes && view.getUint32(at, littleEndian) === enhancedPacketBlock) {
    const length = view.getUint32(at + 4, littleEndian);
    if (length < packetOverheadBytes || length % 4 !== 0 || length > maxBlockBytes || at + length > to) break;
    if (view.getUint32(at + 20, littleEndian) > length - packetOverheadBytes) break;
    if (view.getUint32(at + length - 4, littleEndian) !== length) break;
    const index = firstInterface + view.getUint32(at + 8, littleEndian);
    const clock = clocks[index];
    if (clock === undefined) break;
    addPacket(view, at, littleEndian, index, clock, batch);
    at += length;
  }
  return at;
}

/** Adds the packet of the enhanced or obsolete block at `at`, which is sound. */
function addPacket(view: DataView, at: number, littleEndian: boolean, index: number, clock: PcapngClock, batch: PacketBatch): void {
  convertPcapngTime(clock, view.getUint32(at + 12, littleEndian), view.getUint32(at + 16, littleEndian));
  const count = batch.count++;
  batch.offset[count] = at + 28;
  batch.capturedBytes[count] = view.getUint32(at + 20, littleEndian);
  batch.originalBytes[count] = Math.min(view.getUint32(at + 24, littleEndian), 0x7fffffff);
  batch.interfaceIndex[count] = index;
  batch.seconds[count] = clock.seconds;
  batch.nanoseconds[count] = clock.nanoseconds;
}

/** Whether what begins at `at`, where {@link readPcapngPackets} ended with room left, may be a packet that only needs more bytes. */
export function isUnfinishedPcapngPacket(layout: PcapngLayout, view: DataView, at: number, to: number): boolean {
  if (to - at < 8) return true;
  const { littleEndian } = layout;
  const length = view.getUint32(at + 4, littleEndian);
  const isPacket = view.getUint32(at, littleEndian) === enhancedPacketBlock && length >= packetOverheadBytes;
  return isPacket && length % 4 === 0 && length <= maxBlockBytes && at + length > to;
}

/**
 * Reads pcapng: several sections, each in its own byte order, several interfaces with their own link type and clock, enhanced, simple and
 * obsolete packet blocks, name resolution, statistics and secrets. Unknown blocks are skipped. Source: draft-ietf-opsawg-pcapng.
 */
export class PcapngReader implements ContainerReader {
  readonly format = 'pcapng';
  byteOrder: 'little' | 'big' = 'little';
  readonly interfaces: CaptureInterface[] = [];
  readonly secrets: Uint8Array[] = [];
  readonly names: CapturedName[] = [];
  sections = 0;
  damage: ContainerDamage | null = null;
  private readonly packets: PcapngLayout = { format: 'pcapng', littleEndian: true, firstInterface: 0, clocks: [] };
  private consumedBytes = 0;
  /** Bytes of a long block that are still to be passed over. */
  private skipBytes = 0;
  private secretBytes = 0;

  read(view: DataView, from: number, to: number, batch: PacketBatch): number {
    let at = from;
    while (this.damage === null && batch.count < batch.capacity) {
      if (this.skipBytes > 0) {
        const skipped = Math.min(this.skipBytes, to - at);
        this.skipBytes -= skipped;
        at += skipped;
        if (this.skipBytes > 0) break;
      }
      if (this.sections > 0) at = readPcapngPackets(this.packets, view, at, to, batch);
      if (batch.count === batch.capacity) break;
      const next = this.readBlock(view, at, to, batch, this.consumedBytes + at - from);
      if (next < 0) break;
      at = next;
    }
    this.consumedBytes += at - from;
    return this.damage === null ? at : to;
  }

  /** Returns the offset behind the block, or -1 when more bytes are needed or the file is damaged. */
  private readBlock(view: DataView, at: number, to: number, batch: PacketBatch, fileOffset: number): number {
    if (to - at < blockOverheadBytes) return -1;
    if (view.getUint32(at) === sectionHeaderBlock) return this.readSectionHeader(view, at, to, fileOffset);
    if (this.sections === 0) return this.stop(fileOffset, 'bad-block');
    const { littleEndian } = this.packets;
    const type = view.getUint32(at, littleEndian);
    const length = view.getUint32(at + 4, littleEndian);
    if (length < blockOverheadBytes || length % 4 !== 0) return this.stop(fileOffset, 'bad-block');
    if (type === enhancedPacketBlock || type === obsoletePacketBlock || type === simplePacketBlock) {
      if (length > maxBlockBytes) return this.stop(fileOffset, 'implausible-length');
      if (at + length > to) return -1;
      if (view.getUint32(at + length - 4, littleEndian) !== length) return this.stop(fileOffset, 'bad-block');
      const sound =
        type === simplePacketBlock
          ? this.readSimplePacket(view, at, length, batch, fileOffset)
          : this.readPacket(view, at, length, type, batch, fileOffset);
      return sound ? at + length : -1;
    }
    if (length > (type === secretsBlock ? maxPendingBytes : maxBlockBytes)) {
      this.skipBytes = length;
      return at;
    }
    if (at + length > to) {
      if (type === secretsBlock || type === interfaceBlock || type === nameBlock || type === statisticsBlock) return -1;
      this.skipBytes = length;
      return at;
    }
    if (view.getUint32(at + length - 4, littleEndian) !== length) return this.stop(fileOffset, 'bad-block');
    this.readDescription(view, at, length, type);
    return at + length;
  }

  private stop(atByte: number, reason: ContainerDamage['reason']): -1 {
    this.damage = { atByte, reason };
    return -1;
  }

  private readSectionHeader(view: DataView, at: number, to: number, fileOffset: number): number {
    if (to - at < 28) return -1;
    const littleEndian = view.getUint32(at + 8, true) === byteOrderMagic;
    if (!littleEndian && view.getUint32(at + 8) !== byteOrderMagic) return this.stop(fileOffset, 'bad-block');
    const length = view.getUint32(at + 4, littleEndian);
    if (length < 28 || length % 4 !== 0 || length > maxBlockBytes) return this.stop(fileOffset, 'bad-block');
    const major = view.getUint16(at + 12, littleEndian);
    const minor = view.getUint16(at + 14, littleEndian);
    // Version 1.2 was written by some programs and reads as 1.0.
    if (major !== 1 || (minor !== 0 && minor !== 2)) return this.stop(fileOffset, 'unknown-version');
    if (at + length > to) return -1;
    if (view.getUint32(at + length - 4, littleEndian) !== length) return this.stop(fileOffset, 'bad-block');
    this.packets.littleEndian = littleEndian;
    if (this.sections === 0) this.byteOrder = littleEndian ? 'little' : 'big';
    this.sections++;
    this.packets.firstInterface = this.interfaces.length;
    return at + length;
  }

  private readPacket(view: DataView, at: number, length: number, type: number, batch: PacketBatch, fileOffset: number): boolean {
    const { littleEndian, firstInterface, clocks } = this.packets;
    if (length < packetOverheadBytes) return this.stop(fileOffset, 'bad-block') > 0;
    if (view.getUint32(at + 20, littleEndian) > length - packetOverheadBytes) return this.stop(fileOffset, 'implausible-length') > 0;
    const id = type === enhancedPacketBlock ? view.getUint32(at + 8, littleEndian) : view.getUint16(at + 8, littleEndian);
    const index = firstInterface + id;
    const clock = clocks[index];
    if (clock === undefined) return this.stop(fileOffset, 'undescribed-interface') > 0;
    addPacket(view, at, littleEndian, index, clock, batch);
    return true;
  }

  /** Has neither interface nor time: it belongs to the section's first interface. */
  private readSimplePacket(view: DataView, at: number, length: number, batch: PacketBatch, fileOffset: number): boolean {
    const { littleEndian, firstInterface } = this.packets;
    const described = this.interfaces[firstInterface];
    if (described === undefined) return this.stop(fileOffset, 'undescribed-interface') > 0;
    if (length < 16) return this.stop(fileOffset, 'bad-block') > 0;
    const original = view.getUint32(at + 8, littleEndian);
    const limit = described.snapBytes === 0 ? original : Math.min(original, described.snapBytes);
    const count = batch.count++;
    batch.offset[count] = at + 12;
    batch.capturedBytes[count] = Math.min(limit, length - 16);
    batch.originalBytes[count] = Math.min(original, 0x7fffffff);
    batch.interfaceIndex[count] = firstInterface;
    batch.seconds[count] = Number.NaN;
    batch.nanoseconds[count] = 0;
    return true;
  }

  private readDescription(view: DataView, at: number, length: number, type: number): void {
    const { littleEndian, firstInterface, clocks } = this.packets;
    const body = at + 8;
    const end = at + length - 4;
    if (type === interfaceBlock && this.interfaces.length < maxInterfaces) {
      const block = decodeInterfaceBlock(view, body, end, littleEndian);
      if (block === null) return;
      this.interfaces.push(block.described);
      clocks.push(createPcapngClock(block.timeResolution, block.timeOffsetSeconds));
    } else if (type === nameBlock && this.names.length < maxNames) {
      decodeNameBlock(view, body, end, littleEndian, maxNames, this.names);
    } else if (type === statisticsBlock) {
      const dropped = droppedOfStatisticsBlock(view, body, end, littleEndian);
      const described = dropped === null ? undefined : this.interfaces[firstInterface + view.getUint32(body, littleEndian)];
      if (described !== undefined) described.droppedPackets = dropped;
    } else if (type === secretsBlock) {
      this.keepSecrets(view, body, end);
    }
  }

  private keepSecrets(view: DataView, body: number, end: number): void {
    const { littleEndian } = this.packets;
    if (end - body < 8 || view.getUint32(body, littleEndian) !== tlsKeyLog) return;
    const length = Math.min(view.getUint32(body + 4, littleEndian), end - body - 8);
    if (this.secretBytes + length > maxSecretBytes) return;
    this.secretBytes += length;
    this.secrets.push(new Uint8Array(view.buffer, view.byteOffset + body + 8, length).slice());
  }

  get layout(): PcapngLayout | null {
    return this.packets.clocks.length > this.packets.firstInterface && this.damage === null && this.skipBytes === 0 ? this.packets : null;
  }

  passOver(bytes: number): void {
    this.consumedBytes += bytes;
  }

  finish(leftoverBytes: number): void {
    if ((leftoverBytes > 0 || this.skipBytes > 0) && this.damage === null)
      this.damage = { atByte: this.consumedBytes, reason: 'cut-short' };
  }
}
