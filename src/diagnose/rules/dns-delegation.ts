import { isPublicName } from '../../model/host-name.ts';
import type { Observation, ObservationOf } from '../../model/observation.ts';
import {
  type Answered,
  addressesIn,
  aliasChain,
  asked,
  type DelegationStep,
  deadEnd,
  describe,
  failedWith,
  interceptions,
  isDead,
  isGood,
  isLame,
  isSameResolver,
  rcode,
  zoneVisits,
} from '../dns-evidence.ts';
import type { Facts } from '../facts.ts';
import { chosenAddresses, dnsQuestions, lookupFailed, response } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** What stands behind the resolvers: the delegation, the zone's own servers, the chain of trust. */

/** RFC 8914 section 4: validation failed. */
const validationErrors: ReadonlySet<number> = new Set([1, 2, 5, 6, 7, 8, 9, 10, 11, 12]);
/** Links of the chain of trust that no validating resolver accepts. */
const brokenLinks: ReadonlySet<ObservationOf<'dns.trust-link'>['outcome']> = new Set([
  'ds-mismatch',
  'keys-missing',
  'key-missing',
  'signature-missing',
  'signature-expired',
  'signature-not-yet-valid',
  'signature-wrong',
]);

/** The lookup failed for want of an answer, not because somebody denied the name. */
function isUndecided(facts: Facts): boolean {
  if (!lookupFailed(facts)) return false;
  return dnsQuestions(facts).every((question) => question.kind !== 'dns.answered' || question.rcode === rcode.servFail);
}

function namesOf(steps: readonly DelegationStep[]): string[] {
  return [...new Set(steps.map((step) => (step.address === null ? step.nameServer : `${step.nameServer} ${step.address}`)))];
}

/** Zones in which names are registered: top-level ones, and those below country codes that act as such. */
function isRegistry(zone: string): boolean {
  return /^[^.]+$/.test(zone) ? zone !== '.' : /^(ac|co|com|edu|go|gob|gov|gouv|ltd|me|ne|net|nom|or|org|plc|sch)\.[a-z]{2}$/.test(zone);
}

/** The zone that a denial comes from: the owner of its SOA record (RFC 2308 section 3). */
function denyingZone(denial: Pick<Answered, 'authority'>): string | null {
  return denial.authority.find((record) => record.type === 'SOA')?.name ?? null;
}

/** SOA data: the primary server, and the serial (RFC 1035 section 3.3.13). */
function startOfAuthority(answer: Answered): { primary: string; serial: string } | null {
  const [primary, , serial] = answer.answers.find((record) => record.type === 'SOA')?.data.split(' ') ?? [];
  return primary === undefined || serial === undefined ? null : { primary, serial };
}

/** The zone's servers as they were compared, each with its answers. */
function comparedServers(facts: Facts): readonly { server: string; answers: readonly Answered[] }[] {
  if (interceptions(facts).length > 0) return [];
  const answers = facts.of('dns.answered').filter((answer) => answer.resolver.role === 'authoritative');
  const servers = [...new Set(answers.map((answer) => answer.resolver.address))];
  return servers.map((server) => ({ server, answers: answers.filter((answer) => answer.resolver.address === server) }));
}

function isServing(answers: readonly Answered[]): boolean {
  return answers.some((answer) => answer.authoritative && isGood(answer));
}

