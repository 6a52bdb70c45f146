import { defaultBudgets, type Expectation, type JudgementContext } from '../../src/model/expectation.ts';
import type { Observation, ObservationDraft } from '../../src/model/observation.ts';
import type { DnsQuestionFacts, DnsRecord, ResolverIdentity } from '../../src/model/observations/dns.ts';
import type { ConnectionPhase } from '../../src/model/observations/tcp.ts';
import type { CertificateFacts } from '../../src/model/observations/tls.ts';

/** Observations of a made-up request to https://www.shop.com/ (203.0.113.10), for tests of the rules: one builder for each thing that can happen. */
export const server = { address: '203.0.113.10', port: 443 };
const resolver: ResolverIdentity = { address: '192.168.1.1', port: 53, transport: 'udp', role: 'configured' };
const tcpFacts = { rttMs: 16, synRetransmissions: 0, retransmissions: 0, mssBytes: 1460, bytesAcknowledged: null };
const kernelFacts = {
  minRttMs: 15,
  pathMtuBytes: 1500,
  receivedMssBytes: 1000,
  unacknowledgedSegments: 0,
  deliveredSegments: 2,
  bytesUnacknowledged: 0,
  outOfOrderSegments: 0,
  receivedSegments: 3,
};
export const judgedAt = '2026-11-21T12:00:00.000Z';

type Draft = ObservationDraft;

export function contextOf(expect: Expectation = {}, interrupted = false): JudgementContext {
  return { expect, budgets: defaultBudgets, interrupted };
}

/** Gives drafts their ids, as a recorder does. */
export function numbered(...drafts: (Draft | Draft[])[]): Observation[] {
  return drafts.flat().map((draft, index) => ({ id: `e${index + 1}`, hop: 0, ...draft }) as Observation);
}

export function target(url = 'https://www.shop.com/', hop = 0): Draft {
  const parsed = new URL(url);
  const host = parsed.hostname.replace(/[[\]]/g, '');
  const hostKind = host.includes(':') ? 'ipv6' : /^[\d.]+$/.test(host) ? 'ipv4' : 'name';
  const scheme = parsed.protocol.slice(0, -1) as 'http' | 'https';
  const port = parsed.port === '' ? (scheme === 'https' ? 443 : 80) : Number(parsed.port);
  return { kind: 'target.parsed', checkpoint: 'target', atMs: 0, url, scheme, host, hostKind, port, hop };
}

export function links(carrier = true): Draft {
  return {
    kind: 'local.link',
    checkpoint: 'local',
    atMs: 0,
    name: 'eth0',
    loopback: false,
    up: true,
    carrier,
    medium: 'ethernet',
    mtuBytes: 1500,
    linkAddress: null,
  };
}

export function address(text: string, scope: 'global' | 'self-assigned' | 'link' = 'global'): Draft {
  return { kind: 'local.address', checkpoint: 'local', atMs: 0, interface: 'eth0', family: 'ipv4', address: text, prefixLength: 24, scope };
}

export function route(purpose: 'target' | 'resolver' | 'default', destination: string, found: boolean): Draft {
  return {
    kind: 'local.route',
    checkpoint: 'local',
    atMs: 0,
    purpose,
    family: destination.includes(':') ? 'ipv6' : 'ipv4',
    destination,
    found,
    gateway: found ? '192.168.1.1' : null,
    interface: found ? 'eth0' : null,
    sourceAddress: null,
    mtuBytes: null,
  };
}

export function neighbor(role: 'gateway' | 'target', text: string, state: 'reachable' | 'failed' | 'incomplete'): Draft {
  const linkAddress = state === 'reachable' ? '02:00:00:00:00:01' : null;
  return { kind: 'local.neighbor', checkpoint: 'local', atMs: 1, role, address: text, interface: 'eth0', state, linkAddress };
}

export function resolvers(...servers: string[]): Draft {
  return {
    kind: 'local.resolvers',
    checkpoint: 'local',
    atMs: 0,
    source: 'resolv.conf',
    servers: servers.map((text) => ({ address: text, port: 53 })),
    search: [],
    ndots: 1,
  };
}

