import type { ObservationOf } from '../model/observation.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { ReadExchange } from '../model/read-record.ts';
import type { ExchangeDns, ExchangeHttp, ExchangeTls } from '../model/read-report.ts';
import { noTimings, type Timings } from '../model/timings.ts';
import { parseIpv4, parseIpv6 } from '../wire/dns-address.ts';
import { dnsRcodeName } from '../wire/dns-codes.ts';
import { tlsCipherSuiteName } from '../wire/tls-cipher-suites.ts';
import { tlsAlertName } from '../wire/tls-names.ts';
import type { ConnectAttempt } from './connect-race.ts';
import type { ConnectionFollower } from './connection-follower.ts';
import type { ConnectionStory } from './connection-story.ts';
import type { DnsTransaction } from './dns-transaction.ts';
import { EvidenceLog, type EvidenceNumbers, round } from './evidence-log.ts';
import type { ExchangeClass } from './exchange-class.ts';
import type { HttpExchange, SeenRequestHead } from './http-exchange.ts';
import { headsOf } from './http-heads.ts';
import type { HttpStory } from './http-story.ts';
import type { SeenIcmp } from './icmp-tracker.ts';
import type { LookupStory } from './lookup-story.ts';
import { addressesOf, observeDns } from './observe-dns.ts';
import { type ObservedHttp, observeHidden, observeHttp, observeTunnel } from './observe-http.ts';
import { observeQuic } from './observe-quic.ts';
import { familyOf, type ObservedConnection, observeConnect, observeEnd, observeIcmp, observeLostSegment } from './observe-tcp.ts';
import { handshakePhase, type ObservedTls, observeTls, type ReadCertificate, versionOf, wasResumed } from './observe-tls.ts';
import type { Reading } from './reading.ts';
import { seenCertificates } from './seen-certificates.ts';
import { describeTcp, type TcpConversation } from './tcp-conversation.ts';
import { tcpFinFrame, tcpOpenFrame, tcpResetFrame, tcpSynAckFrame, tcpSynAckTime, tcpSynFrame } from './tcp-record.ts';
import { describeTls } from './tls-conversation.ts';

/** Everything a described exchange is made of. */
export interface ExchangeParts {
  reading: Reading;
  base: number;
  follower: ConnectionFollower | null;
  story: ConnectionStory;
  exchange: HttpExchange | null;
  httpStory: HttpStory | null;
  isWarm: boolean;
  /** The questions of the lookup whose answer gave the server's address, and what it amounts to. */
  lookups: DnsTransaction[];
  lookup: LookupStory;
  /** Attempts at other addresses of the same lookup that came to nothing. */
  rivals: readonly ConnectAttempt[];
  icmp: SeenIcmp | null;
  readCertificate: ReadCertificate;
  findPreload: FindPreload;
  class: ExchangeClass;
}

/** The entry of a name in the list that browsers bring along; null where it has none, or there is no list. */
export type FindPreload = (host: string) => Pick<ObservationOf<'target.preload'>, 'entry' | 'list' | 'listDate'> | null;

const maxFrames = 64;
const tlsPorts: ReadonlySet<number> = new Set([443, 8443]);

