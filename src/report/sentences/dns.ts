import type { Detail } from '../../model/finding.ts';
import { day, duration, listed, plural } from '../wording.ts';
import { clause, failureIn, list, listIn, nameOr, number, resolverOr, text, within } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

/**
 * `name` is the name asked for, `resolver` the resolver in question (address, with port where it is not 53), `nameServer` a server of the zone.
 *
 * | cause | detail read |
 * |---|---|
 * | `dns.nxdomain` | `name`, `resolver` |
 * | `dns.no-data` | `name`, `types` (asked for); `unansweredTypes` (asked for in vain) |
 * | `dns.servfail`, `dns.refused` | `name`, `resolver` |
 * | `dns.dnssec-bogus` | `name`, `resolver`, `extendedText`; `brokenLink` (outcome of the link), `signerZone`, `signedName`, `signedType`, `keyTag`, `validUntil`, `validFrom` |
 * | `dns.authority-unreachable` | `name`, `nameServers`, `missingGlue` (servers without an address) |
 * | `dns.lame-delegation` | `name`, `nameServer`; `nameServers` where no server of the zone serves it |
 * | `dns.not-delegated` | `name` (of the zone), `parent` |
 * | `dns.error-rcode` | `name`, `resolver`, `rcode` (its name) |
 * | `dns.filtered` | `name`, `resolver`, `extendedText`, `addresses` (what others answer) |
 * | `dns.no-usable-address` | `name`, `addresses`, `family` (the one answered: `ipv4` or `ipv6`) |
 * | `dns.search-domain` | `name`, `search` (the suffix), `addresses` |
 * | `dns.timeout` | `name`, `resolvers` (or `resolver`), `waitedMs`; `type`, `answeredBy`, `answeredTypes` where other types were answered |
 * | `dns.resolver-unreachable` | `resolvers` (or `resolver`), `failure`; `name`, `type`, `answeredBy`, `answeredTypes` where other types were answered |
 * | `dns.malformed` | `resolver`, `reason` (as in `dns.answer-rejected`) |
 * | `dns.truncated`, `dns.edns-broken` | `name`, `resolver`, `failure` |
 * | `dns.cname-loop` | `name`, `aliases` |
 * | `dns.cname-dangling` | `name`, `alias` (that does not exist) |
 * | `dns.wrong-address` | `name`, `addresses`, `expected` |
 * | `dns.bogus-address` | `name`, `addresses` |
 * | `dns.hosts-override` | `name`, `addresses`, `file` |
 * | `dns.split-horizon` | `name` |
 * | `dns.inconsistent` | `name`, `nameServers` |
 * | `dns.intercepted`, `dns.flaky` | `resolver`, `count`, `total` |
 * | `dns.one-resolver-broken` | `resolvers` (or `resolver`): the broken ones |
 * | `dns.aaaa-broken` | `name`, `outcome` (response code, or `no answer`) |
 * | `dns.slow` | `name`, `durationMs`, `budgetMs` |
 */
