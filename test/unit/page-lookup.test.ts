import { describe, expect, test } from 'vitest';
import { defaultBudgets } from '../../src/model/expectation.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { lookUpOrigin } from '../../src/probe/page/origin-lookup.ts';
import { createRecorder } from '../../src/probe/recorder.ts';
import { parseTarget, type Target } from '../../src/probe/target.ts';
import { defaultWalkOptions } from '../../src/probe/walk-options.ts';
import { type ScriptedNetwork, scriptedPorts } from './network/scripted-network.ts';

/** Lookups of the hosts a page names, on a clock that waits for nobody. */

const resolver = '192.168.1.1';

function network(change: Partial<ScriptedNetwork> = {}, dns: 'answers' | 'no such name' = 'answers'): ScriptedNetwork {
  return {
    places: {
      [resolver]: {
        roundTripMs: 30,
        dns: ({ questions: [question] }) =>
          dns === 'no such name'
            ? { rcode: 3, recursionAvailable: true, answers: [] }
            : {
                recursionAvailable: true,
                answers: question?.type === 'A' ? [{ name: question.name, type: 'A', ttlSeconds: 300, data: '203.0.113.10' }] : [],
              },
      },
    },
    resolvers: [resolver],
    system: { addresses: ['203.0.113.20'], afterMs: 200 },
    ...change,
  };
}

/** What each name was found to be, when all were looked up at once, and after how long. */
async function lookUpAll(names: readonly string[], where: ScriptedNetwork, change: (ports: Ports) => Ports = (ports) => ports) {
  const { ports, time, asked } = scriptedPorts(where);
  const recorder = createRecorder(ports.clock, () => {});
  const context = { options: { ...defaultWalkOptions, budgets: defaultBudgets }, ports: change(ports), recorder };
  const found = await time.run(
    Promise.all(
      names.map(async (name) => {
        const target = parseTarget(`https://${name}/`) as Target;
        const { addresses } = await lookUpOrigin({ ...context, recorder: recorder.aside().recorder }, target);
        return { address: addresses[0], afterMs: Math.round(time.nowMs()) };
      }),
    ),
  );
  return { found, asked };
}

describe('names that a page refers to', () => {
  const names = ['a.shop.example', 'b.shop.example', 'c.shop.example'];

  test('are looked up as applications do it, two at a time; the next do not wait for them', async () => {
    const { found, asked } = await lookUpAll(names, network());
    expect(found.map(({ address }) => address)).toEqual(['203.0.113.20', '203.0.113.20', '203.0.113.10']);
    expect(found[2]?.afterMs).toBeLessThan(100);
    expect(new Set(asked.map((one) => one.split(' ')[1]))).toEqual(new Set(['c.shop.example']));
  });

  test('wait for the system where the resolver knows nothing of them', async () => {
    const { found } = await lookUpAll(names, network({}, 'no such name'));
    expect(found.map(({ address }) => address)).toEqual(['203.0.113.20', '203.0.113.20', '203.0.113.20']);
  });

  test('wait for the system where the hosts file decides, and where a name is not for resolvers', async () => {
    const listed = await lookUpAll(names, network({ hosts: ['203.0.113.20'] }));
    expect(listed.found[2]?.address).toBe('203.0.113.20');
    expect(listed.asked).toEqual([]);
    const special = await lookUpAll(['a.shop.example', 'b.shop.example', 'printer.local'], network());
    expect(special.found[2]?.address).toBe('203.0.113.20');
    expect(special.asked.filter((one) => one.includes('printer.local'))).toEqual([]);
  });
});
