import type { ObservationKind, ObservationOf } from '../../model/observation.ts';
import type { DnsQuestionFacts } from '../../model/observations/dns.ts';
import { clip, endpoint, inBrackets, resolverText, words } from '../fact-words.ts';
import { day, duration, listed, plural } from '../wording.ts';
import type { LinesOf } from './lines.ts';

/** What resolvers and name servers said, or did not. */
export const dnsLines: LinesOf<Extract<ObservationKind, `dns.${string}`>> = {
  'dns.answered': (stated) => {
    const data = stated.answers.map((record) => (record.type === stated.type ? record.data : `${record.type} ${record.data}`));
    const answers = data.length === 0 ? 'no records' : listed(data.map(clip), 4);
    const errors = stated.extendedErrors
      .map((error) => `, extended error ${error.infoCode}${error.text === '' ? '' : ` "${clip(error.text)}"`}`)
      .join('');
    return `${question(stated)}: ${stated.rcodeName}, ${answers}${errors}${stated.truncated ? ', truncated' : ''}`;
  },
  'dns.unanswered': (stated) =>
    `${question(stated)}: no answer within ${duration(stated.waitedMs)}${stated.attempts > 1 ? `, asked ${plural(stated.attempts, 'time')}` : ''}`,
  'dns.undeliverable': (stated) => `${question(stated)}: not delivered${inBrackets(stated.failure)}`,
  'dns.answer-rejected': (stated) => `${question(stated)}: an unusable answer (${words(stated.reason)})`,
  'dns.system-lookup': (stated) =>
    stated.failure === undefined
      ? `the system resolves ${stated.name} to ${listed(stated.addresses)}`
      : `the system does not resolve ${stated.name}${inBrackets(stated.failure)}`,
  'dns.delegation-step': (stated) => {
    const records = [...stated.answers, ...(stated.answers.length === 0 ? stated.authority.filter((record) => record.type === 'SOA') : [])];
    const data = records.map((record) => `${record.type} ${record.type === 'SOA' ? record.name : clip(record.data)}`);
    const what = stated.referredZone === null ? (data.length === 0 ? '' : `, ${listed(data)}`) : ` to ${stated.referredZone}`;
    const code = stated.rcodeName === null || stated.rcodeName === 'NOERROR' ? '' : ` (${stated.rcodeName})`;
    const lacks = stated.authoritative === false && stated.response !== 'referral' ? ', not authoritative' : '';
    return `${stated.nameServer}${stated.address === null ? '' : ` ${stated.address}`} for zone ${stated.zone}: ${words(stated.response)}${code}${what}${lacks}${inBrackets(stated.failure)}`;
  },
  'dns.trust-link': (stated) =>
    `${stated.type} of ${stated.name}, vouched for by ${stated.zone}: ${words(stated.outcome)}${stated.keyTag === null ? '' : ` (key ${stated.keyTag}${stated.validUntil === null ? '' : `, until ${day(stated.validUntil)}`})`}`,
  'dns.question-repeated': (stated) =>
    `${stated.name} ${stated.type} at ${resolverText(stated.resolver)} asked ${plural(stated.asked, 'time')}: ${listed(stated.outcomes.map((one) => `${one.count} ${words(one.outcome)}`))}`,
  'dns.address-tried': (stated) => `${endpoint(stated)} tried for ${stated.name}: ${words(stated.outcome)}`,
  'dns.addresses-chosen': (stated) => `${listed(stated.addresses)} used for ${stated.name} (${sources[stated.source]})`,
};

const sources: Readonly<Record<ObservationOf<'dns.addresses-chosen'>['source'], string>> = {
  system: "the system's answer",
  resolver: "the named resolver's answer",
  'hosts-file': 'from the hosts file',
  literal: 'given as an address',
  'connect-to': 'given by --connect-to',
  connection: 'where the client connected; no lookup of it was captured',
};

function question(stated: Pick<DnsQuestionFacts, 'resolver' | 'name' | 'type' | 'checkingDisabled'>): string {
  const { address, port, transport } = stated.resolver;
  const over = transport === 'udp' ? '' : ` over ${transport.toUpperCase()}`;
  return `${stated.name} ${stated.type} at ${resolverText({ address, port })}${over}${stated.checkingDisabled ? ', validation off' : ''}`;
}
