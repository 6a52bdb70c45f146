import type { Failure } from '../../../src/model/failure.ts';
import type { AddressFamily, Endpoint } from '../../../src/model/observations/base.ts';
import type { Connection, DialOutcome, ReadOutcome, Wait } from '../../../src/ports/connection.ts';
import type { Datagrams } from '../../../src/ports/datagram.ts';
import type { Host, ResolverFacts } from '../../../src/ports/host.ts';
import type { PathTracer } from '../../../src/ports/path-tracer.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import type { HandshakeOutcome } from '../../../src/ports/tls-client.ts';
import { systemChainJudge } from '../../../src/system/chain/judge.ts';
import { systemHasher } from '../../../src/system/hasher.ts';
import { systemPacketCrypto } from '../../../src/system/packet-crypto.ts';
import { systemSignatureChecker } from '../../../src/system/signature-checker.ts';
import { type DnsMessageOffer, encodeDnsMessage } from '../../../src/wire/dns-encode.ts';
import { type DnsMessage, decodeDnsMessage } from '../../../src/wire/dns-message.ts';
import { certificate } from '../evidence.ts';
import { VirtualTime } from './virtual-time.ts';

/** What a server makes of one question: an answer, raw bytes, or nothing at all. */
export type Reply = Partial<DnsMessageOffer> | Uint8Array | null;
export type DnsServer = (query: DnsMessage, transport: 'udp' | 'tcp') => Reply;

/** What is at an address: a name server or resolver, a site, or why nothing can be reached there. */
export interface Place {
  dns?: DnsServer;
  /** One way to there and back. */
  roundTripMs?: number;
  /** Sending fails, or is met by ICMP. */
  failure?: Failure;
  /** What a connection to port 443 is met by; a list is the names on a certificate that is trusted. Default: silence. */
  https?: 'refused' | readonly string[];
  /** TLS for DNS (ports 853 and 443): names and addresses on a trusted certificate. */
  secureDns?: { names: readonly string[]; addresses?: readonly string[]; trusted?: boolean };
}

/** A whole network for one walk. Addresses that are not in it are silent. */
export interface ScriptedNetwork {
  places: Readonly<Record<string, Place>>;
  resolvers: readonly string[];
  search?: readonly string[];
  /** What getaddrinfo gives: addresses, or why none; after so long. Default: what the first resolver says. */
  system?: { addresses?: readonly string[]; failure?: Failure; afterMs?: number };
  hosts?: readonly string[];
}

const roundTripMs = 20;

