import { isLoopback } from '../../model/address.ts';
import type { Observation } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import {
  dialedPurpose,
  isFamilyMissing,
  type Neighbor,
  type NextHop,
  namesFailed,
  nextHops,
  type Route,
  silentDestinations,
} from '../local-evidence.ts';
import { dnsQuestions, failedAttempts, heardFromOutside, response } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** What nobody beyond the next hop can have said. */
const silences = [
  'dns.timeout',
  'dns.resolver-unreachable',
  'tcp.timeout',
  'tcp.filtered',
  'route.unreachable',
  'route.black-hole',
  'local.proxy-unreachable',
] as const;

type DeadHop = NextHop & { silence: NonNullable<NextHop['silence']> };

/**
 * The next hops towards everything that stayed silent, when every one of them is known and does not answer on the link. An attempt that was
 * refused, or failed in another way, shows that something answers.
 */
function deadHops(facts: Facts): readonly DeadHop[] {
  const failed = failedAttempts(facts).filter((attempt) => !isFamilyMissing(attempt));
  if (failed.some((attempt) => attempt.kind === 'tcp.syn-refused')) return [];
  if (failed.length === 0 && heardFromOutside(facts)) return [];
  const hops = nextHops(facts, silentDestinations(facts));
  const dead = hops.filter((hop): hop is DeadHop => hop !== null && hop.silence !== null);
  return dead.length === hops.length ? dead : [];
}

function attemptsAt(facts: Facts, hops: readonly NextHop[]): readonly Observation[] {
  const destinations = new Set(hops.map((hop) => hop.destination));
  return [
    ...failedAttempts(facts).filter((attempt) => destinations.has(attempt.server.address)),
    ...dnsQuestions(facts).filter((question) => question.kind !== 'dns.answered' && destinations.has(question.resolver.address)),
  ];
}

/** A next hop that does not answer on the link. */
function unresolved(facts: Facts, hops: readonly DeadHop[]): readonly Claim[] {
  const [first] = hops;
  if (first === undefined) return none();
  const silences = [...new Set(hops.map((hop) => hop.silence))];
  return failure([...silences, ...hops.map((hop) => hop.route), ...attemptsAt(facts, hops)], {
    address: first.address,
    interface: first.interface ?? '',
    state: first.silence.kind === 'local.neighbor' ? first.silence.state : 'failed',
  });
}

/** The routes to everything wanted, when the routing table has none for any of it. */
function missingRoutes(facts: Facts, purpose: Route['purpose'], wanted: readonly string[]): readonly Route[] {
  const routes = facts.of('local.route').filter((route) => route.purpose === purpose && !isLoopback(route.destination));
  const found = wanted.map((address) => routes.find((route) => route.destination === address) ?? null);
  const missing = found.filter((route) => route !== null).filter((route) => !route.found);
  return missing.length === wanted.length ? missing : [];
}

export const localNextHopRules: readonly Rule[] = [
  {
    cause: 'local.no-route',
    supersedes: [...silences, 'local.firewall', 'local.gateway-unresolved'],
    judge(facts) {
      const failed = failedAttempts(facts);
      const purpose = failed.length > 0 ? dialedPurpose(facts) : 'resolver';
      if (purpose === 'resolver' && (!namesFailed(facts) || heardFromOutside(facts))) return none();
      const wanted = [...new Set(failed.length > 0 ? failed.map((attempt) => attempt.server.address) : silentDestinations(facts))];
      const missing = missingRoutes(facts, purpose, wanted);
      if (missing.length === 0) return none();
      return failure([...missing, ...failed], { destinations: missing.map((route) => route.destination), purpose });
    },
  },
  {
    cause: 'local.gateway-unresolved',
    supersedes: silences,
    judge: (facts) => {
      const dead = deadHops(facts);
      return dead.some((hop) => hop.isGateway)
        ? unresolved(
            facts,
            dead.filter((hop) => hop.isGateway),
          )
        : none();
    },
  },
  {
    cause: 'local.neighbor-unresolved',
    supersedes: silences,
    judge(facts) {
      const dead = deadHops(facts);
      // A proxy that is off is a proxy that cannot be reached; a resolver that is off is a resolver that does not answer.
      if (failedAttempts(facts).length === 0 || dialedPurpose(facts) === 'proxy' || dead.some((hop) => hop.isGateway)) return none();
      return unresolved(facts, dead);
    },
  },
  {
    cause: 'local.address-conflict',
    supersedes: ['tcp.slow'],
    judge: (facts) => [...conflictsAnswered(facts), ...conflictsSeen(facts), ...ownDuplicates(facts)].slice(0, 1),
  },
];

/** The conflict breaks the request when nothing at all came back; else it impairs. */
function conflict(
  facts: Facts,
  evidence: readonly Observation[],
  address: string,
  linkAddresses: readonly string[],
  more: Partial<Claim>,
): readonly Claim[] {
  const detail = { address, linkAddresses };
  const broken = response(facts) === null && (failedAttempts(facts).length > 0 || namesFailed(facts)) && !heardFromOutside(facts);
  return broken
    ? failure(evidence, detail, { confidence: 'likely', ...more })
    : impairment(evidence, detail, { scope: ['intermittent'], ...more });
}

/** Asked for by broadcast, several link-layer addresses answer for one address; or somebody answers for this host's own. */
function conflictsAnswered(facts: Facts): readonly Claim[] {
  return facts.of('local.arp-answered').flatMap((answered) => {
    const own = facts
      .of('local.address')
      .find((address) => address.interface === answered.interface && address.address === answered.address);
    const link = facts.of('local.link').find((candidate) => candidate.name === answered.interface);
    const others = own === undefined ? answered.linkAddresses : answered.linkAddresses.filter((one) => one !== link?.linkAddress);
    if (own === undefined ? others.length < 2 : others.length === 0 || link?.linkAddress == null) return none();
    return conflict(facts, [answered], answered.address, answered.linkAddresses, {});
  });
}

/** The link-layer address of one neighbour changed and changed back: two machines take turns. One change may be a failover. */
function conflictsSeen(facts: Facts): readonly Claim[] {
  const places = new Map<string, Neighbor[]>();
  for (const neighbor of facts.of('local.neighbor')) {
    if (neighbor.linkAddress === null) continue;
    const place = `${neighbor.interface} ${neighbor.address}`;
    places.set(place, [...(places.get(place) ?? []), neighbor]);
  }
  return [...places.values()].flatMap((seen) => {
    const turns = seen.filter((neighbor, index) => index === 0 || neighbor.linkAddress !== seen[index - 1]?.linkAddress);
    const linkAddresses = [...new Set(turns.map((neighbor) => neighbor.linkAddress ?? ''))];
    const [first] = turns;
    if (first === undefined || turns.length <= linkAddresses.length) return none();
    return conflict(facts, turns, first.address, linkAddresses, {});
  });
}

/** Duplicate address detection found another holder, and this host is left without an address of that family. */
function ownDuplicates(facts: Facts): readonly Claim[] {
  const addresses = facts.of('local.address').filter((address) => address.scope === 'global');
  return addresses
    .filter(
      (address) => address.duplicate === true && !addresses.some((other) => other.family === address.family && other.duplicate !== true),
    )
    .flatMap((address) => conflict(facts, [address], address.address, [], { scope: [address.family] }));
}
