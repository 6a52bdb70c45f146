import { clientHash } from './answer-memory.ts';
import { prefixHashes } from './dns-glance.ts';
import {
  dnsAddresses,
  dnsAnswered,
  dnsAnswerTime,
  dnsCameToSomething,
  dnsFirstQueryTime,
  dnsId,
  dnsInner,
  dnsLastQueryTime,
  dnsLine,
  dnsLineStart,
  dnsNameHash,
  dnsNext,
  dnsNumber,
  dnsOnBehalf,
  dnsPrevious,
  dnsResponseFlags,
  dnsState,
  dnsStepFrom,
  dnsStepFromNumber,
  dnsType,
  dnsWentOn,
  dnsWithSuffix,
} from './dns-record.ts';
import type { DnsTracker } from './dns-tracker.ts';
import { asksSameResolver, beginsAnew, isAddressType, isLookup, lookupGoingOn } from './lookup-group.ts';
import { isNameOfPolicy, labelsOf, stepBetween } from './search-list.ts';
import { mixHash } from './slot-index.ts';
import { TransactionMemory } from './transaction-memory.ts';

/** Queries of one client about one name within this time belong together, until they are answered. */
const siblingMs = 5000;
/** Clients wait up to this long, and some more, for an answer before they ask again: 5 s are usual. */
const patienceMs = 12_000;
/** Connections after lookups of the same name, begun within this time, may stand in for each other. */
const lineMs = 10_000;
/** Who was told that a name does not exist tries the next one at once, and forwarders pass on what they are told. */
const stepMs = 50;
const maxSteps = 8;
const maxMembers = 64;
const noError = 0;
const nameError = 3;

/** Header, name, type and class. */
const longestQuestion = 12 + 256 + 4;
const question: Uint8Array<ArrayBuffer> = new Uint8Array(longestQuestion);
const questionView: DataView<ArrayBuffer> = new DataView(question.buffer);

/** Which names clients ask for: which questions make one lookup, which lookup goes on under another name, and who asks on behalf of whom. */
export class AskedNames {
  /** The latest question by client and name, by client, and by name and type. */
  private readonly byName = new TransactionMemory();
  private readonly byClient = new TransactionMemory();
  private readonly byQuestion = new TransactionMemory();

  /** The question at `base` was asked at `timeMs`; `before` is one under the same id of the same conversation, -1 for none. */
  note(tracker: DnsTracker, base: number, timeMs: number, before: number): void {
    const { words, doubles } = tracker;
    const client = clientHash(words, base);
    words[base + dnsLine] = words[base + dnsNumber]!;
    words[base + dnsLineStart] = timeMs;
    // What else is asked about a name, by browsers about services for one, is not waited for and says nothing of its addresses.
    if (!isAddressType(words[base + dnsType]!)) return;
    this.link(words, doubles, base, client, timeMs, before);
    if (!isLookup(words, base)) return;
    const previous = this.byClient.recall(client, words);
    this.byClient.remember(client, base, words);
    if (previous >= 0 && words[previous + dnsNameHash] !== words[base + dnsNameHash] && this.wasJustDenied(tracker, previous, timeMs))
      this.noteStep(tracker, previous, base);
    const asked = mixHash(words[base + dnsNameHash]!, words[base + dnsType]!);
    const other = this.byQuestion.recall(asked, words);
    if (other >= 0 && mayBeOnBehalf(words, doubles, other, base, client, timeMs)) words[other + dnsInner] = base + 1;
    else this.byQuestion.remember(asked, base, words);
  }

  /** The question at `base` was answered: what another client was told just before was asked on its behalf, if it was the same. */
  noteAnswer({ words, doubles }: DnsTracker, base: number): void {
    const inner = words[base + dnsInner]! - 1;
    if (inner < 0 || words[inner + dnsNameHash] !== words[base + dnsNameHash] || words[inner + dnsType] !== words[base + dnsType]) return;
    if ((words[inner + dnsState]! & dnsAnswered) === 0 || codeOf(words, inner) !== codeOf(words, base)) return;
    const relayMs = doubles[(base + dnsAnswerTime) >> 1]! - doubles[(inner + dnsAnswerTime) >> 1]!;
    if (relayMs < stepMs) words[inner + dnsState]! |= dnsOnBehalf;
  }

