import { isLoopback } from '../model/address.ts';
import type { CauseCode } from '../model/cause.ts';
import type { Observation } from '../model/observation.ts';
import { addressesIn, authoritativeAnswers } from './dns-evidence.ts';
import type { Facts } from './facts.ts';
import { answersFromResolvers, liveGateways, routesFound } from './local-evidence.ts';
import { ownDrop, ownReject } from './local-look-alikes.ts';
import { type LookAlike, never } from './look-alike.ts';
import { pathsIntoTarget } from './path-evidence.ts';
import { failedAttempts } from './progress.ts';

export function acknowledged(facts: Facts): readonly Observation[] {
  return facts.of('tcp.peer-silent').filter((silent) => (silent.facts.bytesAcknowledged ?? 0) > 0);
}

export function silentConnectionStayedOpen(facts: Facts): readonly Observation[] {
  return facts.of('tcp.silent-connection').filter((probe) => probe.outcome === 'stayed-open');
}

/** Segments that every link carries fared no better: size is not what matters. */
function smallSegmentsStalled(facts: Facts): readonly Observation[] {
  return facts.of('tcp.segments-tried').filter((tried) => tried.maxSegmentBytes !== null && tried.outcome === 'stalled');
}

/** Every flow to the target fared alike: it is no matter of parallel paths. */
function flowsAlike(facts: Facts): readonly Observation[] {
  const flows = facts.of('tcp.flow-tried');
  return new Set(flows.map((flow) => flow.outcome)).size === 1 ? flows : [];
}

const onePathDead: LookAlike = {
  cause: 'route.one-path-dead',
  why: 'one of several parallel paths may be dead, and this flow be on it',
  decidedBy: 'the same attempt from other source ports (the same ones must fail each time)',
  excludedBy: flowsAlike,
};

function refusedOnLoopback(facts: Facts): readonly Observation[] {
  return failedAttempts(facts).filter((attempt) => attempt.kind === 'tcp.syn-refused' && isLoopback(attempt.server.address));
}

/** Refusals that are resets: packets were seen, or the kernel would have told of an ICMP error. */
function resetsSeen(facts: Facts): readonly Observation[] {
  const refused = failedAttempts(facts).filter((attempt) => attempt.kind === 'tcp.syn-refused');
  const traces = facts
    .of('route.path-traced')
    .filter(
      (trace) =>
        trace.by === 'kernel' &&
        trace.protocol === 'tcp' &&
        refused.some((attempt) => attempt.server.address === trace.destination.address) &&
        trace.hops.some((hop) => hop.answers.some((answer) => answer.what === 'refused')),
    );
  return [...refused.filter((attempt) => attempt.ttl !== null), ...traces];
}

/** The refusal comes from as far away as the address itself answers, by the traces of the kernel. */
function refusedFromAfar(facts: Facts): readonly Observation[] {
  const refused = failedAttempts(facts).filter((attempt) => attempt.kind === 'tcp.syn-refused');
  return refused.flatMap(({ server }) => {
    const reached = facts
      .of('route.path-traced')
      .filter((trace) => trace.by === 'kernel' && trace.destination.address === server.address && trace.reachedAtTtl !== null);
    const own = reached.filter((trace) => trace.protocol === 'tcp' && trace.destination.port === server.port);
    const others = reached.filter((trace) => trace.protocol !== 'tcp');
    const isAsFar = own.some(
      (trace) => others.length > 0 && others.every((other) => (other.reachedAtTtl ?? 0) <= (trace.reachedAtTtl ?? 0)),
    );
    return isAsFar ? [...own, ...others] : [];
  });
}

/** The reset comes from this host itself, or nobody resets while packets end just before the server. */
function resetFromAfar(facts: Facts): readonly Observation[] {
  const tried = facts.of('tcp.short-reach-tried');
  const short = tried.some((one) => one.outcome === 'reset') ? [] : tried;
  return [...facts.of('tcp.reset-received').filter((reset) => isLoopback(reset.server.address)), ...short];
}