export const dnsDelegationRules: readonly Rule[] = [
  {
    cause: 'dns.dnssec-bogus',
    supersedes: ['dns.servfail', 'dns.authority-unreachable'],
    judge(facts) {
      const failed = failedWith(facts, (answer) => answer.rcode === rcode.servFail);
      const first = failed[0];
      if (first === undefined) return none();
      const told = failed.filter((answer) => answer.extendedErrors.some((error) => validationErrors.has(error.infoCode)));
      const unchecked = asked(facts, 'checking-disabled').filter(
        (question) => question.checkingDisabled && isGood(question) && failed.some((answer) => isSameResolver(answer, question)),
      );
      const link = facts.of('dns.trust-link').find(({ outcome }) => brokenLinks.has(outcome)) ?? null;
      // What fails just as well without validation is not for want of a valid signature.
      const refuted = asked(facts, 'checking-disabled').filter(
        (question) => question.kind === 'dns.answered' && question.rcode === rcode.servFail,
      );
      const again = asked(facts, 'ask-again').filter((question) => failed.some((answer) => isSameResolver(answer, question)));
      if (told.length === 0 && (again.some(isGood) || refuted.length > 0 || (unchecked.length === 0 && link === null))) return none();
      const extended = told[0]?.extendedErrors.find((error) => validationErrors.has(error.infoCode));
      const isProven = told.length > 0 || (unchecked.length > 0 && (link !== null || again.length > 0));
      return failure(
        [...failed, ...unchecked, link, facts.first('dns.system-lookup')],
        {
          ...describe(first),
          extendedError: extended?.infoCode ?? null,
          extendedText: extended === undefined ? null : extended.text || (extended.name ?? null),
          ...(link === null ? {} : linkDetail(link)),
        },
        { confidence: isProven ? 'proven' : 'likely' },
      );
    },
  },
  {
    cause: 'dns.authority-unreachable',
    supersedes: ['dns.servfail', 'dns.timeout'],
    judge(facts) {
      const end = isUndecided(facts) ? deadEnd(facts) : null;
      if (end === null || !end.steps.every(isDead)) return none();
      const missing = end.steps.filter((step) => step.response === 'no-address');
      return failure([...dnsQuestions(facts), ...end.steps, end.referral], {
        name: end.zone,
        nameServers: namesOf(end.steps),
        missingGlue: missing.map((step) => step.nameServer),
      });
    },
  },
  {
    cause: 'dns.lame-delegation',
    supersedes: ['dns.servfail', 'dns.timeout', 'dns.refused'],
    judge(facts) {
      const end = lookupFailed(facts) ? deadEnd(facts) : null;
      const lame = end?.steps.filter(isLame) ?? [];
      const first = lame[0];
      if (end === null || first === undefined) return none();
      return failure([...dnsQuestions(facts), ...lame, end.referral], {
        name: end.zone,
        nameServer: namesOf(lame)[0]!,
        nameServers: namesOf(lame),
        rcode: first.rcodeName,
      });
    },
  },
  {
    cause: 'dns.lame-delegation',
    judge(facts) {
      const servers = comparedServers(facts);
      // A server that answers one question with authority serves the zone.
      const lame = servers.filter(({ answers }) => !isServing(answers) && answers.some((answer) => answer.type === 'SOA'));
      const [first] = lame.flatMap(({ answers }) => answers.filter((answer) => answer.type === 'SOA'));
      if (first === undefined || lame.length === servers.length) return none();
      const nameServer = first.resolver.serverName ?? first.resolver.address;
      const path = zoneVisits(facts).find((visit) => visit.zone === first.name)?.referral ?? null;
      return impairment([...lame.flatMap(({ answers }) => answers), path], {
        name: first.name,
        nameServer,
        address: first.resolver.address,
        rcode: first.rcodeName,
      });
    },
  },
  {
    cause: 'dns.not-delegated',
    supersedes: ['dns.nxdomain'],
    judge(facts) {
      const denials = failedWith(facts, (answer) => answer.rcode === rcode.nxDomain);
      const first = denials[0];
      if (
        first === undefined ||
        !isPublicName(first.name) ||
        denials.some((answer) => answer.answers.some((record) => record.type === 'CNAME'))
      )
        return none();
      const walked = facts.of('dns.delegation-step').filter((step) => step.response === 'name-error' && step.authoritative === true);
      const zone = denyingZone(walked[0] ?? first);
      if (zone === null || !isRegistry(zone) || !first.name.endsWith(`.${zone}`)) return none();
      const labels = first.name.split('.');
      const domain = labels.slice(labels.length - zone.split('.').length - 1).join('.');
      return failure(
        [...denials, ...walked, facts.first('dns.system-lookup')],
        { ...describe(first), name: domain, host: first.name, parent: zone },
        { confidence: walked.length > 0 && interceptions(facts).length === 0 ? 'proven' : 'likely' },
      );
    },
  },
  {
    cause: 'dns.cname-loop',
    supersedes: ['dns.no-data', 'dns.servfail', 'dns.timeout', 'dns.cname-dangling', 'dns.nxdomain'],
    judge(facts) {
      const steps = facts.of('dns.delegation-step').filter((step) => step.authoritative === true && step.answers.length > 0);
      const name = facts.target?.host ?? '';
      const { chain, loops } = aliasChain(steps, name);
      if (!lookupFailed(facts) || !loops) return none();
      const evidence: Observation[] = [...dnsQuestions(facts), ...steps.filter((step) => chain.includes(step.name))];
      return failure(evidence, { name, aliases: [...chain] });
    },
  },
  {
    cause: 'dns.inconsistent',
    judge(facts) {
      const servers = comparedServers(facts).filter(({ answers }) => isServing(answers));
      const disagreement = disagreementOf(servers.map(({ answers }) => answers));
      if (disagreement === null) return none();
      const tried = facts.of('dns.address-tried').filter((one) => disagreement.addresses.includes(one.address));
      const chosen = chosenAddresses(facts);
      const isUseless =
        response(facts) === null && chosen.length > 0 && chosen.every((address) => disagreement.addresses.includes(address));
      // Addresses that differ and all prove to be the site are one way to spread load.
      const isLoadSpread = !isUseless && tried.length > 0 && tried.every((one) => one.outcome === 'proven');
      if (disagreement.kind === 'addresses' && (isLoadSpread || !disagreement.serialsDiffer)) return none();
      const detail = {
        name: disagreement.zone,
        nameServers: servers.map(({ server, answers }) => answers[0]?.resolver.serverName ?? server),
        serials: [...disagreement.serials],
        addresses: [...disagreement.addresses],
      };
      const evidence = [...disagreement.evidence, ...tried];
      const isBroken = isUseless && tried.some((one) => one.outcome === 'proven' && !chosen.includes(one.address));
      return isBroken ? failure(evidence, detail, { confidence: 'likely' }) : impairment(evidence, detail);
    },
  },
];

