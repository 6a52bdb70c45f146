import { expect, test } from 'vitest';
import type { Connection } from '../ports/connection.ts';
import { loadAhead } from './head-start.ts';
import { createSpareTime } from './spare-time.ts';
import { parseTarget, type Target } from './target.ts';
import type { WalkContext } from './walk-context.ts';

/** What is loaded of certificates and of the kernel when connecting took so long, by ours and by the kernel's watch. */
async function loadedOver(url: string, connectMs: number, rttMs: number | null = null): Promise<{ tls: number; tcp: number }> {
  const loaded = { tls: 0, tcp: 0 };
  // Time that stands still: what is measured here is what is begun, not how long it takes.
  const clock = { nowMs: () => 0, wallMs: () => 0, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
  const ports = {
    clock,
    tls: {
      prepare: () => {
        loaded.tls += 1;
      },
    },
    tcp: {
      prepare: async () => {
        loaded.tcp += 1;
      },
    },
  };
  const context = { ports, options: { page: 'none' } } as unknown as WalkContext;
  const spare = createSpareTime(clock);
  const loading = loadAhead(context, parseTarget(url) as Target, 'GET', spare);
  const connection = { facts: () => (rttMs === null ? null : { rttMs }) } as unknown as Connection;
  spare.watch.connected({ connection, id: 'c0', dialedAtMs: -connectMs, openedAtMs: 0 });
  for (let turn = 0; turn < 20; turn++) await clock.sleep();
  spare.watch.firstByte();
  spare.free();
  await loading;
  return loaded;
}

test('over a far link, what is needed next is loaded while bytes are under way', async () => {
  expect(await loadedOver('https://shop.example/', 40)).toEqual({ tls: 1, tcp: 1 });
  expect(await loadedOver('http://shop.example/', 40)).toEqual({ tls: 0, tcp: 1 });
});

test('over a near one nothing is, as it would be measured as the network', async () => {
  expect(await loadedOver('https://shop.example/', 5)).toEqual({ tls: 0, tcp: 0 });
  expect(await loadedOver('https://shop.example/', 40, 3)).toEqual({ tls: 0, tcp: 0 });
});

test('a SYN that was lost says nothing of the round trip', async () => {
  expect(await loadedOver('https://shop.example/', 1030)).toEqual({ tls: 0, tcp: 0 });
  expect(await loadedOver('https://shop.example/', 1030, 30)).toEqual({ tls: 1, tcp: 1 });
});
