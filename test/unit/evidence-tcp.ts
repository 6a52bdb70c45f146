import type { ObservationDraft } from '../../src/model/observation.ts';
import type { TcpFlowTried, TcpIdleReused, TcpPortTried } from '../../src/model/observations/tcp.ts';
import { server } from './evidence.ts';

/** Observations of the experiments about connecting; see `evidence.ts`. */
type Draft = ObservationDraft;

const facts = { rttMs: 16, synRetransmissions: 0, retransmissions: 0, mssBytes: 1460, bytesAcknowledged: null };

function at(address: string, port: number, connection: string) {
  const family = address.includes(':') ? ('ipv6' as const) : ('ipv4' as const);
  return { checkpoint: 'tcp', atMs: 2000, connection, server: { address, port }, family } as const;
}

export function portTried(outcome: TcpPortTried['outcome'], more: { address?: string; errorsKnown?: boolean } = {}): Draft {
  const { address = server.address, errorsKnown = true } = more;
  return { ...at(address, 80, 'c5'), kind: 'tcp.port-tried', outcome, afterMs: 20, errorsKnown, followUp: 'other-ports' };
}

/** One source port, tried so many times with these outcomes. */
export function flow(sourcePort: number, ...outcomes: TcpFlowTried['outcome'][]): Draft[] {
  return outcomes.map((outcome, index) => ({
    ...at(server.address, server.port, `c${sourcePort}-${index}`),
    kind: 'tcp.flow-tried',
    sourcePort,
    round: index + 1,
    outcome,
    afterMs: 20,
    followUp: 'other-flows',
  }));
}

/** Opened beside a first attempt that stayed silent. */
export function connectedAgain(durationMs: number): Draft {
  return { ...at(server.address, server.port, 'c0'), kind: 'tcp.connected', durationMs, client: null, facts, carried: true, again: true };
}

export function shortReach(outcome: 'reset' | 'silent', hopLimit: number, serverDistance = 6): Draft {
  return { ...at(server.address, server.port, 'c7'), kind: 'tcp.short-reach-tried', hopLimit, serverDistance, outcome, afterMs: 2, facts };
}

export function idleReused(outcome: TcpIdleReused['outcome'], fresh: TcpIdleReused['fresh'] = 'answered'): Draft {
  return { ...at(server.address, server.port, 'c8'), kind: 'tcp.idle-reused', idleMs: 60_000, outcome, afterMs: 5000, fresh, facts };
}

/** A path traced to the target, which answered at this TTL, or did not. */
export function traced(
  protocol: 'tcp' | 'udp' | 'icmp',
  reachedAtTtl: number | null,
  more: { address?: string; rttMs?: number } = {},
): Draft {
  const { address = server.address, rttMs = 16 } = more;
  const what = protocol === 'tcp' ? ('refused' as const) : protocol === 'udp' ? ('icmp-error' as const) : ('echo-reply' as const);
  const routers = Array.from({ length: (reachedAtTtl ?? 4) - 1 }, (_, index) => ({
    ttl: index + 1,
    sent: 1,
    answers: [{ from: `192.0.2.${index + 1}`, what: 'expired' as const, type: 11, code: 0, count: 1, rttMs: [index + 1] }],
  }));
  const end = {
    ttl: routers.length + 1,
    sent: 1,
    answers: reachedAtTtl === null ? [] : [{ from: address, what, count: 1, rttMs: [rttMs] }],
  };
  return {
    kind: 'route.path-traced',
    checkpoint: 'route',
    atMs: 3000,
    protocol,
    family: address.includes(':') ? 'ipv6' : 'ipv4',
    destination: { address, port: protocol === 'tcp' ? server.port : 0 },
    by: 'kernel',
    rounds: 1,
    hops: [...routers, end],
    reachedAtTtl,
    probedToTtl: 14,
    waitedMs: 1000,
    followUp: 'path-of-failure',
  };
}
