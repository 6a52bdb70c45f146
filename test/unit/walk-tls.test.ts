import { describe, expect, test } from 'vitest';
import type { ObservationKind, ObservationOf } from '../../src/model/observation.ts';
import type { WalkRecord } from '../../src/model/walk-record.ts';
import { walk } from '../../src/probe/walk.ts';
import type { WalkOptions } from '../../src/probe/walk-options.ts';
import { type Place, scriptedPorts } from './network/scripted-network.ts';

/** Handshakes with every address of a name, on a clock that waits for nobody: what they cost is counted in round trips. */

const resolver = '192.168.1.1';
const host = 'www.shop.example';
const roundTripMs = 60;
const four = ['203.0.113.10', '203.0.113.11', '203.0.113.12', '203.0.113.13'];

async function walkTo(addresses: readonly string[], place: Place = {}, options: Partial<WalkOptions> = {}): Promise<WalkRecord> {
  const places: Record<string, Place> = {
    [resolver]: {
      dns: ({ questions: [question] }) => ({
        recursionAvailable: true,
        answers: question?.type === 'A' ? addresses.map((data) => ({ name: question.name, type: 'A', ttlSeconds: 300, data })) : [],
      }),
    },
  };
  for (const address of addresses) places[address] = { https: [host], roundTripMs, ...place };
  const { ports, time } = scriptedPorts({ places, resolvers: [resolver] });
  return time.run(walk(`https://${host}/`, { page: 'none', ...options }, ports));
}

function seen<K extends ObservationKind>(record: WalkRecord, kind: K): ObservationOf<K>[] {
  return record.observations.filter((one): one is ObservationOf<K> => one.kind === kind);
}

describe('handshakes with every address', () => {
  test('are made with each of them, and marked where they do not carry the request', async () => {
    const record = await walkTo(four);
    const handshakes = seen(record, 'tls.handshake-completed');
    expect(handshakes.map((one) => one.server.address).sort()).toEqual(four);
    expect(handshakes.filter((one) => one.followUp === undefined)).toHaveLength(1);
    expect(seen(record, 'tls.certificates-received').filter((one) => one.followUp === 'every-address')).toHaveLength(3);
  });

  test('cost a healthy walk to four addresses one handshake more than to one', async () => {
    const [one, all] = [await walkTo(four.slice(0, 1)), await walkTo(four)];
    const handshakeMs = seen(one, 'tls.handshake-completed')[0]?.durationMs ?? 0;
    expect(handshakeMs).toBeGreaterThan(0);
    expect((all.durationMs - one.durationMs) / handshakeMs).toBeLessThanOrEqual(1);
  });

  test('do not show in the times of the request', async () => {
    const [one, all] = [await walkTo(four.slice(0, 1)), await walkTo(four)];
    expect(all.timings).toEqual(one.timings);
  });

  test('begin when the request is over, or waits', async () => {
    const quick = await walkTo(four);
    const answeredAtMs = seen(quick, 'http.response-received')[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const beside = seen(quick, 'tls.handshake-completed').filter((one) => one.followUp === 'every-address');
    for (const one of beside) expect(one.atMs - (one.durationMs ?? 0)).toBeGreaterThanOrEqual(answeredAtMs);
    const far = await walkTo(four, { roundTripMs: 900 });
    const single = await walkTo(four.slice(0, 1), { roundTripMs: 900 });
    // The waiting was used: nothing is added.
    expect(far.durationMs).toBe(single.durationMs);
  });

  test('are bounded for names with very many addresses', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `203.0.113.${index + 1}`);
    const record = await walkTo(many);
    expect(seen(record, 'tcp.connected')).toHaveLength(40);
    expect(seen(record, 'tls.handshake-completed').length).toBeLessThanOrEqual(9);
  });
});