/** Describes an exchange over a TCP connection: observations in walking order, and what a table shows of it. */
export function writeExchange(numbers: EvidenceNumbers, parts: ExchangeParts): ReadExchange {
  const { reading, base, story, exchange, httpStory, lookups } = parts;
  const conversation = describeTcp(reading.tcpTracker, base);
  const connection = observedConnection(parts, conversation);
  const tls = observedTls(parts);
  const heads = exchange === null ? null : headsOf(exchange, reading.arena);
  const hostField = heads?.request?.fields.find((field) => field.name.toLowerCase() === 'host')?.value ?? null;
  const serverName = tls?.clear.client.clientHello?.serverName ?? null;
  const lookupName = lookups[0]?.query?.questions[0]?.name ?? null;
  const isTunnel = exchange?.isConnect === true;
  const scheme = tls !== null || isTunnel || (exchange === null && tlsPorts.has(conversation.server.port)) ? 'https' : 'http';
  const url = urlOf(scheme, heads?.request?.target ?? null, hostField ?? serverName ?? lookupName, conversation.server);
  const host = hostOf(url) ?? conversation.server.address;
  const log = new EvidenceLog(numbers);
  const startMs = startOf(parts, conversation);
  const certificates = tls === null ? null : seenCertificates(tls, story, host);
  const proxy = proxyOf(parts, heads?.request ?? null, conversation.server);
  if (certificates?.hostIsUnknown !== true) observeTarget(log, startMs, url, scheme, host, conversation.server.port);
  if (scheme === 'http') observePreload(log, startMs, host, parts.findPreload);
  const { isCold } = parts.lookup;
  if (isCold) {
    for (const lookup of lookups)
      observeDns(
        log,
        lookup,
        lookups,
        story.firstSynMs,
        reading.watchedUntil(lookup.lastQueryFrame ?? 0, lookup.lastQueryMs ?? story.lastMs),
      );
  }
  // Behind a proxy the name is the proxy's to look up.
  if (proxy !== null) observeProxy(log, startMs, proxy);
  else observeAddresses(log, startMs, host, lookups, conversation.server, parts.lookup.waitedMs);
  observeRivals(log, parts.rivals);
  observeConnect(log, connection);
  observeLostSegment(log, connection);
  if (tls !== null) observeTls(log, connection, tls, certificates);
  const http: ObservedHttp | null =
    exchange === null || httpStory === null
      ? null
      : { exchange, story: httpStory, request: heads?.request ?? null, response: heads?.response ?? null, url };
  if (http?.exchange.isConnect === true) observeTunnel(log, connection, http, proxy ?? '');
  else if (http !== null) observeHttp(log, connection, http);
  else if (tls !== null && story.tlsStage === 'completed' && !story.serverAborted)
    observeHidden(log, connection, tls.follower, story.lastMs);
  if (httpStory === null) observeEnd(log, connection, story.endBeforeRequest(), handshakePhase(story.tlsStage), story.serverSpokeMs);
  else observeEnd(log, connection, httpStory.end, httpStory.phase, exchange?.requestEndMs ?? startMs);
  if (tls !== null) observeQuic(log, reading, connection, host);
  const timings = timingsOf(parts, isCold ? lookups : [], conversation, tls);
  return {
    startMs: numbers.at(startMs),
    host,
    client: conversation.client,
    clientAddresses: clientAddressesOf(conversation, parts),
    server: conversation.server,
    conversation: conversation.number,
    dns: isCold ? dnsSummary(lookups) : null,
    tls: tls === null ? null : tlsSummary(tls, story),
    http: http === null ? null : httpSummary(http),
    timings,
    observations: log.observations,
    frames: framesOf(log),
    class: parts.class,
  };
}

function clientAddressesOf({ client }: TcpConversation, { lookups, rivals }: ExchangeParts): string[] {
  const others = [...lookups.map((lookup) => lookup.client), ...rivals.flatMap((rival) => rival.client ?? [])];
  return [...new Set([client, ...others].map((endpoint) => endpoint.address))];
}

/** Describes a lookup that led to no connection; null when nothing can be said of it. */
export function writeLookup(
  numbers: EvidenceNumbers,
  transactions: readonly DnsTransaction[],
  watchedUntilMs: number,
  key: ExchangeClass,
): ReadExchange | null {
  const first = transactions[0];
  const name = first?.query?.questions[0]?.name;
  if (first === undefined || name === undefined) return null;
  const log = new EvidenceLog(numbers);
  const startMs = Math.min(...transactions.map((transaction) => transaction.firstQueryMs ?? watchedUntilMs));
  observeTarget(log, startMs, `https://${name}/`, 'https', name, 443);
  for (const transaction of transactions) observeDns(log, transaction, transactions, Number.NaN, watchedUntilMs);
  const answeredMs = Math.max(...transactions.map((transaction) => transaction.answerMs ?? startMs));
  return {
    startMs: numbers.at(startMs),
    host: name,
    client: first.client,
    clientAddresses: [first.client.address],
    server: first.server,
    conversation: null,
    dns: dnsSummary(transactions),
    tls: null,
    http: null,
    timings: { ...noTimings, dnsMs: round(answeredMs - startMs) },
    observations: log.observations,
    frames: framesOf(log),
    class: key,
  };
}

