import type { Timings } from '../model/timings.ts';
import { duration, percent, plural } from './wording.ts';

/** Total, shares of network and server, round trips; what is known of them in one line. Of a request that got no answer, how long the walk took, where one was made. */
export function timingLine(timings: Timings, walkMs: number | null): string {
  const { totalMs, firstByteMs, serverMs, roundTrips, roundTripMs, redirectMs } = timings;
  if (totalMs === null || firstByteMs === null) return walkMs === null ? 'no answer was captured' : `${duration(walkMs)} until the verdict`;
  const parts = [duration(totalMs)];
  if (serverMs !== null && totalMs > 0) {
    const share = percent(serverMs, totalMs);
    parts[0] += `: network ${100 - share} %, server ${share} % (${duration(serverMs)})`;
  }
  if (roundTrips !== null) {
    parts.push(`${plural(roundTrips, 'round trip')}${roundTripMs === null ? '' : ` of ${duration(roundTripMs)}`}`);
  }
  if (redirectMs !== null && redirectMs > 0) parts.push(`${duration(redirectMs)} of it in redirects`);
  return parts.join('; ');
}
