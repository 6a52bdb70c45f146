import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import type { Scenario } from '../../lab/scenario/scenario.ts';
import type { Evidence, WalkReport } from '../../src/model/walk-report.ts';
import { parseTraceroute } from '../../src/system/trace/tool-output.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();

type Path = Extract<Evidence, { kind: 'route.path-traced' }>;

/** Networks and families in which the path is traced by both. */
const networks = ['healthy', 'healthy-silent-routers', 'healthy-far-away'] as const;
const families = [
  { name: 'IPv4', option: '-4' },
  { name: 'IPv6', option: '-6' },
] as const;
const rows = networks.flatMap((network) =>
  families.map((family) => ({ id: `traced-${network}-${family.name.toLowerCase()}`, network, ...family })),
);

/** One line a hop: who answered, and whether the destination did. */
function shape(hops: Path['hops'], destination: string): string[] {
  return hops.map(
    (hop) =>
      `${hop.ttl} ${[...new Set(hop.answers.map((answer) => answer.from))].join(' ') || '*'}${hop.answers.some((answer) => answer.from === destination) ? ' (destination)' : ''}`,
  );
}

describe.skipIf(missing.length > 0)('the trace of an ordinary user', () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const scenarios = rows.map(({ id, network, option }): Scenario => {
      const base = allScenarios.find((scenario) => scenario.id === network)!;
      const evidence = [{ kind: 'route.path-traced', where: { by: 'kernel', protocol: 'tcp', reachedAtTtl: 6 } }] as const;
      return { ...base, id, options: [option, '--trace'], privileges: ['net_raw'], expect: { status: 'ok', cause: null, evidence } };
    });
    const engine = fileURLToPath(new URL('walk-and-traceroute.mjs', import.meta.url));
    for (const outcome of await runScenarios(scenarios, { engine, jobs: 1 })) outcomes.set(outcome.scenario.id, outcome);
  }, 300_000);

  it.each(rows)('agrees hop by hop with traceroute -T of root: $network, $name', ({ id, name }) => {
    const outcome = outcomes.get(id);
    expect(outcome?.reasons).toEqual([]);
    const report = JSON.parse(outcome?.run?.stdout ?? '{}') as WalkReport & { traceroute: string };
    const path = report.evidence.find((one): one is Path => one.kind === 'route.path-traced')!;
    const { address } = path.destination;
    expect(address.includes(':')).toBe(name === 'IPv6');
    const theirs = parseTraceroute(report.traceroute, address);
    expect(shape(path.hops, address), report.traceroute).toEqual(shape(theirs, address));
    expect(path.hops.map((hop) => hop.sent)).toEqual(theirs.map((hop) => hop.sent));
  });

  it.each(rows)('every hop has an owner: $network, $name', ({ id }) => {
    const report = JSON.parse(outcomes.get(id)?.run?.stdout ?? '{}') as WalkReport;
    const owned = new Set(
      report.evidence.flatMap((one) => (one.kind === 'route.address-owners' ? one.owners.map((owner) => owner.address) : [])),
    );
    const path = report.evidence.find((one): one is Path => one.kind === 'route.path-traced')!;
    expect(path.hops.flatMap((hop) => hop.answers.map((answer) => answer.from)).filter((from) => !owned.has(from))).toEqual([]);
  });
});
