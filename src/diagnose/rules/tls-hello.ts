import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import {
  everyOffer,
  isDecidedBySize,
  isRefused,
  isUnanswered,
  isWelcome,
  namedTrials,
  refusedHello,
  type Tried,
  trial,
  unansweredHello,
} from '../hello-evidence.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** RFC 8446 section 6.2. */
const handshakeFailure = 40;

/** What trials with other ClientHellos show about the one that failed. */
export const tlsHelloRules: readonly Rule[] = [
  {
    cause: 'tls.sni-filtered',
    supersedes: ['tls.timeout', 'tls.reset', 'tls.closed'],
    judge(facts) {
      const ended = unansweredHello(facts);
      const other = trial(facts, 'other-name');
      const same = namedTrials(facts);
      if (ended === null || !isWelcome(other)) return none();
      // Whatever is offered together with the name, nothing comes: not even the few bytes that `small-answer` asks for, which pass where large
      // packets get lost.
      if (!isUnanswered(trial(facts, 'small')) || !isUnanswered(trial(facts, 'small-answer'))) return none();
      if (same.some(saidSomething)) return none();
      return failure([ended, other, ...same], {
        host: facts.target?.host ?? other.serverName ?? '',
        address: ended.server.address,
        port: ended.server.port,
        otherName: other.serverName,
        how: ended.kind === 'tcp.peer-silent' ? 'silent' : ended.kind === 'tcp.reset-received' ? 'reset' : 'closed',
      });
    },
  },
  {
    cause: 'tls.large-hello',
    supersedes: ['tls.timeout', 'tls.reset', 'tls.closed'],
    judge(facts) {
      const ended = unansweredHello(facts);
      const small = trial(facts, 'small');
      const large = trial(facts, 'large');
      if (ended === null || !isWelcome(small) || !isUnanswered(large) || !isDecidedBySize(facts)) return none();
      return failure(
        [ended, small, large],
        {
          host: facts.target?.host ?? '',
          address: ended.server.address,
          port: ended.server.port,
          smallBytes: small.helloBytes,
          largeBytes: large.helloBytes,
        },
        { scope: ['large'] },
      );
    },
  },
  {
    cause: 'tls.large-hello',
    judge(facts) {
      // The walk's own hello fits one segment and passes; that of a browser, with its post-quantum key share, does not.
      const completed = facts.of('tls.handshake-completed').find((one) => one.followUp === undefined);
      const small = trial(facts, 'small');
      const large = trial(facts, 'large');
      const browser = trial(facts, 'browser');
      if (completed === undefined || !isWelcome(small) || !isUnanswered(large) || !isUnanswered(browser)) return none();
      if (!isDecidedBySize(facts)) return none();
      return impairment(
        [completed, small, large, browser],
        {
          host: facts.target?.host ?? '',
          address: small.server.address,
          port: small.server.port,
          smallBytes: small.helloBytes,
          largeBytes: large.helloBytes,
        },
        { scope: ['large', 'browser'] },
      );
    },
  },
  {
    cause: 'tls.unrecognized-name',
    supersedes: ['tls.alert', 'tls.cipher', 'tls.version', 'tls.timeout', 'tls.reset', 'tls.closed'],
    judge(facts) {
      const rejected = rejectedName(facts);
      const ended = rejected ?? refusedHello(facts) ?? unansweredHello(facts);
      const nameless = ended === null ? null : worksWithoutName(facts);
      const others = rejected === null && nameless === null ? worksForAnother(facts) : null;
      if (ended === null || (rejected === null && nameless === null && others === null)) return none();
      return failure(
        [ended, ...(nameless ?? others ?? [])],
        {
          host: ended.kind === 'tls.alert-received' ? (ended.serverName ?? ended.server.address) : (facts.target?.host ?? ''),
          address: ended.server.address,
          port: ended.server.port,
          alert: ended.kind === 'tls.alert-received' ? ended.alert : null,
          alertName: ended.kind === 'tls.alert-received' ? ended.alertName : null,
          withoutName: nameless !== null,
          otherName: others?.[0]?.serverName ?? null,
        },
        // Whether it is the name that it does not know, or what belongs to it that it lacks, the server alone can tell.
        nameless !== null ? { scope: ['no-sni'] } : others !== null ? { confidence: 'likely' } : {},
      );
    },
  },
];

/** RFC 6066 section 3: alert 112. */
function rejectedName(facts: Facts): ObservationOf<'tls.alert-received'> | null {
  const alerts = facts.of('tls.alert-received');
  return alerts.find((alert) => alert.level === 'fatal' && alert.alert === 112 && alert.followUp === undefined) ?? null;
}

/** The trials that show that the server works for whoever names nobody, and for nobody else; null when they do not. */
function worksWithoutName(facts: Facts): readonly Tried[] | null {
  const without = trial(facts, 'without-name');
  const small = trial(facts, 'small');
  const other = trial(facts, 'other-name');
  if (!isWelcome(without) || !isTurnedAway(small) || !isTurnedAway(other) || namedTrials(facts).some(isWelcome)) return null;
  return [without, small, other];
}

/**
 * The trials that show that the server refuses this name whatever is offered, and begins a handshake for another: content networks say so to names that
 * are not, or no longer, theirs. Of alerts that mean something else, nothing is concluded.
 */
function worksForAnother(facts: Facts): readonly Tried[] | null {
  const other = trial(facts, 'other-name');
  const same = namedTrials(facts);
  const refused = refusedHello(facts);
  if (refused?.alert !== handshakeFailure || refused.clientCertificateRequested === true || !isWelcome(other)) return null;
  return everyOffer.every((variant) => trial(facts, variant) !== null) && same.every(isRefused) ? [other, ...same] : null;
}

function saidSomething(tried: Tried): boolean {
  return tried.bytesReceived > 0;
}

function isTurnedAway(tried: Tried | null): tried is Tried {
  return isRefused(tried) || isUnanswered(tried);
}
