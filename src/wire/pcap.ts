import {
  type CapturedName,
  type CaptureInterface,
  type ContainerDamage,
  type ContainerReader,
  maxPacketBytes,
} from './capture-container.ts';
import type { PacketBatch } from './packet-batch.ts';

const magicMicroseconds = 0xa1b2c3d4;
const magicNanoseconds = 0xa1b23c4d;
/** Alexey Kuznetzov's variant of Linux libpcap: records carry interface, protocol and packet type. */
const magicModified = 0xa1b2cd34;

const fileHeaderBytes = 24;
/** How many records ahead headers are touched: a number that the lengths of many patterns (two large ones and a small one) divide. */
const ahead = 6;
/** Records of this many bytes follow each other closely enough for the processor to fetch them by itself. */
const closeBytes = 6 * 300;
/** Where the second cache line of a record's headers begins. */
const lineBytes = 64;

/** The file header of the classic format. */
export interface PcapHeader {
  littleEndian: boolean;
  variant: 'microseconds' | 'nanoseconds' | 'modified';
  majorVersion: number;
  minorVersion: number;
  snapBytes: number;
  linkType: number;
}

/**
 * Decodes the 24 byte file header at `offset`; null when these are not the first bytes of a pcap file or too few of them are there.
 * Source: draft-ietf-opsawg-pcap.
 */
export function decodePcapHeader(view: DataView, offset: number, end: number): PcapHeader | null {
  if (end - offset < fileHeaderBytes) return null;
  const magic = view.getUint32(offset);
  for (const littleEndian of [false, true]) {
    const value = littleEndian ? view.getUint32(offset, true) : magic;
    const variant =
      value === magicMicroseconds
        ? 'microseconds'
        : value === magicNanoseconds
          ? 'nanoseconds'
          : value === magicModified
            ? 'modified'
            : null;
    if (variant === null) continue;
    return {
      littleEndian,
      variant,
      majorVersion: view.getUint16(offset + 4, littleEndian),
      minorVersion: view.getUint16(offset + 6, littleEndian),
      snapBytes: view.getUint32(offset + 16, littleEndian),
      // The upper half holds the length of the frame check sequence and reserved bits.
      linkType: view.getUint32(offset + 20, littleEndian) & 0xffff,
    };
  }
  return null;
}

/**
 * Reads a byte of each cache line that the headers of a later record will lie on, if the records until then are as long as the ones before: each record's
 * place depends on the one before it, so that the processor would wait for every one of them in turn.
 */
function touch(view: DataView, at: number, to: number): number {
  return at + lineBytes < to ? view.getUint8(at) ^ view.getUint8(at + lineBytes) : 0;
}

/** Reads the records of a classic pcap file in either byte order, with micro- or nanoseconds, modified records included. */
export class PcapReader implements ContainerReader {
  readonly format = 'pcap';
  readonly byteOrder: 'little' | 'big';
  readonly interfaces: readonly CaptureInterface[];
  readonly sections = 1;
  readonly secrets: readonly Uint8Array[] = [];
  readonly names: readonly CapturedName[] = [];
  readonly header: PcapHeader;
  damage: ContainerDamage | null = null;
  private readonly littleEndian: boolean;
  private readonly nanosecondsPerTick: number;
  private readonly recordHeaderBytes: number;
  private headerSkipped = false;
  /** Of no meaning: what was touched has to be used. */
  touched = 0;
  /** Bytes of the file used so far. */
  private consumedBytes = 0;

  constructor(header: PcapHeader) {
    this.header = header;
    this.littleEndian = header.littleEndian;
    this.byteOrder = header.littleEndian ? 'little' : 'big';
    this.nanosecondsPerTick = header.variant === 'nanoseconds' ? 1 : 1000;
    this.recordHeaderBytes = header.variant === 'modified' ? 24 : 16;
    this.interfaces = [{ linkType: header.linkType, snapBytes: header.snapBytes, name: null, description: null, droppedPackets: null }];
  }

  read(view: DataView, from: number, to: number, batch: PacketBatch): number {
    if (this.damage !== null) return to;
    let at = from;
    if (!this.headerSkipped) {
      if (to - at < fileHeaderBytes) return at;
      at += fileHeaderBytes;
      this.headerSkipped = true;
    }
    at = this.readRecords(view, at, to, batch);
    this.consumedBytes += at - from;
    return this.damage === null ? at : to;
  }

  private readRecords(view: DataView, from: number, to: number, batch: PacketBatch): number {
    const littleEndian = this.littleEndian;
    const headerBytes = this.recordHeaderBytes;
    const nanosecondsPerTick = this.nanosecondsPerTick;
    // Files of version 2.3 and before may hold the two lengths the other way round.
    const lengthsMayBeSwapped = this.header.majorVersion === 2 && this.header.minorVersion <= 3;
    const { offset, capturedBytes, originalBytes, interfaceIndex, seconds, nanoseconds } = batch;
    let count = batch.count;
    let at = from;
    const first = count;
    let touched = 0;
    while (count < batch.capacity) {
      const data = at + headerBytes;
      if (data > to) break;
      let captured = view.getUint32(at + 8, littleEndian);
      let original = view.getUint32(at + 12, littleEndian);
      if (lengthsMayBeSwapped && captured > original) {
        const exchanged = captured;
        captured = original;
        original = exchanged;
      }
      if (captured > maxPacketBytes) {
        this.damage = { atByte: this.consumedBytes + at - from, reason: 'implausible-length' };
        break;
      }
      if (data + captured > to) break;
      offset[count] = data;
      capturedBytes[count] = captured;
      originalBytes[count] = Math.min(original, 0x7fffffff);
      interfaceIndex[count] = 0;
      let second = view.getUint32(at, littleEndian);
      let fraction = view.getUint32(at + 4, littleEndian) * nanosecondsPerTick;
      if (fraction >= 1e9) {
        second += Math.floor(fraction / 1e9);
        fraction %= 1e9;
      }
      seconds[count] = second;
      nanoseconds[count] = fraction;
      count++;
      at = data + captured;
      if (count - first <= ahead) continue;
      const bytes = data - offset[count - 1 - ahead]!;
      if (bytes > closeBytes) touched ^= touch(view, at + bytes, to);
    }
    this.touched = touched;
    batch.count = count;
    return at;
  }

  finish(leftoverBytes: number): void {
    if (leftoverBytes > 0 && this.damage === null) this.damage = { atByte: this.consumedBytes, reason: 'cut-short' };
  }
}
