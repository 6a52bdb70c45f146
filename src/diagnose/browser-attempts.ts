import { isIpv6 } from '../model/address.ts';
import type { Facts } from './facts.ts';
import { type ConnectAttempt, chosenAddresses, connectAttempts } from './progress.ts';

/** What a browser does with the addresses of a name, and what its user waits for. */
export interface BrowserAttempts {
  /** Addresses in the order they are tried. */
  order: readonly string[];
  /** The one that opens; null when none does. */
  opens: string | null;
  /** Milliseconds until the attempt begins that opens: what the addresses before it cost. Null when none opens. */
  delayMs: number | null;
  /** The same for a program that waits for each attempt to end: null when it waits for a silent address, which takes the system's own timeout. */
  oneByOneMs: number | null;
}

/** RFC 8305 section 5: the recommended Connection Attempt Delay. */
const attemptDelayMs = 250;

/**
 * Happy Eyeballs version 2 (RFC 8305): addresses of both families take turns, the first answered family first (section 4); the next attempt begins
 * when the one before has failed, or after 250 ms (section 5).
 */
export function browserAttempts(facts: Facts): BrowserAttempts {
  const attempts = new Map<string, ConnectAttempt>();
  for (const attempt of connectAttempts(facts)) {
    // A connection says more than the attempt before it that stayed silent.
    if (attempt.kind === 'tcp.connected' || !attempts.has(attempt.server.address)) attempts.set(attempt.server.address, attempt);
  }
  const order = interleaved(chosenAddresses(facts).filter((address) => attempts.has(address)));
  let beginsMs = 0;
  let oneByOneMs: number | null = 0;
  let first: { address: string; beginsMs: number; opensMs: number; oneByOneMs: number | null } | null = null;
  for (const address of order) {
    const attempt = attempts.get(address);
    if (attempt === undefined || (first !== null && beginsMs >= first.opensMs)) continue;
    const tookMs = attempt.kind === 'tcp.syn-unanswered' ? Number.POSITIVE_INFINITY : (attempt.durationMs ?? 0);
    if (attempt.kind === 'tcp.connected') {
      const opensMs = beginsMs + tookMs;
      if (first === null || opensMs < first.opensMs)
        first = { address, beginsMs, opensMs, oneByOneMs: first === null ? oneByOneMs : first.oneByOneMs };
      beginsMs += attemptDelayMs;
    } else {
      beginsMs += Math.min(tookMs, attemptDelayMs);
      if (oneByOneMs !== null) oneByOneMs = Number.isFinite(tookMs) ? oneByOneMs + tookMs : null;
    }
  }
  return {
    order,
    opens: first?.address ?? null,
    delayMs: first === null ? null : Math.round(first.beginsMs),
    oneByOneMs: first === null || first.oneByOneMs === null ? null : Math.round(first.oneByOneMs),
  };
}

/** Families take turns, beginning with that of the first address. */
function interleaved(addresses: readonly string[]): string[] {
  const [leading] = addresses;
  if (leading === undefined) return [];
  const ofFirst = addresses.filter((address) => isIpv6(address) === isIpv6(leading));
  const ofSecond = addresses.filter((address) => isIpv6(address) !== isIpv6(leading));
  return Array.from({ length: Math.max(ofFirst.length, ofSecond.length) }, (_, index) => [ofFirst[index], ofSecond[index]])
    .flat()
    .filter((address) => address !== undefined);
}
