import type { Detail } from '../../model/finding.ts';
import type { Observation, ObservationOf } from '../../model/observation.ts';
import { scopeOf } from '../address-evidence.ts';
import type { Facts } from '../facts.ts';
import { carriedConnection } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

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

/** What exchanges with one server show in which sizes were tried; null when it is no matter of size. */
function sizesOf(
  facts: Facts,
  address: string,
  stalls: readonly Observation[],
): { healed: readonly Tried[]; tried: readonly Tried[]; detail: Detail; isLost: boolean } | null {
  const tried = facts.of('tcp.segments-tried').filter((one) => one.server.address === address);
  const healed = tried.filter((one) => one.outcome === 'went-on');
  const stalled = tried.filter((one) => one.outcome === 'stalled');
  const first = healed[0];
  // The system's own size on a second connection has to stall again: else it was no matter of size.
  if (stalls.length === 0 || first === undefined || !stalled.some((one) => one.maxSegmentBytes === null)) return null;
  const passes = Math.max(...healed.map(packetBytes));
  if (stalled.some((one) => packetBytes(one) <= passes)) return null;
  const isLost = [...stalls, ...stalled, ...facts.of('tcp.measured').filter((one) => one.server.address === address)].some(hasLost);
  if (!isLost && healed.length + stalled.length < enoughSizes) return null;
  const detail = {
    address: first.server.address,
    port: first.server.port,
    // Between the largest that passes and the next that does not.
    mtuBytes: stalled.length > 1 ? passes : null,
    segmentBytes: first.maxSegmentBytes,
    from: null,
  };
  return { healed, tried, detail, isLost };
}

export const packetSizeRules: readonly Rule[] = [
  {
    cause: 'route.mtu-black-hole',
    supersedes: ['tls.timeout', 'tls.large-hello', 'http.timeout', 'http.stalled', 'tcp.stall'],
    judge(facts) {
      const stalls = stallsOf(facts);
      const address = carriedConnection(facts)?.server.address ?? '';
      const sizes = sizesOf(facts, address, stalls);
      if (sizes === null) return none();
      return failure(
        [...stalls, ...sizes.tried],
        sizes.detail,
        // The connection opens: its packets are small.
        { scope: ['large'], persists: true, confidence: sizes.isLost ? 'proven' : 'likely' },
      );
    },
  },
  {
    // At an address beside the one that carries the request.
    cause: 'route.mtu-black-hole',
    supersedes: ['tls.timeout'],
    judge(facts) {
      const carried = carriedConnection(facts);
      const tried = new Set(facts.of('tcp.segments-tried').map((one) => one.server.address));
      const silent = facts
        .of('tls.hello-tried')
        .filter((hello) => hello.variant === 'as-walked' && hello.outcome === 'silent' && tried.has(hello.server.address));
      if (carried === null || stallsOf(facts).length > 0) return none();
      const judged = silent.map((hello) => ({ hello, sizes: sizesOf(facts, hello.server.address, [hello]) }));
      // One that small packets do not heal is silent for another reason.
      if (judged.some(({ sizes }) => sizes === null)) return none();
      return judged.flatMap(({ hello, sizes }) =>
        sizes === null
          ? none()
          : impairment(
              [hello, ...sizes.tried, carried],
              { ...sizes.detail, works: carried.server.address },
              {
                scope: ['large', ...scopeOf([hello.server.address], [carried.server.address])],
                confidence: sizes.isLost ? 'proven' : 'likely',
              },
            ),
      );
    },
  },
];
