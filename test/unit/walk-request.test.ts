import { expect, test } from 'vitest';
import type { Connection, TcpDialer } from '../../src/ports/connection.ts';
import { walk } from '../../src/probe/walk.ts';
import { scriptedPorts } from './network/scripted-network.ts';

/** When a request left, and when its answer began. */

const site = '203.0.113.10';
const roundTripMs = 20;

test('an answer comes a round trip after its request, however late it is told that the request was taken', async () => {
  const { ports, time } = scriptedPorts({ places: { [site]: { https: [site], roundTripMs } }, resolvers: [] });
  // A busy program hears of the one after the other: of its own write at last.
  const late = (connection: Connection): Connection =>
    Object.create(connection, {
      remote: { value: connection.remote },
      write: {
        value: async (bytes: Uint8Array) => {
          const failure = await connection.write(bytes);
          await time.sleep(3 * roundTripMs);
          return failure;
        },
      },
      read: { value: connection.read.bind(connection) },
    }) as Connection;
  const tcp: TcpDialer = {
    prepare: () => ports.tcp.prepare(),
    async dial(remote, wait) {
      const outcome = await ports.tcp.dial(remote, wait);
      return outcome.kind === 'connected' ? { ...outcome, connection: late(outcome.connection) } : outcome;
    },
  };
  const record = await time.run(walk(`https://${site}/`, { page: 'none' }, { ...ports, tcp }));
  const sent = record.observations.find((one) => one.kind === 'http.request-sent');
  const received = record.observations.find((one) => one.kind === 'http.response-received');
  expect(received?.durationMs).toBeGreaterThanOrEqual(0);
  expect(sent?.atMs).toBeLessThanOrEqual(received?.atMs ?? -1);
  expect(record.timings.serverMs).toBe(record.timings.firstByteMs! - record.timings.roundTripMs!);
  expect(record.timings.firstByteMs).toBeGreaterThanOrEqual(roundTripMs);
});
