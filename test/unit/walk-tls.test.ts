import { describe, expect, test } from 'vitest';
import type { ObservationKind, ObservationOf } from '../../src/model/observation.ts';
import type { WalkRecord } from '../../src/model/walk-record.ts';
import type { Connection } from '../../src/ports/connection.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { walk } from '../../src/probe/walk.ts';
import type { WalkOptions } from '../../src/probe/walk-options.ts';
import { type Place, scriptedPorts } from './network/scripted-network.ts';

/** Handshakes with every address of a name, on a clock that waits for nobody: what they cost is counted in round trips. */

const resolver = '192.168.1.1';
const host = 'www.shop.example';
const roundTripMs = 60;
const four = ['203.0.113.10', '203.0.113.11', '203.0.113.12', '203.0.113.13'];

async function walkTo(
  addresses: readonly string[],
  place: Place = {},
  options: Partial<WalkOptions> = {},
  change: (ports: Ports) => Ports = (ports) => ports,
): Promise<WalkRecord> {
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
  return time.run(walk(`https://${host}/`, { page: 'none', ...options }, change(ports)));
}

function seen<K extends ObservationKind>(record: WalkRecord, kind: K): ObservationOf<K>[] {
  return record.observations.filter((one): one is ObservationOf<K> => one.kind === kind);
}

function countDials(ports: Ports, dialed: string[]): Ports {
  const dial: Ports['tcp']['dial'] = (remote, wait) => {
    if (remote.port === 443) dialed.push(remote.address);
    return ports.tcp.dial(remote, wait);
  };
  return { ...ports, tcp: { ...ports.tcp, dial } };
}

/** Nobody but one address ever answers a hello. */
function silentBut(ports: Ports, speaker: string): Ports {
  const handshake: Ports['tls']['handshake'] = async (over, offer, wait) => {
    const outcome = await ports.tls.handshake(over, offer, wait);
    if (over.remote.address === speaker) return outcome;
    await ports.clock.sleep(wait.timeoutMs, wait.signal);
    const { wire, startMs } = outcome;
    return { kind: wait.signal?.aborted === true ? 'aborted' : 'timed-out', wire, startMs, atMs: ports.clock.nowMs() };
  };
  return { ...ports, tls: { ...ports.tls, handshake } };
}

/** A server that ends the first connection on which nothing was asked. */
function closingUnused(ports: Ports, address: string): Ports {
  let isFirst = true;
  const handshake: Ports['tls']['handshake'] = async (over, offer, wait) => {
    const outcome = await ports.tls.handshake(over, offer, wait);
    if (outcome.kind !== 'completed' || over.remote.address !== address || !isFirst) return outcome;
    isFirst = false;
    const { connection } = outcome;
    const closed: Connection = {
      ...connection,
      local: connection.local,
      remote: connection.remote,
      write: async () => null,
      read: async () => ({ kind: 'end', atMs: ports.clock.nowMs() }),
      facts: () => null,
      measure: () => connection.measure(),
      destroy: () => connection.destroy(),
    };
    return { ...outcome, connection: closed };
  };
  return { ...ports, tls: { ...ports.tls, handshake } };
}

describe('handshakes with every address', () => {
  test('are made with each of them, and marked where they do not carry the request', async () => {
    const record = await walkTo(four);
    const handshakes = seen(record, 'tls.handshake-completed');
    expect(handshakes.map((one) => one.server.address).sort()).toEqual(four);
    expect(handshakes.filter((one) => one.followUp === undefined)).toHaveLength(1);
    expect(seen(record, 'tls.certificates-received').filter((one) => one.followUp === 'every-address')).toHaveLength(3);
  });

  test('cost a healthy walk to four addresses nothing where the network is what takes time', async () => {
    for (const roundTripMs of [20, 60, 900]) {
      const [one, all] = [await walkTo(four.slice(0, 1), { roundTripMs }), await walkTo(four, { roundTripMs })];
      expect(seen(all, 'tls.handshake-completed')).toHaveLength(4);
      expect(all.durationMs).toBe(one.durationMs);
    }
  });

  test('cost one handshake at most where the round trip is too short to compute in', async () => {
    const [one, all] = [await walkTo(four.slice(0, 1), { roundTripMs: 2 }), await walkTo(four, { roundTripMs: 2 })];
    const handshakeMs = seen(one, 'tls.handshake-completed')[0]?.durationMs ?? 0;
    expect(handshakeMs).toBeGreaterThan(0);
    expect((all.durationMs - one.durationMs) / handshakeMs).toBeLessThanOrEqual(1);
    const answeredAtMs = seen(all, 'http.response-received')[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const beside = seen(all, 'tls.handshake-completed').filter((other) => other.followUp === 'every-address');
    for (const other of beside) expect(other.atMs - (other.durationMs ?? 0)).toBeGreaterThanOrEqual(answeredAtMs);
  });

  test('do not show in the times of the request', async () => {
    const [one, all] = [await walkTo(four.slice(0, 1)), await walkTo(four)];
    expect(all.timings).toEqual(one.timings);
  });

  test('are bounded for names with very many addresses', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `203.0.113.${index + 1}`);
    const record = await walkTo(many);
    expect(seen(record, 'tcp.connected')).toHaveLength(40);
    expect(seen(record, 'tls.handshake-completed').length).toBeLessThanOrEqual(9);
  });

  test('that are not answered are given up, and said to be silent', async () => {
    const record = await walkTo(four, {}, {}, (ports) => silentBut(ports, four[0]!));
    expect(seen(record, 'http.response-received')).toHaveLength(1);
    expect(seen(record, 'tls.hello-tried').map(({ outcome }) => outcome)).toEqual(['silent', 'silent', 'silent']);
  });
});

describe('the page of the other addresses', () => {
  test('is asked for on the connections with which hands were shaken', async () => {
    const dialed: string[] = [];
    const record = await walkTo(four, {}, { page: 'site' }, (ports) => countDials(ports, dialed));
    expect(seen(record, 'page.compared').map(({ address, status }) => [address, status])).toEqual(
      four.slice(1).map((address) => [address, 200]),
    );
    expect(dialed.sort()).toEqual(four);
  });

  test('is asked for on a new connection where the server closed the one that was open', async () => {
    const dialed: string[] = [];
    const record = await walkTo(four.slice(0, 2), {}, { page: 'site' }, (ports) => countDials(closingUnused(ports, four[1]!), dialed));
    expect(seen(record, 'page.compared').map(({ address, status }) => [address, status])).toEqual([[four[1], 200]]);
    expect(dialed.filter((address) => address === four[1])).toHaveLength(2);
  });
});
