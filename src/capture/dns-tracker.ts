import type { PacketCursor } from '../wire/packet-cursor.ts';
import { AnswerMemory } from './answer-memory.ts';
import { AskedNames } from './asked-names.ts';
import { type ArenaChain, ByteArena, emptyChain } from './byte-arena.ts';
import { DnsGlance, glanceAtDns } from './dns-glance.ts';
import type { DnsLimits } from './dns-limits.ts';
import {
  type DnsEndpoints,
  dnsAddresses,
  dnsAnswered,
  dnsAnswerFrame,
  dnsAnswerTime,
  dnsAttempts,
  dnsChain,
  dnsClientAddress,
  dnsContradicted,
  dnsDetached,
  dnsFirstQueryTime,
  dnsHash,
  dnsHasQuery,
  dnsId,
  dnsInner,
  dnsInUse,
  dnsLastQueryFrame,
  dnsLastQueryTime,
  dnsLine,
  dnsNameHash,
  dnsNext,
  dnsNumber,
  dnsOverTcp,
  dnsOwner,
  dnsPorts,
  dnsPrevious,
  dnsQueryBytes,
  dnsQueryFrame,
  dnsReferences,
  dnsResponseFlags,
  dnsResponses,
  dnsServerAddress,
  dnsSettled,
  dnsState,
  dnsStepFrom,
  dnsType,
  dnsUnchecked,
  dnsVantage,
  dnsVersion,
  dnsWantsRecursion,
  dnsWords,
} from './dns-record.ts';
import { isLookup, lookupsWith } from './lookup-group.ts';
import { clearRecord } from './record-clearing.ts';
import { basesInOrder } from './record-order.ts';
import { mixHash, SlotIndex } from './slot-index.ts';

/** Bytes kept of a message over UDP. */
const keptMessageBytes = 4096;
/** Most queries and their answers fit into one block; thousands of them should fit into the processor's cache. */
const blockBytes = 128;
/** A later query with the same id is another question, not the same sent again. */
const repetitionMs = 30_000;
const examinedPerRecord = 2;
const flagTruncated = 0x0200;
const noError = 0;
const nameError = 3;

/**
 * Matches DNS answers to questions, counts questions sent again, and remembers which answer gave which address to whom. Constant memory; allocates
 * nothing per message.
 */
export class DnsTracker {
  words: Int32Array;
  doubles: Float64Array;
  readonly arena: ByteArena;
  messages = 0;
  /** Responses to nothing that was asked. */
  unsolicited = 0;
  private readonly index: SlotIndex;
  private readonly limits: DnsLimits;
  private readonly free: number[] = [];
  private readonly leave: (base: number) => void;
  private readonly glance = new DnsGlance();
  /** The message in hand. */
  private view: DataView = new DataView(new ArrayBuffer(0));
  private offset = 0;
  private end = 0;
  private readonly chain: ArenaChain = emptyChain();
  /** Who was told which address, and who asked for which name. */
  readonly answers: AnswerMemory = new AnswerMemory();
  readonly asked: AskedNames = new AskedNames();
  private capacity: number;
  private extent = 0;
  private live = 0;
  private created = 0;
  private hand = 0;

  /** `leave` is told of every transaction before its record is reused. */
  constructor(limits: DnsLimits, expected: number, leave: (base: number) => void) {
    this.limits = limits;
    this.leave = leave;
    this.capacity = Math.max(64, Math.min(expected, limits.softLimit));
    const buffer = new ArrayBuffer(this.capacity * dnsWords * 4);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.index = new SlotIndex(this.capacity);
    this.arena = new ByteArena(blockBytes, limits.arenaBytes);
  }

  get total(): number {
    return this.created;
  }

  /**
   * Takes one message between `offset` and `end` of a view. `conversation` is the ordinal of the conversation it was found in. The cursor gives time
   * and frame.
   */
  message(
    view: DataView,
    offset: number,
    end: number,
    cursor: PacketCursor,
    conversation: number,
    overTcp: boolean,
    endpoints: DnsEndpoints,
  ): void {
    const glance = this.glance;
    this.view = view;
    this.offset = offset;
    this.end = end;
    this.messages++;
    glanceAtDns(view, offset, end, glance);
    // Updates, notifications and the like are no questions (RFC 6895 section 2.2).
    if ((glance.flags & 0x7800) !== 0 || end - offset < 12) return;
    const owner = conversation * 2 + (overTcp ? 1 : 0);
    const hash = mixHash(mixHash(0x2545f491, owner), glance.id);
    const base = this.find(hash, owner, glance.id);
    if (glance.isResponse) this.takeResponse(base, hash, owner, cursor, endpoints);
    else this.takeQuery(base, hash, owner, cursor, endpoints);
  }

