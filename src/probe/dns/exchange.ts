import type { Failure } from '../../model/failure.ts';
import type { ResolverIdentity } from '../../model/observations/dns.ts';
import type { ReadOutcome } from '../../ports/connection.ts';
import type { Datagrams } from '../../ports/datagram.ts';
import type { DnsMessage } from '../../wire/dns-message.ts';
import { type WalkContext, waitWithin } from '../walk-context.ts';
import { checkAnswer, type DnsQuery, encodeQuery, type Rejection } from './query.ts';
import { askOverStream } from './stream-exchange.ts';

/** What one question to one server led to. Times are {@link Clock.nowMs}. */
export type DnsOutcome =
  | { kind: 'answered'; message: DnsMessage; bytes: number; atMs: number }
  | { kind: 'unanswered' }
  | { kind: 'undeliverable'; failure: Failure }
  /** Bytes came back, and none that answers. `sample` holds the first of them. */
  | { kind: 'rejected'; reason: Rejection; sample: Uint8Array }
  /** The walk was interrupted, or needs the answer no more. */
  | { kind: 'given-up' };

export interface DnsExchange {
  outcome: DnsOutcome;
  /** How often the question was sent. */
  attempts: number;
  startMs: number;
}

/** How patiently a server is asked. */
export interface Patience {
  /** All the time there is. */
  timeoutMs: number;
  /** When a question is sent again over UDP, in milliseconds after the first time. */
  retransmitAfterMs: readonly number[];
  /** Ends the wait because the answer is not needed any more. */
  enough: AbortSignal | null;
}

/** How long a good answer may follow a bad one: a forger that decides by being first would be obeyed otherwise. */
const patienceAfterRejectionMs = 1000;
const sampleBytes = 64;

/**
 * Asks one server one question over one transport, and observes nothing. Truncated answers are given as they are. Never rejects for what the
 * network does.
 */
export async function askServer(context: WalkContext, server: ResolverIdentity, query: DnsQuery, patience: Patience): Promise<DnsExchange> {
  const { ports } = context;
  const random = ports.randomBytes(2);
  const id = server.transport === 'https' ? 0 : (random[0]! << 8) | random[1]!;
  const bytes = encodeQuery(query, id, server.transport === 'tls' || server.transport === 'https');
  const exchange: DnsExchange = { outcome: { kind: 'given-up' }, attempts: 0, startMs: ports.clock.nowMs() };
  if (server.transport === 'udp') exchange.outcome = await askOverDatagrams(context, server, { query, id, bytes }, patience, exchange);
  else {
    exchange.attempts = 1;
    const read = await askOverStream(context, server, bytes, patience);
    exchange.outcome = read.kind === 'message' ? judge(query, id, read.bytes, read.atMs) : read;
  }
  return exchange;
}

interface Prepared {
  query: DnsQuery;
  id: number;
  bytes: Uint8Array;
}

type Rejected = Extract<DnsOutcome, { kind: 'rejected' }>;

function judge(query: DnsQuery, id: number, bytes: Uint8Array, atMs: number): DnsOutcome {
  const checked = checkAnswer(query, id, bytes);
  if ('message' in checked) return { kind: 'answered', message: checked.message, bytes: bytes.length, atMs };
  return { kind: 'rejected', reason: checked.reason, sample: bytes.subarray(0, sampleBytes) };
}

async function askOverDatagrams(
  context: WalkContext,
  server: ResolverIdentity,
  asked: Prepared,
  patience: Patience,
  exchange: DnsExchange,
): Promise<DnsOutcome> {
  const { ports } = context;
  const socket = await ports.datagrams.open({ address: server.address, port: server.port });
  if (!('send' in socket)) return { kind: 'undeliverable', failure: socket };
  try {
    const startMs = ports.clock.nowMs();
    const sendAfterMs = [0, ...patience.retransmitAfterMs.filter((ms) => ms < patience.timeoutMs)];
    for (const [index] of sendAfterMs.entries()) {
      const failure = await socket.send(asked.bytes);
      exchange.attempts = index + 1;
      if (failure !== null) return { kind: 'undeliverable', failure };
      const untilMs = startMs + (sendAfterMs[index + 1] ?? patience.timeoutMs);
      const received = await receiveAnswer(context, socket, asked, untilMs, patience.enough);
      if (received !== null) return received;
    }
    return { kind: 'unanswered' };
  } finally {
    socket.close();
  }
}

/** Takes datagrams until one answers; a wrong one shortens the wait but does not end it. Null when nothing came. */
async function receiveAnswer(
  context: WalkContext,
  socket: Datagrams,
  asked: Prepared,
  untilMs: number,
  enough: AbortSignal | null,
): Promise<DnsOutcome | null> {
  const { clock } = context.ports;
  let rejected: Rejected | null = null;
  let limitMs = untilMs;
  for (;;) {
    const received: ReadOutcome = await socket.receive(waitWithin(context, limitMs - clock.nowMs(), enough));
    if (received.kind === 'bytes') {
      const judged = judge(asked.query, asked.id, received.bytes, received.atMs);
      if (judged.kind !== 'rejected') return judged;
      rejected ??= judged;
      limitMs = Math.min(limitMs, clock.nowMs() + patienceAfterRejectionMs);
    } else if (received.kind === 'failed') return { kind: 'undeliverable', failure: received.failure };
    else if (received.kind === 'aborted') return { kind: 'given-up' };
    else return rejected;
  }
}
