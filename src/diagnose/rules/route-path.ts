import type { Side } from '../../model/cause.ts';
import type { TcpFacts } from '../../model/observations/tcp.ts';
import type { Facts } from '../facts.ts';
import {
  circleOf,
  controlBeyond,
  controlsEndedToo,
  owners,
  pathsOfFailure,
  placeOf,
  type SharedEnd,
  sharedEnds,
} from '../path-evidence.ts';
import { jumpOf, lossOf, type PathJump, type PathLoss } from '../path-measure.ts';
import { carriedConnection, dnsQuestions, failedAttempts } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** What traced paths decide about a request that did not connect. */
export const routePathRules: readonly Rule[] = [
  {
    cause: 'route.black-hole',
    supersedes: ['tcp.timeout', 'tcp.filtered'],
    judge(facts) {
      const failed = failedAttempts(facts);
      const silent = failed.filter((attempt) => attempt.kind === 'tcp.syn-unanswered');
      if (silent.length === 0 || failed.some((attempt) => attempt.kind === 'tcp.syn-refused')) return none();
      const ends = sharedEnds(facts).flatMap((end) => {
        const ended = controlsEndedToo(facts, end);
        if (ended !== null && (isOutside(end) || isAtHome(end))) return [{ ...end, controls: ended, isEndOfAll: true }];
        const control = controlBeyond(facts, end.router);
        // Large clouds and edges do not let their routers speak: silence may be theirs.
        return control !== null && isOutside(end) && !isSilentByHabit(end.targetOwner.sort)
          ? [{ ...end, controls: [control], isEndOfAll: false }]
          : [];
      });
      const [first] = ends;
      if (first === undefined) return none();
      // What is cited first is what the commands are about.
      const about = silent.filter((attempt) => attempt.server.address === first.destination);
      const evidence = [
        ...new Set([...about, ...silent, ...ends.flatMap((end) => [...end.paths, ...end.controls]), ...facts.of('route.address-owners')]),
      ];
      return failure(
        evidence,
        {
          address: first.destination,
          from: first.router,
          hop: first.ttl,
          owner: first.owner.name,
          place: placeOf(facts, first.router),
          others: first.isEndOfAll ? first.controls.map((path) => path.destination.address) : [],
        },
        // The target's own network may swallow everything at its border, under an address of this one.
        { confidence: 'likely' },
      );
    },
  },
  {
    cause: 'route.loop',
    supersedes: ['tcp.timeout', 'tcp.filtered', 'route.unreachable', 'route.black-hole'],
    judge(facts) {
      const circles = pathsOfFailure(facts).flatMap((path) => {
        const circle = circleOf(path);
        return circle === null ? [] : [{ path, circle }];
      });
      const [first] = circles;
      if (first === undefined) return none();
      const expired = facts.of('route.icmp-error').filter((error) => error.type === (error.version === 4 ? 11 : 3) && error.code === 0);
      const about = expired.filter((error) => error.destination.address === first.path.destination.address);
      return failure([...new Set([...about, ...expired]), ...circles.map(({ path }) => path), ...failedAttempts(facts)], {
        address: first.path.destination.address,
        hops: [...first.circle],
        owners: first.circle.map((router) => owners(facts).get(router)?.name ?? ''),
      });
    },
  },
];

/** The router is of another network than the target. */
function isOutside({ owner, targetOwner }: SharedEnd): boolean {
  return owner.asNumber !== null && targetOwner.asNumber !== null && owner.asNumber !== targetOwner.asNumber;
}

/** The router is behind this host's own address translation, or that of its provider, and the target is not. */
function isAtHome({ owner, targetOwner }: SharedEnd): boolean {
  return targetOwner.asNumber !== null && owner.asNumber === null && (owner.range === 'private' || owner.range === 'shared');
}

function isSilentByHabit(sort: 'cdn' | 'cloud' | 'hosting' | null): boolean {
  return sort === 'cdn' || sort === 'cloud';
}

