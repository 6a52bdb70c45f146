import { allocate, libc } from '../kernel/libc.ts';
import type { NetNamespaces } from '../kernel/net-namespace.ts';
import { offloadHeaderBytes, PacketSocket } from '../kernel/packet-socket.ts';
import { Impairment, type Impairments, linkCounters } from './impairment.ts';

/** One direction of one wire, as it is handed to the forwarder's thread. */
export interface Direction {
  namespace: string;
  from: string;
  to: string;
  impairments: Impairments;
  /** One number per entry of {@link linkCounters}. */
  counters: Int32Array;
}

interface Lane {
  input: PacketSocket;
  output: PacketSocket;
  impairment: Impairment;
}

interface Waiting {
  dueMs: number;
  order: number;
  bytes: Buffer;
  output: PacketSocket;
}

const pollMostMs = 50;
/** Sleeping is coarse: the last stretch before a frame is due is spent turning the event loop. */
const spinMs = 1.3;
const pollInput = 1;

/** Carries frames between the ends of every wire for as long as the thread lives. */
export class Forwarder {
  readonly #lanes: Lane[];
  readonly #queue: Waiting[] = [];
  #order = 0;

  constructor(namespaces: NetNamespaces, directions: readonly Direction[]) {
    const sockets = new Map<string, PacketSocket>();
    const socketOf = (namespace: string, name: string): PacketSocket => {
      const key = `${namespace}/${name}`;
      const known = sockets.get(key) ?? namespaces.within(namespace, () => new PacketSocket(name));
      sockets.set(key, known);
      return known;
    };
    this.#lanes = directions.map(({ namespace, from, to, impairments, counters }) => ({
      input: socketOf(namespace, from),
      output: socketOf(namespace, to),
      impairment: new Impairment(impairments, (counter) => Atomics.add(counters, linkCounters.indexOf(counter), 1)),
    }));
  }

  run(): void {
    const fds = allocate(this.#lanes.length * 8);
    const turn = (): void => {
      for (const lane of this.#lanes) this.#drain(lane);
      const waitMs = this.#release();
      if (waitMs <= spinMs) {
        setImmediate(turn);
        return;
      }
      for (const [index, { input }] of this.#lanes.entries()) {
        fds.bytes.writeInt32LE(input.fd, index * 8);
        fds.bytes.writeInt32LE(pollInput, index * 8 + 4);
      }
      libc().poll.async(fds.address, this.#lanes.length, Math.floor(Math.min(waitMs - spinMs / 2, pollMostMs)), () => turn());
    };
    turn();
  }

  #drain({ input, output, impairment }: Lane): void {
    for (let frame = input.receive(); frame !== null; frame = input.receive()) {
      for (const dueMs of impairment.admit(frame.bytes.length - offloadHeaderBytes, frame.arrivedMs)) {
        this.#order += 1;
        this.#insert({ dueMs, order: this.#order, bytes: frame.bytes, output });
      }
    }
  }

  /** Nearly always at the end: frames leave in the order they came. */
  #insert(waiting: Waiting): void {
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.dueMs > waiting.dueMs) at -= 1;
    this.#queue.splice(at, 0, waiting);
  }

  /** Sends what is due; returns the milliseconds until the next. */
  #release(): number {
    const nowMs = performance.timeOrigin + performance.now();
    let sent = 0;
    for (const { dueMs, bytes, output } of this.#queue) {
      if (dueMs > nowMs) break;
      output.send(bytes);
      sent += 1;
    }
    this.#queue.splice(0, sent);
    return this.#queue.length === 0 ? pollMostMs : this.#queue[0]!.dueMs - nowMs;
  }
}
