import { describe, expect, test } from 'vitest';
import type { PathTracer } from '../../src/ports/path-tracer.ts';
import { walk } from '../../src/probe/walk.ts';
import type { WalkOptions } from '../../src/probe/walk-options.ts';
import type { Place } from './network/scripted-network.ts';
import { scriptedPorts } from './network/scripted-network.ts';

/** When a walk traces paths, and to whom. */

const site = '203.0.113.10';

/** Walks to an address; gives back the paths that were traced, as `protocol address`, and how long the walk took. */
async function tracedBy(
  place: Place,
  options: Partial<WalkOptions> = {},
): Promise<{ traced: string[]; tookMs: number; contacted: string[] }> {
  const { ports, time } = scriptedPorts({ places: { [site]: place }, resolvers: [] });
  const traced: string[] = [];
  const paths: PathTracer = {
    async open(destination, protocol) {
      traced.push(`${protocol} ${destination.address}`);
      return {
        close: () => {},
        // Two routers answer, and nobody beyond.
        async send(ttl, wait) {
          await time.sleep(ttl <= 2 ? 5 * ttl : wait.timeoutMs, wait.signal);
          if (ttl > 2 || wait.signal?.aborted === true) return { kind: 'silent' };
          return { kind: 'answered', answer: { from: `192.0.2.${ttl}`, what: 'expired', type: 11, code: 0, rttMs: 5 * ttl } };
        },
      };
    },
    runTool: async () => ({ name: 'unknown', raw: 'not in this test' }),
  };
  const record = await time.run(walk(`https://${site}/`, options, { ...ports, paths }));
  return { traced: traced.sort(), tookMs: time.nowMs(), contacted: record.contacted.map((one) => one.address) };
}

const works: Place = { https: ['www.shop.example'] };

describe('a walk', () => {
  test('that works traces nothing', async () => {
    expect((await tracedBy(works)).traced).toEqual([]);
  });

  test('that works traces its path when told to, and so often', async () => {
    expect((await tracedBy(works, { trace: 'always' })).traced).toEqual([`tcp ${site}`]);
    expect((await tracedBy(works, { pathRounds: 10 })).traced).toEqual([`tcp ${site}`]);
  });

  test('that is not answered traces in every way while it waits, then the way to others', async () => {
    const { traced, tookMs } = await tracedBy({}, { timeoutMs: 5000 });
    expect(traced).toEqual([`icmp ${site}`, 'tcp 1.1.1.1', `tcp ${site}`, 'tcp 9.9.9.9', `udp ${site}`]);
    expect(tookMs).toBeLessThanOrEqual(5000 + 1500);
  });

  test('that may ask no public resolver leaves them alone', async () => {
    const { traced, contacted } = await tracedBy({}, { publicResolvers: false, thorough: true });
    expect(traced.filter((one) => !one.endsWith(site))).toEqual([]);
    expect(contacted.filter((address) => address !== site)).toEqual([]);
  });

  test('that shall not trace does not, however thorough', async () => {
    expect((await tracedBy({}, { trace: 'never' })).traced).toEqual([]);
    expect((await tracedBy({}, { trace: 'never', thorough: true })).traced).toEqual([]);
    expect((await tracedBy(works, { trace: 'never', thorough: true, pathRounds: 10 })).traced).toEqual([]);
  });
});