export function systemLookup(addresses: string[], failure?: 'name-not-found' | 'lookup-try-again' | 'timed-out'): Draft {
  const base = { kind: 'dns.system-lookup', checkpoint: 'dns', atMs: 20, durationMs: 20, name: 'www.shop.com', addresses } as const;
  return failure === undefined ? base : { ...base, failure: { name: failure } };
}

const rcodeNames: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
};

interface AnswerOptions {
  type?: 'A' | 'AAAA';
  rcode?: number;
  answers?: DnsRecord[];
  extendedError?: number;
  truncated?: boolean;
  from?: string;
  role?: ResolverIdentity['role'];
}

function question(type: 'A' | 'AAAA', from: string, role: ResolverIdentity['role'] = 'configured'): DnsQuestionFacts {
  return {
    resolver: { ...resolver, address: from, role },
    name: 'www.shop.com',
    type,
    checkingDisabled: false,
    recursionDesired: true,
    edns: true,
    attempts: 1,
  };
}

export function answered({
  type = 'A',
  rcode = 0,
  answers = [],
  extendedError,
  truncated = false,
  from = resolver.address,
  role = 'configured',
}: AnswerOptions): Draft {
  return {
    kind: 'dns.answered',
    checkpoint: 'dns',
    atMs: 20,
    durationMs: 20,
    ...question(type, from, role),
    rcode,
    rcodeName: rcodeNames[rcode] ?? `RCODE${rcode}`,
    authoritative: false,
    truncated,
    recursionAvailable: true,
    authenticData: false,
    answers,
    authority: [],
    extendedErrors: extendedError === undefined ? [] : [{ infoCode: extendedError, text: '' }],
    responseBytes: 60,
  };
}

export function record(type: string, data: string, name = 'www.shop.com'): DnsRecord {
  return { name, type, ttlSeconds: 300, data };
}

export function unanswered(type: 'A' | 'AAAA' = 'A', from: string = resolver.address): Draft {
  return { kind: 'dns.unanswered', checkpoint: 'dns', atMs: 5000, durationMs: 5000, ...question(type, from), waitedMs: 5000 };
}

export function undeliverable(from: string = resolver.address, transport: 'udp' | 'tcp' = 'udp', type: 'A' | 'AAAA' = 'A'): Draft {
  const asked = question(type, from);
  return {
    kind: 'dns.undeliverable',
    checkpoint: 'dns',
    atMs: 1,
    ...asked,
    resolver: { ...asked.resolver, transport },
    failure: { name: 'connection-refused', code: 'ECONNREFUSED' },
  };
}

export function rejected(type: 'A' | 'AAAA' = 'A'): Draft {
  return {
    kind: 'dns.answer-rejected',
    checkpoint: 'dns',
    atMs: 20,
    ...question(type, resolver.address),
    reason: 'malformed',
    sampleHex: '00',
  };
}

export function chosen(
  addresses: string[] = [server.address],
  source: 'system' | 'resolver' | 'hosts-file' | 'literal' = 'system',
  hop = 0,
): Draft {
  return { kind: 'dns.addresses-chosen', checkpoint: 'dns', atMs: 20, durationMs: 20, name: 'www.shop.com', addresses, source, hop };
}

function attempt(text: string, connection: string) {
  return {
    checkpoint: 'tcp',
    atMs: 36,
    durationMs: 16,
    connection,
    server: { address: text, port: 443 },
    family: text.includes(':') ? 'ipv6' : 'ipv4',
  } as const;
}

export function connected(
  text: string = server.address,
  connection: string = 'c0',
  more: { carried?: boolean; durationMs?: number; hop?: number; synRetransmissions?: number } = {},
): Draft {
  const { carried = true, durationMs = 16, hop = 0, synRetransmissions = 0 } = more;
  return {
    ...attempt(text, connection),
    kind: 'tcp.connected',
    durationMs,
    client: null,
    facts: { ...tcpFacts, synRetransmissions },
    carried,
    hop,
  };
}

