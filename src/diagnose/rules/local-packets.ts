import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { heardFromOutside } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

/** What the packets of a link show of a host that gets nowhere: it knows more of itself, and a live walk judges by that. */

type Unanswered = ObservationOf<'local.neighbor-unanswered'>;

/** Stations that asked for an address and have none; where IPv6 is in use, they may do without. */
function withoutLease(facts: Facts): readonly Claim[] {
  const failed = facts.of('local.dhcp-failed').filter((one) => one.outcome !== 'declined' && !one.ipv6InUse);
  const [first] = failed;
  if (first === undefined) return none();
  const same = failed.filter((one) => one.outcome === first.outcome);
  return failure(
    same,
    {
      station: first.station,
      reason: first.outcome,
      attempts: first.attempts,
      address: first.address,
      addresses: first.selfAssigned,
    },
    { confidence: 'likely' },
  );
}

/** A host sends from the best address it has: one that it sends from in vain is all it has. */
function withoutScope(facts: Facts): readonly Claim[] {
  const [first, ...rest] = facts.of('local.source-out-of-scope').filter((one) => one.ipv4InUse !== true);
  if (first === undefined) return none();
  const confidence = first.ipv4InUse === null ? 'possible' : 'likely';
  return failure([first, ...rest], { addresses: [first.address], reason: 'scope' }, { confidence });
}

/** The address that was asked for most. */
function mostWanted(facts: Facts, isWanted: (one: Unanswered) => boolean): readonly Unanswered[] {
  const all = facts.of('local.neighbor-unanswered').filter(isWanted);
  const [first] = [...all].sort((one, other) => other.attempts - one.attempts);
  return first === undefined ? [] : all.filter((one) => one.address === first.address);
}

function unanswered(questions: readonly Unanswered[]): readonly Claim[] {
  const [first] = questions;
  if (first === undefined) return none();
  const askers = [...new Set(questions.map(({ asker }) => asker))];
  // Who watches another by asking for it again and again looks the same where answers do not pass, however many they are, and known routers are watched most.
  const answersPass = questions.some((one) => one.othersAnswered);
  return failure(
    questions,
    {
      address: first.address,
      askers,
      attempts: questions.reduce((sum, { attempts }) => sum + attempts, 0),
      role: first.role,
      answersPass,
    },
    { confidence: answersPass ? 'likely' : 'possible' },
  );
}

export const localPacketRules: readonly Rule[] = [
  {
    cause: 'local.no-address',
    supersedes: ['local.gateway-unresolved', 'local.neighbor-unresolved', 'dns.timeout', 'dns.resolver-unreachable', 'route.unreachable'],
    judge(facts) {
      if (heardFromOutside(facts)) return none();
      const lease = withoutLease(facts);
      return lease.length > 0 ? lease : withoutScope(facts);
    },
  },
  {
    cause: 'local.address-conflict',
    judge(facts) {
      const declined = facts.of('local.dhcp-failed').filter((one) => one.outcome === 'declined');
      const [first] = declined;
      if (first === undefined || heardFromOutside(facts)) return none();
      return failure(declined, { address: first.address, linkAddresses: [], station: first.station }, { confidence: 'likely' });
    },
  },
  {
    cause: 'local.gateway-unresolved',
    judge: (facts) => (heardFromOutside(facts) ? none() : unanswered(mostWanted(facts, (one) => one.role !== 'neighbor'))),
  },
  {
    cause: 'local.neighbor-unresolved',
    judge: (facts) => (heardFromOutside(facts) ? none() : unanswered(mostWanted(facts, (one) => one.role === 'neighbor'))),
  },
];
