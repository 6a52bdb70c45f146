import { isPrivate } from '../../model/address.ts';
import {
  type Answered,
  addressesIn,
  answered,
  asked,
  authoritativeAnswers,
  type DelegationStep,
  describe,
  failedWith,
  isGood,
  isSameResolver,
  publicAnswers,
  rcode,
} from '../dns-evidence.ts';
import type { Facts } from '../facts.ts';
import { addressRecords, carriedCertificates, carriedConnection, leafNamesHost, peerProven, response } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** What the configured resolvers say against what others say. A difference alone proves nothing: names are answered by place and by load. */

/** RFC 8914: blocked, censored, filtered. */
const policyErrors: ReadonlySet<number> = new Set([15, 16, 17]);

type Witness = Answered | DelegationStep;

/** Somebody else's answers that give addresses. */
function witnesses(facts: Facts): readonly Witness[] {
  return [...publicAnswers(facts), ...authoritativeAnswers(facts)].filter((answer) => addressesIn(answer).length > 0);
}

/** The resolver denies the name: it says that it, or its addresses, do not exist, or refuses this name and not others. */
function denials(facts: Facts): readonly Answered[] {
  const control = asked(facts, 'control-question').filter(isGood);
  return failedWith(
    facts,
    (answer) =>
      answer.rcode === rcode.nxDomain ||
      (answer.rcode === rcode.noError && !answer.truncated) ||
      (answer.rcode === rcode.refused && control.some((question) => isSameResolver(question, answer))),
  );
}

/** A denial that was true once: it carries the zone's own SOA record of an older serial than its servers have now (RFC 2308). */
function isOutdated(denial: Answered, facts: Facts): boolean {
  const kept = serialOf(denial.authority);
  const zone = denial.authority.find((record) => record.type === 'SOA')?.name;
  const current = facts
    .of('dns.answered')
    .filter((answer) => answer.resolver.role === 'authoritative' && answer.type === 'SOA' && answer.name === zone)
    .map((answer) => serialOf(answer.answers));
  return kept !== null && current.some((serial) => serial !== null && serial !== kept);
}

function serialOf(records: Answered['answers']): string | null {
  return records.find((record) => record.type === 'SOA')?.data.split(' ')[2] ?? null;
}

/** The sets of addresses that others agree on, for the types that the lookup's own answers are about; null when they disagree. */
function agreedElsewhere(facts: Facts): { addresses: readonly string[]; evidence: readonly Witness[]; isPublicToo: boolean } | null {
  const authoritative = authoritativeAnswers(facts).filter((answer) => addressesIn(answer).length > 0);
  const others = publicAnswers(facts).filter((answer) => addressesIn(answer).length > 0);
  const evidence = [...authoritative, ...others];
  for (const type of ['A', 'AAAA']) {
    const sets = evidence.filter((answer) => answer.type === type).map((answer) => [...addressesIn(answer)].sort().join(' '));
    if (new Set(sets).size > 1) return null;
  }
  if (authoritative.length === 0) return null;
  return { addresses: [...new Set(evidence.flatMap(addressesIn))], evidence, isPublicToo: others.length > 0 };
}

/** Addresses that the lookup got from a resolver, and the answers that gave them. */
function lookedUp(facts: Facts): { addresses: readonly string[]; answers: readonly Answered[] } | null {
  const chosen = facts.first('dns.addresses-chosen');
  if (chosen === null || (chosen.source !== 'system' && chosen.source !== 'resolver')) return null;
  const answers = answered(facts).filter((answer) => addressRecords(answer).some((address) => chosen.addresses.includes(address)));
  // What no resolver of this host was seen to answer came another way.
  return answers.length === 0 ? null : { addresses: chosen.addresses, answers };
}

