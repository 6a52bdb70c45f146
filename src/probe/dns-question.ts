import type { Failure } from '../model/failure.ts';
import type { DnsAnswerRejected, DnsQuestionFacts, DnsRecord, ResolverIdentity } from '../model/observations/dns.ts';
import type { Connection, ReadOutcome } from '../ports/connection.ts';
import type { Datagrams } from '../ports/datagram.ts';
import { dnsRcodeName } from '../wire/dns-codes.ts';
import { encodeDnsQuery } from '../wire/dns-encode.ts';
import { type DnsMessage, type DnsResourceRecord, decodeDnsMessage } from '../wire/dns-message.ts';
import { round } from './recorder.ts';
import { isInterrupted, type WalkContext, waitOf, waitWithin } from './walk-context.ts';

/** One question for one resolver. */
export interface DnsQuestion {
  resolver: ResolverIdentity;
  name: string;
  type: string;
  checkingDisabled?: boolean;
  recursionDesired?: boolean;
  /** Ends the wait early because the walk no longer needs the answer; what had been asked twice by then counts as unanswered. */
  enough?: AbortSignal;
}

/** When a question is sent again over UDP, in milliseconds after the first time; and how long a good answer may follow a bad one. */
const retransmitAfterMs: readonly number[] = [1000, 2500];
const patienceAfterRejectionMs = 1000;
/** RFC 9715 section 3: large enough for most answers, small enough not to be fragmented. */
const udpPayloadBytes = 1232;
const sampleBytes = 64;

/** What a question led to: addresses of the type asked, empty when it gave none for whatever reason. */
export interface DnsQuestionResult {
  answered: boolean;
  addresses: string[];
}

/**
 * Asks one resolver one question, over UDP with retransmission and over TCP when the answer is truncated (RFC 7766 section 5), and
 * observes what became of it: exactly one observation for each transport tried.
 */
export async function askResolver(context: WalkContext, question: DnsQuestion): Promise<DnsQuestionResult> {
  const { resolver } = question;
  context.recorder.contact({
    address: resolver.address,
    port: resolver.port,
    purpose: resolver.role === 'public' ? 'public-resolver' : 'resolver',
  });
  const overUdp = resolver.transport === 'udp' ? await askOverUdp(context, question) : null;
  if (overUdp !== null && !overUdp.truncated) return overUdp;
  return askOverTcp(context, { ...question, resolver: { ...resolver, transport: 'tcp' } });
}

interface AnswerResult extends DnsQuestionResult {
  truncated: boolean;
}

const noAnswer: AnswerResult = { answered: false, addresses: [], truncated: false };

async function askOverUdp(context: WalkContext, question: DnsQuestion): Promise<AnswerResult> {
  const { ports, options } = context;
  const asked = startQuestion(context, question);
  const socket = await ports.datagrams.open({ address: question.resolver.address, port: question.resolver.port });
  if (!('send' in socket)) return observeUndeliverable(context, asked, socket, 'udp');
  try {
    const deadlineMs = ports.clock.nowMs() + options.timeoutMs;
    const sendTimesMs = [0, ...retransmitAfterMs.filter((ms) => ms < options.timeoutMs)].map((ms) => deadlineMs - options.timeoutMs + ms);
    let rejected: Rejected | null = null;
    for (const [index, _] of sendTimesMs.entries()) {
      const failure = await socket.send(asked.query);
      asked.facts.attempts = index + 1;
      if (failure !== null) return observeUndeliverable(context, asked, failure, 'udp');
      const untilMs = Math.min(sendTimesMs[index + 1] ?? deadlineMs, deadlineMs);
      const received = await receiveAnswer(context, socket, asked, untilMs, rejected);
      if (received.kind === 'answer') return observeAnswer(context, asked, received.message, received.bytes.length, received.atMs);
      if (received.kind === 'failed') return observeUndeliverable(context, asked, received.failure, 'udp');
      if (received.kind === 'aborted') {
        if (!isInterrupted(context) && asked.facts.attempts > 1) observeUnanswered(context, asked);
        return noAnswer;
      }
      if (received.rejected !== null) {
        rejected = received.rejected;
        break;
      }
    }
    if (rejected !== null) return observeRejected(context, asked, rejected);
    observeUnanswered(context, asked);
    return noAnswer;
  } finally {
    socket.close();
  }
}

