import { type ContainerReader, maxPendingBytes } from '../wire/capture-container.ts';
import type { Layer } from '../wire/layer.ts';
import { layerOfLinkType } from '../wire/link-type.ts';
import { containerProbeBytes, openContainer } from '../wire/open-container.ts';
import { createPacketBatch, type PacketBatch } from '../wire/packet-batch.ts';
import { decodePlainPackets } from '../wire/plain-packet.ts';
import type { RecordWalk, WalkedRecords } from '../wire/record-walk.ts';

/** Larger pieces gain nothing; smaller ones cost a system call too many. */
const pieceBytes = 1_048_576;
const packetsPerBatch = 4096;

/** The system's allocator puts large buffers 16 bytes behind a page boundary; copies into them are fastest from a multiple of 64. */
const targetStart = maxPendingBytes + 65_536 + 48;
export const feedRoomBytes: number = targetStart + pieceBytes;

/** Takes packets in file order, the plain ones decoded. The view's contents hold only during the call. */
export interface PacketSink {
  packets(view: DataView, batch: PacketBatch, reader: ContainerReader): void;
}

/**
 * Turns the bytes of one capture, given in pieces of any size, into batches of packets. Whoever reads the file fills {@link target} from its start
 * and calls {@link accept}; the same memory is used again and again. What a piece leaves unfinished is moved in front of the next target, so that
 * reads always go to fixed places.
 */
export class CaptureFeed {
  /** Where pieces go, in turn. */
  readonly targets: readonly Uint8Array<ArrayBufferLike>[];
  private readonly bytes: Uint8Array<ArrayBufferLike>;
  private readonly view: DataView<ArrayBufferLike>;
  /** Index of the target in hand, and where it begins. */
  private turn = 0;
  private start = targetStart;
  /** What the pieces before left. */
  private pendingStart = targetStart;
  private pendingEnd = targetStart;
  private readonly batch = createPacketBatch(packetsPerBatch);
  private readonly sink: PacketSink;
  private readonly linkLayers: Layer[] = [];
  private container: ContainerReader | null = null;
  private unreadable = false;
  /** Bytes accepted so far. */
  acceptedBytes = 0;

  /**
   * `room` is memory to work in, {@link feedRoomBytes} for each of the targets; whoever reads many small captures gives the same again and again, who
   * has several filled at a time gives room for as many.
   */
  constructor(sink: PacketSink, room: ArrayBufferLike = new ArrayBuffer(feedRoomBytes)) {
    this.sink = sink;
    const bytes = new Uint8Array(room);
    this.bytes = bytes;
    this.view = new DataView(room);
    this.targets = Array.from({ length: Math.floor(room.byteLength / feedRoomBytes) }, (_, i) =>
      bytes.subarray(i * feedRoomBytes + targetStart, (i + 1) * feedRoomBytes),
    );
  }

  /** Where the next piece goes. */
  get target(): Uint8Array<ArrayBufferLike> {
    return this.targets[this.turn]!;
  }

  /** The reader of the format that the first bytes showed; null before that, and when they showed none. */
  get reader(): ContainerReader | null {
    return this.container;
  }

  /** False once the first bytes turned out to be no capture: nothing more is taken then. */
  get readable(): boolean {
    return !this.unreadable;
  }

  /** The first `length` bytes of {@link target} were filled with what comes next in the file. `records`, where others walked them, go on with {@link recordWalk}. */
  accept(length: number, records: WalkedRecords | null = null): void {
    this.acceptedBytes += length;
    if (records === null) this.consume(this.start + length, false);
    else this.takeWalked(records, this.start + length);
  }

  /** Null before the format is known, and for what only its reader can tell apart. */
  get recordWalk(): RecordWalk | null {
    const records = this.container?.layout ?? null;
    if (records === null) return null;
    return { layout: { records, linkLayers: this.linkLayers }, pendingBytes: this.pendingEnd - this.pendingStart };
  }

  private takeWalked(records: WalkedRecords, to: number): void {
    const { from, end, batch } = records;
    const reader = this.container!;
    reader.passOver(end - from);
    if (batch.count > 0) this.sink.packets(this.view, batch, reader);
    this.pendingStart = end;
    this.pendingEnd = to;
    this.takeTurn();
  }

  private takeTurn(): void {
    this.turn = (this.turn + 1) % this.targets.length;
    this.start = this.turn * feedRoomBytes + targetStart;
  }

  /** Moves what is left of the piece before in front of the next one, unless it lies there. */
  private bringPending(): void {
    const { pendingStart, pendingEnd, start } = this;
    if (pendingEnd === start) return;
    this.bytes.copyWithin(start - (pendingEnd - pendingStart), pendingStart, pendingEnd);
    this.pendingStart = start - (pendingEnd - pendingStart);
    this.pendingEnd = start;
  }

  /** The file has no more. */
  finish(): void {
    this.consume(this.start, true);
    this.container?.finish(this.pendingEnd - this.pendingStart);
  }

  private consume(to: number, last: boolean): void {
    this.bringPending();
    let at = this.pendingStart;
    if (this.container === null && !this.unreadable && (last || to - at >= containerProbeBytes)) {
      this.container = openContainer(this.view, at, to);
      this.unreadable = this.container === null;
    }
    const reader = this.container;
    if (reader !== null) at = this.readBatches(reader, at, to);
    else if (this.unreadable) at = to;
    this.takeTurn();
    this.pendingStart = at;
    this.pendingEnd = to;
    this.bringPending();
  }

  private readBatches(reader: ContainerReader, from: number, to: number): number {
    const { batch, linkLayers } = this;
    let at = from;
    for (;;) {
      batch.count = 0;
      const next = reader.read(this.view, at, to, batch);
      for (let i = linkLayers.length; i < reader.interfaces.length; i++) linkLayers.push(layerOfLinkType(reader.interfaces[i]!.linkType));
      decodePlainPackets(this.view, batch, linkLayers);
      if (batch.count > 0) this.sink.packets(this.view, batch, reader);
      const full = batch.count === batch.capacity;
      at = next;
      if (!full) return at;
    }
  }
}
