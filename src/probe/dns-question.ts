import type { Failure } from '../model/failure.ts';
import type { DnsQuestionFacts, DnsRecord, ExtendedDnsError, ResolverIdentity } from '../model/observations/dns.ts';
import type { Contact } from '../model/walk-record.ts';
import { dnsRcodeName, extendedDnsErrorName } from '../wire/dns-codes.ts';
import type { DnsMessage, DnsResourceRecord } from '../wire/dns-message.ts';
import { toHex } from './dns/bytes.ts';
import { askServer, type DnsExchange, type DnsOutcome, type Patience } from './dns/exchange.ts';
import type { DnsQuery } from './dns/query.ts';
import { round } from './recorder.ts';
import { isInterrupted, type WalkContext } from './walk-context.ts';

/** One question for one resolver. */
export interface DnsQuestion extends Partial<Patience> {
  resolver: ResolverIdentity;
  name: string;
  type: string;
  /** Default false. */
  checkingDisabled?: boolean;
  /** Default true. */
  recursionDesired?: boolean;
  /** Default `plain`. */
  edns?: DnsQuery['edns'];
}

/** When a question is sent again over UDP. */
const retransmitAfterMs: readonly number[] = [1000, 2500];

/** What a question led to. */
export interface DnsQuestionResult {
  kind: DnsOutcome['kind'];
  /** The answer, whatever its response code; null when none came. */
  message: DnsMessage | null;
  /** Addresses of the type asked, empty when it gave none for whatever reason. */
  addresses: string[];
}

const contactPurposes: Readonly<Record<ResolverIdentity['role'], Contact['purpose']>> = {
  configured: 'resolver',
  named: 'resolver',
  unknown: 'resolver',
  public: 'public-resolver',
  authoritative: 'name-server',
};

/**
 * Asks one resolver one question, over UDP with retransmission and over TCP when the answer is truncated (RFC 7766 section 5), and
 * observes what became of it: exactly one observation for each transport tried.
 */
export async function askResolver(context: WalkContext, question: DnsQuestion): Promise<DnsQuestionResult> {
  const { resolver } = question;
  context.recorder.contact({ address: resolver.address, port: resolver.port, purpose: contactPurposes[resolver.role] });
  const outcome = await askOver(context, question);
  const isCut = outcome.kind === 'answered' && outcome.message.truncated && resolver.transport === 'udp';
  const whole = isCut ? await askOver(context, { ...question, resolver: { ...resolver, transport: 'tcp' } }) : outcome;
  if (whole.kind !== 'answered') return { kind: whole.kind, message: null, addresses: [] };
  const addresses = whole.message.answers.filter((record) => record.type === question.type).map((record) => record.data);
  return { kind: whole.kind, message: whole.message, addresses };
}

async function askOver(context: WalkContext, question: DnsQuestion): Promise<DnsOutcome> {
  const { name, type, resolver, checkingDisabled = false, recursionDesired = true, edns = 'plain' } = question;
  const exchange = await askServer(
    context,
    resolver,
    { name, type, checkingDisabled, recursionDesired, edns },
    {
      timeoutMs: question.timeoutMs ?? context.options.timeoutMs,
      retransmitAfterMs: question.retransmitAfterMs ?? retransmitAfterMs,
      enough: question.enough ?? null,
    },
  );
  const { attempts } = exchange;
  observe(context, exchange, { resolver, name, type, checkingDisabled, recursionDesired, edns: edns !== 'none', attempts });
  return exchange.outcome;
}

function observe(context: WalkContext, exchange: DnsExchange, facts: DnsQuestionFacts): void {
  const { recorder } = context;
  const { outcome } = exchange;
  const startMs = recorder.sinceStart(exchange.startMs);
  const atMs = outcome.kind === 'answered' ? recorder.sinceStart(outcome.atMs) : recorder.sinceStart();
  const base = { checkpoint: 'dns', atMs, durationMs: round(Math.max(0, atMs - startMs)), ...facts } as const;
  if (outcome.kind === 'answered') {
    const { message, bytes } = outcome;
    recorder.observe({ ...base, kind: 'dns.answered', ...answerFacts(message), responseBytes: bytes });
  } else if (outcome.kind === 'rejected') {
    recorder.observe({ ...base, kind: 'dns.answer-rejected', reason: outcome.reason, sampleHex: toHex(outcome.sample) });
  } else if (outcome.kind === 'undeliverable') {
    observeConsequences(context, facts.resolver, outcome.failure, atMs);
    recorder.observe({ ...base, kind: 'dns.undeliverable', failure: outcome.failure });
  } else if (outcome.kind === 'unanswered' || (!isInterrupted(context) && facts.attempts > 1)) {
    // What had been asked twice when the walk needed it no more counts as unanswered.
    recorder.observe({ ...base, kind: 'dns.unanswered', waitedMs: base.durationMs });
  }
}

/** What an answer states, for the record. */
function answerFacts(message: DnsMessage) {
  return {
    rcode: message.rcode,
    rcodeName: dnsRcodeName(message.rcode),
    authoritative: message.authoritative,
    truncated: message.truncated,
    recursionAvailable: message.recursionAvailable,
    authenticData: message.authenticData,
    answers: message.answers.map(recordFacts),
    authority: message.authority.map(recordFacts),
    extendedErrors: extendedErrorFacts(message),
  };
}

/** A record as observations hold it. */
export function recordFacts(record: DnsResourceRecord): DnsRecord {
  return { name: record.name, type: record.type, ttlSeconds: record.ttlSeconds, data: record.data };
}

/** The extended errors of an answer, by name. */
export function extendedErrorFacts(message: DnsMessage): ExtendedDnsError[] {
  return (message.edns?.extendedErrors ?? []).map(({ infoCode, text }) => {
    const name = extendedDnsErrorName(infoCode);
    return { infoCode, ...(name === null ? {} : { name }), text };
  });
}

/** What a failure to send says about this host itself. */
function observeConsequences(context: WalkContext, resolver: ResolverIdentity, failure: Failure, atMs: number): void {
  const { recorder } = context;
  const { address, port, transport } = resolver;
  if (failure.name === 'send-not-permitted') {
    const protocol = transport === 'udp' ? 'udp' : 'tcp';
    recorder.observe({ kind: 'local.send-refused', checkpoint: 'local', atMs, protocol, destination: { address, port }, failure });
  }
  if (failure.name === 'too-many-open-files' || failure.name === 'no-buffer-space') {
    recorder.observe({ kind: 'local.resource-exhausted', checkpoint: 'local', atMs, failure, during: 'dns' });
  }
}
