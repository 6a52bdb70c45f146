import type { ConnectAttempt } from './connect-race.ts';
import {
  dnsAddresses,
  dnsAnswered,
  dnsAnswerTime,
  dnsAttempts,
  dnsContradicted,
  dnsFirstQueryTime,
  dnsHasQuery,
  dnsResponseFlags,
  dnsState,
  dnsType,
} from './dns-record.ts';
import type { DnsTracker } from './dns-tracker.ts';
import type { LookupClass } from './exchange-class.ts';
import { asksSameResolver, isAddressType, isLookedUpAlone, typeAaaa } from './lookup-group.ts';
import { otherFamilyMs } from './observe-dns.ts';
import type { Reading } from './reading.ts';
import { sawSyn, tcpFirstSynTime, tcpFlagsSeen } from './tcp-record.ts';

/** An answer older than this when the connection was begun was not waited for. */
const coldLookupMs = 5000;
const flagTruncated = 0x0200;
/** Outcomes are told apart up to this many; the others are one. */
const mostOutcomes = 30;

/** What became of a question, as far as rules tell it apart. */
const gaveAddresses = 0;
const gaveNone = 1;
const gaveNoAnswer = 2;
const gaveContradiction = 3;
const gaveTruncated = 4;
/** Response codes 1 to 5, and any other, come behind. */
const gaveError = 5;
const lastError = 6;
/** Signs of a lookup are bits: these outcomes for A, the same for AAAA, and what comes behind. */
const outcomes = 11;
const otherResolver: number = 1 << 22;
const rivalOverIpv4: number = 1 << 23;
const rivalOverIpv6: number = 1 << 24;
const rivalUnanswered: number = 1 << 25;
const rivalRefused: number = 1 << 26;
const rivalUnreachable: number = 1 << 27;
/** The client waited for an answer that did not come, and then connected. */
const wasWaitedFor: number = 1 << 28;

/** What the lookup before a connection amounts to, and with it what was tried at its other addresses. */
export class LookupStory implements LookupClass {
  outcome = 0;
  isSlow = false;
  wasRepeated = false;
  /** The client waited for it before it connected: the answer was fresh, and told to this client. */
  isCold = false;
  /** From the first question to the first addresses that came before the client connected: the least it waited. NaN where that is not known. */
  waitedMs: number = Number.NaN;
  /** Outcomes met so far, by their signs. */
  private readonly outcomes = new Map<number, number>();
  private latestSigns = -1;
  private latestOutcome = 0;
  private signs = 0;
  private askedMs = 0;
  private toldMs = 0;

  /** There was none. */
  forget(): void {
    this.outcome = 0;
    this.isSlow = false;
    this.wasRepeated = false;
    this.isCold = false;
    this.waitedMs = Number.NaN;
  }

  /** Reads the lookup before the connection at `base`; `budgetMs` is what users accept. */
  read({ dnsTracker: tracker, lookups, tcpTracker: { table } }: Reading, base: number, budgetMs: number): void {
    this.forget();
    const lookup = lookups.of(base);
    if (lookup < 0 || !lookups.isOwn(base) || (table.words[base + tcpFlagsSeen]! & sawSyn) === 0) return;
    const synMs = table.doubles[(base + tcpFirstSynTime) >> 1]!;
    if (isLookedUpAlone(tracker.words, lookup)) {
      if (!isFresh(tracker, lookup, synMs)) return;
      this.begin();
      this.add(tracker, lookup, lookup, synMs);
    } else {
      const siblings = tracker.siblingsOf(lookup);
      const answered = siblings.find((sibling) => (tracker.words[sibling + dnsState]! & dnsAnswered) !== 0) ?? -1;
      if (answered < 0 || !isFresh(tracker, answered, synMs)) return;
      this.begin();
      for (const sibling of siblings) this.add(tracker, sibling, siblings[0]!, synMs);
    }
    this.isCold = true;
    this.waitedMs = this.toldMs === Number.POSITIVE_INFINITY ? Number.NaN : Math.max(0, this.toldMs - this.askedMs);
    this.isSlow = this.waitedMs > budgetMs;
    this.outcome = this.outcomeOf(this.signs);
  }

  /** Attempts at its other addresses that came to nothing are told with it. */
  addRivals(rivals: readonly ConnectAttempt[]): void {
    if (this.outcome === 0) this.signs = 0;
    for (const { server, outcome } of rivals) {
      this.signs |= server?.address.includes(':') === true ? rivalOverIpv6 : rivalOverIpv4;
      this.signs |= outcome === 'unanswered' ? rivalUnanswered : outcome === 'refused' ? rivalRefused : rivalUnreachable;
    }
    this.outcome = this.outcomeOf(this.signs);
  }

  /** Reads a lookup that led to no connection: how long it took does not matter. */
  readAlone(tracker: DnsTracker, siblings: readonly number[]): void {
    this.forget();
    this.begin();
    for (const sibling of siblings) this.add(tracker, sibling, siblings[0]!, Number.NEGATIVE_INFINITY);
    this.outcome = this.outcomeOf(this.signs);
  }

  private begin(): void {
    this.signs = 0;
    this.askedMs = Number.POSITIVE_INFINITY;
    this.toldMs = Number.POSITIVE_INFINITY;
  }

  private add(tracker: DnsTracker, base: number, first: number, synMs: number): void {
    const { words, doubles } = tracker;
    const type = words[base + dnsType]!;
    if (!isAddressType(type)) return;
    const place = signOf(words, base) + (type === typeAaaa ? outcomes : 0);
    this.signs |= 1 << place;
    if (base !== first && !asksSameResolver(words, base, first)) this.signs |= otherResolver;
    if (words[base + dnsAttempts]! > 1) this.wasRepeated = true;
    const state = words[base + dnsState]!;
    const askedMs = doubles[(base + dnsFirstQueryTime) >> 1]!;
    if ((state & dnsAnswered) === 0 && synMs - askedMs >= otherFamilyMs) this.signs |= wasWaitedFor;
    if ((state & dnsHasQuery) !== 0 && askedMs <= synMs && askedMs < this.askedMs) this.askedMs = askedMs;
    const answerMs = doubles[(base + dnsAnswerTime) >> 1]!;
    if (words[base + dnsAddresses]! > 0 && answerMs <= synMs && answerMs < this.toldMs) this.toldMs = answerMs;
  }

  /** A small number for what a lookup's questions came to, the same for the same. */
  private outcomeOf(signs: number): number {
    if (signs === this.latestSigns) return this.latestOutcome;
    let outcome = this.outcomes.get(signs);
    if (outcome === undefined) {
      outcome = Math.min(this.outcomes.size, mostOutcomes) + 1;
      if (outcome <= mostOutcomes) this.outcomes.set(signs, outcome);
    }
    this.latestSigns = signs;
    this.latestOutcome = outcome;
    return outcome;
  }
}

function signOf(words: Int32Array, base: number): number {
  const state = words[base + dnsState]!;
  if ((state & dnsAnswered) === 0) return state & dnsContradicted ? gaveContradiction : gaveNoAnswer;
  const flags = words[base + dnsResponseFlags]!;
  const code = flags & 15;
  if (code > 0) return gaveError + Math.min(code, lastError) - 1;
  if (words[base + dnsAddresses]! > 0) return gaveAddresses;
  return flags & flagTruncated ? gaveTruncated : gaveNone;
}

function isFresh({ words, doubles }: DnsTracker, lookup: number, synMs: number): boolean {
  return (words[lookup + dnsState]! & dnsAnswered) !== 0 && synMs - doubles[(lookup + dnsAnswerTime) >> 1]! < coldLookupMs;
}
