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

/** Packet sizes that passed, when every larger one that was tried stalled; null when the sizes contradict each other. */
function largestPassing(tried: readonly Tried[]): number | null {
  const sized = tried.filter((one) => one.maxSegmentBytes !== null && (one.outcome === 'went-on' || one.outcome === 'stalled'));
  const bytesOf = (one: Tried): number => (one.maxSegmentBytes ?? 0) + headerBytes[one.family];
  const passed = Math.max(...sized.filter((one) => one.outcome === 'went-on').map(bytesOf));
  const stalled = sized.filter((one) => one.outcome === 'stalled').map(bytesOf);
  return stalled.length > 0 && stalled.every((bytes) => bytes > passed) ? passed : null;
}

export const packetSizeRules: readonly Rule[] = [
  {
    cause: 'route.mtu-black-hole',
    supersedes: ['tls.timeout', 'tls.large-hello', 'http.timeout', 'http.stalled', 'tcp.stall'],
    judge(facts) {
      const stalls = stallsOf(facts);
      const tried = facts.of('tcp.segments-tried');
      const healed = tried.filter((one) => one.maxSegmentBytes !== null && one.outcome === 'went-on');
      // The system's own size on a second connection: healed as well, it was no matter of size.
      const control = tried.filter((one) => one.maxSegmentBytes === null);
      const first = healed[0];
      if (stalls.length === 0 || first === undefined || control.length === 0) return none();
      if (control.some((one) => one.outcome !== 'stalled')) return none();
      return failure(
        [...stalls, ...tried],
        {
          address: first.server.address,
          port: first.server.port,
          mtuBytes: largestPassing(tried),
          segmentBytes: first.maxSegmentBytes,
          from: null,
        },
        // The connection opens: its packets are small.
        { scope: ['large'], persists: true },
      );
    },
  },
];
