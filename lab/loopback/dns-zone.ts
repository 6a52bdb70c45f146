import { dnsRcodeCode } from '../../src/wire/dns-codes.ts';
import { type DnsRecordOffer, encodeDnsMessage } from '../../src/wire/dns-encode.ts';
import type { DnsMessage } from '../../src/wire/dns-message.ts';

/**
 * What the server does wrong with an answer. `silent`: none is sent; `malformed`: bytes that end inside a record; `wrong-id`, `wrong-question`: an
 * answer to something else; `truncated`: over UDP only the TC bit and no records, complete over TCP.
 */
export type DnsFault = 'silent' | 'malformed' | 'wrong-id' | 'wrong-question' | 'truncated';

/** How a name is answered. Without records and without `rcode` it exists and has no data. */
export interface DnsNameData {
  /** Presentation form by type, for example `{ A: ['127.0.0.1'] }`. */
  records?: Readonly<Record<string, readonly string[]>>;
  /** Default 300. */
  ttlSeconds?: number;
  /** `SERVFAIL`, `REFUSED`, `NXDOMAIN`, ...; records are then left out. */
  rcode?: string;
  fault?: DnsFault;
  delayMs?: number;
  /** RFC 8914. */
  extendedError?: { infoCode: number; text: string };
  /** What differs for one type of question, `AAAA` for example. */
  byType?: Readonly<Record<string, Omit<DnsNameData, 'byType' | 'records'>>>;
}

/** Everything a server answers, by lower-case name without trailing dot; `*` stands for every name not listed, which else does not exist. */
export type DnsZone = Readonly<Record<string, DnsNameData>>;

/** An answer ready to send: null bytes for silence. */
export interface PreparedAnswer {
  bytes: Uint8Array | null;
  delayMs: number;
}

const longestAliasChain = 8;
const startOfAuthority = 'ns.lab.test hostmaster.lab.test 1 3600 600 86400 60';

/** Answers a decoded query as a recursive resolver with this knowledge would, faults included. The query must hold exactly one question. */
export function answerQuery(zone: DnsZone, query: DnsMessage, transport: 'udp' | 'tcp'): PreparedAnswer {
  const { name, type } = query.questions[0]!;
  const data = dataFor(zone, name);
  const behaviour: Omit<DnsNameData, 'byType' | 'records'> = { ...data, ...data?.byType?.[type] };
  const delayMs = behaviour.delayMs ?? 0;
  const fault = behaviour.fault;
  if (fault === 'silent') return { bytes: null, delayMs };
  const { answers, exists } = behaviour.rcode === undefined ? collect(zone, name, type) : { answers: [], exists: true };
  const rcode = behaviour.rcode === undefined ? (exists ? 0 : 3) : dnsRcodeCode(behaviour.rcode);
  if (rcode === null) throw new RangeError(`not a response code: ${behaviour.rcode}`);
  const cut = fault === 'truncated' && transport === 'udp';
  const denies = answers.length === 0 && (rcode === 0 || rcode === 3);
  const bytes = encodeDnsMessage({
    id: fault === 'wrong-id' ? query.id ^ 0x5555 : query.id,
    response: true,
    recursionDesired: query.recursionDesired,
    recursionAvailable: true,
    truncated: cut,
    rcode,
    questions: fault === 'wrong-question' ? [{ name: 'other.lab.test', type }] : [{ name, type }],
    answers: cut ? [] : answers,
    authority: denies ? [{ name: 'test', type: 'SOA', ttlSeconds: 60, data: startOfAuthority }] : [],
    edns: query.edns && {
      udpPayloadBytes: 1232,
      dnssecOk: false,
      extendedErrors: behaviour.extendedError ? [behaviour.extendedError] : [],
    },
  });
  // Ends inside the question or the first record: the header promises more than there is.
  return { bytes: fault === 'malformed' ? bytes.subarray(0, Math.min(bytes.length - 1, 16)) : bytes, delayMs };
}

function dataFor(zone: DnsZone, name: string): DnsNameData | undefined {
  return Object.hasOwn(zone, name) ? zone[name] : zone['*'];
}

/** Follows aliases inside the zone, as a resolver does. */
function collect(zone: DnsZone, name: string, type: string): { answers: DnsRecordOffer[]; exists: boolean } {
  const answers: DnsRecordOffer[] = [];
  for (let owner = name, links = 0; links <= longestAliasChain; links++) {
    const data = dataFor(zone, owner);
    if (data === undefined) return { answers, exists: false };
    const ttlSeconds = data.ttlSeconds ?? 300;
    const alias = data.records?.CNAME?.[0];
    if (alias === undefined || type === 'CNAME') {
      for (const value of data.records?.[type] ?? []) answers.push({ name: owner, type, ttlSeconds, data: value });
      return { answers, exists: data.rcode !== 'NXDOMAIN' };
    }
    answers.push({ name: owner, type: 'CNAME', ttlSeconds, data: alias });
    owner = alias;
  }
  return { answers, exists: true };
}
