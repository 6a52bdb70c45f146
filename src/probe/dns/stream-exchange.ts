import { matchesAddress, matchesDnsName } from '../../model/host-name.ts';
import type { ResolverIdentity } from '../../model/observations/dns.ts';
import type { Connection, ReadOutcome } from '../../ports/connection.ts';
import type { HandshakeRecord } from '../../ports/tls-client.ts';
import { encodeHttp1Request } from '../../wire/http1-request.ts';
import { createHttp1ResponseDecoder } from '../../wire/http1-response.ts';
import { type WalkContext, waitWithin } from '../walk-context.ts';
import { concat } from './bytes.ts';
import type { DnsOutcome, Patience } from './exchange.ts';

/** A whole message as it came back, or why none did. */
export type StreamOutcome =
  | { kind: 'message'; bytes: Uint8Array; atMs: number }
  | Extract<DnsOutcome, { kind: 'unanswered' | 'undeliverable' | 'given-up' }>;

/** A DNS message is at most 65535 bytes (RFC 1035 section 4.2.2); HTTP bodies that are longer are none. */
const longestMessage = 0xffff;

/** Asks over TCP (RFC 7766), TLS (RFC 7858) or HTTPS (RFC 8484, over HTTP/1.1), on a connection of its own. */
export async function askOverStream(
  context: WalkContext,
  server: ResolverIdentity,
  query: Uint8Array,
  patience: Patience,
): Promise<StreamOutcome> {
  const overMs = context.ports.clock.nowMs() + patience.timeoutMs;
  const opened = await open(context, server, overMs, patience);
  if ('kind' in opened) return opened;
  try {
    return server.transport === 'https'
      ? await exchangeHttp(context, opened.connection, server, query, overMs, patience)
      : await exchangeFramed(context, opened.connection, query, overMs, patience);
  } finally {
    opened.connection.destroy();
  }
}

type Failed = Exclude<StreamOutcome, { kind: 'message' }>;

async function open(
  context: WalkContext,
  server: ResolverIdentity,
  overMs: number,
  patience: Patience,
): Promise<{ connection: Connection } | Failed> {
  const { tcp, clock } = context.ports;
  const wait = waitWithin(context, overMs - clock.nowMs(), patience.enough);
  const dialed = await tcp.dial({ address: server.address, port: server.port }, wait);
  if (dialed.kind === 'aborted') return { kind: 'given-up' };
  if (dialed.kind === 'timed-out') return { kind: 'undeliverable', failure: { name: 'timed-out' } };
  if (dialed.kind === 'failed') return { kind: 'undeliverable', failure: dialed.failure };
  return server.transport === 'tcp' ? { connection: dialed.connection } : secure(context, dialed.connection, server, overMs, patience);
}

/** TLS with a peer that proves to be the resolver named; to any other nothing is sent (RFC 8310 section 5, strict profile). */
async function secure(
  context: WalkContext,
  connection: Connection,
  server: ResolverIdentity,
  overMs: number,
  patience: Patience,
): Promise<{ connection: Connection } | Failed> {
  const { tls, clock } = context.ports;
  const offer = { serverName: server.serverName ?? null, alpn: server.transport === 'https' ? ['http/1.1'] : ['dot'] };
  const outcome = await tls.handshake(connection, offer, waitWithin(context, overMs - clock.nowMs(), patience.enough));
  if (outcome.kind !== 'completed') {
    connection.destroy();
    if (outcome.kind === 'aborted') return { kind: 'given-up' };
    if (outcome.kind === 'failed') return { kind: 'undeliverable', failure: outcome.failure };
    const names = { closed: 'connection-aborted', reset: 'connection-reset', 'timed-out': 'timed-out' } as const;
    return { kind: 'undeliverable', failure: { name: names[outcome.kind], raw: 'during the TLS handshake' } };
  }
  const objection = objectionTo(outcome.record, server);
  if (objection === null) return { connection: outcome.connection };
  outcome.connection.destroy();
  return { kind: 'undeliverable', failure: { name: 'certificate-rejected', raw: objection } };
}

