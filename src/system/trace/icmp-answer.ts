import type { ProbeAnswer } from '../../ports/path-tracer.ts';
import type { Received } from './socket-calls.ts';

/** Time exceeded in transit: type 11 code 0 of ICMP (RFC 792), type 3 code 0 of ICMPv6 (RFC 4443 section 3.3). */
function isExpired(origin: NonNullable<Received['origin']>): boolean {
  return origin.code === 0 && origin.type === (origin.version === 4 ? 11 : 3);
}

/** What an ICMP error says in answer to a probe; null when it is this host's own word, or nobody's. */
export function answerOf(error: Received, sentAtMs: number): ProbeAnswer | null {
  const { origin, receivedAtMs, ttl } = error;
  if (origin === null || origin.from === null) return null;
  return {
    from: origin.from,
    what: isExpired(origin) ? 'expired' : 'icmp-error',
    type: origin.type,
    code: origin.code,
    rttMs: receivedAtMs === null ? null : Math.max(0, receivedAtMs - sentAtMs),
    ...(ttl === null ? {} : { replyTtl: ttl }),
  };
}
