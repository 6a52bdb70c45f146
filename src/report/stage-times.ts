import type { Timings } from '../model/timings.ts';

/** One stage of a request and how long it lasted. */
export interface StageTime {
  name: string;
  milliseconds: number;
}

/** The stages that were reached, in order; they add up to the total. */
export function stageTimes(timings: Timings): StageTime[] {
  const named: [string, number | null][] = [
    ['redirects', timings.redirectMs],
    ['dns', timings.dnsMs],
    ['connect', timings.connectMs],
    ['tls', timings.tlsMs],
    ['request', timings.requestMs],
    ['first byte', timings.firstByteMs],
    ['content', timings.contentMs],
  ];
  return named.flatMap(([name, milliseconds]) => (milliseconds === null ? [] : [{ name, milliseconds }]));
}
