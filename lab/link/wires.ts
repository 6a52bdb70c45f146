import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LinkChange } from '../scenario/change.ts';
import type { Network } from '../topology/network.ts';
import type { Direction } from './forwarder.ts';
import { type LinkCounter, linkCounters } from './impairment.ts';

/** Reads a link's counter by the link's name, both directions together. */
export type LinkReader = (name: string, counter: LinkCounter) => number;

/** Starts carrying frames over the network's wires with the impairments asked for. Resolves when frames pass. */
export async function startWires(network: Network, changes: readonly LinkChange[]): Promise<LinkReader> {
  if (network.wires.length === 0) return () => 0;
  const counters = new Map<string, Int32Array[]>();
  const directions = network.wires.flatMap(({ namespace, interfaces: [near, far], ends: [first] }): Direction[] => {
    const mine = changes.filter(
      ({ between }) => network.wires.find((wire) => between.every((place) => wire.ends.includes(place)))?.namespace === namespace,
    );
    return [true, false].map((forwards): Direction => {
      // A change's own first place may be either end of the cable.
      const change = mine.find(
        ({ between, direction }) => direction === undefined || (direction === 'forth') === ((between[0] === first) === forwards),
      );
      const array = new Int32Array(new SharedArrayBuffer(linkCounters.length * 4));
      if (change) counters.set(change.name, [...(counters.get(change.name) ?? []), array]);
      const { name: _, between: __, direction: ___, ...impairments } = change ?? { name: '', between: [] };
      return { namespace, from: forwards ? near : far, to: forwards ? far : near, impairments, counters: array };
    });
  });
  const file = import.meta.url.endsWith('.ts') ? './forwarder-thread.ts' : './forwarder-thread.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: directions });
  worker.unref();
  const [message] = (await Promise.race([once(worker, 'message'), once(worker, 'error')])) as [unknown];
  if (message !== 'ready') throw new Error('the link forwarder did not start', { cause: message });
  return (name, counter) => (counters.get(name) ?? []).reduce((sum, array) => sum + Atomics.load(array, linkCounters.indexOf(counter)), 0);
}
