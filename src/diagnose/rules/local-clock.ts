import type { ObservationOf } from '../../model/observation.ts';
import { decidingTrust } from '../../model/trust.ts';
import { pathsOf, signedPaths } from '../chain-evidence.ts';
import type { Facts } from '../facts.ts';
import { carriedCertificates } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Check = ObservationOf<'local.check-answered'>;
type Received = ObservationOf<'tls.certificates-received'>;

/** A Date field is good to a second, and servers that keep time by themselves drift by a few: less than this is agreement. */
const agreementMs = 60_000;

/** What others say this host's clock is ahead by, each speaker once. */
export function clockComparisons(facts: Facts): readonly (Check & { clockAheadMs: number })[] {
  return facts
    .of('local.check-answered')
    .filter((check): check is Check & { clockAheadMs: number } => check.clockAheadMs !== null && check.asked !== 'nobody');
}

/** Speakers who find this host's clock right. */
export function clockWitnesses(facts: Facts): readonly Check[] {
  return clockComparisons(facts).filter((check) => Math.abs(check.clockAheadMs) < agreementMs);
}

function isInTime({ notBefore, notAfter }: { notBefore: string; notAfter: string }, atMs: number): boolean {
  return atMs >= Date.parse(notBefore) - agreementMs && atMs <= Date.parse(notAfter) + agreementMs;
}

/**
 * Whether dates are all right by another clock: along one path to an authority that is trusted somewhere, where there are such paths, as a server may
 * send a cross-sign that expired long ago; else of every certificate that is out of its time by this one.
 */
function isExplained(facts: Facts, received: Received, nowMs: number, otherMs: number): boolean {
  const paths = pathsOf(facts, received);
  const anchored = paths === null ? [] : signedPaths(paths).filter(({ end }) => end === 'anchor');
  if (paths === null || anchored.length === 0)
    return received.certificates.every((certificate) => isInTime(certificate, nowMs) || isInTime(certificate, otherMs));
  return anchored.some(({ certificates }) => certificates.every((index) => isInTime(paths.certificates[index]!, otherMs)));
}

/** Signatures of the DNS that hold by this host's clock and would not by the other. */
function signedOtherwise(facts: Facts, otherMs: number): boolean {
  return facts
    .of('dns.trust-link')
    .some(
      ({ outcome, validFrom, validUntil }) =>
        outcome === 'valid' &&
        ((validFrom !== null && otherMs < Date.parse(validFrom)) || (validUntil !== null && otherMs > Date.parse(validUntil))),
    );
}

function hostOf(check: Check): string {
  return URL.canParse(check.url) ? new URL(check.url).hostname : check.url;
}

export const localClockRules: readonly Rule[] = [
  {
    cause: 'local.clock-wrong',
    supersedes: ['tls.cert-expired', 'tls.cert-not-yet-valid', 'tls.chain-expired'],
    judge(facts) {
      const received = carriedCertificates(facts);
      if (received === null) return none();
      const nowMs = Date.parse(received.judgedAt);
      if (received.certificates.every((certificate) => isInTime(certificate, nowMs))) return none();
      // Nothing in use is out of its time by this clock.
      if (decidingTrust(received.trust)?.trusted === true) return none();
      // One who finds the clock right is enough to doubt all others: clocks are wrong in many ways and right in one.
      if (clockWitnesses(facts).length > 0) return none();
      const wrong = clockComparisons(facts).filter((check) => isExplained(facts, received, nowMs, nowMs - check.clockAheadMs));
      const [first] = wrong;
      if (first === undefined) return none();
      const agreeing = wrong.filter((check) => Math.abs(check.clockAheadMs - first.clockAheadMs) < 2 * agreementMs);
      const speakers = new Set(agreeing.map(hostOf));
      // A server whose own clock stands still in the past shows its expired certificate as valid: its word alone is not enough for that.
      if (speakers.size === 1 && first.clockAheadMs > 0) return none();
      if (signedOtherwise(facts, nowMs - first.clockAheadMs)) return none();
      return failure(
        [received, ...agreeing],
        { offsetMs: first.clockAheadMs, hosts: [...speakers] },
        { confidence: speakers.size > 1 ? 'proven' : 'likely', persists: true },
      );
    },
  },
];
