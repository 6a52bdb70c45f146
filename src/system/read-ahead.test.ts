import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CaptureFormat, CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import { CaptureFeed, feedRoomBytes, type PacketSink } from '../capture/capture-feed.ts';
import { PacketTracker } from '../capture/packet-tracker.ts';
import type { ByteIntake } from '../ports/capture-files.ts';
import { packetBatchBytes } from '../wire/packet-batch.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import { systemCaptureFiles } from './capture-file.ts';
import { adoptReadThread, ReadAhead } from './read-ahead.ts';
import { startReadThread } from './read-thread.ts';
import { asked, claimed, type PiecesPlan, piecesStateBytes, SharedPieces, walked } from './shared-pieces.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-ahead-'));
const threadFile = pathToFileURL(join(folder, 'thread.cjs'));
const path = join(folder, 'capture');
const places = 4;
const packets = 14_000;

beforeAll(async () => {
  const bundle = await rolldown({ input: fileURLToPath(new URL('./read-ahead-thread.ts', import.meta.url)), platform: 'node' });
  await bundle.write({ file: fileURLToPath(threadFile), format: 'cjs' });
  await bundle.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A segment of a connection between two hosts, with `bytes` of payload; as of IP version 6 for every seventh. */
function segment(number: number, bytes: number): Uint8Array {
  const isLong = number % 7 === 0;
  const headers = isLong ? 74 : 54;
  const frame = new Uint8Array(headers + bytes).fill(number & 0xff, headers);
  const view = new DataView(frame.buffer);
  view.setUint16(12, isLong ? 0x86dd : 0x0800);
  if (isLong) {
    view.setUint8(14, 0x60);
    view.setUint16(18, 20 + bytes);
    view.setUint16(20, 0x0640);
    view.setUint32(34, number);
  } else {
    view.setUint16(14, 0x4500);
    view.setUint16(16, 40 + bytes);
    view.setUint16(18, number & 0xffff);
    view.setUint16(22, 0x4006);
    view.setUint32(26, 0x0a000001);
    view.setUint32(30, 0x0a000002);
  }
  const tcp = headers - 20;
  view.setUint32(tcp, 0xc00001bb);
  view.setUint32(tcp + 4, number);
  view.setUint16(tcp + 12, 0x5010);
  return frame;
}

/** Some fifteen pieces, at whose ends packets and their headers are cut. `between` may write something else in front of a packet. */
function capture(format: CaptureFormat, between: (writer: CaptureWriter, i: number) => void = () => {}): Uint8Array {
  const writer = new CaptureWriter(format);
  for (let i = 0; i < packets; i++) {
    between(writer, i);
    writer.frame(i, segment(i, (i * 37) % 2200));
  }
  return writer.take().slice();
}

/** What a packet says, and where its payload ends in memory. */
class Told {
  readonly lines: string[] = [];
  readonly tracker: PacketTracker;

  constructor() {
    this.tracker = new PacketTracker({
      tcp: (cursor) => this.lines.push(this.line(cursor)),
      udp: () => {},
      icmp: () => {},
      arp: () => {},
    });
  }

  private line(cursor: PacketCursor): string {
    const { frame, timeMs, ipVersion, sequence, source0, source3, ports, tcpFlags, payloadBytes, end, view } = cursor;
    return [frame, timeMs, ipVersion, sequence, source0, source3, ports, tcpFlags, payloadBytes, view.getUint8(end - 1)].join(' ');
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

interface Reading {
  lines: readonly string[];
  counts: object;
  damage: unknown;
  bytes: number;
  outcome: unknown;
}

/** `look` is called before each piece is looked at, with whether its records were told apart. */
async function readFileWith(bytes: Uint8Array, room: ArrayBufferLike, look: (isWalked: boolean) => void = () => {}): Promise<Reading> {
  writeFileSync(path, bytes);
  const told = new Told();
  const feed = new CaptureFeed(told.tracker, room);
  const accept = feed.accept.bind(feed);
  feed.accept = (length, records = null) => {
    look(records !== null);
    accept(length, records);
  };
  const outcome = await systemCaptureFiles.read(path, feed, { signal: new AbortController().signal, onProgress: () => {} });
  feed.finish();
  return { lines: told.lines, counts: told.tracker.counts, damage: feed.reader?.damage, bytes: feed.acceptedBytes, outcome };
}

/** Read by one thread, into one place. */
const readAlone = (bytes: Uint8Array): Promise<Reading> => readFileWith(bytes, new ArrayBuffer(feedRoomBytes));
const roomForAll = (): SharedArrayBuffer => new SharedArrayBuffer(places * feedRoomBytes);

const whole = capture({ format: 'pcap' });
const blocks = capture({ format: 'pcapng' });

/** Damaged in the middle, with more than there is room for in a piece, or with an end in a record. */
const captures: readonly [string, () => Uint8Array, isSound?: boolean][] = [
  ['a sound capture', () => whole, true],
  ['one that ends in a record', () => whole.subarray(0, whole.length - 100), true],
  ['one that ends with a piece', () => whole.subarray(0, 24 + 14 * 1_048_576)],
  [
    'one with a length that is not to be believed',
    () => {
      const damaged = whole.slice();
      const at = recordFrom(damaged, 9_000_000);
      new DataView(damaged.buffer).setUint32(at + 8, 300_000, true);
      return damaged;
    },
  ],
  [
    'one with more packets than a piece has room for',
    () => {
      const writer = new CaptureWriter({ format: 'pcap' });
      for (let i = 0; i < 6000; i++) writer.frame(i, segment(i, 1000));
      for (let i = 0; i < 90_000; i++) writer.frame(6000 + i, segment(i, 0).subarray(0, 20));
      for (let i = 0; i < 6000; i++) writer.frame(96_000 + i, segment(i, 1000));
      return writer.take();
    },
  ],
  ['blocks', () => blocks, true],
  ['blocks of the other byte order, with finer times', () => capture({ format: 'pcapng', byteOrder: 'big', resolution: 9 }), true],
  ['blocks that end in one', () => blocks.subarray(0, blocks.length - 101)],
  [
    'blocks with one of another type among them',
    () => capture({ format: 'pcapng' }, (writer, i) => i === 7777 && writer.block(0x0bad, new Uint8Array(1000))),
  ],
  [
    'blocks with a second interface, and packets of it',
    () => {
      const writer = new CaptureWriter({ format: 'pcapng' });
      for (let i = 0; i < packets; i++) {
        if (i === 9999) writer.addInterface(101, 'tun0');
        writer.frame(i, i > 9999 && i % 2 === 0 ? segment(i, 1000).subarray(14) : segment(i, 1000), i > 9999 && i % 2 === 0 ? 1 : 0);
      }
      return writer.take();
    },
  ],
  ['blocks with a packet of an interface that is not described', () => damagedBlock(8, 3)],
  ['blocks with a length that contradicts itself', () => damagedBlock(4, 64)],
  ['blocks with a packet longer than its block', () => damagedBlock(20, 200_000)],
  [
    'one with the longest packets',
    () => {
      const writer = new CaptureWriter({ format: 'pcap' });
      for (let i = 0; i < 50; i++) writer.frame(i, segment(i, 262_144 - 100 - i));
      return writer.take();
    },
    true,
  ],
];

/** Where the first record behind `from` begins. */
function recordFrom(bytes: Uint8Array, from: number): number {
  const view = new DataView(bytes.buffer);
  let at = 24;
  while (at < from) at += 16 + view.getUint32(at + 8, true);
  return at;
}

/** The capture in blocks, with a number in the header of a block in the middle that is another. */
function damagedBlock(offset: number, value: number): Uint8Array {
  const damaged = blocks.slice();
  const view = new DataView(damaged.buffer);
  let at = 0;
  while (at < 9_000_000) at += view.getUint32(at + 4, true);
  view.setUint32(at + offset, value, true);
  return damaged;
}

describe('a file read ahead', () => {
  it.each(captures)('says what it says to a single thread: %s', async (_, make, isSound = false) => {
    const bytes = make();
    const alone = await readAlone(bytes);
    expect(alone.lines.length).toBeGreaterThan(40);
    // The first reading has no thread that could start.
    adoptReadThread((await startReadThread(new URL('file:///nowhere/thread.cjs')))!);
    expect(await readFileWith(bytes, roomForAll())).toEqual(alone);
    await setTimeout(50);
    const thread = (await startReadThread(threadFile))!;
    adoptReadThread(thread);
    const plans = vi.spyOn(thread, 'postMessage');
    expect(await readFileWith(bytes, roomForAll())).toEqual(alone);
    // The thread is there by now, and ahead of a reader that is in no hurry.
    let isAhead = false;
    let tries = 0;
    const pieces: boolean[] = [];
    const unhurried = await readFileWith(bytes, roomForAll(), (isWalked) => {
      pieces.push(isWalked);
      const plan = plans.mock.calls[1]?.[0] as PiecesPlan | undefined;
      if (plan === undefined) return;
      pause(2);
      const words = new Int32Array(plan.state);
      // Who reads alone has claimed nothing behind the piece that it asked for.
      for (; !isAhead && tries < 2000; tries++) {
        isAhead = Atomics.load(words, claimed) > Atomics.load(words, asked) + 1;
        if (!isAhead) pause(1);
      }
    });
    expect(unhurried).toEqual(alone);
    expect(isAhead).toBe(true);
    // The first bytes tell what the file is; behind them, every piece was walked that is sound.
    const walkedPieces = pieces.filter((isWalked) => isWalked).length;
    expect(walkedPieces).toBeGreaterThan(0);
    if (isSound) expect(walkedPieces).toBe(pieces.length - 1);
  });

  it('goes on where it grows meanwhile', async () => {
    writeFileSync(path, whole.subarray(0, 10_000_000));
    const told = new Told();
    let isWhole = false;
    const growing: PacketSink = {
      packets(view, batch, reader) {
        if (!isWhole) writeFileSync(path, whole.subarray(10_000_000), { flag: 'a' });
        isWhole = true;
        told.tracker.packets(view, batch, reader);
      },
    };
    const feed = new CaptureFeed(growing, roomForAll());
    await systemCaptureFiles.read(path, feed, { signal: new AbortController().signal, onProgress: () => {} });
    feed.finish();
    expect(told.lines).toEqual((await readAlone(whole)).lines);
  });

  it('is not begun for little, for one place, and for memory that is not shared', async () => {
    writeFileSync(path, whole);
    const file = openSync(path, 'r');
    const intake = (room: ArrayBufferLike): ByteIntake => {
      const feed = new CaptureFeed(new Told().tracker, room);
      feed.target.set(whole.subarray(0, 4096));
      feed.accept(4096);
      return feed;
    };
    const total = whole.length;
    expect(await ReadAhead.start(file, total - 3 * 1_048_576, total, intake(roomForAll()))).toBeNull();
    expect(await ReadAhead.start(file, 4096, total, intake(new SharedArrayBuffer(feedRoomBytes)))).toBeNull();
    expect(await ReadAhead.start(file, 4096, total, intake(new ArrayBuffer(places * feedRoomBytes)))).toBeNull();
    closeSync(file);
  });
});

/** A plan to read the capture from its first record on, without an intake. */
function planOf(file: number): PiecesPlan {
  const pieceBytes = 65_536;
  const front = 262_208;
  const packetsPerPiece = pieceBytes / 64;
  return {
    file,
    position: 24,
    pieceBytes,
    memory: new SharedArrayBuffer(places * (front + pieceBytes)),
    starts: Array.from({ length: places }, (_, i) => i * (front + pieceBytes) + front),
    layout: {
      records: { format: 'pcap', littleEndian: true, headerBytes: 16, nanosecondsPerTick: 1000, lengthsMayBeSwapped: false },
      linkLayers: [1],
    },
    pendingBytes: 0,
    batches: new SharedArrayBuffer(places * packetBatchBytes(packetsPerPiece)),
    packetsPerPiece,
    state: new SharedArrayBuffer(piecesStateBytes(places)),
  };
}

/** Lengths of all packets in the pieces, and how many pieces were walked. */
function takeAll(pieces: SharedPieces, plan: PiecesPlan): { lengths: number[]; walked: number; pieces: number } {
  const lengths: number[] = [];
  let walkedPieces = 0;
  for (let piece = 0; ; piece++) {
    const { length, records } = pieces.take(piece);
    if (records !== null) {
      walkedPieces++;
      lengths.push(...records.batch.capturedBytes.subarray(0, records.batch.count));
    }
    if (length < plan.pieceBytes) return { lengths, walked: walkedPieces, pieces: piece + 1 };
  }
}

describe('pieces that two threads read', () => {
  const lengths = Array.from({ length: packets }, (_, i) => (i % 7 === 0 ? 74 : 54) + ((i * 37) % 2200));

  async function withThread<T>(plan: PiecesPlan, told: PiecesPlan, use: (thread: Worker) => Promise<T>): Promise<T> {
    const thread = new Worker(threadFile, { stderr: true });
    thread.on('error', () => {});
    thread.postMessage(told);
    try {
      return await use(thread);
    } finally {
      closeSync(plan.file);
      await thread.terminate();
    }
  }

  function open(flags = 'r'): PiecesPlan {
    writeFileSync(path, whole);
    return planOf(openSync(path, flags === 'r' ? 'r' : 'a'));
  }

  it('are all done by one where the other never comes', () => {
    const plan = open();
    const all = takeAll(new SharedPieces(plan), plan);
    closeSync(plan.file);
    expect(all.lengths).toEqual(lengths);
    expect(all.walked).toBe(all.pieces);
  });

  it('are read, and no more, where nobody knows how records are written', async () => {
    const plan = { ...open(), layout: null };
    await withThread(plan, plan, async () => {
      const pieces = new SharedPieces(plan);
      const all = takeAll(pieces, plan);
      pieces.stop();
      expect(all.walked).toBe(0);
      expect(all.pieces).toBe(Math.ceil((whole.length - 24) / plan.pieceBytes));
    });
  });

  it('are there already where the other came first', async () => {
    const plan = open();
    await withThread(plan, plan, async () => {
      // The first piece lies in the second place.
      const first = new Uint8Array(plan.memory, plan.starts[1]!, plan.pieceBytes);
      const words = new Int32Array(plan.state);
      for (let tries = 0; Atomics.load(words, walked) === 0 && tries < 500; tries++) await setTimeout(10);
      expect(Atomics.load(words, walked)).toBeGreaterThan(0);
      expect(Buffer.compare(first, readFileSync(path).subarray(24, 24 + plan.pieceBytes))).toBe(0);
      const pieces = new SharedPieces(plan);
      const all = takeAll(pieces, plan);
      pieces.stop();
      expect(all.lengths).toEqual(lengths);
      expect(all.walked).toBe(all.pieces);
    });
  });

  it('go on with one where the other fails', async () => {
    const plan = open();
    // To the thread, records are nothing that could be walked.
    const broken = { ...plan, layout: { ...plan.layout, records: null } } as unknown as PiecesPlan;
    await withThread(plan, broken, async (thread) => {
      await new Promise((resolve) => thread.once('exit', resolve));
      const all = takeAll(new SharedPieces(plan), plan);
      expect(all.walked).toBe(0);
      expect(all.pieces).toBe(Math.ceil((whole.length - 24) / plan.pieceBytes));
    });
  });

  it('throw what the file says, to whom takes them', async () => {
    const plan = open('a');
    await withThread(plan, plan, async () => {
      await setTimeout(100);
      const pieces = new SharedPieces(plan);
      expect(() => takeAll(pieces, plan)).toThrow(/EBADF/);
      pieces.stop();
    });
  });

  it('throw an error that does not come again as well', () => {
    const plan = open();
    const { file } = plan;
    let reads = 0;
    let error = Object.assign(new Error('once'), { code: 'EIO', errno: -5 });
    const failing: PiecesPlan = Object.defineProperty({ ...plan }, 'file', {
      get() {
        if (reads++ === 5) throw error;
        return file;
      },
    });
    const pieces = new SharedPieces(failing);
    for (let piece = 0; piece < 5; piece++) expect(pieces.take(piece).length).toBe(plan.pieceBytes);
    expect(() => pieces.take(5)).toThrow(expect.objectContaining({ code: 'EIO', message: expect.stringContaining('EIO') }));

    // A signal in between is no failure.
    error = Object.assign(new Error('once'), { code: 'EINTR', errno: -4 });
    reads = 0;
    const interrupted = Object.defineProperties(planOf(file), { file: Object.getOwnPropertyDescriptor(failing, 'file')! });
    expect(takeAll(new SharedPieces(interrupted), interrupted).lengths).toEqual(lengths);
    closeSync(file);
  });

  it('are written by nobody once that was stopped', async () => {
    const plan = open();
    await withThread(plan, plan, async () => {
      const pieces = new SharedPieces(plan);
      for (let piece = 0; piece < 20; piece++) {
        pieces.take(piece);
        await setTimeout(3);
      }
      pieces.stop();
      const bytes = new Uint8Array(plan.memory).fill(0);
      await setTimeout(50);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    });
  });
});