  /** The client was told addresses by the answer to the question at `base`: the names that it went on from came to something. */
  noteAddresses(tracker: DnsTracker, base: number): void {
    const { words } = tracker;
    let at = base;
    for (let i = 0; i < maxSteps; i++) {
      const earlier = words[at + dnsStepFrom]! - 1;
      if (earlier < 0 || words[earlier + dnsNumber] !== words[at + dnsStepFromNumber]) return;
      for (const sibling of tracker.siblingsOf(earlier)) words[sibling + dnsState]! |= dnsCameToSomething;
      at = earlier;
    }
  }

  /** The transaction at `base` is about to leave: what stays of its lookup goes on with the question before it. */
  forget(words: Int32Array, base: number): void {
    const previous = words[base + dnsPrevious]! - 1;
    if (previous < 0 || words[base + dnsNext]! > 0) return;
    const hash = mixHash(clientHash(words, base), words[base + dnsNameHash]!);
    if (this.byName.recall(hash, words) === base) this.byName.remember(hash, previous, words);
  }

  private link(words: Int32Array, doubles: Float64Array, base: number, client: number, timeMs: number, before: number): void {
    const hash = mixHash(client, words[base + dnsNameHash]!);
    const goingOn = lookupGoingOn(words, before, base);
    const latest = goingOn >= 0 ? goingOn : this.byName.recall(hash, words);
    if (latest >= 0 && isRecent(words, doubles, latest, timeMs)) {
      if (((words[base + dnsLineStart]! - words[latest + dnsLineStart]!) | 0) < lineMs) {
        words[base + dnsLine] = words[latest + dnsLine]!;
        words[base + dnsLineStart] = words[latest + dnsLineStart]!;
      }
      if (goingOn >= 0 || !beginsAnew(words, doubles, latest, base, timeMs)) {
        words[base + dnsPrevious] = latest + 1;
        words[latest + dnsNext] = base + 1;
        words[base + dnsStepFrom] = words[latest + dnsStepFrom]!;
        words[base + dnsStepFromNumber] = words[latest + dnsStepFromNumber]!;
      }
    }
    this.byName.remember(hash, base, words);
  }

  /** Whether the lookup that the question at `base` is part of was told just before that there is no such name. */
  private wasJustDenied({ words, doubles }: DnsTracker, base: number, timeMs: number): boolean {
    for (let at = base + 1, i = 0; at > 0 && i < maxSteps; at = words[at - 1 + dnsPrevious]!, i++)
      if (saysNoSuchName(words, at - 1) && timeMs - doubles[(at - 1 + dnsAnswerTime) >> 1]! < stepMs) return true;
    return false;
  }

  private noteStep(tracker: DnsTracker, earlier: number, later: number): void {
    const { words } = tracker;
    const one = labelsOf(questionView, tracker.copyQuestion(earlier, question));
    const step = stepBetween(one, labelsOf(questionView, tracker.copyQuestion(later, question)));
    if (step === null) return;
    const siblings = tracker.siblingsOf(earlier);
    const isGiven = step === 'one more suffix';
    if (isGiven || (step === 'another suffix' && siblings.some((sibling) => isWithSuffix(words, sibling))))
      words[later + dnsState]! |= dnsWithSuffix;
    // With one more suffix behind it, it is still the name that was meant.
    if (!isGiven) for (const sibling of siblings) words[sibling + dnsState]! |= dnsWentOn;
    words[later + dnsStepFrom] = earlier + 1;
    words[later + dnsStepFromNumber] = words[earlier + dnsNumber]!;
  }

