import { lookup as lookupCallback } from 'node:dns';
import type { NameLookup, NameLookupOutcome } from '../ports/name-lookup.ts';
import { failureOf } from './errno.ts';
import { limitWait } from './wait-limit.ts';

let pending = 0;

/**
 * Lookups that the system's resolver has not returned from, given up ones included. getaddrinfo cannot be cancelled: it occupies a thread
 * that `process.exit` waits for, see {@link exitNow}.
 */
export function pendingLookups(): number {
  return pending;
}

/** getaddrinfo through `dns.lookup`. A lookup that is given up goes on in its thread until the system's own limit, usually 5 to 30 s. */
export const systemNames: NameLookup = {
  lookup: (name, family, wait) => {
    if (wait.signal?.aborted) return Promise.resolve({ kind: 'aborted' });
    // Node.js answers the empty name with no address and no error; getaddrinfo says EAI_NONAME.
    if (name === '') return Promise.resolve({ kind: 'failed', failure: { name: 'name-not-found' } });
    return new Promise((resolve) => {
      let settled = false;
      const settle = (outcome: NameLookupOutcome): void => {
        if (settled) return;
        settled = true;
        release();
        resolve(outcome);
      };
      const release = limitWait(wait, (why) => settle({ kind: why }));
      const numericFamily = family === 'ipv4' ? 4 : family === 'ipv6' ? 6 : 0;
      pending += 1;
      try {
        lookupCallback(name, { all: true, verbatim: true, family: numericFamily }, (error, found) => {
          pending -= 1;
          if (error !== null) return settle({ kind: 'failed', failure: failureOf(error) });
          const distinct = new Map(found.map((one) => [one.address, one.family]));
          if (distinct.size === 0) return settle({ kind: 'failed', failure: { name: 'name-not-found' } });
          settle({
            kind: 'found',
            addresses: [...distinct].map(([address, number]) => ({ address, family: number === 6 ? 'ipv6' : 'ipv4' })),
          });
        });
      } catch (error) {
        // Node.js throws for a name it cannot even pass on (a lone surrogate, a NUL).
        pending -= 1;
        settle({ kind: 'failed', failure: failureOf(error) });
      }
    });
  },
};