/** Ports of a walk in that network, its clock, and the questions that were asked, as `address name type`. */
export function scriptedPorts(network: ScriptedNetwork): { ports: Ports; time: VirtualTime; asked: string[] } {
  const time = new VirtualTime();
  const asked: string[] = [];
  const at = (address: string): Place => network.places[address] ?? {};
  const answer = (address: string, bytes: Uint8Array, transport: 'udp' | 'tcp'): Uint8Array | null => {
    const { message } = decodeDnsMessage(bytes);
    const question = message?.questions[0];
    const server = at(address).dns;
    if (message === null || question === undefined) return null;
    asked.push(`${address} ${question.name} ${question.type}`);
    const reply = server?.(message, transport) ?? null;
    return reply === null || reply instanceof Uint8Array ? reply : encodeReply(message, reply);
  };
  const datagrams = {
    async open(remote: Endpoint): Promise<Datagrams> {
      const queue = new Mailbox(time);
      const place = at(remote.address);
      return {
        async send(bytes) {
          if (place.failure !== undefined && place.failure.name !== 'connection-refused') return place.failure;
          const reply = answer(remote.address, bytes, 'udp');
          const arrives = place.failure === undefined ? reply : place.failure;
          if (arrives !== null) void time.sleep(place.roundTripMs ?? roundTripMs).then(() => queue.put(arrives));
          return null;
        },
        receive: (wait) => queue.take(wait),
        close: () => {},
      };
    },
  };
  const tcp = {
    async prepare() {},
    async dial(remote: Endpoint, wait: Wait): Promise<DialOutcome> {
      const startMs = time.nowMs();
      const place = at(remote.address);
      const isDns = remote.port === 53 || place.secureDns !== undefined;
      const isOpen = isDns ? place.dns !== undefined : Array.isArray(place.https);
      const isRefused = place.failure?.name === 'connection-refused' || place.https === 'refused';
      await time.sleep(isOpen || isRefused ? (place.roundTripMs ?? roundTripMs) : wait.timeoutMs, wait.signal);
      const atMs = time.nowMs();
      if (wait.signal?.aborted === true) return { kind: 'aborted', startMs, atMs };
      if (isRefused) return { kind: 'failed', failure: { name: 'connection-refused' }, startMs, atMs };
      if (!isOpen) return { kind: 'timed-out', startMs, atMs, synRetransmissions: null };
      const respond = isDns ? dnsOver(remote, (bytes) => answer(remote.address, bytes, 'tcp')) : pageOver;
      return { kind: 'connected', connection: new ScriptedConnection(time, remote, respond), startMs, atMs };
    },
  };
  const tls = {
    prepare() {},
    async handshake(over: Connection): Promise<HandshakeOutcome> {
      const startMs = time.nowMs();
      const place = at(over.remote.address);
      await time.sleep(place.roundTripMs ?? roundTripMs);
      const dnsNames = [...(place.secureDns?.names ?? (Array.isArray(place.https) ? place.https : []))];
      const trusted = place.secureDns?.trusted ?? true;
      return {
        kind: 'completed',
        connection: over,
        record: {
          version: 'TLSv1.3',
          cipher: 'TLS_AES_128_GCM_SHA256',
          group: 'X25519',
          alpn: null,
          resumed: false,
          certificates: [certificate({ dnsNames, ipAddresses: [...(place.secureDns?.addresses ?? [])], ...validity(time.wallMs()) })],
          certificatesDer: [],
          trust: [{ store: 'system', trusted, code: trusted ? null : 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
          revocation: null,
        },
        wire: {
          messagesReceived: [],
          alerts: [],
          foreignBytes: null,
          version: 'TLSv1.3',
          helloRetried: false,
          clientCertificateRequested: null,
          offered: null,
          cipherSuite: 0x1301,
          primeBits: null,
          ocspResponse: null,
          readable: [],
        },
        startMs,
        atMs: time.nowMs(),
        lateMs: 0,
        session: async () => null,
      };
    },
  };
  const ports: Ports = {
    clock: time,
    datagrams,
    tcp,
    shaped: { dial: async () => ({ name: 'unknown', raw: 'a made-up network has no shapes' }) },
    tls,
    host: hostOf(network),
    paths: noPaths,
    owners: { open: async () => ({ name: 'unknown', raw: 'not in this test' }) },
    preloads: { open: async () => ({ name: 'unknown', raw: 'not in this test' }) },
    names: { lookup: (name, family, wait) => lookUp(network, answer, time, name, family, wait) },
    decompressor: { decompress: async () => ({ kind: 'unsupported' }) },
    chains: systemChainJudge(() => []),
    signatures: systemSignatureChecker,
    packetCrypto: systemPacketCrypto,
    hasher: systemHasher,
    browser: { visit: async () => ({ kind: 'absent', reason: 'none here' }) },
    randomBytes: (length) => Uint8Array.from({ length }, (_, index) => (index * 37 + asked.length * 11) & 0xff),
  };
  return { ports, time, asked };
}

/** No path can be traced in a network that is a script. */
const noPaths: PathTracer = {
  open: async () => ({ name: 'unknown', raw: 'not in this test' }),
  runTool: async () => ({ name: 'unknown', raw: 'not in this test' }),
};

function validity(nowMs: number): { notBefore: string; notAfter: string } {
  const dayMs = 86_400_000;
  return { notBefore: new Date(nowMs - 30 * dayMs).toISOString(), notAfter: new Date(nowMs + 60 * dayMs).toISOString() };
}

function encodeReply(query: DnsMessage, reply: Partial<DnsMessageOffer>): Uint8Array {
  const { name, type } = query.questions[0]!;
  return encodeDnsMessage({
    id: query.id,
    response: true,
    recursionDesired: query.recursionDesired,
    checkingDisabled: query.checkingDisabled,
    questions: [{ name, type }],
    ...(query.edns === null ? {} : { edns: { udpPayloadBytes: 1232, dnssecOk: query.edns.dnssecOk } }),
    ...reply,
  });
}

type Answer = (address: string, bytes: Uint8Array, transport: 'udp' | 'tcp') => Uint8Array | null;

/** As the C library does: both types from the first resolver; a silent one costs five seconds, and then the next is asked. */
async function lookUp(
  network: ScriptedNetwork,
  answer: Answer,
  time: VirtualTime,
  name: string,
  family: AddressFamily | null,
  wait: Wait,
): ReturnType<Ports['names']['lookup']> {
  const { system } = network;
  const found = (addresses: readonly string[]) =>
    addresses.length === 0
      ? ({ kind: 'failed', failure: { name: 'name-not-found' } } as const)
      : ({
          kind: 'found',
          addresses: addresses.map((address) => ({ address, family: address.includes(':') ? ('ipv6' as const) : ('ipv4' as const) })),
        } as const);
  if (system !== undefined) {
    const afterMs = system.afterMs ?? roundTripMs;
    await time.sleep(Math.min(afterMs, wait.timeoutMs), wait.signal);
    if (wait.signal?.aborted === true) return { kind: 'aborted' };
    if (afterMs > wait.timeoutMs) return { kind: 'timed-out' };
    return system.failure === undefined ? found(system.addresses ?? []) : { kind: 'failed', failure: system.failure };
  }
  const types = family === 'ipv4' ? ['A'] : family === 'ipv6' ? ['AAAA'] : ['A', 'AAAA'];
  const [first = ''] = network.resolvers;
  const replies = types.map((type) =>
    answer(first, encodeDnsMessage({ id: 1, recursionDesired: true, questions: [{ name, type }] }), 'udp'),
  );
  const messages = replies.flatMap((bytes) => (bytes === null ? [] : (decodeDnsMessage(bytes).message ?? [])));
  const isSilent = messages.length < types.length;
  await time.sleep(isSilent ? wait.timeoutMs : roundTripMs, wait.signal);
  if (wait.signal?.aborted === true) return { kind: 'aborted' };
  if (isSilent) return { kind: 'timed-out' };
  if (messages.some((message) => message.rcode === 2)) return { kind: 'failed', failure: { name: 'lookup-try-again' } };
  return found(
    messages.flatMap((message) => message.answers.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ data }) => data)),
  );
}