function observeUnanswered(context: WalkContext, asked: Asked): void {
  const { recorder } = context;
  const atMs = recorder.sinceStart();
  const durationMs = round(atMs - asked.startMs);
  recorder.observe({ kind: 'dns.unanswered', checkpoint: 'dns', atMs, durationMs, ...asked.facts, waitedMs: durationMs });
}

interface Rejected {
  reason: DnsAnswerRejected['reason'];
  bytes: Uint8Array;
}

type Received =
  | { kind: 'answer'; message: DnsMessage; bytes: Uint8Array; atMs: number }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'aborted' }
  | { kind: 'none'; rejected: Rejected | null };

/** Takes datagrams until one answers the question; a wrong one shortens the wait but does not end it, or forgers would decide. */
async function receiveAnswer(
  context: WalkContext,
  socket: Datagrams,
  asked: Asked,
  untilMs: number,
  earlier: Rejected | null,
): Promise<Received> {
  const { clock } = context.ports;
  let rejected = earlier;
  let limitMs = untilMs;
  for (;;) {
    const outcome: ReadOutcome = await socket.receive(waitWithin(context, limitMs - clock.nowMs(), asked.enough));
    if (outcome.kind === 'bytes') {
      const checked = checkAnswer(asked, outcome.bytes);
      if ('message' in checked) return { kind: 'answer', message: checked.message, bytes: outcome.bytes, atMs: outcome.atMs };
      rejected ??= { reason: checked.reason, bytes: outcome.bytes };
      limitMs = Math.min(limitMs, clock.nowMs() + patienceAfterRejectionMs);
    } else if (outcome.kind === 'failed') return { kind: 'failed', failure: outcome.failure };
    else if (outcome.kind === 'aborted') return { kind: 'aborted' };
    else return { kind: 'none', rejected };
  }
}

async function askOverTcp(context: WalkContext, question: DnsQuestion): Promise<AnswerResult> {
  const { ports } = context;
  const asked = startQuestion(context, question);
  asked.facts.attempts = 1;
  const dialed = await ports.tcp.dial({ address: question.resolver.address, port: question.resolver.port }, waitOf(context));
  if (dialed.kind === 'aborted') return noAnswer;
  if (dialed.kind === 'failed') return observeUndeliverable(context, asked, dialed.failure, 'tcp');
  if (dialed.kind === 'timed-out') return observeUndeliverable(context, asked, { name: 'timed-out' }, 'tcp');
  try {
    const prefix = Uint8Array.of(asked.query.length >> 8, asked.query.length & 0xff);
    const failure = await dialed.connection.write(concat([prefix, asked.query]));
    if (failure !== null) return observeUndeliverable(context, asked, failure, 'tcp');
    return await readTcpAnswer(context, dialed.connection, asked);
  } finally {
    dialed.connection.destroy();
  }
}

/** Reads one length-prefixed message (RFC 1035 section 4.2.2). */
async function readTcpAnswer(context: WalkContext, connection: Connection, asked: Asked): Promise<AnswerResult> {
  const { clock } = context.ports;
  const deadlineMs = clock.nowMs() + context.options.timeoutMs;
  let bytes: Uint8Array = new Uint8Array(0);
  for (;;) {
    const outcome = await connection.read(waitOf(context, deadlineMs - clock.nowMs()));
    if (outcome.kind === 'aborted') return noAnswer;
    if (outcome.kind === 'timed-out') return observeUndeliverable(context, asked, { name: 'timed-out' }, 'tcp');
    if (outcome.kind === 'failed') return observeUndeliverable(context, asked, outcome.failure, 'tcp');
    if (outcome.kind === 'end')
      return observeUndeliverable(context, asked, { name: 'connection-reset', raw: 'closed before a complete answer' }, 'tcp');
    bytes = concat([bytes, outcome.bytes]);
    const length = bytes.length < 2 ? Number.POSITIVE_INFINITY : (bytes[0]! << 8) | bytes[1]!;
    if (bytes.length < 2 + length) continue;
    const checked = checkAnswer(asked, bytes.subarray(2, 2 + length));
    if ('message' in checked) return observeAnswer(context, asked, checked.message, length, outcome.atMs);
    return observeRejected(context, asked, { reason: checked.reason, bytes: bytes.subarray(2, 2 + length) });
  }
}

interface Asked {
  query: Uint8Array;
  id: number;
  /** Milliseconds since the walk began. */
  startMs: number;
  facts: DnsQuestionFacts;
  enough: AbortSignal | null;
}