export const dnsSentences: SentencesOf<'dns'> = {
  'dns.nxdomain': (detail) => `The name ${nameOr(detail, 'asked for')} does not exist in the DNS${says(detail.resolver)}.`,
  'dns.no-data': (detail) => {
    const types = list(detail, 'types');
    const missing = types.length === 0 ? '' : ` (${types.map((type) => `no ${type} record`).join(', ')})`;
    const lost = list(detail, 'unansweredTypes');
    if (lost.length > 0)
      return `The name ${nameOr(detail, 'asked for')} exists and has no ${listed(types)} record; whether it has an ${listed(lost)} record is not known: that question got no usable answer.`;
    return `The name ${nameOr(detail, 'asked for')} exists, but it has no address${missing}.`;
  },
  'dns.servfail': (detail) =>
    `The resolver${resolverName(detail.resolver)} could not find out the address of ${nameOr(detail, 'the name')} (SERVFAIL).`,
  'dns.dnssec-bogus': (detail) => {
    const reason = brokenLink(detail) ?? text(detail, 'extendedText');
    return `The DNSSEC signatures of ${nameOr(detail, 'the name')} do not verify, so the resolver${resolverName(detail.resolver)} withholds the answer${reason === null ? '' : `: ${reason}`}.`;
  },
  'dns.authority-unreachable': (detail) => {
    const lost = list(detail, 'missingGlue');
    const why = lost.length === 0 ? '' : `; no address is known for ${listed(lost)}`;
    return `The name servers of ${nameOr(detail, 'the zone')}${listIn(detail, 'nameServers')} do not answer${why}.`;
  },
  'dns.lame-delegation': (detail) => {
    const servers = list(detail, 'nameServers');
    if (servers.length > 1) return `The name servers listed for ${nameOr(detail, 'the zone')} (${listed(servers)}) do not serve it.`;
    return `${text(detail, 'nameServer') ?? 'A name server'} is listed for ${nameOr(detail, 'the zone')} but does not serve it.`;
  },
  'dns.not-delegated': (detail) =>
    `${nameOr(detail, 'The domain')} is not registered or no longer delegated${clause(text(detail, 'parent'), (parent) => ` by ${parent}`)}.`,
  'dns.refused': (detail) =>
    `The resolver${resolverName(detail.resolver)} refuses to answer this computer${clause(text(detail, 'name'), (name) => ` about ${name}`)} (REFUSED).`,
  'dns.error-rcode': (detail) =>
    `The resolver${resolverName(detail.resolver)} answers with the error ${text(detail, 'rcode') ?? 'code'}${clause(text(detail, 'name'), (name) => ` for ${name}`)}.`,
  'dns.filtered': (detail) => {
    const elsewhere = listIn(detail, 'addresses');
    const reason = clause(text(detail, 'extendedText'), (words) => ` (${words})`);
    return `The resolver${resolverName(detail.resolver)} blocks ${nameOr(detail, 'the name')}${reason}${elsewhere === '' ? '' : `; others resolve it${elsewhere}`}.`;
  },
  'dns.no-usable-address': (detail) => {
    const family = families[text(detail, 'family') ?? ''];
    const what = family === undefined ? 'addresses of a family' : `${family} addresses`;
    return `${nameOr(detail, 'The name')} has only ${what}${listIn(detail, 'addresses')} that this computer cannot use.`;
  },
  'dns.search-domain': (detail) =>
    `What resolved is ${nameOr(detail, 'the name')} with the search suffix${clause(text(detail, 'search'), (search) => ` ${search}`)} appended, not the name itself.`,
  'dns.timeout': (detail) => {
    const resolvers = resolversOf(detail);
    const who =
      resolvers.length === 0
        ? 'No resolver answers'
        : resolvers.length === 1
          ? `The resolver ${resolvers[0]} does not answer`
          : `None of the resolvers ${listed(resolvers)} answers`;
    const otherwise = answeredOtherwise(detail);
    const what = otherwise === '' ? '' : clause(text(detail, 'type'), (type) => `the ${type} record of `);
    return `${who}${within(detail, 'waitedMs')}${clause(text(detail, 'name'), (name) => ` when asked for ${what}${name}`)}${otherwise}.`;
  },
  'dns.resolver-unreachable': (detail) => {
    const resolvers = resolversOf(detail);
    const who =
      resolvers.length <= 1 ? `The resolver${resolvers[0] === undefined ? '' : ` ${resolvers[0]}`}` : `The resolvers ${listed(resolvers)}`;
    const otherwise = answeredOtherwise(detail);
    if (otherwise === '') return `${who} cannot be asked: nothing takes the question there${failureIn(detail)}.`;
    const record = `the ${text(detail, 'type') ?? 'address'} record of ${nameOr(detail, 'the name')}`;
    return `${who} could not be asked for ${record}: nothing took that question there${failureIn(detail)}${otherwise}.`;
  },
  'dns.malformed': (detail) =>
    `What came back from the resolver${resolverName(detail.resolver)} is no usable DNS answer${clause(text(detail, 'reason'), (reason) => ` (${reason.replaceAll('-', ' ')})`)}.`,
  'dns.truncated': (detail) =>
    `The answer of the resolver${resolverName(detail.resolver)} is too large for UDP, and asking by TCP fails${failureIn(detail)}.`,
  'dns.edns-broken': (detail) =>
    `The resolver${resolverName(detail.resolver)} fails on modern queries (EDNS) and answers only old-style ones${failureIn(detail)}.`,
  'dns.cname-loop': (detail) => {
    const aliases = list(detail, 'aliases');
    const circle = aliases.length === 0 ? '' : ` (${aliases.slice(0, 4).join(' → ')}${aliases.length > 4 ? ' → …' : ''})`;
    return `The alias ${nameOr(detail, 'asked for')} leads in a circle${circle} and never to an address.`;
  },
  'dns.cname-dangling': (detail) =>
    `${nameOr(detail, 'The name')} is an alias of ${text(detail, 'alias') ?? 'another name'}, and that name does not exist.`,
  'dns.wrong-address': (detail) =>
    `${nameOr(detail, 'The name')} resolves to ${listed(list(detail, 'addresses')) || 'another address'}${clause(list(detail, 'expected').length > 0 ? list(detail, 'expected') : null, (expected) => ` instead of ${listed(expected)}`) || ', which is not where it should point'}.`,
  'dns.bogus-address': (detail) =>
    `${nameOr(detail, 'The name')} resolves to ${listed(list(detail, 'addresses')) || text(detail, 'address') || 'an address'}, which cannot be the address of a public site.`,
  'dns.hosts-override': (detail) =>
    `The hosts file${clause(text(detail, 'file'), (file) => ` ${file}`)} on this computer points ${nameOr(detail, 'the name')} to ${listed(list(detail, 'addresses')) || 'a fixed address'}.`,
  'dns.split-horizon': (detail) => `Inside and public resolvers answer differently for ${nameOr(detail, 'the name')}.`,
  'dns.inconsistent': (detail) =>
    `The name servers of ${nameOr(detail, 'the zone')}${listIn(detail, 'nameServers')} give different answers.`,
  'dns.intercepted': (detail) => `Something on the way answers questions meant for ${resolverOr(detail, 'another resolver')}.`,
  'dns.flaky': (detail) =>
    `The resolver${resolverName(detail.resolver)} answers the same question only sometimes${ofTotal(number(detail, 'count'), number(detail, 'total'))}.`,
  'dns.one-resolver-broken': (detail) => {
    const resolvers = resolversOf(detail);
    const who =
      resolvers.length === 0
        ? 'One of the configured resolvers fails'
        : resolvers.length === 1
          ? `The resolver ${resolvers[0]} fails`
          : `The resolvers ${listed(resolvers)} fail`;
    return `${who}; the others work.`;
  },
  'dns.aaaa-broken': (detail) =>
    `Looking up IPv6 addresses of ${nameOr(detail, 'the name')} fails${clause(text(detail, 'outcome'), (outcome) => ` (${outcome})`)}, while IPv4 works.`,
  'dns.slow': (detail) =>
    `Looking up ${nameOr(detail, 'the name')} took ${clause(number(detail, 'durationMs'), duration) || 'too long'}${clause(number(detail, 'budgetMs'), (budget) => `, more than ${duration(budget)}`)}.`,
};

