import type { Observation, ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Tried = ObservationOf<'tcp.segments-tried'>;

/** Headers of IP and TCP without options: what a segment size is stated without (RFC 9293 section 3.7.1). */
const headerBytes = { ipv4: 40, ipv6: 60 } as const;

/** Where the request itself stalled on an open connection. */
function stallsOf(facts: Facts): readonly Observation[] {
  const silent = facts.of('tcp.peer-silent').filter((observation) => observation.followUp === undefined && observation.phase !== 'opened');
  const bodies = facts.of('http.body-received').filter((body) => body.followUp === undefined && body.end === 'silent');
  return [...silent, ...bodies];
}

/** So many sizes that fall into two groups, small and large, are no chance: a server that hangs now and then would mix them. */
const enoughSizes = 4;

/** Bytes of the largest packet of an exchange; infinite for the system's own size, which nothing held down. */
function packetBytes(tried: Tried): number {
  return tried.maxSegmentBytes === null ? Number.POSITIVE_INFINITY : tried.maxSegmentBytes + headerBytes[tried.family];
}

/** The kernel saw packets lost: what came did so ahead of a gap, or what was sent again was never acknowledged. */
function hasLost(observation: Observation): boolean {
  if (observation.kind !== 'tcp.peer-silent' && observation.kind !== 'tcp.segments-tried' && observation.kind !== 'tcp.measured')
    return false;
  const { kernel, retransmissions } = observation.facts;
  return (kernel?.outOfOrderSegments ?? 0) > 0 || ((kernel?.bytesUnacknowledged ?? 0) > 0 && (retransmissions ?? 0) > 0);
}

export const packetSizeRules: readonly Rule[] = [
  {
    cause: 'route.mtu-black-hole',
    supersedes: ['tls.timeout', 'tls.large-hello', 'http.timeout', 'http.stalled', 'tcp.stall'],
    judge(facts) {
      const stalls = stallsOf(facts);
      const tried = facts.of('tcp.segments-tried');
      const healed = tried.filter((one) => one.outcome === 'went-on');
      const stalled = tried.filter((one) => one.outcome === 'stalled');
      const first = healed[0];
      // The system's own size on a second connection has to stall again: else it was no matter of size.
      if (stalls.length === 0 || first === undefined || !stalled.some((one) => one.maxSegmentBytes === null)) return none();
      const passes = Math.max(...healed.map(packetBytes));
      if (stalled.some((one) => packetBytes(one) <= passes)) return none();
      const isLost = [...stalls, ...stalled, ...facts.of('tcp.measured')].some(hasLost);
      if (!isLost && healed.length + stalled.length < enoughSizes) return none();
      return failure(
        [...stalls, ...tried],
        {
          address: first.server.address,
          port: first.server.port,
          // Between the largest that passes and the next that does not.
          mtuBytes: stalled.length > 1 ? passes : null,
          segmentBytes: first.maxSegmentBytes,
          from: null,
        },
        // The connection opens: its packets are small.
        { scope: ['large'], persists: true, confidence: isLost ? 'proven' : 'likely' },
      );
    },
  },
];