  private find(hash: number, owner: number, id: number): number {
    const words = this.words;
    const { slots, mask } = this.index;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const record = slots[2 * slot]!;
      if (record === 0) return -1;
      if (slots[2 * slot + 1] !== hash) continue;
      const base = record - 1;
      if (words[base + dnsOwner] === owner && words[base + dnsId] === id) return base;
    }
  }

  private takeQuery(found: number, hash: number, owner: number, cursor: PacketCursor, endpoints: DnsEndpoints): void {
    const { glance, view, offset, end } = this;
    if (found >= 0 && this.isRepetition(found, cursor.timeMs)) {
      const words = this.words;
      words[found + dnsAttempts]!++;
      words[found + dnsLastQueryFrame] = cursor.frame;
      this.doubles[(found + dnsLastQueryTime) >> 1] = cursor.timeMs;
      return;
    }
    const foundNumber = found < 0 ? 0 : this.words[found + dnsNumber]!;
    if (found >= 0) this.detach(found);
    const base = this.add(hash, owner, cursor, endpoints);
    const { words, doubles } = this;
    // Room may have been made of it.
    const before = found >= 0 && words[found + dnsNumber] === foundNumber ? found : -1;
    const asked = (glance.flags & 0x0100 ? dnsWantsRecursion : 0) | (glance.flags & 0x0010 ? dnsUnchecked : 0);
    words[base + dnsState] = dnsInUse | dnsHasQuery | (owner & 1 ? dnsOverTcp : 0) | asked;
    words[base + dnsVantage] = cursor.vantage;
    words[base + dnsAttempts] = 1;
    words[base + dnsQueryFrame] = cursor.frame;
    words[base + dnsLastQueryFrame] = cursor.frame;
    doubles[(base + dnsFirstQueryTime) >> 1] = cursor.timeMs;
    doubles[(base + dnsLastQueryTime) >> 1] = cursor.timeMs;
    this.keep(base, view, offset, end);
    words[base + dnsQueryBytes] = words[base + dnsChain + 2]!;
    this.asked.note(this, base, cursor.timeMs, before);
  }

  private isRepetition(base: number, timeMs: number): boolean {
    const { words, glance } = this;
    return (
      (words[base + dnsState]! & dnsAnswered) === 0 &&
      words[base + dnsType] === glance.type &&
      words[base + dnsNameHash] === glance.nameHash &&
      timeMs - this.doubles[(base + dnsLastQueryTime) >> 1]! < repetitionMs
    );
  }

  private takeResponse(found: number, hash: number, owner: number, cursor: PacketCursor, endpoints: DnsEndpoints): void {
    const { glance, view, offset, end } = this;
    let base = found;
    if (base < 0) {
      this.unsolicited++;
      base = this.add(hash, owner, cursor, endpoints);
      this.words[base + dnsState] = dnsInUse | (owner & 1 ? dnsOverTcp : 0);
    }
    const { words, doubles } = this;
    const hasQuery = (words[base + dnsState]! & dnsHasQuery) !== 0;
    // An answer without question is allowed for errors (RFC 9619, RFC 2136); one to another question is no answer.
    if (hasQuery && glance.questions > 0 && (words[base + dnsNameHash] !== glance.nameHash || words[base + dnsType] !== glance.type)) {
      words[base + dnsState]! |= dnsContradicted;
      return;
    }
    words[base + dnsResponses]!++;
    if (words[base + dnsState]! & dnsAnswered) return;
    words[base + dnsState]! |= isForGood(glance.flags) ? dnsAnswered | dnsSettled : dnsAnswered;
    words[base + dnsResponseFlags] = glance.flags;
    words[base + dnsAnswerFrame] = cursor.frame;
    doubles[(base + dnsAnswerTime) >> 1] = cursor.timeMs;
    this.keep(base, view, offset, end);
    if (words[base + dnsInner] !== 0) this.asked.noteAnswer(this, base);
    // Applications go by what resolvers vouch for.
    if (glance.answers === 0 || !hasQuery || !isLookup(words, base)) return;
    this.answers.remember(base, words, doubles, view, glance, end);
    if (words[base + dnsStepFrom] !== 0 && words[base + dnsAddresses]! > 0) this.asked.noteAddresses(this, base);
  }

  /** Appends a message to the bytes of the transaction at `base`. */
  private keep(base: number, view: DataView, offset: number, end: number): void {
    const chain = this.chainOf(base);
    this.arena.append(chain, view, offset, end - offset, chain.length + keptMessageBytes);
    const words = this.words;
    words[base + dnsChain] = chain.first + 1;
    words[base + dnsChain + 1] = chain.last + 1;
    words[base + dnsChain + 2] = chain.length;
  }

  private chainOf(base: number): ArenaChain {
    const { words, chain } = this;
    chain.first = words[base + dnsChain]! - 1;
    chain.last = words[base + dnsChain + 1]! - 1;
    chain.length = words[base + dnsChain + 2]!;
    chain.truncated = false;
    return chain;
  }

  /** Bytes of the first query and response, as far as they were kept; empty when there was none. */
  queryBytes(base: number): Uint8Array<ArrayBuffer> {
    return this.arena.read(this.chainOf(base)).slice(0, this.words[base + dnsQueryBytes]!);
  }

  responseBytes(base: number): Uint8Array<ArrayBuffer> {
    return this.arena.read(this.chainOf(base)).slice(this.words[base + dnsQueryBytes]!);
  }

  private add(hash: number, owner: number, cursor: PacketCursor, endpoints: DnsEndpoints): number {
    if (this.live >= this.limits.softLimit) this.makeRoom(cursor.timeMs);
    const base = this.allocate();
    const words = this.words;
    const { version, client, server } = endpoints;
    clearRecord(this.doubles, base, dnsWords);
    words[base + dnsHash] = hash;
    words[base + dnsOwner] = owner;
    words[base + dnsId] = this.glance.id;
    words[base + dnsType] = this.glance.type;
    words[base + dnsNameHash] = this.glance.nameHash;
    words[base + dnsVersion] = version;
    words[base + dnsPorts] = endpoints.ports;
    words[base + dnsClientAddress] = client[0]!;
    words[base + dnsServerAddress] = server[0]!;
    if (version === 6) {
      for (let i = 1; i < 4; i++) {
        words[base + dnsClientAddress + i] = client[i]!;
        words[base + dnsServerAddress + i] = server[i]!;
      }
    }
    words[base + dnsNumber] = ++this.created;
    this.index.insert(base, hash);
    this.live++;
    return base;
  }

  private allocate(): number {
    const reused = this.free.pop();
    if (reused !== undefined) return reused;
    if (this.extent === this.capacity) {
      this.capacity *= 2;
      const buffer = new ArrayBuffer(this.capacity * dnsWords * 4);
      const words = new Int32Array(buffer);
      words.set(this.words);
      this.words = words;
      this.doubles = new Float64Array(buffer);
      if (this.index.grow(this.capacity)) {
        for (let record = 0; record < this.extent; record++) {
          const base = record * dnsWords;
          if ((words[base + dnsState]! & (dnsInUse | dnsDetached)) === dnsInUse) this.index.insert(base, words[base + dnsHash]!);
        }
      }
    }
    return this.extent++ * dnsWords;
  }

  private makeRoom(timeMs: number): void {
    for (let i = 0; i < examinedPerRecord; i++) {
      const base = this.advanceHand();
      const state = this.words[base + dnsState]!;
      if ((state & dnsInUse) === 0 || this.words[base + dnsReferences]! > 0) continue;
      const answered = (state & dnsAnswered) !== 0;
      const lastMs = this.doubles[(base + (answered ? dnsAnswerTime : dnsLastQueryTime)) >> 1]!;
      const { settledMs, answeredMs, unansweredMs } = this.limits;
      if (timeMs - lastMs > (state & dnsSettled ? settledMs : answered ? answeredMs : unansweredMs)) this.release(base);
    }
    while (this.live >= this.limits.hardLimit) {
      const base = this.advanceHand();
      if (this.words[base + dnsState]! & dnsInUse) this.release(base);
    }
  }

  private advanceHand(): number {
    if (this.hand >= this.extent) this.hand = 0;
    return this.hand++ * dnsWords;
  }

  private release(base: number): void {
    this.leave(base);
    const words = this.words;
    this.asked.forget(words, base);
    this.unlink(base);
    this.arena.release(this.chainOf(base));
    if ((words[base + dnsState]! & dnsDetached) === 0) this.index.remove(base, words[base + dnsHash]!);
    words[base + dnsState] = 0;
    words[base + dnsNumber] = 0;
    words[base + dnsLine] = 0;
    this.free.push(base);
    this.live--;
  }

  /** The same conversation asks something else under this id: the transaction cannot be found any more, and stays until it leaves. */
  private detach(base: number): void {
    this.index.remove(base, this.words[base + dnsHash]!);
    this.words[base + dnsState]! |= dnsDetached;
  }

  private unlink(base: number): void {
    const words = this.words;
    const previous = words[base + dnsPrevious]!;
    const next = words[base + dnsNext]!;
    if (previous > 0) words[previous - 1 + dnsNext] = next;
    if (next > 0) words[next - 1 + dnsPrevious] = previous;
  }

  /** Lets go of every transaction, in the order of their first packets. */
  drain(): void {
    const { words, extent } = this;
    const bases = basesInOrder(words, extent, dnsWords, dnsState, dnsInUse, dnsNumber);
    for (const base of bases) this.release(base);
  }

  /** See {@link lookupsWith}. */
  siblingsOf(base: number): number[] {
    return lookupsWith(this.words, base);
  }

  /** Copies the question of the transaction at `base`, with its header, as far as it fits; returns its length. */
  copyQuestion(base: number, target: Uint8Array<ArrayBuffer>): number {
    return Math.min(this.words[base + dnsQueryBytes]!, this.arena.copyTo(this.chainOf(base), target));
  }

  /** The transaction of a conversation with this id; -1 when there is none. */
  findTransaction(conversation: number, id: number): number {
    const owner = conversation * 2;
    return this.find(mixHash(mixHash(0x2545f491, owner), id), owner, id);
  }
}

/** Whether nobody has a reason to ask the same again after an answer with these flags: there is such a name, or there is none, and nothing was cut off. */
function isForGood(flags: number): boolean {
  const code = flags & 15;
  return (flags & flagTruncated) === 0 && (code === noError || code === nameError);
}
