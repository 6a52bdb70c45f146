import { fileURLToPath } from 'node:url';
import type { Scenario } from '../lab/scenario/scenario.ts';
import { addresses } from '../lab/topology/plan.ts';
import { type Comparison, ratioOf } from './comparison.ts';

/** Half of the round trip, on the link between the client and its gateway: far more than a handshake takes of the processor. */
const delayMs = 20;
const four = [addresses.edgeA, addresses.edgeB, '203.0.113.12', '203.0.113.13'];
const further = four.slice(2);

export const siteOfOne = 'one.shop.example';
export const siteOfFour = 'four.shop.example';

/** What the walks in the network measured. `beyondMs`: how much longer a walk to four addresses took than one to one address. */
export interface AddressTimes {
  rounds: number;
  /** TLS's alone, of the connection that carries the request. */
  tlsMs: number;
  /** The request of the document, from the name to its last byte, with one address and with four: it must not grow. */
  requestMs: { one: number; four: number };
  walks: Readonly<Record<'document' | 'page', { oneMs: number; fourMs: number; beyondMs: number }>>;
}

/** A healthy site with one address and with four, 40 ms away, walked by turns; null where the lab cannot run. */
export async function tlsOfEveryAddress(): Promise<Comparison[] | null> {
  const { missingPrerequisites } = await import('../lab/run/sandbox.ts');
  const missing = await missingPrerequisites();
  if (missing.length > 0) {
    console.error(`no address is walked to: ${missing.join('; ')}`);
    return null;
  }
  const { runScenarios } = await import('../lab/run/runner.ts');
  const engine = fileURLToPath(new URL('tls-addresses-inside.js', import.meta.url));
  const [outcome] = await runScenarios([farSite], { engine, jobs: 1 });
  if (!outcome?.run?.stdout) throw new Error(`nothing measured: ${JSON.stringify(outcome)}`.slice(0, 2000));
  const times = JSON.parse(outcome.run.stdout) as AddressTimes;
  const beyond = (['document', 'page'] as const).map((extent) => {
    const { oneMs, fourMs, beyondMs } = times.walks[extent];
    const what = `four addresses beyond one, 40 ms, ${extent === 'document' ? 'the document alone' : 'page included'}`;
    const ours = `${fourMs} ms - ${oneMs} ms =`;
    const beyond = { medianMs: beyondMs, count: times.rounds };
    return ratioOf({ what, ours, peer: 'one handshake: TLS alone' }, beyond, { medianMs: times.tlsMs }, { of: 'ratio', atMost: 0.5 });
  });
  const { one, four } = times.requestMs;
  const names = { what: 'the request alone, 40 ms', ours: 'one of four addresses', peer: 'a single address' };
  return [...beyond, ratioOf(names, { medianMs: four, count: times.rounds }, { medianMs: one }, { of: 'ratio', atMost: 1.05 })];
}

const farSite: Scenario = {
  id: 'tls-of-every-address',
  title: 'A far site with four addresses',
  fault: 'None.',
  made: 'Two names of one site, 40 ms away: one with one address, one with four.',
  naive: 'None.',
  changes: [
    { link: { name: 'far', between: ['client', 'gateway'], delayMs } },
    { site: { names: [siteOfOne, siteOfFour], certificate: { names: ['*.shop.example'] } } },
    {
      zone: {
        zone: 'shop.example',
        add: [`${siteOfOne} 300 A ${addresses.edgeA}`, ...four.map((address) => `${siteOfFour} 300 A ${address}`)],
      },
    },
    { ip: { at: 'edge', lines: further.map((address) => `addr add ${address}/26 dev eth0`) } },
    {
      filter: {
        name: 'further-addresses',
        at: 'edge',
        hook: 'dstnat',
        match: `ip daddr { ${further.join(', ')} } tcp dport 443`,
        does: `dnat ip to ${addresses.edgeA}`,
      },
    },
  ],
  url: `https://${siteOfOne}/`,
  expect: { status: 'ok', cause: null, evidence: [{ kind: 'tls.handshake-completed' }] },
  proof: [{ counter: 'further-addresses' }],
};
