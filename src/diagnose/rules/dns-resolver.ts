import type { Detail } from '../../model/finding.ts';
import type { Observation } from '../../model/observation.ts';
import {
  type Answered,
  answered,
  asked,
  describe,
  interceptions,
  isGood,
  isSameResolver,
  isUnroutable,
  rcode,
  resolverOf,
} from '../dns-evidence.ts';
import type { Facts } from '../facts.ts';
import { addressRecords, chosenAddresses, connectAttempts, type DnsQuestion, dnsQuestions, lookupFailed } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** How the resolvers themselves behave: silent, unreachable, old, capricious, slow, or not the ones asked. */

/**
 * Every question was met by silence, refusal or garbage: nothing answered, or only for the other family. That there are no IPv4 addresses is an
 * answer of its own: routers that drop every AAAA are many, names with IPv6 addresses alone are few.
 */
function unansweredBy(facts: Facts): readonly DnsQuestion[] {
  const answers = answered(facts);
  if (!lookupFailed(facts) || answers.some((answer) => answer.rcode !== rcode.noError || answer.truncated)) return [];
  if (answers.some((answer) => answer.type === 'A' && addressRecords(answer).length === 0)) return [];
  return dnsQuestions(facts).filter((question) => answers.every((answer) => answer.type !== question.type));
}

/** Who answered for the other family, and so is no dead resolver: nothing where nobody did. */
function answeredOtherwise(facts: Facts): { detail: Detail; more: Partial<Claim>; evidence: readonly Answered[] } {
  const evidence = answered(facts);
  if (evidence.length === 0) return { detail: {}, more: {}, evidence };
  const detail = { answeredBy: [...new Set(evidence.map(resolverOf))], answeredTypes: [...new Set(evidence.map(({ type }) => type))] };
  return { detail, more: { confidence: 'likely' }, evidence };
}

/** Nothing came back in time, over whatever transport. */
function isSilent(question: DnsQuestion): boolean {
  return question.kind === 'dns.unanswered' || (question.kind === 'dns.undeliverable' && question.failure.name === 'timed-out');
}

function waitedMs(question: DnsQuestion): number {
  return question.kind === 'dns.unanswered' ? question.waitedMs : (question.durationMs ?? 0);
}

/** Codes with which software meets EDNS that it does not know (RFC 6891 section 7), and those that proxies make of it. */
const oldCodes: ReadonlySet<number> = new Set([rcode.formErr, rcode.servFail, rcode.notImp, rcode.badVersion]);

function isBadForOldSoftware(question: DnsQuestion): boolean {
  if (question.kind === 'dns.answered') return oldCodes.has(question.rcode);
  return question.kind === 'dns.unanswered' || question.kind === 'dns.answer-rejected';
}

/** The lookup's questions and those asked again in the very same way. */
function identicalQuestions(facts: Facts): readonly DnsQuestion[] {
  const again = asked(facts, 'ask-again').filter((question) => ['configured', 'named', 'unknown'].includes(question.resolver.role));
  return [...dnsQuestions(facts), ...again];
}

/** Two lost datagrams in a hundred questions are the network's, not the resolver's. */
const tolerableLoss = 0.02;

/** A question asked many times over that both succeeded and failed, the odd lost datagram left out. */
function capriciousRepetitions(facts: Facts): readonly { observation: Observation; resolver: string; bad: number; total: number }[] {
  return facts.of('dns.question-repeated').flatMap((observation) => {
    const countOf = (outcomes: readonly string[]): number =>
      observation.outcomes.filter(({ outcome }) => outcomes.includes(outcome)).reduce((sum, { count }) => sum + count, 0);
    const good = countOf(['NOERROR', 'NXDOMAIN']);
    const lost = countOf(['unanswered']);
    const wrong = observation.asked - good - lost;
    const isLossy = lost > 1 && lost / observation.asked > tolerableLoss;
    if (good === 0 || (wrong === 0 && !isLossy)) return [];
    return [{ observation, resolver: resolverOf(observation), bad: observation.asked - good, total: observation.asked }];
  });
}

