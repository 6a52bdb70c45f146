import type { Endpoint } from '../../model/observations/base.ts';
import type { ReportedPacket } from '../../model/read-report.ts';
import type { Evidence } from '../../model/walk-report.ts';
import { type Case, firstEvidence } from '../case.ts';
import { evidenceLine } from '../evidence-line.ts';
import { failureWords } from '../fact-words.ts';
import { icmpWords } from '../icmp.ts';
import { duration } from '../wording.ts';
import { gatewayRoute } from './path-section.ts';

/** Who sends and receives: a lane of the ladder. */
export interface Party {
  role: 'host' | 'gateway' | 'gateway, resolver' | 'resolver' | 'name server' | 'router' | 'server' | 'others';
  name: string;
}

/** One packet or message between two parties. Remote text in it is raw. */
export interface LadderStep {
  /** Milliseconds since the first. */
  atMs: number;
  /** Indices of parties. */
  from: number;
  to: number;
  label: string;
  /** `lost`: it was sent and nothing came back. */
  tone: 'plain' | 'lost' | 'bad';
  /** What else is known: names and values. */
  details: [string, string][];
  /** Id of the evidence it was taken from; null for a packet of a capture. */
  evidence: string | null;
}

export interface Ladder {
  /** What the steps are: packets that were captured, or messages as the walk saw them. */
  of: 'packets' | 'messages';
  parties: Party[];
  steps: LadderStep[];
}

/** Lanes that are still told apart on a phone. */
const mostParties = 6;
const mostSteps = 2000;

/** The packets of a case as captured, or, where there are none, the messages that its evidence tells of. */
export function ladderOf(subject: Case): Ladder {
  return subject.packets.length > 0 ? packetLadder(subject) : messageLadder(subject);
}

/** Captured packets in the order of the file, between the addresses they went from and to. */
function packetLadder(subject: Case): Ladder {
  const cited = new Map(subject.evidence.flatMap((one) => (one.frames ?? []).map((frame) => [frame, one.id] as const)));
  const [first] = subject.packets;
  const lanes = new PacketLanes(subject.packets);
  const steps = subject.packets.map((packet): LadderStep => {
    const numbers: [string, number | null][] = [
      ['TTL', packet.ttl],
      ['sequence', packet.sequence],
      ['acknowledges', packet.acknowledgment],
      ['window', packet.window],
    ];
    return {
      atMs: packet.atMs - (first?.atMs ?? 0),
      from: lanes.of(packet.from),
      to: lanes.of(packet.to),
      label: packet.label,
      tone: /RST|alert|unreachable|NXDOMAIN|SERVFAIL|REFUSED/.test(packet.label) ? 'bad' : 'plain',
      details: [
        ['frame', String(packet.frame)],
        ['protocol', packet.protocol],
        ['ports', packet.from.port === 0 ? 'none' : `${packet.from.port} to ${packet.to.port}`],
        ['payload', `${packet.payloadBytes} bytes`],
        ...numbers.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, String(value)]])),
      ],
      evidence: cited.get(packet.frame) ?? null,
    };
  });
  return { of: 'packets', parties: lanes.parties, steps };
}

/** Puts a party into a lane of its own; of more than there are lanes for, the last one is shared. The index of its lane. */
function laneFor(parties: Party[], role: Party['role'], address: string): number {
  const last = parties.length - 1;
  const shared = parties[last];
  if (parties.length < mostParties || shared === undefined) return parties.push({ role, name: address }) - 1;
  const [first, more] = shared.role === 'others' ? shared.name.split(' and ') : [shared.name, '0'];
  parties[last] = { role: 'others', name: `${first} and ${Number.parseInt(more ?? '0', 10) + 1} more` };
  return last;
}

const senderRoles: Readonly<Partial<Record<ReportedPacket['protocol'], Party['role']>>> = { arp: 'gateway', icmp: 'router' };

function asks({ protocol, label, to }: ReportedPacket): boolean {
  return protocol === 'tcp' ? label === 'SYN' : protocol === 'udp' && to.port === 53;
}

/** Lanes of packets: who asks is the host, who answers on port 53 a resolver, who sends ICMP errors a router. */
class PacketLanes {
  readonly parties: Party[] = [];
  readonly #index = new Map<string, number>();