/** Loss on the way of the request that reaches its end, where it begins as wanted. */
function judgeLoss(facts: Facts, isWanted: (begin: PathLoss['begin']) => boolean): readonly Claim[] {
  const carried = carriedConnection(facts);
  return facts.of('route.path-traced').flatMap((path) => {
    const loss = path.destination.address === carried?.server.address ? lossOf(path) : null;
    if (carried === null || loss === null || !isWanted(loss.begin)) return none();
    // A target that limits the connections of one sender loses them at the last hop alone.
    if (loss.begin === null && !wasRepeated(carried.facts)) return none();
    const from = loss.begin?.from ?? null;
    const detail = {
      address: path.destination.address,
      percent: Math.round((100 * loss.lost) / loss.sent),
      total: loss.sent,
      from,
      hop: loss.begin?.ttl ?? null,
      owner: from === null ? null : (owners(facts).get(from)?.name ?? null),
      place: from === null ? null : placeOf(facts, from),
    };
    return impairment([path, carried, ...facts.of('route.address-owners')], detail, { side: sideOfBegin(loss.begin) });
  });
}

/** A jump in latency on the way of the request that stays to its end, where it is as wanted. */
function judgeLatency(facts: Facts, isWanted: (jump: PathJump) => boolean): readonly Claim[] {
  const carried = carriedConnection(facts);
  const budgetMs = facts.context.budgets.roundTripMs;
  return facts.of('route.path-traced').flatMap((path) => {
    const jump = path.destination.address === carried?.server.address ? jumpOf(path) : null;
    if (carried === null || jump === null || jump.totalMs <= budgetMs || !isWanted(jump)) return none();
    const detail = {
      address: path.destination.address,
      from: jump.from,
      hop: jump.ttl,
      durationMs: jump.addedMs,
      budgetMs,
      owner: owners(facts).get(jump.from)?.name ?? null,
      place: placeOf(facts, jump.from),
    };
    return impairment([path, carried, ...facts.of('route.address-owners')], detail, { side: sideOfBegin(jump) });
  });
}

/** Questions, and the aliases that their answers lead to. */
const mostLookupTrips = 2;

/** The lookup is within its budget but for this host's own link, which every question passes. */
function explainsLookup(facts: Facts, jump: PathJump): boolean {
  const lookup = facts.first('dns.system-lookup') ?? facts.first('dns.addresses-chosen');
  return jump.ttl === 1 && (lookup?.durationMs ?? 0) - jump.addedMs * mostLookupTrips <= facts.context.budgets.lookupMs;
}

/** No resolver gave a wrong answer: what is wrong with lookups, if anything, is that answers are missing. */
function isSilenceAlone(facts: Facts): boolean {
  const right = ['NOERROR', 'NXDOMAIN', 'unanswered'];
  return (
    dnsQuestions(facts).every(
      (question) => question.kind === 'dns.unanswered' || (question.kind === 'dns.answered' && right.includes(question.rcodeName)),
    ) && facts.of('dns.question-repeated').every(({ outcomes }) => outcomes.every(({ outcome }) => right.includes(outcome)))
  );
}

/** What the path of a request that was answered takes away from it. */
export const routeMeasureRules: readonly Rule[] = [
  { cause: 'route.loss', judge: (facts) => judgeLoss(facts, (begin) => !(begin?.ttl === 1 && isSilenceAlone(facts))) },
  // This host's own link loses questions and answers of resolvers as well.
  {
    cause: 'route.loss',
    supersedes: ['dns.flaky', 'dns.slow'],
    judge: (facts) => judgeLoss(facts, (begin) => begin?.ttl === 1 && isSilenceAlone(facts)),
  },
  { cause: 'route.latency', judge: (facts) => judgeLatency(facts, (jump) => !explainsLookup(facts, jump)) },
  { cause: 'route.latency', supersedes: ['dns.slow'], judge: (facts) => judgeLatency(facts, (jump) => explainsLookup(facts, jump)) },
];

/** What begins at the first hop is of this host's own link. */
function sideOfBegin(begin: { ttl: number } | null): Side | undefined {
  return begin?.ttl === 1 ? 'client' : undefined;
}

function wasRepeated(facts: TcpFacts): boolean {
  return (facts.synRetransmissions ?? 0) > 0 || (facts.retransmissions ?? 0) > 0;
}
