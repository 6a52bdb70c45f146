import type { ObservationOf } from '../../model/observation.ts';
import { carriedConnection } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Reset = ObservationOf<'tcp.reset-received'>;

/** Routes change by a hop or two, and load is shared over ways of unequal length; nobody's packets change by more. */
const usualTtlChange = 4;

/** What packets begin with: 64 and 128 of ordinary systems, 255 of many load balancers and routers. */
const initialTtls = [64, 128, 255] as const;

/** Hops a packet had come. Resets of a machine often begin with another number than its other packets: the number alone says nothing. */
function hopsOf(ttl: number): number {
  return (initialTtls.find((initial) => initial >= ttl) ?? ttl) - ttl;
}

/** Whether a reset came from another place than the server's other packets, by the hops it had come. */
function isFromElsewhere({ ttl, serverTtl }: Reset): boolean {
  if (ttl == null || serverTtl == null) return false;
  return Math.min(Math.abs(ttl - serverTtl), Math.abs(hopsOf(ttl) - hopsOf(serverTtl))) > usualTtlChange;
}

/** What only packets tell. */
export const packetRules: readonly Rule[] = [
  {
    cause: 'tcp.reset-by-middlebox',
    supersedes: ['tcp.reset', 'tls.reset', 'tls.sni-filtered', 'http.reset', 'http.host-filtered'],
    judge(facts) {
      const forged = facts.of('tcp.reset-received').filter((reset) => reset.followUp === undefined && isFromElsewhere(reset));
      const first = forged[0];
      if (first === undefined) return none();
      return failure(
        forged,
        {
          address: first.server.address,
          port: first.server.port,
          reason: `the reset came with a time to live of ${first.ttl}, the server's own packets with ${first.serverTtl}`,
        },
        { confidence: 'likely' },
      );
    },
  },
  {
    cause: 'route.return-path',
    judge(facts) {
      const unheard = facts.of('tcp.syn-ack-unheard').filter((observation) => observation.followUp === undefined);
      const first = unheard[0];
      if (first === undefined) return none();
      return failure(unheard, { address: first.server.address, port: first.server.port }, { confidence: 'likely' });
    },
  },
  {
    cause: 'route.mtu-black-hole',
    supersedes: [
      'tls.timeout',
      'tls.closed',
      'tls.reset',
      'tls.large-hello',
      'http.timeout',
      'http.stalled',
      'http.truncated',
      'tcp.stall',
    ],
    judge(facts) {
      const lost = facts.of('tcp.segment-never-arrived').filter((observation) => observation.followUp === undefined);
      const first = lost[0];
      if (first === undefined) return none();
      const detail = {
        address: first.server.address,
        port: first.server.port,
        mtuBytes: null,
        from: null,
        segmentBytes: first.segmentBytes,
      };
      // The connection opens: its packets are small.
      return failure(lost, detail, { confidence: 'likely', scope: ['large'], persists: true });
    },
  },
  {
    cause: 'tls.aborted-encrypted',
    supersedes: ['tls.alert'],
    judge(facts) {
      const aborted = facts
        .of('tls.handshake-failed')
        .filter((failed) => failed.followUp === undefined && failed.failure.name === 'ended-encrypted');
      const first = aborted[0];
      if (first === undefined || facts.of('tls.alert-received').length > 0) return none();
      return failure([...aborted, carriedConnection(facts)], {
        address: first.server.address,
        port: first.server.port,
        by: first.endedBy ?? 'client',
      });
    },
  },
];