  constructor(packets: readonly ReportedPacket[]) {
    const opener = packets.find(asks) ?? packets.find(({ protocol }) => protocol === 'tcp' || protocol === 'udp') ?? packets[0];
    if (opener !== undefined) this.#add(opener.from.address, 'host');
    for (const packet of packets) {
      const { protocol, from, to } = packet;
      // A host has an address of each family.
      this.#add(from.address, from.port === 53 ? 'resolver' : asks(packet) ? 'host' : (senderRoles[protocol] ?? 'server'));
      this.#add(to.address, to.port === 53 ? 'resolver' : protocol === 'arp' ? 'gateway' : from.port === 53 ? 'host' : 'server');
    }
  }

  of({ address }: Endpoint): number {
    return this.#index.get(address) ?? 0;
  }

  #add(address: string, role: Party['role']): void {
    if (this.#index.has(address)) return;
    this.#index.set(address, laneFor(this.parties, role, address));
  }
}

/** The messages that a case's evidence tells of, in the order of time. */
export function messageLadder(subject: Case): Ladder {
  const lanes = new Lanes(subject);
  const startMs = subject.startedAt === null ? 0 : Date.parse(subject.startedAt);
  const steps = subject.evidence
    .flatMap((one) => stepsOf(one, Date.parse(one.at) - startMs, lanes))
    .sort((one, other) => one.atMs - other.atMs)
    .slice(0, mostSteps);
  return { of: 'messages', parties: lanes.parties, steps };
}

/** The parties met so far; those beyond the last lane share it. */
class Lanes {
  readonly parties: Party[];
  readonly #index = new Map<string, number>();

  constructor(subject: Case) {
    this.parties = [{ role: 'host', name: 'here' }];
    const gateway = gatewayRoute(subject)?.gateway;
    if (gateway !== undefined) this.of('gateway', gateway);
    const resolver = firstEvidence(subject, 'local.resolvers')?.servers[0];
    if (resolver !== undefined) this.of('resolver', resolver.address);
  }

  of(role: Party['role'], address: string): number {
    const key = `${role === 'gateway' ? 'gateway' : 'party'} ${address}`;
    const known = this.#index.get(key) ?? (role === 'resolver' ? this.#index.get(`gateway ${address}`) : undefined);
    if (known !== undefined) {
      const party = this.parties[known];
      if (role === 'resolver' && party?.role === 'gateway') this.parties[known] = { ...party, role: 'gateway, resolver' };
      return known;
    }
    const lane = laneFor(this.parties, role, address);
    this.#index.set(key, lane);
    return lane;
  }
}

type Draft = Pick<LadderStep, 'label'> & { atMs?: number; back?: boolean; tone?: LadderStep['tone'] };

