import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { ownIcmpErrors } from '../local-evidence.ts';
import { owners, placeOf, sideOf, strayDetail, strayPath } from '../path-evidence.ts';
import { failedAttempts } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type IcmpError = ObservationOf<'route.icmp-error'>;

/** RFC 1812 section 5.2.7.1 and RFC 4443 section 3.1: administratively prohibited, policy, reject route. */
function isProhibited(error: IcmpError): boolean {
  return error.version === 4 ? error.type === 3 && [9, 10, 13].includes(error.code) : error.type === 1 && [1, 5, 6].includes(error.code);
}

/**
 * Port unreachable (RFC 792, RFC 4443 section 3.1) in answer to a SYN: hosts answer with a reset (RFC 9293 section 3.10.7.1), so it is the word of a
 * filter, in front of the host or on it.
 */
function isPortRejected(error: IcmpError): boolean {
  return error.version === 4 ? error.type === 3 && error.code === 3 : error.type === 1 && error.code === 4;
}

/** Network or host unreachable, in all the ways RFC 792 and RFC 1122 name; no route, beyond scope, address unreachable in RFC 4443. */
function isUnreachable(error: IcmpError): boolean {
  return error.version === 4
    ? error.type === 3 && [0, 1, 5, 6, 7, 8, 11, 12].includes(error.code)
    : error.type === 1 && [0, 2, 3].includes(error.code);
}

/** ICMP errors about the connection attempts that failed, when every attempt did. What this host told itself is not the path's. */
function errorsAboutTarget(facts: Facts): readonly IcmpError[] {
  const failed = failedAttempts(facts);
  const own = ownIcmpErrors(facts);
  return facts
    .of('route.icmp-error')
    .filter(
      (error) =>
        error.protocol === 'tcp' && !own.includes(error) && failed.some((attempt) => attempt.server.address === error.destination.address),
    );
}

/** The name of whoever an address belongs to; null when it is nobody's or not known. */
function ownerName(facts: Facts, address: string | null): string | null {
  return address === null ? null : (owners(facts).get(address)?.name ?? null);
}

/** The attempts failed, as these errors say. */
function failedBy(facts: Facts, errors: readonly IcmpError[]): readonly Claim[] {
  const first = errors[0];
  if (first === undefined) return none();
  const place = first.from === null ? null : placeOf(facts, first.from);
  const { address } = first.destination;
  const stray = strayPath(facts, address);
  return failure(
    [...errors, ...failedAttempts(facts), stray?.path ?? null],
    {
      address,
      from: first.from,
      type: first.type,
      code: first.code,
      version: first.version,
      owner: ownerName(facts, first.from),
      place,
      ...strayDetail(stray),
    },
    // The machine itself says so.
    { side: stray?.isCertain === true ? 'client' : first.from === address ? 'origin' : sideOf(place) },
  );
}

export const routeRules: readonly Rule[] = [
  {
    cause: 'route.unreachable',
    judge(facts) {
      return failedBy(facts, errorsAboutTarget(facts).filter(isUnreachable));
    },
  },
  {
    cause: 'route.unreachable',
    judge(facts) {
      // The kernel's errno alone: someone said unreachable, the system does not tell who.
      const failed = failedAttempts(facts);
      const unreachable = failed.filter(
        (attempt) =>
          attempt.kind === 'tcp.connect-failed' &&
          (attempt.failure.name === 'host-unreachable' || attempt.failure.name === 'network-unreachable') &&
          facts.of('local.route').some((route) => route.destination === attempt.server.address && route.found),
      );
      const first = unreachable[0];
      const others = failed.filter((attempt) => attempt.kind === 'tcp.syn-refused' || attempt.kind === 'tcp.syn-unanswered');
      if (first?.kind !== 'tcp.connect-failed' || others.length > 0 || errorsAboutTarget(facts).length > 0) return none();
      return failure(
        unreachable,
        { address: first.server.address, from: null, failure: first.failure.code ?? first.failure.name },
        { confidence: 'likely' },
      );
    },
  },
  {
    cause: 'route.filtered',
    supersedes: ['route.unreachable', 'local.firewall'],
    judge(facts) {
      return failedBy(
        facts,
        errorsAboutTarget(facts).filter((error) => isProhibited(error) || isPortRejected(error)),
      );
    },
  },
];