function linkDetail(link: ObservationOf<'dns.trust-link'>) {
  const { zone, name, type, outcome, keyTag, validFrom, validUntil } = link;
  return {
    brokenLink: outcome,
    signerZone: zone,
    signedName: name,
    signedType: type,
    keyTag,
    validFrom,
    validUntil,
    judgedAt: link.judgedAt,
  };
}

interface Disagreement {
  /** `existence`: some have records where others deny them. */
  kind: 'existence' | 'addresses';
  zone: string;
  serials: readonly string[];
  serialsDiffer: boolean;
  addresses: readonly string[];
  evidence: readonly Answered[];
}

/** What servers of one zone disagree about; null when they agree. */
function disagreementOf(servers: readonly (readonly Answered[])[]): Disagreement | null {
  const authorities = servers.flatMap((answers) => answers.filter((answer) => answer.type === 'SOA'));
  const starts = authorities.map(startOfAuthority).filter((start) => start !== null);
  const isOneLineage = new Set(starts.map((start) => start.primary)).size === 1;
  const serials = [...new Set(starts.map((start) => start.serial))];
  for (const type of ['A', 'AAAA']) {
    const answers = servers.flatMap((one) => one.filter((answer) => answer.type === type && answer.authoritative && isGood(answer)));
    const sets = answers.map((answer) => [...addressesIn(answer)].sort().join(' '));
    if (new Set(sets).size < 2) continue;
    // An alias that leads out of the zone leaves both without addresses; one with and one without is a disagreement.
    return {
      kind: sets.includes('') ? 'existence' : 'addresses',
      zone: authorities[0]?.name ?? '',
      serials,
      serialsDiffer: isOneLineage && serials.length > 1,
      addresses: [...new Set(answers.flatMap(addressesIn))],
      evidence: [...authorities, ...answers],
    };
  }
  return null;
}