function stepsOf(one: Evidence, atMs: number, lanes: Lanes): LadderStep[] {
  const tookMs = one.durationMs ?? 0;
  const startMs = Math.max(0, atMs - tookMs);
  const details: [string, string][] = [
    ['shows', evidenceLine(one)],
    ...(one.durationMs === undefined ? [] : [['took', duration(one.durationMs)] as [string, string]]),
    ...(one.frames === undefined ? [] : [['frames', one.frames.join(', ')] as [string, string]]),
    ...(one.followUp === undefined ? [] : [['experiment', one.followUp] as [string, string]]),
  ];
  const between = (party: number, drafts: Draft[]): LadderStep[] =>
    drafts.map((draft) => ({
      atMs: Math.max(0, draft.atMs ?? startMs),
      from: draft.back === true ? party : 0,
      to: draft.back === true ? 0 : party,
      label: draft.label,
      tone: draft.tone ?? 'plain',
      details,
      evidence: one.id,
    }));
  const server = (endpoint: Endpoint): number => lanes.of('server', endpoint.address);
  switch (one.kind) {
    case 'dns.answered':
    case 'dns.unanswered':
    case 'dns.undeliverable':
    case 'dns.answer-rejected': {
      const party = lanes.of(one.resolver.role === 'authoritative' ? 'name server' : 'resolver', one.resolver.address);
      const question = `${one.type}? ${one.name}${one.checkingDisabled ? ', validation off' : ''}${one.edns ? '' : ', no EDNS'}`;
      if (one.kind === 'dns.unanswered') return between(party, [{ label: `${question} (no answer)`, tone: 'lost' }]);
      if (one.kind === 'dns.undeliverable') return between(party, [{ label: `${question} (${failureWords(one.failure)})`, tone: 'lost' }]);
      const answer = one.kind === 'dns.answered' ? answerLabel(one) : 'unusable answer';
      const isBad = one.kind !== 'dns.answered' || one.rcodeName !== 'NOERROR';
      return between(party, [{ label: question }, { label: answer, atMs, back: true, tone: isBad ? 'bad' : 'plain' }]);
    }
    case 'dns.system-lookup':
      // Which cache or server answered the system is not seen from outside.
      return between(0, [
        {
          label: one.failure === undefined ? `the system resolves ${one.name}` : `the system does not resolve ${one.name}`,
          atMs,
          tone: one.failure === undefined ? 'plain' : 'bad',
        },
      ]);
    case 'tcp.connected':
      return between(server(one.server), [
        { label: `SYN, port ${one.server.port}` },
        { label: 'SYN-ACK', atMs, back: true },
        { label: 'ACK', atMs },
      ]);
    case 'tcp.syn-unanswered':
      return between(server(one.server), [{ label: `SYN, port ${one.server.port} (no answer)`, tone: 'lost' }]);
    case 'tcp.syn-refused':
      return between(server(one.server), [{ label: `SYN, port ${one.server.port}` }, { label: 'RST', atMs, back: true, tone: 'bad' }]);
    case 'tcp.connect-failed':
      return between(server(one.server), [{ label: `SYN, port ${one.server.port} (${failureWords(one.failure)})`, tone: 'lost' }]);
    case 'tcp.reset-received':
      return between(server(one.server), [{ label: 'RST', atMs, back: true, tone: 'bad' }]);
    case 'tcp.closed-by-peer':
      return between(server(one.server), [{ label: 'FIN', atMs, back: true, tone: 'bad' }]);
    case 'tcp.peer-silent':
      return between(server(one.server), [{ label: `nothing for ${duration(one.waitedMs)}`, atMs, tone: 'lost' }]);
    case 'tls.handshake-completed':
      return between(server(one.server), [
        { label: `ClientHello${one.serverName === null ? '' : `, ${one.serverName}`}` },
        { label: `ServerHello to Finished, ${one.version}`, atMs, back: true },
        { label: 'Finished', atMs },
      ]);
    case 'tls.alert-received':
      return between(server(one.server), [{ label: 'ClientHello' }, { label: `alert ${one.alertName}`, atMs, back: true, tone: 'bad' }]);
    case 'tls.not-tls':
      return between(server(one.server), [{ label: 'ClientHello' }, { label: 'not TLS', atMs, back: true, tone: 'bad' }]);
    case 'http.request-sent':
      return between(server(one.server), [{ label: `${one.method} ${pathOf(one.url)}`, atMs }]);
    case 'http.warm-run':
      return between(server(one.server), [
        { label: 'the same request again' },
        { label: `${one.status ?? one.outcome}`, atMs, back: true, tone: one.outcome === 'answered' ? 'plain' : 'bad' },
      ]);
    case 'http.response-received':
      return between(server(one.server), [
        { label: `${one.status}${one.reason === '' ? '' : ` ${one.reason}`}`, atMs, back: true, tone: one.status >= 400 ? 'bad' : 'plain' },
      ]);
    case 'http.body-received':
      return between(server(one.server), [
        {
          label: `body, ${one.bytes} bytes, ${one.end.replaceAll('-', ' ')}`,
          atMs,
          back: true,
          tone: one.end === 'complete' || one.end === 'limit' ? 'plain' : 'bad',
        },
      ]);
    case 'route.icmp-error':
      return between(lanes.of('router', one.from ?? 'a router'), [
        { label: icmpWords(one.version, one.type, one.code), atMs, back: true, tone: 'bad' },
      ]);
    default:
      return [];
  }
}

function answerLabel(one: Extract<Evidence, { kind: 'dns.answered' }>): string {
  const data = one.answers.filter((record) => record.type === one.type).map((record) => record.data);
  const more = data.length > 1 ? ` and ${data.length - 1} more` : '';
  return one.rcodeName === 'NOERROR' ? (data[0] === undefined ? 'no data' : `${data[0]}${more}`) : one.rcodeName;
}

function pathOf(url: string): string {
  const after = url.slice(url.indexOf('://') + 3);
  const slash = after.indexOf('/');
  return slash < 0 ? '/' : after.slice(slash);
}