/** Why a certificate does not prove that the peer is the resolver; null when it does. */
function objectionTo(record: HandshakeRecord, server: ResolverIdentity): string | null {
  if (!record.trust.some((result) => result.trusted)) return record.trust[0]?.code ?? 'no store to trust it by';
  const leaf = record.certificates[0];
  const { serverName, address } = server;
  const isNamed =
    serverName === undefined
      ? leaf?.ipAddresses.some((entry) => matchesAddress(address, entry))
      : leaf?.dnsNames.some((name) => matchesDnsName(serverName, name));
  return isNamed === true ? null : `it does not name ${serverName ?? address}`;
}

/** What a read that brought no bytes means for the question. */
function endOf(read: Exclude<ReadOutcome, { kind: 'bytes' }>): Failed {
  if (read.kind === 'timed-out') return { kind: 'undeliverable', failure: { name: 'timed-out' } };
  if (read.kind === 'failed') return { kind: 'undeliverable', failure: read.failure };
  if (read.kind === 'aborted') return { kind: 'given-up' };
  return { kind: 'undeliverable', failure: { name: 'connection-reset', raw: 'closed before a complete answer' } };
}

/** RFC 1035 section 4.2.2: "prefixed with a two byte length field". */
async function exchangeFramed(
  context: WalkContext,
  connection: Connection,
  query: Uint8Array,
  overMs: number,
  patience: Patience,
): Promise<StreamOutcome> {
  const failure = await connection.write(concat([Uint8Array.of(query.length >> 8, query.length & 0xff), query]));
  if (failure !== null) return { kind: 'undeliverable', failure };
  let bytes: Uint8Array = new Uint8Array(0);
  for (;;) {
    const read = await connection.read(waitWithin(context, overMs - context.ports.clock.nowMs(), patience.enough));
    if (read.kind !== 'bytes') return endOf(read);
    bytes = concat([bytes, read.bytes]);
    const length = bytes.length < 2 ? Number.POSITIVE_INFINITY : (bytes[0]! << 8) | bytes[1]!;
    if (bytes.length >= 2 + length) return { kind: 'message', bytes: bytes.subarray(2, 2 + length), atMs: read.atMs };
  }
}

async function exchangeHttp(
  context: WalkContext,
  connection: Connection,
  server: ResolverIdentity,
  query: Uint8Array,
  overMs: number,
  patience: Patience,
): Promise<StreamOutcome> {
  const failure = await connection.write(encodeHttp1Request(httpRequest(server, query)));
  if (failure !== null) return { kind: 'undeliverable', failure };
  const decoder = createHttp1ResponseDecoder({ requestMethod: 'POST' });
  const body: Uint8Array[] = [];
  let status = 0;
  for (;;) {
    const read = await connection.read(waitWithin(context, overMs - context.ports.clock.nowMs(), patience.enough));
    if (read.kind !== 'bytes' && read.kind !== 'end') return endOf(read);
    for (const event of read.kind === 'bytes' ? decoder.push(read.bytes) : decoder.end('closed')) {
      if (event.kind === 'header') status = event.head.status;
      else if (event.kind === 'body') body.push(event.bytes);
      else if (event.kind === 'malformed') return { kind: 'undeliverable', failure: { name: 'unknown', raw: 'the answer is not HTTP' } };
    }
    if (decoder.phase === 'complete') {
      if (status !== 200)
        return { kind: 'undeliverable', failure: { name: 'unknown', code: `HTTP_${status}`, raw: `HTTP status ${status}` } };
      return { kind: 'message', bytes: concat(body), atMs: read.atMs };
    }
    if (read.kind === 'end' || decoder.bodyBytes > longestMessage) return endOf({ kind: 'end', atMs: read.atMs });
  }
}

function httpRequest(server: ResolverIdentity, query: Uint8Array): Parameters<typeof encodeHttp1Request>[0] {
  const host = server.serverName ?? (server.address.includes(':') ? `[${server.address}]` : server.address);
  return {
    method: 'POST',
    target: server.path ?? '/dns-query',
    headers: [
      { name: 'Host', value: server.port === 443 ? host : `${host}:${server.port}` },
      { name: 'Accept', value: 'application/dns-message' },
      { name: 'Content-Type', value: 'application/dns-message' },
      { name: 'Connection', value: 'close' },
    ],
    body: query,
  };
}