  /** Whether a lookup that gave no address was no request of its own: a step of another, asked on behalf of somebody, or for the sake of that answer. */
  isNoRequest(tracker: DnsTracker, base: number, siblings: readonly number[]): boolean {
    const { words } = tracker;
    if (siblings.some((sibling) => isWithSuffix(words, sibling))) return true;
    if (siblings.some((sibling) => (words[sibling + dnsState]! & (dnsWentOn | dnsCameToSomething)) !== 0)) return true;
    if (this.isSearchStep(tracker, base)) return true;
    const isAnswered = siblings.every((sibling) => (words[sibling + dnsState]! & dnsAnswered) !== 0);
    if (!isAnswered) return false;
    if (siblings.every((sibling) => (words[sibling + dnsState]! & dnsOnBehalf) !== 0)) return true;
    const wasDenied = siblings.every((sibling) => [noError, nameError].includes(codeOf(words, sibling)));
    return wasDenied && isNameOfPolicy(questionView, tracker.copyQuestion(base, question));
  }

  /**
   * Whether the name asked for is another name that the same client resolved, or asked for at the same time, with a search suffix behind it: a step of one
   * lookup, and no failure of its own (RFC 1123 section 6.1.4.3).
   */
  private isSearchStep(tracker: DnsTracker, base: number): boolean {
    const { words, doubles } = tracker;
    const client = clientHash(words, base);
    return this.prefixesOf(tracker, base).some((hash) => {
      const other = this.byName.recall(mixHash(client, hash), words);
      if (other < 0) return false;
      const apartMs = Math.abs(doubles[(other + dnsFirstQueryTime) >> 1]! - doubles[(base + dnsFirstQueryTime) >> 1]!);
      return apartMs < siblingMs || hasAddresses(tracker, other);
    });
  }

  /** Whether the name asked for is the one with this hash, with a search suffix behind it. */
  isNameWithin(tracker: DnsTracker, base: number, hash: number): boolean {
    return this.prefixesOf(tracker, base).includes(hash);
  }

  /** Hashes of the names that the name asked for begins with. */
  private prefixesOf(tracker: DnsTracker, base: number): number[] {
    return prefixHashes(questionView, tracker.copyQuestion(base, question));
  }
}

/** Whether a question may still belong to the lookup whose latest is at `latest`, as far as time goes: while the client may wait for any of it. */
function isRecent(words: Int32Array, doubles: Float64Array, latest: number, timeMs: number): boolean {
  const isAnswered = (words[latest + dnsState]! & dnsAnswered) !== 0;
  if (isAnswered && timeMs - doubles[(latest + dnsFirstQueryTime) >> 1]! < siblingMs) return true;
  for (let at = latest + 1, i = 0; at > 0 && i < maxMembers; at = words[at - 1 + dnsPrevious]!, i++)
    if ((words[at - 1 + dnsState]! & dnsAnswered) === 0 && timeMs - doubles[(at - 1 + dnsLastQueryTime) >> 1]! < patienceMs) return true;
  return false;
}

function isWithSuffix(words: Int32Array, base: number): boolean {
  return (words[base + dnsState]! & dnsWithSuffix) !== 0;
}

function saysNoSuchName(words: Int32Array, base: number): boolean {
  return (words[base + dnsState]! & dnsAnswered) !== 0 && codeOf(words, base) === nameError;
}

function codeOf(words: Int32Array, base: number): number {
  return words[base + dnsResponseFlags]! & 15;
}

function hasAddresses(tracker: DnsTracker, base: number): boolean {
  return tracker.siblingsOf(base).some((sibling) => tracker.words[sibling + dnsAddresses]! > 0);
}

/**
 * Whether the question at `base` may repeat another client's, which waits for its answer: a forwarder asks its own resolver, a translator of addresses passes
 * on what it is seen to get.
 */
function mayBeOnBehalf(words: Int32Array, doubles: Float64Array, other: number, base: number, client: number, timeMs: number): boolean {
  if ((words[other + dnsState]! & dnsAnswered) !== 0 || clientHash(words, other) === client) return false;
  if (timeMs - doubles[(other + dnsLastQueryTime) >> 1]! > siblingMs) return false;
  return !asksSameResolver(words, other, base) || words[other + dnsId] === words[base + dnsId];
}
