import type { ObservationDraft } from '../../src/model/observation.ts';
import type { DnsAddressTried, DnsDelegationStep, DnsRecord, DnsTrustLink, ResolverIdentity } from '../../src/model/observations/dns.ts';
import { judgedAt, record } from './evidence.ts';

/** What experiments about www.shop.com found: builders beside those of `evidence.ts`. */

type Draft = ObservationDraft;

const host = 'www.shop.com';
/** A name server of shop.com. */
export const ns1 = '203.0.113.130';
export const ns2 = '198.51.100.66';

interface AskedOptions {
  experiment: string;
  from?: string;
  role?: ResolverIdentity['role'];
  name?: string;
  type?: string;
  edns?: boolean;
  checkingDisabled?: boolean;
  transport?: ResolverIdentity['transport'];
}

function asked({
  experiment,
  from = '192.168.1.1',
  role = 'configured',
  name = host,
  type = 'A',
  edns = true,
  checkingDisabled = false,
  transport = 'udp',
}: AskedOptions) {
  return {
    checkpoint: 'dns',
    atMs: 40,
    durationMs: 20,
    resolver: { address: from, port: 53, transport, role, ...(role === 'authoritative' ? { serverName: serverNameOf(from) } : {}) },
    name,
    type,
    checkingDisabled,
    recursionDesired: role !== 'authoritative',
    edns,
    attempts: 1,
    followUp: experiment,
  } as const;
}

function serverNameOf(address: string): string {
  return address === ns1 ? 'ns1.shop.com' : address === ns2 ? 'ns2.shop.com' : `${address}.shop.com`;
}

const rcodeNames = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** An experiment's question was answered. */
export function experiment(
  options: AskedOptions & { rcode?: number; answers?: DnsRecord[]; authority?: DnsRecord[]; authoritative?: boolean },
): Draft {
  const { rcode = 0, answers = [], authority = [], authoritative = false } = options;
  return {
    ...asked(options),
    kind: 'dns.answered',
    rcode,
    rcodeName: rcodeNames[rcode] ?? `RCODE${rcode}`,
    authoritative,
    truncated: false,
    recursionAvailable: !authoritative,
    authenticData: false,
    answers,
    authority,
    extendedErrors: [],
    responseBytes: 60,
  };
}

/** An experiment's question was met by silence. */
export function silentExperiment(options: AskedOptions): Draft {
  return { ...asked(options), kind: 'dns.unanswered', waitedMs: 1000 };
}

/** A public resolver's answer. */
export function publicAnswer(more: { from?: string; type?: 'A' | 'AAAA'; rcode?: number; addresses?: string[] } = {}): Draft {
  const { from = '9.9.9.9', type = 'A', rcode = 0, addresses = [] } = more;
  return experiment({
    experiment: 'public-resolvers',
    role: 'public',
    from,
    type,
    rcode,
    answers: addresses.map((address) => record(type, address)),
  });
}

/** One of the zone's servers, compared with the others: its serial, or what it says the address is. */
export function zoneServer(
  from: string,
  says: { serial?: string; primary?: string; address?: string | null; rcode?: number; authoritative?: boolean },
): Draft {
  const { serial, primary = 'ns1.shop.com', address, rcode = 0, authoritative = rcode === 0 || rcode === 3 } = says;
  const base = { experiment: 'delegation', role: 'authoritative', from, rcode, authoritative } as const;
  if (address !== undefined) return experiment({ ...base, type: 'A', answers: address === null ? [] : [record('A', address)] });
  const data = serial === undefined ? [] : [record('SOA', `${primary} hostmaster.shop.com ${serial} 3600 600 86400 60`, 'shop.com')];
  return experiment({ ...base, name: 'shop.com', type: 'SOA', answers: data });
}

/** A name server asked on the way from the root. */
export function step(zone: string, response: DnsDelegationStep['response'], more: Partial<DnsDelegationStep> = {}): Draft {
  const answered = !['unanswered', 'undeliverable', 'rejected', 'no-address'].includes(response);
  return {
    kind: 'dns.delegation-step',
    checkpoint: 'dns',
    atMs: 60,
    durationMs: 20,
    zone,
    nameServer: zone === '.' ? 'a.root-servers.net' : zone === 'com' ? 'a.gtld-servers.net' : 'ns1.shop.com',
    address: zone === '.' ? '198.41.0.4' : zone === 'com' ? '192.5.6.30' : ns1,
    name: host,
    type: 'A',
    response,
    rcodeName: !answered ? null : response === 'name-error' ? 'NXDOMAIN' : response === 'error' ? 'REFUSED' : 'NOERROR',
    authoritative: !answered ? null : !['referral', 'error', 'upward-referral'].includes(response),
    recursionAvailable: answered ? false : null,
    answers: [],
    authority: [],
    glue: [],
    referredZone: null,
    signed: null,
    extendedErrors: [],
    attempts: 1,
    followUp: 'delegation',
    ...more,
  };
}

/** The way down to shop.com, as far as its parents are concerned. */
export function path(): Draft[] {
  return [
    step('.', 'referral', { referredZone: 'com', authority: [record('NS', 'a.gtld-servers.net', 'com')] }),
    step('com', 'referral', {
      referredZone: 'shop.com',
      authority: [record('NS', 'ns1.shop.com', 'shop.com'), record('NS', 'ns2.shop.com', 'shop.com')],
    }),
  ];
}

/** What both of the zone's servers did. */
export function bothServers(response: DnsDelegationStep['response'], more: Partial<DnsDelegationStep> = {}): Draft[] {
  return [
    step('shop.com', response, more),
    step('shop.com', response, { nameServer: 'ns2.shop.com', address: response === 'no-address' ? null : ns2, ...more }),
  ];
}

export function link(outcome: DnsTrustLink['outcome'], more: Partial<DnsTrustLink> = {}): Draft {
  return {
    kind: 'dns.trust-link',
    checkpoint: 'dns',
    atMs: 70,
    zone: 'shop.com',
    name: host,
    type: 'A',
    outcome,
    keyTag: 4711,
    algorithm: 13,
    validFrom: '2026-11-01T00:00:00.000Z',
    validUntil: '2026-11-19T00:00:00.000Z',
    keyTags: [],
    judgedAt,
    followUp: 'trust-chain',
    ...more,
  };
}

export function tried(address: string, outcome: DnsAddressTried['outcome']): Draft {
  return {
    kind: 'dns.address-tried',
    checkpoint: 'dns',
    atMs: 90,
    durationMs: 20,
    name: host,
    address,
    port: 443,
    outcome,
    followUp: 'other-addresses',
  };
}

export function repeated(outcomes: Readonly<Record<string, number>>): Draft {
  const list = Object.entries(outcomes).map(([outcome, count]) => ({ outcome, count }));
  return {
    kind: 'dns.question-repeated',
    checkpoint: 'dns',
    atMs: 900,
    durationMs: 800,
    resolver: { address: '192.168.1.1', port: 53, transport: 'udp', role: 'configured' },
    name: host,
    type: 'A',
    asked: list.reduce((sum, one) => sum + one.count, 0),
    outcomes: list,
    answerMs: [20, 21, 22],
    followUp: 'repetition',
  };
}
