import type { DnsQuestionFacts, DnsRecord } from '../model/observations/dns.ts';
import { encodeHex } from '../wire/byte-text.ts';
import { dnsRcodeName, extendedDnsErrorName } from '../wire/dns-codes.ts';
import type { DnsMessage, DnsResourceRecord } from '../wire/dns-message.ts';
import type { DnsTransaction } from './dns-transaction.ts';
import { type EvidenceLog, round } from './evidence-log.ts';
import { failureOfIcmp } from './icmp-failure.ts';

/** A question that was sent once says nothing about silence before this long. */
const unansweredMs = 3000;
/** Clients that get no answer ask another resolver after a second at the earliest. */
const movedOnMs = 900;
/** With addresses of one family, clients wait for those of the other up to this long and connect (RFC 8305 section 3 says 50 ms). */
export const otherFamilyMs = 500;
const sampleBytes = 64;

/**
 * States what became of one question. `watchedUntilMs` is up to when its answer could have been seen; `siblings` are the questions about the same name.
 * `connectMs` is when the client connected, NaN when it did not. Says nothing when the capture ended too soon.
 */
export function observeDns(
  log: EvidenceLog,
  transaction: DnsTransaction,
  siblings: readonly DnsTransaction[],
  connectMs: number,
  watchedUntilMs: number,
): void {
  const { query, response } = transaction;
  const question = query?.questions[0] ?? response?.questions[0];
  if (question === undefined) return;
  const facts: DnsQuestionFacts = {
    resolver: {
      address: transaction.server.address,
      port: transaction.server.port,
      transport: transaction.transport,
      role: query === null || query.recursionDesired ? 'unknown' : 'authoritative',
    },
    name: question.name,
    type: question.type,
    checkingDisabled: query?.checkingDisabled ?? false,
    recursionDesired: query?.recursionDesired ?? true,
    edns: query?.edns !== null && query !== null,
    attempts: Math.max(1, transaction.attempts),
  };
  const frames = [transaction.queryFrame ?? 0, transaction.lastQueryFrame ?? 0, transaction.answerFrame ?? 0];
  const firstMs = transaction.firstQueryMs ?? transaction.answerMs ?? watchedUntilMs;
  if (response !== null && transaction.answerMs !== null && !isUnusable(transaction, response)) {
    observeAnswer(log, transaction, response, facts, frames, transaction.answerMs, firstMs);
  } else if (transaction.answerMs !== null || transaction.contradicted) {
    log.state(transaction.answerMs ?? watchedUntilMs, frames, {
      kind: 'dns.answer-rejected',
      checkpoint: 'dns',
      ...facts,
      durationMs: round((transaction.answerMs ?? watchedUntilMs) - firstMs),
      reason: transaction.contradicted ? 'wrong-question' : 'malformed',
      sampleHex: encodeHex(transaction.responseBytes.subarray(0, sampleBytes)),
    });
  } else {
    // Who connects at once, and does not ask again, has what it needs: the answer came and was not captured, or would have come too late.
    if (
      transaction.icmp === null &&
      transaction.attempts <= 1 &&
      connectMs - firstMs < otherFamilyMs &&
      !isAskedAgain(transaction, siblings)
    )
      return;
    observeSilence(log, transaction, facts, frames, firstMs, watchedUntilMs, movedOn(transaction, siblings, connectMs));
  }
}

/** A damaged message whose answers were not reached cannot be used by anybody. */
function isUnusable(transaction: DnsTransaction, response: DnsMessage): boolean {
  return transaction.responseDamaged && response.answers.length === 0 && response.rcode === 0 && !response.truncated;
}

function observeAnswer(
  log: EvidenceLog,
  transaction: DnsTransaction,
  response: DnsMessage,
  facts: DnsQuestionFacts,
  frames: readonly number[],
  answerMs: number,
  firstMs: number,
): void {
  log.state(answerMs, frames, {
    kind: 'dns.answered',
    checkpoint: 'dns',
    ...facts,
    durationMs: round(answerMs - firstMs),
    rcode: response.rcode,
    rcodeName: dnsRcodeName(response.rcode),
    authoritative: response.authoritative,
    truncated: response.truncated,
    recursionAvailable: response.recursionAvailable,
    authenticData: response.authenticData,
    answers: response.answers.map(recordOf),
    authority: response.authority.map(recordOf),
    extendedErrors: (response.edns?.extendedErrors ?? []).map(({ infoCode, text }) => {
      const name = extendedDnsErrorName(infoCode);
      return { infoCode, text, ...(name === null ? {} : { name }) };
    }),
    responseBytes: transaction.responseBytes.length,
  });
}

function recordOf(record: DnsResourceRecord): DnsRecord {
  return { name: record.name, type: record.type, ttlSeconds: record.ttlSeconds, data: record.data };
}

function isAskedAgain(transaction: DnsTransaction, siblings: readonly DnsTransaction[]): boolean {
  const type = transaction.query?.questions[0]?.type;
  return siblings.some((other) => other !== transaction && other.query?.questions[0]?.type === type);
}

/** Who has addresses and does not connect yet waits for those of the other family. */
function hadAddresses(siblings: readonly DnsTransaction[], beforeMs: number): boolean {
  return siblings.some((other) => other.answerMs !== null && other.answerMs <= beforeMs && addressesOf([other]).length > 0);
}

/** When the client asked somebody else, or went on with what it had, for want of an answer; NaN when it did not. */
function movedOn(transaction: DnsTransaction, siblings: readonly DnsTransaction[], connectMs: number): number {
  const type = transaction.query?.questions[0]?.type;
  const sinceMs = transaction.firstQueryMs ?? Number.NaN;
  const later = siblings
    .filter((other) => other.server.address !== transaction.server.address && other.query?.questions[0]?.type === type)
    .map((other) => other.firstQueryMs ?? Number.NaN)
    .concat(transaction.attempts > 1 ? connectMs : [])
    .filter((ms) => ms - sinceMs >= movedOnMs)
    .concat(connectMs - sinceMs >= otherFamilyMs && hadAddresses(siblings, connectMs - otherFamilyMs) ? connectMs : []);
  return later.length === 0 ? Number.NaN : Math.min(...later);
}

function observeSilence(
  log: EvidenceLog,
  transaction: DnsTransaction,
  facts: DnsQuestionFacts,
  frames: readonly number[],
  firstMs: number,
  watchedUntilMs: number,
  movedOnAtMs: number,
): void {
  const { icmp } = transaction;
  const failure = icmp === null ? null : failureOfIcmp(icmp.version, icmp.type, icmp.code);
  if (icmp !== null && failure !== null) {
    log.state(firstMs, [...frames, icmp.frame], { kind: 'dns.undeliverable', checkpoint: 'dns', ...facts, failure });
    return;
  }
  const sinceMs = transaction.attempts > 1 ? firstMs : (transaction.lastQueryMs ?? firstMs);
  const waitedMs = watchedUntilMs - sinceMs;
  if (waitedMs < unansweredMs && Number.isNaN(movedOnAtMs)) return;
  log.state(watchedUntilMs, frames, { kind: 'dns.unanswered', checkpoint: 'dns', ...facts, waitedMs: round(watchedUntilMs - firstMs) });
}

/** Addresses that a lookup gave, of both families, in the order answered. */
export function addressesOf(transactions: readonly DnsTransaction[]): string[] {
  const addresses = transactions.flatMap((transaction) =>
    (transaction.response?.answers ?? []).filter((record) => record.type === 'A' || record.type === 'AAAA').map((record) => record.data),
  );
  return [...new Set(addresses)];
}
