import { noTimings } from '../../model/timings.ts';
import type { Stopwatch } from '../stopwatch.ts';

/** For requests whose stages nobody adds up. */
export const noStopwatch: Stopwatch = {
  lookedUp() {},
  connected() {},
  passed() {},
  secured() {},
  requestSent() {},
  firstByte() {},
  lastByte() {},
  timings: () => noTimings,
};
