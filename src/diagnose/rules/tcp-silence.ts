import type { Side } from '../../model/cause.ts';
import type { Observation, ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { circleOf, type FilteredStretch, filteredStretch, owners, pathsOfFailure, placeOf, sideOf } from '../path-evidence.ts';
import { carriedConnection, connectAttempts, failedAttempts } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

type Flow = ObservationOf<'tcp.flow-tried'>;
type Silent = ObservationOf<'tcp.syn-unanswered'>;

/** Attempts that stayed silent when nothing opened; empty when a port said no. */
function silentAttempts(facts: Facts): readonly Silent[] {
  const failed = failedAttempts(facts);
  if (failed.some((attempt) => attempt.kind === 'tcp.syn-refused')) return [];
  return failed.filter((attempt): attempt is Silent => attempt.kind === 'tcp.syn-unanswered');
}

/** What shows that somebody at an address answers: another port that opens, or an answer to datagrams or echo requests from the address itself. */
export function lifeSigns(facts: Facts, address: string): { certain: readonly Observation[]; all: readonly Observation[] } {
  const ports = facts.of('tcp.port-tried').filter((tried) => tried.server.address === address);
  const traces = facts
    .of('route.path-traced')
    .filter((trace) => trace.protocol !== 'tcp' && trace.reachedAtTtl !== null && trace.destination.address === address);
  const opened = ports.filter((tried) => tried.outcome === 'opened');
  // Without sight of ICMP errors a refusal may be any firewall's.
  const refused = ports.filter((tried) => tried.outcome === 'refused');
  const certain = [...opened, ...traces, ...refused.filter((tried) => tried.errorsKnown)];
  return { certain, all: [...certain, ...refused.filter((tried) => !tried.errorsKnown)] };
}

/** Flows to one server by source port, tried at least twice. */
function flowsOf(facts: Facts): { live: Flow[]; dead: Flow[]; changing: Flow[] } {
  const byPort = new Map<string, Flow[]>();
  for (const flow of facts.of('tcp.flow-tried')) {
    const key = `${flow.server.address} ${flow.sourcePort}`;
    byPort.set(key, [...(byPort.get(key) ?? []), flow]);
  }
  const sorted = { live: [] as Flow[], dead: [] as Flow[], changing: [] as Flow[] };
  for (const tries of byPort.values()) {
    if (tries.length < 2) continue;
    const kind = tries.every((flow) => flow.outcome === 'opened')
      ? 'live'
      : tries.every((flow) => flow.outcome !== 'opened')
        ? 'dead'
        : 'changing';
    sorted[kind].push(...tries);
  }
  return sorted;
}

function portsOf(flows: readonly Flow[]): number[] {
  return [...new Set(flows.map((flow) => flow.sourcePort))].sort((one, other) => one - other);
}

/** One flow alone that is unlike the others, tried twice: where servers take turns, it may have met the same one again. */
function mayBeChance(dead: readonly Flow[], live: readonly Flow[]): boolean {
  const fewest = [dead, live].find((flows) => portsOf(flows).length === 1) ?? [];
  return fewest.length === 2;
}

/** Attempts of the walk itself that a dead path explains: they failed where another flow to the same server opens. */
function attemptsOn(facts: Facts, address: string): readonly Observation[] {
  return connectAttempts(facts).filter((attempt) => attempt.kind !== 'tcp.connected' && attempt.server.address === address);
}

/** Routers that packets to an address go round between. */
function circles(facts: Facts, address: string): string[] {
  const paths = pathsOfFailure(facts).filter((path) => path.destination.address === address);
  return [...(paths.map(circleOf).find((circle) => circle !== null) ?? [])];
}

/** A router in a detail: its address, whose it is, where on the path. */
function described(facts: Facts, router: string, key: '' | 'until'): Record<string, string | null> {
  const owner = owners(facts).get(router)?.name ?? null;
  const place = placeOf(facts, router);
  return key === '' ? { from: router, owner, place } : { until: router, untilOwner: owner, untilPlace: place };
}

/** Whoever is at both ends: a filter may stand on the way out of the one, or on the way into the other. */
function sideOfStretch(facts: Facts, { from, until }: FilteredStretch): Side {
  const [one, other] = [from, until].map((router) => {
    const place = placeOf(facts, router);
    return sideOf(place) ?? (place === 'destination network' ? 'origin' : 'unknown');
  });
  return one === other && one !== undefined ? one : 'unknown';
}

/** Where SYNs end is not known: a filter may stand anywhere. */
function sideUnlessTraced(facts: Facts, attempts: readonly Silent[]): Side | undefined {
  const traced = pathsOfFailure(facts).filter((path) => path.by === 'kernel' && path.protocol === 'tcp');
  return traced.some((path) => attempts.some(({ server }) => server.address === path.destination.address)) ? undefined : 'unknown';
}

export const tcpSilenceRules: readonly Rule[] = [
  {
    cause: 'tcp.filtered',
    // Somebody at the address answers: the path leads there.
    supersedes: ['tcp.timeout', 'route.black-hole'],
    judge(facts) {
      const silent = silentAttempts(facts);
      const alive = silent
        .map((attempt) => ({ attempt, signs: lifeSigns(facts, attempt.server.address) }))
        .filter(({ signs }) => signs.all.length > 0);
      const first = alive[0];
      if (first === undefined) return none();
      const isCertain = alive.some(({ signs }) => signs.certain.length > 0);
      const attempts = alive.map(({ attempt }) => attempt);
      const stretches = alive.map(({ attempt }) => filteredStretch(facts, attempt.server)).filter((stretch) => stretch !== null);
      const [stretch] = stretches;
      const where = stretch === undefined ? null : { ...described(facts, stretch.from, ''), ...described(facts, stretch.until, 'until') };
      return failure(
        [...new Set<Observation>([...attempts, ...stretches.flatMap(({ paths }) => paths), ...alive.flatMap(({ signs }) => signs.all)])],
        {
          address: first.attempt.server.address,
          addresses: attempts.map((attempt) => attempt.server.address),
          port: first.attempt.server.port,
          waitedMs: Math.max(...attempts.map((attempt) => attempt.waitedMs)),
          ...where,
        },
        {
          confidence: isCertain ? 'proven' : 'likely',
          side: stretch === undefined ? sideUnlessTraced(facts, attempts) : sideOfStretch(facts, stretch),
        },
      );
    },
  },
  {
    cause: 'route.one-path-dead',
    supersedes: [
      'tcp.timeout',
      'tcp.filtered',
      'tcp.slow',
      'tcp.some-addresses-fail',
      'tcp.ipv4-broken',
      'tcp.ipv6-broken',
      'tcp.refused',
      'tcp.reset-by-middlebox',
      'route.black-hole',
      'route.loss',
      // How the dead path is dead.
      'route.loop',
      'route.unreachable',
      'route.filtered',
    ],
    judge(facts): readonly Claim[] {
      const { live, dead, changing } = flowsOf(facts);
      const first = dead[0];
      // A flow that changes its mind is lost packets, or a limit, and no path.
      if (first === undefined || live.length === 0 || changing.length > 0 || mayBeChance(dead, live)) return none();
      const { address, port } = first.server;
      const from = dead.find((flow) => flow.errorFrom !== undefined)?.errorFrom ?? null;
      const hops = circles(facts, address);
      const detail = {
        address,
        port,
        count: portsOf(dead).length,
        total: portsOf([...dead, ...live]).length,
        sourcePorts: portsOf(dead),
        refused: dead.every((flow) => flow.outcome === 'refused'),
        ...(from === null ? { from } : described(facts, from, '')),
        hops,
        owners: hops.map((router) => owners(facts).get(router)?.name ?? ''),
      };
      const evidence = [...attemptsOn(facts, address), ...dead, ...live];
      return carriedConnection(facts) === null
        ? failure(evidence, detail, { scope: ['intermittent'] })
        : impairment(evidence, detail, { scope: ['intermittent'] });
    },
  },
];