export const dnsResolverRules: readonly Rule[] = [
  {
    cause: 'dns.timeout',
    judge(facts) {
      const silent = unansweredBy(facts).filter(isSilent);
      const first = silent[0];
      if (first === undefined) return none();
      const resolvers = [...new Set(silent.map(resolverOf))];
      const overTcp = asked(facts, 'over-tcp').filter(isGood);
      const otherwise = answeredOtherwise(facts);
      return failure(
        [...silent, facts.first('dns.system-lookup'), ...overTcp, ...otherwise.evidence],
        {
          ...describe(first),
          resolvers,
          waitedMs: Math.max(...silent.map(waitedMs)),
          attempts: first.attempts,
          tcpAnswers: overTcp.length > 0,
          ...otherwise.detail,
        },
        otherwise.more,
      );
    },
  },
  {
    cause: 'dns.resolver-unreachable',
    judge(facts) {
      const questions = unansweredBy(facts);
      const refused = questions.filter((question) => question.kind === 'dns.undeliverable');
      const first = refused[0];
      if (
        first === undefined ||
        refused.length < questions.length ||
        questions.some(isSilent) ||
        first.failure.name === 'send-not-permitted'
      )
        return none();
      const otherwise = answeredOtherwise(facts);
      return failure(
        [...refused, facts.first('dns.system-lookup'), ...otherwise.evidence],
        {
          ...describe(first),
          resolvers: [...new Set(refused.map(resolverOf))],
          failure: first.failure.code ?? first.failure.name,
          ...otherwise.detail,
        },
        otherwise.more,
      );
    },
  },
  {
    cause: 'dns.malformed',
    supersedes: ['dns.timeout'],
    judge(facts) {
      const rejected = unansweredBy(facts).filter((question) => question.kind === 'dns.answer-rejected');
      const first = rejected[0];
      if (first === undefined) return none();
      return failure([...rejected, facts.first('dns.system-lookup')], {
        ...describe(first),
        reason: first.reason,
        sample: first.sampleHex,
      });
    },
  },
  {
    cause: 'dns.edns-broken',
    supersedes: [
      'dns.timeout',
      'dns.servfail',
      'dns.error-rcode',
      'dns.malformed',
      'dns.one-resolver-broken',
      'dns.aaaa-broken',
      'dns.slow',
    ],
    judge(facts) {
      // In packets, a client that falls back shows by itself what an experiment would.
      const old = [...asked(facts, 'without-edns'), ...dnsQuestions(facts).filter((question) => question.resolver.role === 'unknown')];
      const plain = old.filter((question) => !question.edns && isGood(question));
      const modern = identicalQuestions(facts).filter((question) => question.edns && question.resolver.transport === 'udp');
      for (const { resolver } of plain) {
        const mine = (question: DnsQuestion): boolean => isSameResolver(question, { resolver });
        const bad = modern.filter(mine);
        const good = plain.filter(mine);
        // Every modern question has to fail, and every old one to succeed: else it is the resolver's mood. What failed by an error that may come
        // for any other reason has to do so time and again.
        const isAmbiguous = bad.some((question) => question.kind === 'dns.answered' && question.rcode === rcode.servFail);
        const isConsistent = bad.every(isBadForOldSoftware) && old.filter((question) => !question.edns && mine(question)).every(isGood);
        if (!isConsistent || bad.length < (isAmbiguous ? 3 : 2) || (isAmbiguous && good.length < 3)) continue;
        const [first] = bad;
        const outcome = first!.kind === 'dns.answered' ? first!.rcodeName : null;
        const evidence = [...bad, ...good, facts.first('dns.system-lookup')];
        const detail = { ...describe(first!), rcode: outcome, failure: outcome ?? 'no answer' };
        const scope = { scope: ['resolver'] as const };
        return chosenAddresses(facts).length > 0 ? impairment(evidence, detail, scope) : failure(evidence, detail, scope);
      }
      return none();
    },
  },
  {
    cause: 'dns.flaky',
    supersedes: ['dns.servfail', 'dns.refused', 'dns.error-rcode', 'dns.timeout', 'dns.aaaa-broken', 'dns.one-resolver-broken'],
    judge(facts) {
      const questions = identicalQuestions(facts).filter((question) => question.resolver.transport === 'udp');
      const bad = questions.filter((question) => !isGood(question) && question.kind !== 'dns.undeliverable');
      const capricious = bad.find((one) => questions.some((other) => isGood(other) && isSameQuestion(one, other)));
      const measured = capriciousRepetitions(facts);
      if (capricious === undefined && measured[0] === undefined) return none();
      const same = capricious === undefined ? [] : questions.filter((question) => isSameQuestion(question, capricious));
      const counted = capricious === undefined ? measured[0]! : null;
      const detail = {
        name: capricious?.name ?? facts.target?.host ?? '',
        resolver: counted?.resolver ?? resolverOf(capricious!),
        count: counted === null ? same.filter(isGood).length : counted.total - counted.bad,
        total: counted?.total ?? same.length,
      };
      const evidence = [...same, ...measured.map(({ observation }) => observation)];
      const scope = { scope: ['resolver', 'intermittent'] as const };
      return lookupFailed(facts) ? failure(evidence, detail, scope) : impairment(evidence, detail, scope);
    },
  },
  {
    cause: 'dns.one-resolver-broken',
    supersedes: ['dns.slow', 'dns.nxdomain', 'dns.refused', 'dns.servfail'],
    judge(facts) {
      // Packets do not tell which resolvers are configured: those that were asked are.
      const configured = dnsQuestions(facts).filter((question) => question.resolver.role !== 'named' && !isWayless(question));
      const resolvers = [...new Set(configured.map(resolverOf))];
      const of = (resolver: string): DnsQuestion[] => configured.filter((question) => resolverOf(question) === resolver);
      // Where the lookup failed although a resolver has addresses, one that denies the name is what applications believed.
      const works = lookupFailed(facts) ? hasAddresses : isWhole;
      const broken = resolvers.filter((resolver) => !of(resolver).some(works));
      if (broken.length === 0 || broken.length === resolvers.length) return none();
      const evidence = [...configured.filter((question) => broken.includes(resolverOf(question))), facts.first('dns.system-lookup')];
      const detail = { resolvers: broken, name: facts.target?.host ?? '' };
      if (chosenAddresses(facts).length > 0) return impairment(evidence, detail, { scope: ['resolver'] });
      return lookupFailed(facts) ? failure(evidence, detail, { scope: ['resolver'] }) : none();
    },
  },
  {
    cause: 'dns.aaaa-broken',
    supersedes: ['dns.slow'],
    judge(facts) {
      const questions = dnsQuestions(facts);
      const goodA = questions.filter((question) => question.type === 'A' && hasAddresses(question));
      const broken = questions.filter(
        (question) =>
          question.type === 'AAAA' && goodA.some((good) => isSameResolver(good, question)) && (isSilent(question) || isErroneous(question)),
      );
      const first = broken[0];
      if (first === undefined || connectAttempts(facts).length === 0) return none();
      const outcome = first.kind === 'dns.answered' ? first.rcodeName : 'no answer';
      return impairment([...broken, ...goodA], { ...describe(first), outcome }, { scope: ['ipv6'] });
    },
  },
  {
    cause: 'dns.slow',
    judge(facts) {
      const lookup = facts.first('dns.system-lookup') ?? facts.first('dns.addresses-chosen');
      const durationMs = lookup?.durationMs ?? 0;
      if (lookup === null || chosenAddresses(facts).length === 0 || durationMs <= facts.context.budgets.lookupMs) return none();
      return impairment([lookup], { name: facts.target?.host ?? '', durationMs, budgetMs: facts.context.budgets.lookupMs });
    },
  },
  {
    cause: 'dns.intercepted',
    judge(facts) {
      const forged = interceptions(facts);
      const first = forged[0];
      if (first === undefined) return none();
      return impairment(forged, { resolver: first.nameServer, address: first.address, name: first.name, type: first.type });
    },
  },
];

/** A good answer that is all there. */
function isWhole(question: DnsQuestion): boolean {
  return isGood(question) && !(question.kind === 'dns.answered' && question.truncated);
}

function isSameQuestion(one: DnsQuestion, other: DnsQuestion): boolean {
  return isSameResolver(one, other) && one.name === other.name && one.type === other.type && one.edns === other.edns;
}

function hasAddresses(question: DnsQuestion): question is Answered {
  return question.kind === 'dns.answered' && question.rcode === rcode.noError && addressRecords(question).length > 0;
}

/** RFC 4074 section 4: an error, or a denial of the whole name, where there should be an answer without records. */
function isErroneous(question: DnsQuestion): boolean {
  return question.kind === 'dns.answered' && question.rcode !== rcode.noError;
}

/** A resolver of a family that this host has no way for costs applications no time. */
function isWayless(question: DnsQuestion): boolean {
  return question.kind === 'dns.undeliverable' && isUnroutable(question);
}
