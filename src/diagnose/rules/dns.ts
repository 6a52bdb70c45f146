import { isImpossibleForPublicName, isInNetwork, isIpv6 } from '../../model/address.ts';
import type { CauseCode } from '../../model/cause.ts';
import { isPublicName } from '../../model/host-name.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import type { DnsQuestion } from '../progress.ts';
import {
  addressRecords,
  chosenAddresses,
  connectAttempts,
  dnsQuestions,
  failedAttempts,
  isExpectedStatus,
  lookupFailed,
  response,
} from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

type Answered = ObservationOf<'dns.answered'>;

/** RFC 1035 section 4.1.1 and the IANA registry. */
const rcode = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5 } as const;

/** RFC 8914 section 4: validation failed. */
const validationErrors: ReadonlySet<number> = new Set([1, 2, 5, 6, 7, 8, 9, 10, 11, 12]);
/** RFC 8914: no reachable authority, network error. */
const authorityErrors: ReadonlySet<number> = new Set([22, 23]);
/** RFC 8914: blocked, censored, filtered. */
const policyErrors: ReadonlySet<number> = new Set([15, 16, 17]);

function answered(facts: Facts): readonly Answered[] {
  return dnsQuestions(facts).filter((question): question is Answered => question.kind === 'dns.answered');
}

function resolverOf(question: DnsQuestion): string {
  return question.resolver.port === 53 ? question.resolver.address : `${question.resolver.address}#${question.resolver.port}`;
}

function describe(question: DnsQuestion): { name: string; type: string; resolver: string } {
  return { name: question.name, type: question.type, resolver: resolverOf(question) };
}

/** An answer that has the alias chain loop: some name is reached twice, or the chain never ends in an address within its own answer. */
function hasAliasLoop(answer: Answered): boolean {
  const aliases = new Map(
    answer.answers.filter((record) => record.type === 'CNAME').map((record) => [record.name, record.data.toLowerCase()]),
  );
  const visited = new Set<string>();
  for (let name: string | undefined = answer.name.toLowerCase(); name !== undefined; name = aliases.get(name)) {
    if (visited.has(name)) return true;
    visited.add(name);
  }
  return false;
}

function hasExtendedError(answer: Answered, codes: ReadonlySet<number>): boolean {
  return answer.extendedErrors.some((error) => codes.has(error.infoCode));
}

/** The lookup failed, and what answered says this: the answers that say it, or none when one of them gave addresses. */
function failedWith(facts: Facts, says: (answer: Answered) => boolean): readonly Answered[] {
  if (!lookupFailed(facts)) return [];
  const all = answered(facts);
  return all.some((answer) => addressRecords(answer).length > 0) ? [] : all.filter(says);
}

/** A cause that one response code, or one code with an extended error, shows. */
function codeRule(
  cause: CauseCode,
  supersedes: readonly CauseCode[],
  says: (answer: Answered) => boolean,
  more: Partial<Claim> = {},
): Rule {
  return {
    cause,
    supersedes,
    judge(facts) {
      const found = failedWith(facts, says);
      const first = found[0];
      if (first === undefined) return none();
      const extended = first.extendedErrors[0];
      return failure(
        [...found, facts.first('dns.system-lookup')],
        {
          ...describe(first),
          rcode: first.rcodeName,
          extendedError: extended === undefined ? null : extended.infoCode,
          extendedText: extended?.text ?? null,
        },
        more,
      );
    },
  };
}

/** Every question was met by silence, refusal or garbage: nothing answered. */
function unansweredBy(facts: Facts): readonly DnsQuestion[] {
  if (!lookupFailed(facts) || answered(facts).length > 0) return [];
  return dnsQuestions(facts);
}

/** The addresses DNS itself gave, hosts file and search domains left out. */
function addressesFromDns(facts: Facts): readonly string[] {
  return answered(facts).flatMap(addressRecords);
}

/** Whether the request failed after the name gave addresses. */
function failedAfterLookup(facts: Facts): boolean {
  const received = response(facts);
  return received === null || !isExpectedStatus(facts, received.status);
}

