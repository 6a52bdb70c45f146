import { isImpossibleForPublicName, isInNetwork, isIpv6 } from '../../model/address.ts';
import type { CauseCode } from '../../model/cause.ts';
import { isPublicName } from '../../model/host-name.ts';
import { type Answered, aliasChain, answered, asked, describe, failedWith, rcode, resolverOf } from '../dns-evidence.ts';
import type { Facts } from '../facts.ts';
import { wasSent } from '../local-evidence.ts';
import { addressRecords, chosenAddresses, dnsQuestions, failedAttempts, isExpectedStatus, response } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

/** What the answer itself says: its code, its records, what became of them on this host. */

/** RFC 8914: no reachable authority, network error. */
const authorityErrors: ReadonlySet<number> = new Set([22, 23]);

function hasExtendedError(answer: Answered, codes: ReadonlySet<number>): boolean {
  return answer.extendedErrors.some((error) => codes.has(error.infoCode));
}

/** An answer whose own aliases come back to a name of theirs. */
function loops(answer: Answered): boolean {
  return aliasChain([answer], answer.name).loops;
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
      const aliases = aliasChain(found, first.name).chain.slice(1);
      return failure(
        [...found, facts.first('dns.system-lookup')],
        {
          ...describe(first),
          rcode: first.rcodeName,
          extendedError: extended === undefined ? null : extended.infoCode,
          extendedText: extended === undefined ? null : extended.text || (extended.name ?? null),
          ...(aliases.length === 0 ? {} : { alias: aliases.at(-1)!, aliases }),
        },
        more,
      );
    },
  };
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

export const dnsAnswerRules: readonly Rule[] = [
  codeRule('dns.nxdomain', [], (answer) => answer.rcode === rcode.nxDomain),
  codeRule(
    'dns.cname-dangling',
    ['dns.nxdomain', 'dns.no-data'],
    (answer) => answer.rcode === rcode.nxDomain && answer.answers.some((record) => record.type === 'CNAME') && !loops(answer),
  ),
  codeRule('dns.cname-loop', ['dns.no-data', 'dns.servfail', 'dns.cname-dangling', 'dns.nxdomain'], loops),
  {
    cause: 'dns.no-data',
    judge(facts) {
      const found = failedWith(facts, (answer) => answer.rcode === rcode.noError && !answer.truncated);
      const types = new Set(found.map((answer) => answer.type));
      const first = found[0];
      if (first === undefined || answered(facts).some((answer) => answer.rcode !== rcode.noError)) return none();
      const lost = dnsQuestions(facts).filter((question) => !types.has(question.type));
      // That there are no IPv6 addresses says nothing of those that most names have.
      if (lost.some((question) => question.type === 'A')) return none();
      // Only one family asked proves nothing about the other, unless the user restricted the walk to it; nor does one answered of two.
      return failure(
        [...found, ...lost, facts.first('dns.system-lookup')],
        {
          ...describe(first),
          types: [...types],
          ...(lost.length === 0 ? {} : { unansweredTypes: [...new Set(lost.map(({ type }) => type))] }),
        },
        { confidence: types.size > 1 ? 'proven' : 'likely' },
      );
    },
  },
  codeRule('dns.servfail', [], (answer) => answer.rcode === rcode.servFail),
  codeRule(
    'dns.authority-unreachable',
    ['dns.servfail'],
    (answer) => answer.rcode === rcode.servFail && hasExtendedError(answer, authorityErrors),
    { confidence: 'likely' },
  ),
  codeRule('dns.refused', [], (answer) => answer.rcode === rcode.refused),
  codeRule(
    'dns.error-rcode',
    [],
    (answer) => ![rcode.noError, rcode.servFail, rcode.nxDomain, rcode.refused].some((code) => code === answer.rcode),
  ),
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
      // A router that says so is the word of the path: packets of that family leave this host.
      const noWay = failed.filter(
        (attempt) => attempt.kind === 'tcp.connect-failed' && attempt.failure.name === 'network-unreachable' && !wasSent(facts, attempt),
      );
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
      'dns.wrong-address',
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
      const others = fromDns.filter((address) => !entry.addresses.includes(address));
      if (others.length === 0) return none();
      const detail = { name: chosen.name, addresses: entry.addresses, dnsAddresses: [...fromDns], file: entry.file };
      const proven = facts.of('dns.address-tried').filter((tried) => tried.outcome === 'proven' && others.includes(tried.address));
      const evidence = [entry, chosen, ...answered(facts), ...proven];
      if (response(facts) !== null) return impairment(evidence, detail);
      // Where DNS gives the same address among others, the entry is at fault only if one of the others works.
      if (others.length < fromDns.length && proven.length === 0) return none();
      return failure(evidence, detail, { confidence: proven.length > 0 ? 'proven' : 'likely' });
    },
  },
  {
    cause: 'dns.search-domain',
    judge(facts) {
      const lookup = facts.first('dns.system-lookup');
      const denied = answered(facts);
      if (lookup === null || lookup.addresses.length === 0 || denied.length === 0) return none();
      if (denied.some((answer) => addressRecords(answer).length > 0) || facts.of('local.hosts-entry').length > 0) return none();
      const completed = asked(facts, 'search-domains').find(
        (answer): answer is Answered =>
          answer.kind === 'dns.answered' && addressRecords(answer).some((address) => lookup.addresses.includes(address)),
      );
      if (completed === undefined || !completed.name.startsWith(`${lookup.name}.`)) return none();
      const search = completed.name.slice(lookup.name.length + 1);
      const evidence = [lookup, ...denied, completed, facts.first('local.resolvers')];
      return failure(evidence, { name: lookup.name, search, addresses: lookup.addresses, resolver: resolverOf(completed) });
    },
  },
];
