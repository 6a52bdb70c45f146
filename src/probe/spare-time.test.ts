import { describe, expect, test } from 'vitest';
import { VirtualTime } from '../../test/unit/network/virtual-time.ts';
import { createSpareTime, type SpareTime } from './spare-time.ts';
import type { OpenConnection } from './tcp.ts';

/** A connection that took so long to open. */
function opened(roundTripMs: number, minRttMs: number | null = null): OpenConnection {
  const facts = minRttMs === null ? null : { rttMs: null, kernel: { minRttMs } };
  return { connection: { facts: () => facts }, id: 'c0', dialedAtMs: 0, openedAtMs: roundTripMs } as unknown as OpenConnection;
}

interface Played {
  time: VirtualTime;
  spare: SpareTime;
  /** What was done, and when. */
  done: string[];
  want(what: string, work: 'sending' | 'reading'): void;
}

async function play(script: (played: Played) => Promise<void>): Promise<string[]> {
  const time = new VirtualTime();
  const spare = createSpareTime(time);
  const done: string[] = [];
  const want = (what: string, work: 'sending' | 'reading'): void => {
    void spare.turn(work).then(() => done.push(`${what} ${time.nowMs()}`));
  };
  await time.run(script({ time, spare, done, want }).then(() => time.sleep(0)));
  return done;
}

describe('spare time', () => {
  test('there is none before the request waits; sending is for the first wait, reading for the second', async () => {
    const done = await play(async ({ time, spare, want }) => {
      want('read', 'reading');
      want('one', 'sending');
      want('two', 'sending');
      await time.sleep(40);
      spare.watch.connected(opened(40));
      await time.sleep(40);
      spare.watch.secured();
      spare.watch.requestSent();
      await time.sleep(40);
    });
    expect(done).toEqual(['one 40', 'two 40', 'read 80']);
  });

  test('what is wanted late in the wait waits for the next', async () => {
    const done = await play(async ({ time, spare, want }) => {
      spare.watch.connected(opened(40));
      await time.sleep(33);
      want('late', 'sending');
      await time.sleep(7);
      spare.watch.secured();
      await time.sleep(5);
      spare.watch.requestSent();
      await time.sleep(40);
    });
    expect(done).toEqual(['late 45']);
  });

  test('there is none in a round trip that is shorter than the work, by the shortest that anybody measured', async () => {
    for (const connection of [opened(4), opened(40, 4)]) {
      const done = await play(async ({ time, spare, want }) => {
        want('one', 'sending');
        spare.watch.connected(connection);
        spare.watch.requestSent();
        await time.sleep(100);
        spare.watch.firstByte();
        spare.free();
      });
      expect(done).toEqual(['one 100']);
    }
  });

  test('once there is time for everything, nothing waits', async () => {
    const done = await play(async ({ time, spare, want }) => {
      want('before', 'reading');
      await time.sleep(400);
      spare.free();
      want('after', 'sending');
      await time.sleep(1);
    });
    expect(done).toEqual(['before 400', 'after 400']);
  });
});