export const dnsRules: readonly Rule[] = [
  codeRule('dns.nxdomain', [], (answer) => answer.rcode === rcode.nxDomain),
  codeRule(
    'dns.cname-dangling',
    ['dns.nxdomain', 'dns.no-data'],
    (answer) => answer.rcode === rcode.nxDomain && answer.answers.some((record) => record.type === 'CNAME') && !hasAliasLoop(answer),
  ),
  codeRule('dns.cname-loop', ['dns.no-data', 'dns.servfail', 'dns.cname-dangling', 'dns.nxdomain'], hasAliasLoop),
  {
    cause: 'dns.no-data',
    judge(facts) {
      const found = failedWith(facts, (answer) => answer.rcode === rcode.noError && !answer.truncated);
      const types = new Set(found.map((answer) => answer.type));
      const first = found[0];
      // Only one family asked proves nothing about the other, unless the user restricted the walk to it.
      if (first === undefined || answered(facts).some((answer) => answer.rcode !== rcode.noError)) return none();
      return failure(
        [...found, facts.first('dns.system-lookup')],
        { ...describe(first), types: [...types] },
        { confidence: types.size > 1 ? 'proven' : 'likely' },
      );
    },
  },
  codeRule('dns.servfail', [], (answer) => answer.rcode === rcode.servFail),
  codeRule('dns.dnssec-bogus', ['dns.servfail'], (answer) => answer.rcode === rcode.servFail && hasExtendedError(answer, validationErrors)),
  codeRule(
    'dns.authority-unreachable',
    ['dns.servfail'],
    (answer) => answer.rcode === rcode.servFail && hasExtendedError(answer, authorityErrors),
    {
      confidence: 'likely',
    },
  ),
  codeRule(
    'dns.filtered',
    ['dns.nxdomain', 'dns.refused', 'dns.servfail', 'dns.no-data'],
    (answer) => hasExtendedError(answer, policyErrors),
    {
      confidence: 'likely',
    },
  ),
  codeRule('dns.refused', [], (answer) => answer.rcode === rcode.refused),
  codeRule(
    'dns.error-rcode',
    [],
    (answer) => ![rcode.noError, rcode.servFail, rcode.nxDomain, rcode.refused].some((code) => code === answer.rcode),
  ),
  {
    cause: 'dns.timeout',
    judge(facts) {
      const silent = unansweredBy(facts).filter((question) => question.kind === 'dns.unanswered');
      const first = silent[0];
      if (first === undefined) return none();
      const waitedMs = Math.max(...silent.map((question) => question.waitedMs));
      const resolvers = [...new Set(silent.map(resolverOf))];
      return failure([...silent, facts.first('dns.system-lookup')], { ...describe(first), resolvers, waitedMs, attempts: first.attempts });
    },
  },
  {
    cause: 'dns.resolver-unreachable',
    judge(facts) {
      const asked = unansweredBy(facts);
      const refused = asked.filter((question) => question.kind === 'dns.undeliverable');
      const first = refused[0];
      if (first === undefined || refused.length < asked.length || first.failure.name === 'send-not-permitted') return none();
      const resolvers = [...new Set(refused.map(resolverOf))];
      return failure([...refused, facts.first('dns.system-lookup')], {
        ...describe(first),
        resolvers,
        failure: first.failure.code ?? first.failure.name,
      });
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
    cause: 'dns.truncated',
    supersedes: ['dns.no-data', 'dns.timeout', 'dns.resolver-unreachable'],
    judge(facts) {
      const truncated = failedWith(facts, (answer) => answer.truncated && answer.resolver.transport === 'udp');
      const overTcp = dnsQuestions(facts).filter((question) => question.resolver.transport === 'tcp' && question.kind !== 'dns.answered');
      const first = truncated[0];
      if (first === undefined || overTcp.length === 0) return none();
      return failure([...truncated, ...overTcp], describe(first));
    },
  },
  {
    cause: 'dns.no-usable-address',
    supersedes: ['dns.no-data', 'local.no-route', 'tcp.ipv6-broken', 'tcp.ipv4-broken'],
    judge(facts) {
      const addresses = chosenAddresses(facts);
      const failed = failedAttempts(facts);
      if (addresses.length === 0 || failed.length === 0) return none();
      const family = addresses.every(isIpv6) ? 'ipv6' : addresses.every((address) => !isIpv6(address)) ? 'ipv4' : null;
      const other = family === 'ipv6' ? 'ipv4' : 'ipv6';
      if (family === null || facts.target?.hostKind !== 'name') return none();
      const noWay = failed.filter((attempt) => attempt.kind === 'tcp.connect-failed' && attempt.failure.name === 'network-unreachable');
      // Only when this host works over the other family is the name, and not the host, what has to change.
      const otherWorks = facts.of('local.route').filter((route) => route.family === other && route.purpose === 'default' && route.found);
      if (noWay.length < failed.length || otherWorks.length === 0) return none();
      return failure(
        [...noWay, ...otherWorks, facts.first('dns.addresses-chosen')],
        { name: facts.target.host, addresses: [...addresses], family },
        { scope: [family] },
      );
    },
  },
  {
    cause: 'dns.wrong-address',
    judge(facts) {
      const networks = facts.context.expect.addresses;
      const chosen = facts.first('dns.addresses-chosen');
      if (networks === undefined || chosen === null || !['system', 'resolver', 'hosts-file'].includes(chosen.source)) return none();
      const outside = chosen.addresses.filter((address) => !networks.some((network) => isInNetwork(address, network)));
      if (outside.length === 0) return none();
      return failure([chosen, ...answered(facts)], { name: chosen.name, addresses: outside, expected: networks }, { stated: true });
    },
  },
  {
    cause: 'dns.bogus-address',
    supersedes: [
      'tcp.refused',
      'tcp.timeout',
      'tcp.reset',
      'tcp.closed',
      'route.unreachable',
      'local.no-route',
      'tls.not-tls',
      'tls.name-mismatch',
    ],
    judge(facts) {
      const chosen = facts.first('dns.addresses-chosen');
      if (
        chosen === null ||
        !['system', 'resolver'].includes(chosen.source) ||
        !isPublicName(chosen.name) ||
        facts.of('local.hosts-entry').length > 0
      )
        return none();
      const bogus = chosen.addresses.filter(isImpossibleForPublicName);
      if (bogus.length < chosen.addresses.length || bogus.length === 0 || !failedAfterLookup(facts)) return none();
      return failure([chosen, ...answered(facts)], { name: chosen.name, addresses: bogus });
    },
  },
  {
    cause: 'dns.hosts-override',
    supersedes: ['tcp.refused', 'tcp.timeout', 'route.unreachable', 'local.no-route', 'tls.name-mismatch', 'tls.not-tls'],
    judge(facts) {
      const entry = facts.first('local.hosts-entry');
      const fromDns = addressesFromDns(facts);
      const chosen = facts.first('dns.addresses-chosen');
      if (
        entry === null ||
        chosen === null ||
        fromDns.length === 0 ||
        !chosen.addresses.every((address) => entry.addresses.includes(address))
      )
        return none();
      if (chosen.addresses.some((address) => fromDns.includes(address))) return none();
      const detail = { name: chosen.name, addresses: entry.addresses, dnsAddresses: [...fromDns], file: entry.file };
      const evidence = [entry, chosen, ...answered(facts)];
      const reachedTheSite = response(facts) !== null;
      return reachedTheSite ? impairment(evidence, detail) : failure(evidence, detail, { confidence: 'likely' });
    },
  },
  {
    cause: 'dns.one-resolver-broken',
    judge(facts) {
      const configured = dnsQuestions(facts).filter((question) => question.resolver.role === 'configured');
      const isGood = (question: DnsQuestion): boolean =>
        question.kind === 'dns.answered' && (question.rcode === rcode.noError || question.rcode === rcode.nxDomain);
      const resolvers = [...new Set(configured.map(resolverOf))];
      const broken = resolvers.filter((resolver) => configured.every((question) => resolverOf(question) !== resolver || !isGood(question)));
      if (chosenAddresses(facts).length === 0 || broken.length === 0 || broken.length === resolvers.length) return none();
      return impairment(
        configured.filter((question) => broken.includes(resolverOf(question))),
        { resolvers: broken, name: facts.target?.host ?? '' },
        { scope: ['resolver'] },
      );
    },
  },
  {
    cause: 'dns.aaaa-broken',
    supersedes: ['dns.slow'],
    judge(facts) {
      const questions = dnsQuestions(facts);
      const goodA = questions.filter(
        (question) => question.type === 'A' && question.kind === 'dns.answered' && question.rcode === rcode.noError,
      );
      const broken = questions.filter(
        (question) =>
          question.type === 'AAAA' &&
          goodA.some((good) => resolverOf(good) === resolverOf(question)) &&
          (question.kind === 'dns.unanswered' ||
            (question.kind === 'dns.answered' && ![rcode.noError, rcode.nxDomain].some((code) => code === question.rcode))),
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
];