/** Which link of the chain of trust broke, and how; null when it is not known. */
function brokenLink(detail: Detail): string | null {
  const outcome = text(detail, 'brokenLink');
  const name = text(detail, 'signedName');
  if (outcome === null || name === null) return null;
  const records = `${text(detail, 'signedType') ?? 'records'} of ${name}`;
  const key = clause(number(detail, 'keyTag'), (tag) => ` (key ${tag})`);
  switch (outcome) {
    case 'signature-expired':
      return `the signature over ${records}${key} expired${clause(text(detail, 'validUntil'), (time) => ` on ${day(time)}`)}`;
    case 'signature-not-yet-valid':
      return `the signature over ${records}${key} holds only${clause(text(detail, 'validFrom'), (time) => ` from ${day(time)}`)}`;
    case 'signature-wrong':
      return `the signature over ${records}${key} is false`;
    case 'signature-missing':
      return `${records} should be signed by ${text(detail, 'signerZone') ?? 'its zone'} and is not`;
    case 'ds-mismatch':
      return `the DS record of ${name}${key} names a key that the zone does not have`;
    case 'keys-missing':
      return `the parent says that ${name} is signed, and it publishes no key`;
    case 'key-missing':
      return `${records} is signed by a key${key} that the zone does not publish`;
    default:
      return null;
  }
}

const families: Readonly<Record<string, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** Who did answer, when asked for other types; empty where nobody did. */
function answeredOtherwise(detail: Detail): string {
  const by = list(detail, 'answeredBy');
  return by.length === 0 ? '' : `; asked for ${listed(list(detail, 'answeredTypes'))}, ${listed(by)} did answer`;
}

function resolversOf(detail: Detail): string[] {
  const several = list(detail, 'resolvers');
  return several.length > 0 ? several : list(detail, 'resolver');
}

function resolverName(value: unknown): string {
  return typeof value === 'string' && value !== '' ? ` ${value}` : '';
}

function says(value: unknown): string {
  return typeof value === 'string' && value !== '' ? `, says ${value}` : '';
}

function ofTotal(count: number | null, total: number | null): string {
  return count === null || total === null ? '' : ` (${count} of ${plural(total, 'time')})`;
}