export function synUnanswered(text: string = server.address, connection: string = 'c0'): Draft {
  return { ...attempt(text, connection), kind: 'tcp.syn-unanswered', waitedMs: 5000, synRetransmissions: 4 };
}

export function synRefused(text: string = server.address, connection: string = 'c0'): Draft {
  return { ...attempt(text, connection), kind: 'tcp.syn-refused', ttl: null };
}

export function connectFailed(
  name: 'host-unreachable' | 'network-unreachable' | 'send-not-permitted' | 'connection-refused' | 'connection-reset',
  text: string = server.address,
  connection: string = 'c0',
): Draft {
  return { ...attempt(text, connection), kind: 'tcp.connect-failed', failure: { name } };
}

type EndKind = 'tcp.reset-received' | 'tcp.closed-by-peer';

export function ended(kind: EndKind, phase: ConnectionPhase, bytesReceived = 0): Draft {
  return { ...attempt(server.address, 'c0'), kind, phase, sinceOpenMs: 20, bytesSent: 300, bytesReceived, facts: tcpFacts };
}

export function silent(phase: ConnectionPhase, bytesAcknowledged: number | null = null, bytesSent: number = 300): Draft {
  return {
    ...attempt(server.address, 'c0'),
    kind: 'tcp.peer-silent',
    phase,
    sinceOpenMs: 5000,
    bytesSent,
    bytesReceived: 0,
    facts: { ...tcpFacts, bytesAcknowledged },
    waitedMs: 5000,
  };
}

/** The exchange once more: a size that every link carries, or null for the system's own. */
export function segmentsTried(
  maxSegmentBytes: number | null,
  outcome: 'went-on' | 'stalled' | 'ended',
  outOfOrderSegments: number = 0,
): Draft {
  return {
    ...attempt(server.address, `c${maxSegmentBytes ?? 9}`),
    kind: 'tcp.segments-tried',
    maxSegmentBytes,
    stage: 'handshake',
    outcome,
    phase: outcome === 'went-on' ? 'secured' : 'hello-sent',
    sinceOpenMs: 1200,
    bytesSent: 300,
    bytesReceived: outcome === 'went-on' ? 4000 : 0,
    facts: { ...tcpFacts, kernel: { ...kernelFacts, outOfOrderSegments } },
    followUp: 'small-segments',
  };
}

export function silentConnection(outcome: 'stayed-open' | 'reset' | 'closed'): Draft {
  return { ...attempt(server.address, 'c1'), kind: 'tcp.silent-connection', outcome, afterMs: 300, followUp: 'silent-connection' };
}

const tlsBase = { checkpoint: 'tls', atMs: 56, durationMs: 20, connection: 'c0', server, serverName: 'www.shop.com' } as const;

export function handshake(version: 'TLSv1' | 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3', hop = 0): Draft {
  return {
    ...tlsBase,
    kind: 'tls.handshake-completed',
    version,
    cipher: 'TLS_AES_128_GCM_SHA256',
    group: 'X25519',
    alpn: null,
    resumed: false,
    roundTrips: 1,
    clientCertificateRequested: null,
    hop,
  };
}

export function certificate(more: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    subject: 'CN=www.shop.com',
    issuer: 'CN=Example CA',
    dnsNames: ['www.shop.com'],
    ipAddresses: [],
    notBefore: '2026-10-01T00:00:00.000Z',
    notAfter: '2027-01-01T00:00:00.000Z',
    serialHex: '01',
    sha256Hex: '00',
    keyType: 'ec',
    keyBits: 256,
    signatureAlgorithm: 'ecdsa-with-SHA256',
    isCa: false,
    selfSigned: false,
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
    issuerUrls: [],
    ...more,
  };
}

export function certificates(
  leaf: Partial<CertificateFacts> = {},
  code: string | null = null,
  chain: CertificateFacts[] = [],
  hop = 0,
): Draft {
  return {
    ...tlsBase,
    kind: 'tls.certificates-received',
    certificates: [certificate(leaf), ...chain],
    trust: [{ store: 'system', trusted: code === null, code }],
    judgedAt,
    hop,
  };
}