/**
 * URL of the proxy that a request goes through: to a proxy it names the whole URL, or asks for a tunnel (RFC 9112 sections 3.2.2 and 3.2.3). Null for a
 * request that goes straight.
 */
function proxyOf(parts: ExchangeParts, request: SeenRequestHead | null, server: Endpoint): string | null {
  const isTunnelled = parts.follower?.outer === 'http' && (parts.exchange === null || parts.follower.tlsFollower !== null);
  const isProxied = request !== null && (request.method === 'CONNECT' || /^https?:\/\//i.test(request.target));
  if (!isTunnelled && !isProxied) return null;
  return `http://${server.address.includes(':') ? `[${server.address}]` : server.address}:${server.port}`;
}

function observeProxy(log: EvidenceLog, startMs: number, url: string): void {
  log.state(startMs, [], { kind: 'local.proxy-configured', checkpoint: 'local', variable: 'the request itself', url, bypassed: false });
}

function observedConnection(parts: ExchangeParts, conversation: TcpConversation): ObservedConnection {
  const { words } = parts.reading.tcpTracker.table;
  const { base } = parts;
  return {
    id: `c${conversation.number}`,
    conversation,
    story: parts.story,
    frames: {
      syn: words[base + tcpSynFrame]!,
      synAck: words[base + tcpSynAckFrame]!,
      open: words[base + tcpOpenFrame]!,
      fin: words[base + tcpFinFrame]!,
      reset: words[base + tcpResetFrame]!,
    },
    isWarm: parts.isWarm,
    icmp: parts.icmp,
  };
}

function observedTls(parts: ExchangeParts): ObservedTls | null {
  const { follower, reading, story, readCertificate } = parts;
  if (follower === null || follower.tlsFollower === null || story.tlsStage === 'none') return null;
  const server = follower.tlsFollower.sides[1];
  const sentMs = Number.isNaN(server.helloMs) ? story.lastMs : server.helloMs;
  const wallMs = reading.packetTracker.originSeconds * 1000 + sentMs;
  return {
    follower: follower.tlsFollower,
    clear: describeTls(follower.tlsFollower, reading.arena, follower.inside),
    sentAt: isoTime(wallMs),
    readCertificate,
  };
}

/** ISO 8601 of a wall clock time; times that no calendar has are put at its end. */
export function isoTime(wallMs: number): string {
  const limit = 8.64e15;
  return new Date(Number.isNaN(wallMs) ? 0 : Math.min(limit, Math.max(-limit, wallMs))).toISOString();
}

function urlOf(scheme: 'http' | 'https', target: string | null, authority: string | null, server: Endpoint): string {
  const defaultPort = scheme === 'https' ? 443 : 80;
  const bare = server.address.includes(':') ? `[${server.address}]` : server.address;
  const name = authority ?? bare;
  const hasPort = /:\d+$/.test(name) || server.port === defaultPort;
  const origin = `${scheme}://${hasPort ? name : `${name}:${server.port}`}`;
  const candidates = [
    target ?? '',
    target?.startsWith('/') === true ? origin + target : '',
    target === null ? '' : `https://${target}/`,
    `${origin}/`,
  ];
  return candidates.find((candidate) => /^https?:\/\//.test(candidate) && URL.canParse(candidate)) ?? `${scheme}://${bare}:${server.port}/`;
}

function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function observeTarget(log: EvidenceLog, startMs: number, url: string, scheme: 'http' | 'https', host: string, port: number): void {
  const hostKind = parseIpv4(host) !== null ? 'ipv4' : parseIpv6(host) !== null ? 'ipv6' : 'name';
  log.state(startMs, [], { kind: 'target.parsed', checkpoint: 'target', url, scheme, host, hostKind, port });
}

/** States that browsers reach by https alone what somebody asked for in plain http. */
function observePreload(log: EvidenceLog, startMs: number, host: string, find: FindPreload): void {
  if (!host.includes('.') || parseIpv4(host) !== null) return;
  const found = find(host.replace(/\.$/, '').toLowerCase());
  if (found !== null) log.state(startMs, [], { kind: 'target.preload', checkpoint: 'target', host, ...found });
}

/** The addresses that the client could choose from, and where they are from as far as the capture knows. */
function observeAddresses(
  log: EvidenceLog,
  startMs: number,
  host: string,
  lookups: readonly DnsTransaction[],
  server: Endpoint,
  waitedMs: number,
): void {
  const answered = addressesOf(lookups);
  const isLiteral = parseIpv4(host) !== null || parseIpv6(host) !== null;
  log.state(startMs, [], {
    kind: 'dns.addresses-chosen',
    checkpoint: 'dns',
    name: host,
    addresses: answered.length > 0 ? answered : [server.address],
    source: answered.length > 0 ? 'resolver' : isLiteral ? 'literal' : 'connection',
    ...(Number.isNaN(waitedMs) ? {} : { durationMs: round(waitedMs) }),
  });
}

/** Attempts at other addresses of the same lookup that came to nothing. */
function observeRivals(log: EvidenceLog, rivals: readonly ConnectAttempt[]): void {
  for (const attempt of rivals) {
    if (attempt.server === null) continue;
    const common = {
      checkpoint: 'tcp',
      connection: `c${attempt.conversation}`,
      server: attempt.server,
      family: familyOf(attempt.server),
    } as const;
    if (attempt.outcome === 'unanswered') {
      log.state(attempt.settledMs, attempt.frames, {
        kind: 'tcp.syn-unanswered',
        ...common,
        waitedMs: round(attempt.settledMs - attempt.firstSynMs),
        synRetransmissions: attempt.synRetransmissions,
      });
    } else if (attempt.outcome === 'refused') {
      log.state(attempt.settledMs, attempt.frames, {
        kind: 'tcp.syn-refused',
        ...common,
        durationMs: round(attempt.settledMs - attempt.firstSynMs),
        ttl: attempt.resetTtl,
      });
    } else if (attempt.outcome === 'icmp' && attempt.icmp !== null) {
      observeIcmp(log, common.connection, attempt.server, attempt.frames, attempt.icmp);
    }
  }
}

function startOf(parts: ExchangeParts, conversation: TcpConversation): number {
  const { exchange, isWarm, lookup, lookups } = parts;
  if (isWarm && exchange !== null) return Number.isNaN(exchange.requestStartMs) ? exchange.responseStartMs : exchange.requestStartMs;
  const queried = lookups.map((lookup) => lookup.firstQueryMs).filter((ms): ms is number => ms !== null);
  return lookup.isCold && queried.length > 0 ? Math.min(...queried) : conversation.startMs;
}

function dnsSummary(transactions: readonly DnsTransaction[]): ExchangeDns | null {
  const best = transactions.find((transaction) => addressesOf([transaction]).length > 0) ?? transactions[0];
  if (best === undefined) return null;
  const firstMs = Math.min(...transactions.map((transaction) => transaction.firstQueryMs ?? Number.POSITIVE_INFINITY));
  return {
    name: best.query?.questions[0]?.name ?? best.response?.questions[0]?.name ?? '',
    resolver: best.server.address,
    rcodeName: best.response === null ? null : dnsRcodeName(best.response.rcode),
    addresses: addressesOf(transactions),
    durationMs: best.answerMs === null || !Number.isFinite(firstMs) ? null : round(best.answerMs - firstMs),
  };
}

function tlsSummary(tls: ObservedTls, story: ConnectionStory): ExchangeTls {
  const hello = tls.clear.server.serverHello;
  return {
    serverName: tls.clear.client.clientHello?.serverName ?? null,
    version: versionOf(hello),
    cipher: hello === null ? null : tlsCipherSuiteName(hello.cipherSuite),
    completed: story.tlsStage === 'completed',
    alerts: tls.follower.alerts.filter((alert) => alert.level >= 0).map((alert) => tlsAlertName(alert.description)),
    alpn: hello?.alpn ?? null,
    resumed: hello === null || story.tlsStage !== 'completed' ? null : wasResumed(tls.clear, hello),
    encryptedClientHello: tls.clear.client.clientHello?.encryptedClientHello === 'outer',
  };
}

function httpSummary(http: ObservedHttp): ExchangeHttp {
  const { exchange, request, response } = http;
  return {
    method: request?.method ?? null,
    url: exchange.hasRequest ? http.url : null,
    status: exchange.status > 0 ? exchange.status : null,
    requestBytes: (request?.headerBytes ?? 0) + exchange.requestBodyBytes,
    responseBytes: (response?.headerBytes ?? 0) + exchange.bodyBytes,
  };
}

function timingsOf(
  parts: ExchangeParts,
  lookups: readonly DnsTransaction[],
  conversation: TcpConversation,
  tls: ObservedTls | null,
): Timings {
  const { story, exchange, isWarm } = parts;
  const timings: Timings = { ...noTimings };
  const known = (ms: number): number | null => (Number.isNaN(ms) ? null : Math.max(0, round(ms)));
  const answers = lookups.map((lookup) => lookup.answerMs).filter((ms): ms is number => ms !== null && ms <= story.firstSynMs);
  const queries = lookups.map((lookup) => lookup.firstQueryMs).filter((ms): ms is number => ms !== null);
  const startMs = startOf(parts, conversation);
  if (!isWarm) {
    if (answers.length > 0 && queries.length > 0) timings.dnsMs = known(Math.max(...answers) - Math.min(...queries));
    if (story.hasSyn) timings.connectMs = known(story.openMs - story.firstSynMs);
    if (tls !== null) timings.tlsMs = known(story.securedMs - tls.follower.sides[0].helloMs);
  }
  timings.roundTripMs = known(story.roundTripMs);
  let endMs = story.securedMs;
  if (exchange !== null) {
    timings.requestMs = known(exchange.requestEndMs - exchange.requestStartMs);
    timings.firstByteMs = known(exchange.responseStartMs - exchange.requestEndMs);
    timings.contentMs = known(exchange.responseEndMs - exchange.responseStartMs);
    endMs = exchange.responseEndMs;
  }
  timings.totalMs = known(endMs - startMs);
  if (timings.firstByteMs !== null && timings.roundTripMs !== null) {
    // Near the server the answer's way is not in the time to the first byte; near the client all of it is.
    timings.serverMs = Math.max(0, round(timings.firstByteMs - (isNearServer(parts, conversation) ? 0 : timings.roundTripMs)));
  }
  return timings;
}

/** Whether the SYN-ACK came much sooner than the acknowledgement after it: the capture was taken at the server. */
function isNearServer(parts: ExchangeParts, conversation: TcpConversation): boolean {
  const { words, doubles } = parts.reading.tcpTracker.table;
  const synAckMs = doubles[(parts.base + tcpSynAckTime) >> 1]!;
  if (words[parts.base + tcpSynAckFrame] === 0 || conversation.handshakeMs === null) return false;
  return parts.story.openMs - synAckMs > conversation.handshakeMs / 2;
}

function framesOf(log: EvidenceLog): number[] {
  const frames = new Set(log.observations.flatMap((observation) => observation.frames ?? []));
  return [...frames].sort((one, other) => one - other).slice(0, maxFrames);
}
