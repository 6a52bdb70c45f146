import { expect, test } from 'vitest';
import type { Connection } from '../ports/connection.ts';
import { startAhead } from './head-start.ts';
import { parseTarget, type Target } from './target.ts';
import type { OpenConnection } from './tcp.ts';
import type { WalkContext } from './walk-context.ts';

interface Loaded {
  prepared: number;
  measured: number;
}

function start(url: string, connectMs: number, rttMs: number | null, loaded: Loaded): ReturnType<typeof startAhead> {
  const connection = {
    facts: () => (rttMs === null ? null : { rttMs }),
    measure: async () => {
      loaded.measured += 1;
      return { name: 'unknown' };
    },
  } as unknown as Connection;
  const opened: OpenConnection = { connection, id: 'c0', dialedAtMs: 1000, openedAtMs: 1000 + connectMs };
  const ports = {
    clock: { nowMs: () => 0, wallMs: () => 0, sleep: async () => {} },
    tls: {
      prepare: () => {
        loaded.prepared += 1;
      },
    },
  };
  const context = { ports, options: { page: 'site' } } as unknown as WalkContext;
  return startAhead(context, parseTarget(url) as Target, 'GET', opened);
}

async function loadedBy(url: string, connectMs: number, rttMs: number | null = null): Promise<Loaded> {
  const loaded = { prepared: 0, measured: 0 };
  const headStart = start(url, connectMs, rttMs, loaded);
  headStart.helloSent();
  headStart.requestSent();
  await new Promise((resolve) => setTimeout(resolve, 0));
  return loaded;
}

test('over a far link, what is needed next is loaded while bytes are under way', async () => {
  expect(await loadedBy('https://shop.example/', 40)).toEqual({ prepared: 1, measured: 1 });
  expect(await loadedBy('http://shop.example/', 40)).toEqual({ prepared: 0, measured: 1 });
});

test('over a near one nothing is, as it would be measured as the network', async () => {
  expect(await loadedBy('https://shop.example/', 5)).toEqual({ prepared: 0, measured: 0 });
  expect(await loadedBy('https://shop.example/', 40, 3)).toEqual({ prepared: 0, measured: 0 });
});

test('a SYN that was lost says nothing of the round trip', async () => {
  expect(await loadedBy('https://shop.example/', 1030)).toEqual({ prepared: 0, measured: 0 });
  expect(await loadedBy('https://shop.example/', 1030, 30)).toEqual({ prepared: 1, measured: 1 });
});