export function alert(
  number: number,
  after: 'client-hello' | 'handshake' | 'finished' = 'client-hello',
  clientCertificateRequested: boolean | null = null,
): Draft {
  return {
    ...tlsBase,
    kind: 'tls.alert-received',
    level: 'fatal',
    alert: number,
    alertName: `alert_${number}`,
    after,
    encrypted: after !== 'client-hello',
    clientCertificateRequested,
  };
}

export function notTls(): Draft {
  return { ...tlsBase, kind: 'tls.not-tls', looksLike: 'http', sampleHex: '48545450' };
}

const httpBase = { checkpoint: 'http', atMs: 80, connection: 'c0', server } as const;

export function requestSent(hop = 0): Draft {
  return {
    ...httpBase,
    kind: 'http.request-sent',
    method: 'GET',
    url: 'https://www.shop.com/',
    version: '1.1',
    headers: [],
    bytes: 120,
    hop,
  };
}

export function responded(status: number, hop = 0, durationMs = 20): Draft {
  return {
    ...httpBase,
    kind: 'http.response-received',
    durationMs,
    status,
    reason: '',
    version: '1.1',
    headers: [],
    headerBytes: 100,
    interim: [],
    hop,
  };
}

export function body(
  more: {
    end?: 'complete' | 'cut-off' | 'silent' | 'limit';
    decodeFailure?: string;
    bytes?: number;
    expectedBytes?: number | null;
    hop?: number;
  } = {},
): Draft {
  const { end = 'complete', decodeFailure = null, bytes = 500, expectedBytes = 500, hop = 0 } = more;
  return {
    ...httpBase,
    kind: 'http.body-received',
    framing: expectedBytes === null ? 'chunked' : 'content-length',
    end,
    bytes,
    expectedBytes,
    endedBy: end === 'cut-off' ? 'peer-closed' : null,
    encodings: decodeFailure === null ? [] : ['gzip'],
    decodedBytes: null,
    decodeFailure,
    silentMs: end === 'silent' ? 5000 : null,
    hop,
  };
}

export function malformed(): Draft {
  return { ...httpBase, kind: 'http.response-malformed', rule: 'status-line', sampleHex: '00' };
}

export function redirected(
  outcome: 'followed' | 'visited-before' | 'too-many' | 'missing-location' | 'forbidden-scheme' | 'not-followed',
  hop = 0,
): Draft {
  return {
    ...httpBase,
    kind: 'http.redirected',
    status: 302,
    location: 'https://next.shop.com/',
    url: 'https://next.shop.com/',
    outcome,
    hop,
  };
}

export function page(
  more: {
    bytes?: number;
    mediaType?: string | null;
    text?: number | null;
    elements?: number | null;
    expectedTextFound?: boolean | null;
    hop?: number;
  } = {},
): Draft {
  const { bytes = 500, mediaType = 'text/html', text = 100, elements = 2, expectedTextFound = null, hop = 0 } = more;
  return {
    kind: 'page.document',
    checkpoint: 'page',
    atMs: 90,
    url: 'https://www.shop.com/',
    mediaType,
    bytes,
    textCharacters: text,
    contentElements: elements,
    title: null,
    expectedTextFound,
    hop,
  };
}

/** A whole healthy request up to, and not including, what the test adds. */
export const upTo = {
  lookup: (): Draft[] => [target(), links(), address('192.168.1.42'), route('default', '0.0.0.0/0', true), resolvers('192.168.1.1')],
  addresses: (): Draft[] => [
    ...upTo.lookup(),
    systemLookup([server.address]),
    answered({ answers: [record('A', server.address)] }),
    answered({ type: 'AAAA' }),
    chosen(),
    route('target', server.address, true),
  ],
  connection: (): Draft[] => [...upTo.addresses(), connected()],
  secured: (): Draft[] => [...upTo.connection(), handshake(), certificates()],
  request: (): Draft[] => [...upTo.secured(), requestSent()],
  page: (): Draft[] => [...upTo.request(), responded(200), body(), page()],
};