/** Datagrams on their way to a reader. */
class Mailbox {
  readonly #time: VirtualTime;
  readonly #waiting: (Uint8Array | Failure)[] = [];
  #wake = new AbortController();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  put(arrived: Uint8Array | Failure): void {
    this.#waiting.push(arrived);
    this.#wake.abort();
  }

  async take(wait: Wait): Promise<ReadOutcome> {
    if (this.#waiting.length === 0) {
      this.#wake = new AbortController();
      const signals = wait.signal === undefined ? [this.#wake.signal] : [this.#wake.signal, wait.signal];
      await this.#time.sleep(wait.timeoutMs, AbortSignal.any(signals));
    }
    const atMs = this.#time.nowMs();
    if (wait.signal?.aborted === true) return { kind: 'aborted', atMs };
    const arrived = this.#waiting.shift();
    if (arrived === undefined) return { kind: 'timed-out', atMs };
    return arrived instanceof Uint8Array ? { kind: 'bytes', bytes: arrived, atMs } : { kind: 'failed', failure: arrived, atMs };
  }
}

/** A connection whose peer answers each write. */
class ScriptedConnection implements Connection {
  readonly local: Endpoint = { address: '192.168.1.42', port: 40_000 };
  readonly remote: Endpoint;
  bytesSent = 0;
  bytesReceived = 0;
  readonly #time: VirtualTime;
  readonly #respond: (bytes: Uint8Array) => Uint8Array | null;
  readonly #inbox: Mailbox;

  constructor(time: VirtualTime, remote: Endpoint, respond: (bytes: Uint8Array) => Uint8Array | null) {
    this.#time = time;
    this.remote = remote;
    this.#respond = respond;
    this.#inbox = new Mailbox(time);
  }

  async write(bytes: Uint8Array): Promise<Failure | null> {
    this.bytesSent += bytes.length;
    const reply = this.#respond(bytes);
    if (reply !== null) void this.#time.sleep(roundTripMs).then(() => this.#inbox.put(reply));
    return null;
  }

  async read(wait: Wait): Promise<ReadOutcome> {
    const outcome = await this.#inbox.take(wait);
    if (outcome.kind === 'bytes') this.bytesReceived += outcome.bytes.length;
    return outcome;
  }

  measure(): Promise<Failure> {
    return Promise.resolve({ name: 'unknown', raw: 'a made-up network has no kernel' });
  }

  facts(): null {
    return null;
  }

  destroy(): void {}
}

/** DNS in a stream: length-prefixed, or, on port 443, in HTTP. */
function dnsOver(remote: Endpoint, answer: (bytes: Uint8Array) => Uint8Array | null): (bytes: Uint8Array) => Uint8Array | null {
  if (remote.port !== 443)
    return (bytes) => {
      const reply = answer(bytes.subarray(2));
      return reply === null ? null : Uint8Array.from([reply.length >> 8, reply.length & 0xff, ...reply]);
    };
  return (bytes) => {
    const text = new TextDecoder('latin1').decode(bytes);
    const bodyAt = text.indexOf('\r\n\r\n') + 4;
    if (!text.startsWith('POST /dns-query HTTP/1.1\r\n'))
      return new TextEncoder().encode('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    const reply = answer(bytes.subarray(bodyAt));
    if (reply === null) return null;
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: ${reply.length}\r\n\r\n`;
    return Uint8Array.from([...new TextEncoder().encode(head), ...reply]);
  };
}

function pageOver(): Uint8Array {
  const page = '<!doctype html><title>Shop</title><h1>Open</h1>';
  return new TextEncoder().encode(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
}

function hostOf(network: ScriptedNetwork): Host {
  const known: Partial<Host> = {
    vantage: () => ({ host: 'desk', platform: 'linux', addresses: ['192.168.1.42'], privileges: [] }),
    resolvers: async (): Promise<ResolverFacts> => ({
      source: 'resolv.conf',
      servers: network.resolvers.map((address) => ({ address, port: 53 })),
      search: [...(network.search ?? [])],
      ndots: 1,
    }),
    hostsEntries: async () => ({ file: '/etc/hosts', addresses: [...(network.hosts ?? [])] }),
    proxyFor: () => null,
    knownProxies: async () => [],
  };
  const missing = async (): Promise<Failure> => ({ name: 'unknown', raw: 'not in this test' });
  return new Proxy(known, { get: (some, name) => Reflect.get(some, name) ?? missing }) as Host;
}