export const resetByMiddlebox: LookAlike = {
  cause: 'tcp.reset-by-middlebox',
  why: 'a box in between can reset in the name of the server',
  decidedBy: "TTL of the RST against the server's other packets, from a capture",
  excludedBy: resetFromAfar,
};

export const mtuBlackHole: LookAlike = {
  cause: 'route.mtu-black-hole',
  why: 'full-size packets may vanish on the way while small ones pass',
  decidedBy: 'the same request with a lowered MSS (heals: MTU; does not: the server)',
  excludedBy: smallSegmentsStalled,
};

/** What causes of connecting could be taken for. */
export const tcpLookAlikes: Readonly<Partial<Record<CauseCode, readonly LookAlike[]>>> = {
  'route.unreachable': [
    {
      cause: 'local.neighbor-unresolved',
      why: 'this host itself reports unreachable when an on-link address does not resolve',
      decidedBy: 'ip neigh show {address}',
      excludedBy: (facts) => facts.of('route.icmp-error').filter((error) => error.from !== null),
    },
    {
      cause: 'route.filtered',
      why: 'the system does not say which ICMP code arrived',
      decidedBy: 'traceroute -T -p {port} {address}',
      excludedBy: (facts) => facts.of('route.icmp-error'),
    },
    { ...ownReject, excludedBy: (facts) => facts.of('route.icmp-error').filter((error) => error.from !== null) },
  ],
  'tcp.slow': [onePathDead],
  'tcp.filtered': [onePathDead],
  'tcp.timeout': [
    ownDrop,
    onePathDead,
    {
      cause: 'dns.wrong-address',
      why: 'the name may lead to an address where the site no longer is',
      decidedBy: 'dig +trace {host} (what the name servers say now)',
      excludedBy: (facts) => {
        const { addresses = [] } = facts.first('dns.addresses-chosen') ?? {};
        const confirmed = authoritativeAnswers(facts).filter((answer) =>
          addressesIn(answer).some((address) => addresses.includes(address)),
        );
        return facts.target?.hostKind === 'name' ? confirmed : facts.target === null ? [] : [facts.target];
      },
    },
    {
      cause: 'tcp.filtered',
      why: 'a firewall that drops this port, or a full accept queue, is as silent',
      decidedBy: 'nc -vz {address} OTHER_PORT; ping {address} (an answer means only this port is closed off)',
      excludedBy: never,
    },
    {
      cause: 'route.black-hole',
      why: 'the path may end before the target',
      decidedBy: 'traceroute -T -p {port} {address}',
      excludedBy: pathsIntoTarget,
    },
    {
      cause: 'route.return-path',
      why: 'the answer may be sent and lost on the way back',
      decidedBy: 'a capture at the server',
      excludedBy: never,
    },
    {
      cause: 'local.gateway-unresolved',
      why: "the gateway's link-layer address may be unresolved",
      decidedBy: 'ip neigh',
      excludedBy: (facts) => [...liveGateways(facts), ...answersFromResolvers(facts)],
    },
    { cause: 'local.no-route', why: 'there may be no route', decidedBy: 'ip route get {address}', excludedBy: routesFound('target') },
  ],
  'tcp.refused': [
    {
      cause: 'tcp.reset-by-middlebox',
      why: 'a firewall can answer in the name of the server',
      decidedBy: 'compare TTL and round trip of the RST with those of an open port, from a capture',
      excludedBy: (facts) => [...refusedOnLoopback(facts), ...refusedFromAfar(facts)],
    },
    ownReject,
    { ...onePathDead, excludedBy: (facts) => [...refusedOnLoopback(facts), ...flowsAlike(facts)] },
    {
      cause: 'route.filtered',
      why: "a firewall's ICMP port unreachable reaches programs as a refusal, too",
      decidedBy: 'sudo tcpdump -nvi any icmp or icmp6, while repeating the attempt',
      excludedBy: (facts) => [...refusedOnLoopback(facts), ...resetsSeen(facts)],
    },
  ],
  'tcp.reset': [resetByMiddlebox],
};
