import type { DnsDelegationStep } from '../../model/observations/dns.ts';
import type { DnsMessage, DnsResourceRecord } from '../../wire/dns-message.ts';
import type { NameServer } from './root-hints.ts';

/** What a name server's answer is, in the words of RFC 9499 section 3. */
export interface Reply {
  response: Extract<
    DnsDelegationStep['response'],
    'answer' | 'alias' | 'referral' | 'upward-referral' | 'no-data' | 'name-error' | 'error'
  >;
  /** Where a referral leads, with the addresses that came along. */
  referral: { zone: string; servers: NameServer[]; signed: boolean } | null;
  /** Names the answer's alias chain passes, the name asked for first; the last is no alias, or one met before. */
  chain: string[];
  /** A name of the chain comes twice. */
  loops: boolean;
}

const noError = 0;
const nameError = 3;

/** Whether `name` is `zone` or below it. Both lower case without trailing dot. */
export function isWithin(name: string, zone: string): boolean {
  return zone === '.' || name === zone || name.endsWith(`.${zone}`);
}

/** Reads an answer of a server of `zone` to a question for `name`. */
export function readReply(message: DnsMessage, zone: string, name: string, type: string): Reply {
  const { chain, loops } = followAliases(message.answers, name);
  const base = { referral: null, chain, loops };
  if (message.rcode === nameError) return { ...base, response: 'name-error' };
  if (message.rcode !== noError) return { ...base, response: 'error' };
  const end = chain.at(-1) ?? name;
  if (message.answers.some((record) => record.type === type && record.name === end)) return { ...base, response: 'answer' };
  if (chain.length > 1) return { ...base, response: 'alias' };
  const delegation = message.authority.find((record) => record.type === 'NS');
  if (delegation === undefined || message.authority.some((record) => record.type === 'SOA')) return { ...base, response: 'no-data' };
  const isBelow = delegation.name !== zone && isWithin(delegation.name, zone) && isWithin(name, delegation.name);
  // An authoritative server may name its own servers beside an empty answer.
  if (!isBelow) return { ...base, response: message.authoritative ? 'no-data' : 'upward-referral' };
  return { ...base, response: 'referral', referral: readReferral(message, delegation.name) };
}

function readReferral(message: DnsMessage, zone: string): NonNullable<Reply['referral']> {
  const names = new Set(
    message.authority.filter((record) => record.type === 'NS' && record.name === zone).map((record) => record.data.toLowerCase()),
  );
  const servers = [...names].map((name) => ({ name, addresses: addressesIn(message.additional, name) }));
  return { zone, servers, signed: message.authority.some((record) => record.type === 'DS' && record.name === zone) };
}

function addressesIn(records: readonly DnsResourceRecord[], name: string): string[] {
  return records.filter((record) => record.name === name && (record.type === 'A' || record.type === 'AAAA')).map((record) => record.data);
}

/** The alias chain within an answer section, in any order of its records. */
export function followAliases(
  answers: readonly Pick<DnsResourceRecord, 'name' | 'type' | 'data'>[],
  name: string,
): { chain: string[]; loops: boolean } {
  const aliases = new Map(answers.filter((record) => record.type === 'CNAME').map((record) => [record.name, record.data.toLowerCase()]));
  const chain = [name];
  for (let next = aliases.get(name); next !== undefined; next = aliases.get(next)) {
    const loops = chain.includes(next);
    chain.push(next);
    if (loops) return { chain, loops };
  }
  return { chain, loops: false };
}
