import { expect, test } from 'vitest';
import type { Connection, ReadOutcome } from '../ports/connection.ts';
import { holdBack } from './held-connection.ts';

const at = { address: '203.0.113.10', port: 443 };

function connectionOf(outcomes: ReadOutcome[]): Connection {
  return {
    local: at,
    remote: at,
    bytesSent: 0,
    bytesReceived: 7,
    write: async () => null,
    read: async () => outcomes.shift() ?? { kind: 'end', atMs: 0 },
    facts: () => null,
    measure: async () => ({ name: 'unknown' }),
    destroy: () => undefined,
  };
}

test('what arrived is handed over in its turn, and the time until then is counted once', async () => {
  let nowMs = 100;
  let begin = (): void => undefined;
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      begin = resolve;
    });
  const bytes = Uint8Array.of(22);
  // Both arrived at 60; the second is asked for when the first was handed over.
  const held = holdBack(
    connectionOf([
      { kind: 'bytes', bytes, atMs: 60 },
      { kind: 'bytes', bytes, atMs: 60 },
      { kind: 'timed-out', atMs: 140 },
    ]),
    turn,
    () => nowMs,
  );
  const wait = { timeoutMs: 1000 };
  const first = held.read(wait);
  await Promise.resolve();
  await Promise.resolve();
  expect(held.isHolding).toBe(true);
  begin();
  expect(await first).toEqual({ kind: 'bytes', bytes, atMs: 60 });
  expect([held.heldMs, held.isHolding]).toEqual([40, false]);
  const second = held.read(wait);
  await Promise.resolve();
  await Promise.resolve();
  nowMs = 110;
  begin();
  await second;
  expect(held.heldMs).toBe(50);
  // Silence is nothing to hold back.
  expect((await held.read(wait)).kind).toBe('timed-out');
  expect([held.heldMs, held.bytesReceived]).toEqual([50, 7]);
});