export const dnsComparisonRules: readonly Rule[] = [
  {
    cause: 'dns.filtered',
    supersedes: ['dns.nxdomain', 'dns.refused', 'dns.servfail', 'dns.no-data', 'dns.cname-dangling', 'dns.not-delegated'],
    judge(facts) {
      const told = failedWith(facts, (answer) => answer.extendedErrors.some((error) => policyErrors.has(error.infoCode)));
      const known = witnesses(facts);
      const denied = told.length > 0 ? told : known.length > 0 ? denials(facts).filter((denial) => !isOutdated(denial, facts)) : [];
      const first = denied[0];
      if (first === undefined) return none();
      const extended = first.extendedErrors.find((error) => policyErrors.has(error.infoCode));
      return failure(
        [...denied, ...known, facts.first('dns.system-lookup')],
        {
          ...describe(first),
          addresses: [...new Set(known.flatMap(addressesIn))],
          rcode: first.rcodeName,
          extendedError: extended?.infoCode ?? null,
          extendedText: extended === undefined ? null : extended.text || (extended.name ?? null),
        },
        { confidence: told.length > 0 && known.length > 0 ? 'proven' : 'likely', scope: ['resolver'] },
      );
    },
  },
  {
    cause: 'dns.wrong-address',
    judge(facts) {
      const own = lookedUp(facts);
      const agreed = agreedElsewhere(facts);
      if (own === null || agreed === null || response(facts) !== null || peerProven(facts)) return none();
      if (own.addresses.some((address) => agreed.addresses.includes(address))) return none();
      const working = facts
        .of('dns.address-tried')
        .filter((tried) => agreed.addresses.includes(tried.address) && (tried.outcome === 'proven' || tried.outcome === 'open'));
      if (working.length === 0) return none();
      const received = carriedCertificates(facts);
      const isSomebodyElse = received !== null && facts.target !== null && !leafNamesHost(received, facts.target.host);
      // A peer that answers and bears the name is the site, whatever else is wrong with it.
      if (carriedConnection(facts) !== null && !isSomebodyElse && working.every((tried) => tried.outcome === 'open')) return none();
      if (received !== null && !isSomebodyElse) return none();
      const [first] = own.answers;
      return failure(
        [...own.answers, facts.first('dns.addresses-chosen'), ...agreed.evidence, ...working, received],
        {
          ...describe(first!),
          addresses: [...own.addresses],
          expected: [...agreed.addresses],
          ttlSeconds: Math.max(...own.answers.flatMap((answer) => answer.answers.map((record) => record.ttlSeconds))),
        },
        {
          confidence: isSomebodyElse && working.some((tried) => tried.outcome === 'proven') ? 'proven' : 'likely',
          scope: agreed.isPublicToo ? ['resolver'] : [],
        },
      );
    },
  },
  {
    cause: 'dns.split-horizon',
    supersedes: ['dns.wrong-address'],
    judge(facts) {
      const own = lookedUp(facts);
      const elsewhere = [...publicAnswers(facts), ...authoritativeAnswers(facts)];
      if (own === null || elsewhere.length === 0) return none();
      const others = [...new Set(elsewhere.flatMap(addressesIn))];
      if (own.addresses.some((address) => others.includes(address))) return none();
      const isInside = own.addresses.every(isPrivate) && !others.some(isPrivate) && elsewhere.some(isGoodWitness);
      const agreed = agreedElsewhere(facts);
      // A public address that only this resolver gives, and that proves to be the site, is there on purpose.
      const isOnPurpose = agreed?.isPublicToo === true && peerProven(facts);
      if (!isInside && !isOnPurpose) return none();
      const evidence = [...own.answers, facts.first('dns.addresses-chosen'), ...elsewhere];
      const [first] = own.answers;
      const detail = { ...describe(first!), addresses: [...own.addresses], publicAddresses: others };
      if (response(facts) !== null) return impairment(evidence, detail, { confidence: isInside ? 'proven' : 'likely' });
      const working = facts
        .of('dns.address-tried')
        .filter((tried) => others.includes(tried.address) && (tried.outcome === 'proven' || tried.outcome === 'open'));
      return isInside && working.length > 0
        ? failure([...evidence, ...working], detail, { confidence: 'likely', scope: ['resolver'] })
        : none();
    },
  },
];

function isGoodWitness(answer: Witness): boolean {
  return answer.rcodeName === 'NOERROR' || answer.rcodeName === 'NXDOMAIN';
}
