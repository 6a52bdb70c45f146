import type { Observation, ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { isFamilyMissing, isResolutionError, namesFailed, ownIcmpErrors } from '../local-evidence.ts';
import { dnsQuestions, failedAttempts } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Refused = ObservationOf<'local.send-refused'>;

/** RFC 4443 section 3.1: a router's "administratively prohibited" comes as EACCES, like a refusal of this host. */
function mayBeRemote(refused: Refused): boolean {
  return refused.protocol === 'tcp' && refused.shownBy === undefined && refused.destination.address.includes(':');
}

/** An ICMP error about the same destination from somebody else. */
function answeredByOthers(facts: Facts, refused: Refused): boolean {
  const own = ownIcmpErrors(facts);
  return facts
    .of('route.icmp-error')
    .some((error) => error.from !== null && !own.includes(error) && error.destination.address === refused.destination.address);
}

/** What this host itself did not let out, by destination: refusals of the call, retransmissions that never left, rejects of its own. */
function refusals(facts: Facts): ReadonlyMap<string, readonly Observation[]> {
  const refused = new Map<string, Observation[]>();
  const add = (address: string, observation: Observation): void => {
    refused.set(address, [...(refused.get(address) ?? []), observation]);
  };
  for (const one of facts.of('local.send-refused')) {
    // A datagram that tries out whether anything may be sent there at all says something only beside silence.
    if (one.followUp === undefined && !(mayBeRemote(one) && answeredByOthers(facts, one))) add(one.destination.address, one);
  }
  for (const error of ownIcmpErrors(facts)) if (!isResolutionError(error)) add(error.destination.address, error);
  return refused;
}

/** Everything this request wanted to send to, attempt by attempt or question by question. */
function wanted(facts: Facts): readonly string[] {
  const attempts = failedAttempts(facts).filter((attempt) => !isFamilyMissing(attempt));
  if (attempts.length > 0) return attempts.map((attempt) => attempt.server.address);
  return namesFailed(facts) ? dnsQuestions(facts).map((question) => question.resolver.address) : [];
}

/** Silence where TCP was tried, and a datagram to the same address is refused at once: this host lets nothing out to there. */
function silentAndRefused(facts: Facts): readonly Observation[] {
  const tried = facts.of('local.send-refused').filter((one) => one.followUp !== undefined);
  const silent = failedAttempts(facts).filter((attempt) => attempt.kind === 'tcp.syn-unanswered');
  const all = failedAttempts(facts).filter((attempt) => !isFamilyMissing(attempt));
  const covered = silent.filter((attempt) => tried.some((one) => one.destination.address === attempt.server.address));
  return covered.length > 0 && covered.length === all.length ? [...tried, ...covered] : [];
}

export const localSendingRules: readonly Rule[] = [
  {
    cause: 'local.firewall',
    supersedes: [
      'dns.timeout',
      'dns.resolver-unreachable',
      'tcp.timeout',
      'tcp.filtered',
      'tcp.refused',
      'route.unreachable',
      'route.filtered',
      'route.black-hole',
      'local.proxy-unreachable',
    ],
    judge(facts) {
      const refused = refusals(facts);
      const destinations = wanted(facts);
      if (destinations.length > 0 && destinations.every((address) => refused.has(address))) {
        const evidence = [...new Set(destinations)].flatMap((address) => refused.get(address) ?? []);
        const isRemote = evidence.every((one) => one.kind === 'local.send-refused' && mayBeRemote(one));
        return failure(evidence, detailOf(evidence[0]), { confidence: isRemote ? 'likely' : 'proven' });
      }
      const silent = silentAndRefused(facts);
      return silent.length === 0 ? none() : failure(silent, detailOf(silent[0]), { confidence: 'likely' });
    },
  },
  {
    cause: 'local.resource-limit',
    judge(facts) {
      const exhausted = facts.of('local.resource-exhausted').filter((one) => one.during !== 'tracking');
      if (exhausted.length === 0 || (!namesFailed(facts) && failedAttempts(facts).length === 0)) return none();
      return failure(exhausted, {
        failure: exhausted[0]?.failure.code ?? exhausted[0]?.failure.name ?? '',
        during: exhausted[0]?.during ?? '',
      });
    },
  },
  {
    // A full connection tracking table refuses to send with the same error as a rule of the filter.
    cause: 'local.resource-limit',
    supersedes: ['local.firewall'],
    judge(facts) {
      const full = facts.of('local.resource-exhausted').filter((one) => one.during === 'tracking');
      const refused = facts.of('local.send-refused');
      if (full.length === 0 || refused.length === 0 || (!namesFailed(facts) && failedAttempts(facts).length === 0)) return none();
      return failure([...full, ...refused], { failure: 'tracking', during: null });
    },
  },
];

function detailOf(first: Observation | undefined): Parameters<typeof failure>[1] {
  if (first?.kind === 'local.send-refused') {
    const { destination, protocol, failure: reason } = first;
    return { address: destination.address, port: destination.port, protocol, failure: reason.code ?? reason.name };
  }
  if (first?.kind === 'route.icmp-error') {
    const { destination, type, code } = first;
    return { address: destination.address, port: destination.port, protocol: 'tcp', failure: 'rejected', type, code };
  }
  return {};
}
