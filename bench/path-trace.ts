import { fileURLToPath } from 'node:url';
import type { Scenario } from '../lab/scenario/scenario.ts';
import { type Comparison, ratioOf } from './comparison.ts';

/** Half of the round trip, on the link between the client and its gateway. */
const delayMs = 20;
/** Ours must take at most this part of any peer's time. */
const mostOfPeer = 0.2;

type Times = Readonly<Record<'ours1' | 'ours3' | 'traceroute' | 'mtr' | 'tracepath', { medianMs: number; count: number }>>;

/**
 * The path of the lab with 40 ms of round trip and two routers that stay silent, traced by this build and by traceroute, mtr and tracepath in one run
 * with as many probes; null where the lab cannot run.
 */
export async function pathTraces(): Promise<Comparison[] | null> {
  const { missingPrerequisites } = await import('../lab/run/sandbox.ts');
  const missing = await missingPrerequisites();
  if (missing.length > 0) {
    console.error(`no paths are traced: ${missing.join('; ')}`);
    return null;
  }
  const { runScenarios } = await import('../lab/run/runner.ts');
  const { allScenarios } = await import('../lab/scenarios/registry.ts');
  const base = allScenarios.find(({ id }) => id === 'healthy-silent-routers');
  if (base === undefined) throw new Error('the lab has no silent routers');
  const scenario: Scenario = {
    ...base,
    id: 'path-traces',
    privileges: ['net_raw'],
    changes: [...base.changes, { link: { name: 'far', between: ['client', 'gateway'], delayMs } }],
  };
  const engine = fileURLToPath(new URL('path-trace-inside.js', import.meta.url));
  const [outcome] = await runScenarios([scenario], { engine, jobs: 1 });
  if (outcome?.run?.stdout === undefined || outcome.run.stdout === '')
    throw new Error(`nothing measured: ${JSON.stringify(outcome)}`.slice(0, 2000));
  const times = JSON.parse(outcome.run.stdout) as Partial<Times>;
  const what = 'one path of 6 hops, 40 ms, two silent';
  const against = (ours: 'ours1' | 'ours3', peer: 'traceroute' | 'mtr' | 'tracepath', words: string): Comparison => {
    const [mine, other] = [times[ours], times[peer]];
    if (mine === undefined || other === undefined)
      throw new Error(`no times: ${outcome?.run?.stdout} ${outcome?.run?.stderr} ${outcome?.reasons}`);
    const probes = ours === 'ours3' ? 3 : 1;
    return ratioOf({ what: `${what}, ${probes} a hop`, ours: 'trace()', peer: words }, mine, other, { of: 'ratio', atMost: mostOfPeer });
  };
  return [
    against('ours3', 'traceroute', 'traceroute -T'),
    against('ours3', 'mtr', 'mtr -T -i 0.1 -G 1'),
    against('ours1', 'tracepath', 'tracepath'),
  ];
}
