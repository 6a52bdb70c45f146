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

/** How the records of a classic pcap file are written. Plain data, so that a thread can be told. */
export interface PcapLayout {
  format: 'pcap';
  littleEndian: boolean;
  /** Of a record's own header. */
  headerBytes: number;
  nanosecondsPerTick: number;
  /** Files of version 2.3 and before may hold the two lengths the other way round. */
  lengthsMayBeSwapped: boolean;
}

/**
 * Adds the records that lie whole in bytes `from` to `to` to the batch, and returns where the first one begins that does not, that is too long to be
 * believed, or that the batch has no room for.
 */
export function readPcapRecords(layout: PcapLayout, view: DataView, from: number, to: number, batch: PacketBatch): number {
  const { littleEndian, headerBytes, nanosecondsPerTick, lengthsMayBeSwapped } = layout;
  const { offset, capturedBytes, originalBytes, interfaceIndex, seconds, nanoseconds, capacity } = batch;
  let count = batch.count;
  let at = from;
  const first = count;
  let touched = 0;
  while (count < capacity) {
    const data = at + headerBytes;
    if (data > to) break;
    let captured = view.getUint32(at + 8, littleEndian);
    let original = view.getUint32(at + 12, littleEndian);
    if (lengthsMayBeSwapped && captured > original) {
      const exchanged = captured;
      captured = original;
      original = exchanged;
    }
    if (captured > maxPacketBytes || data + captured > to) break;
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
  batch.touched = touched;
  batch.count = count;
  return at;
}

/** Whether the record at `at` is too long to be believed: nothing could resynchronise behind it. */
export function isImplausiblePcapRecord(layout: PcapLayout, view: DataView, at: number, to: number): boolean {
  if (at + layout.headerBytes > to) return false;
  const captured = view.getUint32(at + 8, layout.littleEndian);
  const original = view.getUint32(at + 12, layout.littleEndian);
  return (layout.lengthsMayBeSwapped ? Math.min(captured, original) : captured) > maxPacketBytes;
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
  private readonly records: PcapLayout;
  private headerSkipped = false;
  /** Bytes of the file used so far. */
  private consumedBytes = 0;

  constructor(header: PcapHeader) {
    this.header = header;
    this.byteOrder = header.littleEndian ? 'little' : 'big';
    this.records = {
      format: 'pcap',
      littleEndian: header.littleEndian,
      headerBytes: header.variant === 'modified' ? 24 : 16,
      nanosecondsPerTick: header.variant === 'nanoseconds' ? 1 : 1000,
      lengthsMayBeSwapped: header.majorVersion === 2 && header.minorVersion <= 3,
    };
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
    at = readPcapRecords(this.records, view, at, to, batch);
    this.consumedBytes += at - from;
    if (batch.count < batch.capacity && isImplausiblePcapRecord(this.records, view, at, to))
      this.damage = { atByte: this.consumedBytes, reason: 'implausible-length' };
    return this.damage === null ? at : to;
  }

  get layout(): PcapLayout | null {
    return this.headerSkipped && this.damage === null ? this.records : null;
  }

  passOver(bytes: number): void {
    this.consumedBytes += bytes;
  }

  finish(leftoverBytes: number): void {
    if (leftoverBytes > 0 && this.damage === null) this.damage = { atByte: this.consumedBytes, reason: 'cut-short' };
  }
}