function startQuestion(context: WalkContext, question: DnsQuestion): Asked {
  const { name, type, resolver, checkingDisabled = false, recursionDesired = true } = question;
  const random = context.ports.randomBytes(2);
  const id = (random[0]! << 8) | random[1]!;
  const query = encodeDnsQuery({ id, name, type, recursionDesired, checkingDisabled, edns: { udpPayloadBytes, dnssecOk: false } });
  const facts: DnsQuestionFacts = { resolver, name, type, checkingDisabled, recursionDesired, edns: true, attempts: 0 };
  return { query, id, startMs: context.recorder.sinceStart(), facts, enough: question.enough ?? null };
}

/** RFC 5452 section 9.1: id, question name, type and class of an answer must be those asked. */
function checkAnswer(asked: Asked, bytes: Uint8Array): { message: DnsMessage } | { reason: DnsAnswerRejected['reason'] } {
  const { message, error } = decodeDnsMessage(bytes);
  if (message === null) return { reason: 'malformed' };
  if (message.id !== asked.id) return { reason: 'wrong-id' };
  if (!message.response) return { reason: 'not-a-response' };
  const question = message.questions[0];
  // A server that cannot parse the query may answer without repeating the question (RFC 1035 section 4.1.1, FORMERR).
  if (question === undefined) return message.rcode === 0 || error !== null ? { reason: 'wrong-question' } : { message };
  if (question.name !== asked.facts.name.toLowerCase() || question.type !== asked.facts.type) return { reason: 'wrong-question' };
  return error !== null && !message.truncated ? { reason: 'malformed' } : { message };
}

function observeAnswer(context: WalkContext, asked: Asked, message: DnsMessage, responseBytes: number, receivedAtMs: number): AnswerResult {
  const { recorder } = context;
  const atMs = recorder.sinceStart(receivedAtMs);
  const answers = message.answers.map(toRecord);
  recorder.observe({
    kind: 'dns.answered',
    checkpoint: 'dns',
    atMs,
    durationMs: round(Math.max(0, atMs - asked.startMs)),
    ...asked.facts,
    rcode: message.rcode,
    rcodeName: dnsRcodeName(message.rcode),
    authoritative: message.authoritative,
    truncated: message.truncated,
    recursionAvailable: message.recursionAvailable,
    authenticData: message.authenticData,
    answers,
    authority: message.authority.map(toRecord),
    extendedErrors: message.edns?.extendedErrors.map(({ infoCode, text }) => ({ infoCode, text })) ?? [],
    responseBytes,
  });
  const addresses = answers.filter((record) => record.type === asked.facts.type).map((record) => record.data);
  return { answered: true, addresses, truncated: message.truncated && asked.facts.resolver.transport === 'udp' };
}

function toRecord(record: DnsResourceRecord): DnsRecord {
  return { name: record.name, type: record.type, ttlSeconds: record.ttlSeconds, data: record.data };
}

function observeRejected(context: WalkContext, asked: Asked, rejected: Rejected): AnswerResult {
  const { recorder } = context;
  const atMs = recorder.sinceStart();
  const sampleHex = toHex(rejected.bytes.subarray(0, sampleBytes));
  recorder.observe({
    kind: 'dns.answer-rejected',
    checkpoint: 'dns',
    atMs,
    durationMs: round(atMs - asked.startMs),
    ...asked.facts,
    reason: rejected.reason,
    sampleHex,
  });
  return noAnswer;
}

function observeUndeliverable(context: WalkContext, asked: Asked, failure: Failure, protocol: 'udp' | 'tcp'): AnswerResult {
  const { recorder } = context;
  const atMs = recorder.sinceStart();
  const { resolver } = asked.facts;
  if (failure.name === 'send-not-permitted') {
    recorder.observe({
      kind: 'local.send-refused',
      checkpoint: 'local',
      atMs,
      protocol,
      destination: { address: resolver.address, port: resolver.port },
      failure,
    });
  }
  if (failure.name === 'too-many-open-files' || failure.name === 'no-buffer-space') {
    recorder.observe({ kind: 'local.resource-exhausted', checkpoint: 'local', atMs, failure, during: 'dns' });
  }
  recorder.observe({
    kind: 'dns.undeliverable',
    checkpoint: 'dns',
    atMs,
    durationMs: round(atMs - asked.startMs),
    ...asked.facts,
    failure,
  });
  return noAnswer;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
