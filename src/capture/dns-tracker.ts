import type { PacketCursor } from '../wire/packet-cursor.ts';
import { type ArenaChain, ByteArena, emptyChain } from './byte-arena.ts';
import { DnsGlance, glanceAtDns, skipDnsName } from './dns-glance.ts';
import { mixHash, SlotIndex } from './slot-index.ts';

/** Layout of a transaction: one question to one server and what came of it. Times are doubles, two words at an even index. */
const atHash = 0;
const atOwner = 1;
export const dnsId = 2;
export const dnsState = 3;
/** Connections that used the answer and are not over. */
const atReferences = 4;
export const dnsType = 5;
export const dnsNameHash = 6;
/** Queries seen, sent again included. */
export const dnsAttempts = 7;
export const dnsFirstQueryTime = 8;
export const dnsLastQueryTime = 10;
export const dnsAnswerTime = 12;
/** Responses seen. */
export const dnsResponses = 14;
/** Second word of the first response's header. */
export const dnsResponseFlags = 15;
export const dnsQueryFrame = 16;
export const dnsLastQueryFrame = 17;
export const dnsAnswerFrame = 18;
export const dnsVersion = 19;
export const dnsClientAddress = 20;
export const dnsServerAddress = 24;
/** Client's port in the upper half. */
export const dnsPorts = 28;
/** Transactions of the same client about the same name around the same time, plus 1. */
export const dnsPrevious = 29;
export const dnsNext = 30;
/** Chains of query and response: first block, last block, length. */
const atQueryChain = 31;
const atResponseChain = 34;
/** A and AAAA records in the answer. */
export const dnsAddresses = 37;
export const dnsNumber = 38;
/** Connections that were opened with the answer so far. */
export const dnsUses = 39;
export const dnsIcmpFrame = 40;
export const dnsIcmpTypeCode = 41;
const recordWords = 42;

/** Bits of the state word. */
const inUse = 1;
export const dnsOverTcp = 2;
export const dnsHasQuery = 4;
export const dnsAnswered = 8;
/** The exchange it belongs to was told already. */
export const dnsTold = 16;
/** A response came that contradicts the question. */
export const dnsContradicted = 32;
const detached = 64;

/** Bytes kept of a message over UDP. */
const keptMessageBytes = 4096;
/** A later query with the same id is another question, not the same sent again. */
const repetitionMs = 30_000;
/** Queries of one client about one name within this time belong together. */
const siblingMs = 5000;
const maxRecordsLookedAt = 64;
const rememberedAnswers = 32_768;
const examinedPerRecord = 2;
/** Distinguishes the two words of a remembered answer. */
const answerCheck = 0x3c6ef372;
/** Stands for the client where only the address counts. */
const anyClient = 0x27d4eb2f;

/** Endpoints of a message: those of its conversation. */
export interface DnsEndpoints {
  version: number;
  /** Four words each, of which IPv4 uses the first. */
  client: Int32Array;
  server: Int32Array;
  /** Client's port in the upper half. */
  ports: number;
}

export interface DnsLimits {
  softLimit: number;
  hardLimit: number;
  /** Time that an answered and an unanswered transaction stay. */
  answeredMs: number;
  unansweredMs: number;
  arenaBytes: number;
}

export const defaultDnsLimits: DnsLimits = {
  softLimit: 8192,
  hardLimit: 131_072,
  answeredMs: 5000,
  unansweredMs: 30_000,
  arenaBytes: 33_554_432,
};

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
  private readonly chain: ArenaChain = emptyChain();
  /** Direct mapped: check word, transaction plus 1, its number. An answer that is overwritten is forgotten. */
  private readonly answers = new Int32Array(rememberedAnswers * 3);
  private readonly siblings = new Int32Array(rememberedAnswers * 3);
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
    const buffer = new ArrayBuffer(this.capacity * recordWords * 4);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.index = new SlotIndex(this.capacity);
    this.arena = new ByteArena(128, limits.arenaBytes);
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
    this.messages++;
    glanceAtDns(view, offset, end, glance);
    // Updates, notifications and the like are no questions (RFC 6895 section 2.2).
    if ((glance.flags & 0x7800) !== 0 || end - offset < 12) return;
    const owner = conversation * 2 + (overTcp ? 1 : 0);
    const hash = mixHash(mixHash(0x2545f491, owner), glance.id);
    const base = this.find(hash, owner, glance.id);
    if (glance.isResponse) this.takeResponse(base, hash, owner, view, offset, end, cursor, endpoints);
    else this.takeQuery(base, hash, owner, view, offset, end, cursor, endpoints);
  }

  private find(hash: number, owner: number, id: number): number {
    const words = this.words;
    const { slots, mask } = this.index;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const record = slots[slot]!;
      if (record === 0) return -1;
      const base = record - 1;
      if (words[base] === hash && words[base + atOwner] === owner && words[base + dnsId] === id) return base;
    }
  }

  private takeQuery(
    found: number,
    hash: number,
    owner: number,
    view: DataView,
    offset: number,
    end: number,
    cursor: PacketCursor,
    endpoints: DnsEndpoints,
  ): void {
    const glance = this.glance;
    if (found >= 0 && this.isRepetition(found, cursor.timeMs)) {
      const words = this.words;
      words[found + dnsAttempts]!++;
      words[found + dnsLastQueryFrame] = cursor.frame;
      this.doubles[(found + dnsLastQueryTime) >> 1] = cursor.timeMs;
      return;
    }
    if (found >= 0) this.detach(found);
    const base = this.add(hash, owner, cursor, endpoints);
    const { words, doubles } = this;
    words[base + dnsState] = inUse | dnsHasQuery | (owner & 1 ? dnsOverTcp : 0);
    words[base + dnsType] = glance.type;
    words[base + dnsNameHash] = glance.nameHash;
    words[base + dnsAttempts] = 1;
    words[base + dnsQueryFrame] = cursor.frame;
    words[base + dnsLastQueryFrame] = cursor.frame;
    doubles[(base + dnsFirstQueryTime) >> 1] = cursor.timeMs;
    doubles[(base + dnsLastQueryTime) >> 1] = cursor.timeMs;
    this.keep(base + atQueryChain, view, offset, end);
    this.linkSiblings(base, cursor.timeMs);
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

  private takeResponse(
    found: number,
    hash: number,
    owner: number,
    view: DataView,
    offset: number,
    end: number,
    cursor: PacketCursor,
    endpoints: DnsEndpoints,
  ): void {
    const glance = this.glance;
    let base = found;
    if (base < 0) {
      this.unsolicited++;
      base = this.add(hash, owner, cursor, endpoints);
      this.words[base + dnsState] = inUse | (owner & 1 ? dnsOverTcp : 0);
      this.words[base + dnsType] = glance.type;
      this.words[base + dnsNameHash] = glance.nameHash;
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
    words[base + dnsState]! |= dnsAnswered;
    words[base + dnsResponseFlags] = glance.flags;
    words[base + dnsAnswerFrame] = cursor.frame;
    doubles[(base + dnsAnswerTime) >> 1] = cursor.timeMs;
    this.keep(base + atResponseChain, view, offset, end);
    if (glance.answers > 0 && hasQuery) this.rememberAddresses(base, view, end);
  }

  private keep(at: number, view: DataView, offset: number, end: number): void {
    const chain = this.chain;
    chain.first = -1;
    chain.last = -1;
    chain.length = 0;
    this.arena.append(chain, view, offset, end - offset, keptMessageBytes);
    const words = this.words;
    words[at] = chain.first;
    words[at + 1] = chain.last;
    words[at + 2] = chain.length;
  }

  private chainAt(at: number): ArenaChain {
    const words = this.words;
    const chain = this.chain;
    chain.first = words[at]!;
    chain.last = words[at + 1]!;
    chain.length = words[at + 2]!;
    chain.truncated = false;
    return chain;
  }

  /** Bytes of the first query and response, as far as they were kept; empty when there was none. */
  queryBytes(base: number): Uint8Array {
    return this.arena.read(this.chainAt(base + atQueryChain));
  }

  responseBytes(base: number): Uint8Array {
    return this.arena.read(this.chainAt(base + atResponseChain));
  }

  private add(hash: number, owner: number, cursor: PacketCursor, endpoints: DnsEndpoints): number {
    if (this.live >= this.limits.softLimit) this.makeRoom(cursor.timeMs);
    const base = this.allocate();
    const words = this.words;
    for (let i = base; i < base + recordWords; i++) words[i] = 0;
    words[base + atHash] = hash;
    words[base + atOwner] = owner;
    words[base + dnsId] = this.glance.id;
    words[base + dnsVersion] = endpoints.version;
    words[base + dnsPorts] = endpoints.ports;
    for (let i = 0; i < 4; i++) {
      words[base + dnsClientAddress + i] = endpoints.client[i]!;
      words[base + dnsServerAddress + i] = endpoints.server[i]!;
    }
    words[base + atQueryChain] = -1;
    words[base + atQueryChain + 1] = -1;
    words[base + atResponseChain] = -1;
    words[base + atResponseChain + 1] = -1;
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
      const buffer = new ArrayBuffer(this.capacity * recordWords * 4);
      const words = new Int32Array(buffer);
      words.set(this.words);
      this.words = words;
      this.doubles = new Float64Array(buffer);
      if (this.index.grow(this.capacity)) {
        for (let record = 0; record < this.extent; record++) {
          const base = record * recordWords;
          if ((words[base + dnsState]! & (inUse | detached)) === inUse) this.index.insert(base, words[base + atHash]!);
        }
      }
    }
    return this.extent++ * recordWords;
  }

  private makeRoom(timeMs: number): void {
    for (let i = 0; i < examinedPerRecord; i++) {
      const base = this.advanceHand();
      const state = this.words[base + dnsState]!;
      if ((state & inUse) === 0 || this.words[base + atReferences]! > 0) continue;
      const answered = (state & dnsAnswered) !== 0;
      const lastMs = this.doubles[(base + (answered ? dnsAnswerTime : dnsLastQueryTime)) >> 1]!;
      if (timeMs - lastMs > (answered ? this.limits.answeredMs : this.limits.unansweredMs)) this.release(base);
    }
    while (this.live >= this.limits.hardLimit) {
      const base = this.advanceHand();
      if (this.words[base + dnsState]! & inUse) this.release(base);
    }
  }

  private advanceHand(): number {
    if (this.hand >= this.extent) this.hand = 0;
    return this.hand++ * recordWords;
  }

  private release(base: number): void {
    this.leave(base);
    const words = this.words;
    this.unlink(base);
    this.arena.release(this.chainAt(base + atQueryChain));
    this.arena.release(this.chainAt(base + atResponseChain));
    if ((words[base + dnsState]! & detached) === 0) this.index.remove(base, words);
    words[base + dnsState] = 0;
    words[base + dnsNumber] = 0;
    this.free.push(base);
    this.live--;
  }

  /** The same conversation asks something else under this id: the transaction cannot be found any more, and stays until it leaves. */
  private detach(base: number): void {
    this.index.remove(base, this.words);
    this.words[base + dnsState]! |= detached;
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
    const bases: number[] = [];
    for (let record = 0; record < this.extent; record++) {
      if (this.words[record * recordWords + dnsState]! & inUse) bases.push(record * recordWords);
    }
    bases.sort((one, other) => this.words[one + dnsNumber]! - this.words[other + dnsNumber]!);
    for (const base of bases) this.release(base);
  }

  private linkSiblings(base: number, timeMs: number): void {
    const words = this.words;
    const hash = mixHash(clientHash(words, base), words[base + dnsNameHash]!);
    const slot = (hash & (rememberedAnswers - 1)) * 3;
    const check = mixHash(hash, 0x51ed270b);
    const latest = this.recall(this.siblings, slot, check);
    if (latest >= 0 && timeMs - this.doubles[(latest + dnsFirstQueryTime) >> 1]! < siblingMs) {
      words[base + dnsPrevious] = latest + 1;
      words[latest + dnsNext] = base + 1;
    }
    this.remember(this.siblings, slot, check, base);
  }

  private remember(table: Int32Array, slot: number, check: number, base: number): void {
    table[slot] = check;
    table[slot + 1] = base + 1;
    table[slot + 2] = this.words[base + dnsNumber]!;
  }

  private recall(table: Int32Array, slot: number, check: number): number {
    const base = table[slot + 1]! - 1;
    if (base < 0 || table[slot] !== check || this.words[base + dnsNumber] !== table[slot + 2]) return -1;
    return base;
  }

  /** Notes for every address in the answer who was told it. */
  private rememberAddresses(base: number, view: DataView, end: number): void {
    const words = this.words;
    const client = clientHash(words, base);
    let at = this.glance.answersOffset;
    const count = Math.min(this.glance.answers, maxRecordsLookedAt);
    for (let i = 0; i < count; i++) {
      const fixed = skipDnsName(view, at, end);
      if (fixed < 0 || end - fixed < 10) return;
      const type = view.getUint16(fixed);
      const length = view.getUint16(fixed + 8);
      const data = fixed + 10;
      if (end - data < length) return;
      if ((type === 1 && length === 4) || (type === 28 && length === 16)) {
        words[base + dnsAddresses]!++;
        this.rememberAddress(base, hashWords(client, view, data, length));
        this.rememberAddress(base, hashWords(anyClient, view, data, length));
      }
      at = data + length;
    }
  }

  private rememberAddress(base: number, hash: number): void {
    this.remember(this.answers, (hash & (rememberedAnswers - 1)) * 3, mixHash(hash, answerCheck), base);
  }

  /**
   * The transaction whose answer told the packet's source the packet's destination, else one that told anybody, held until {@link letGo}; -1 when
   * there is none. `cursor` is at a connection's first packet.
   */
  hold(cursor: PacketCursor): number {
    if (this.created === 0) return -1;
    const own = addressHash(cursor.ipVersion, cursor.source0, cursor.source1, cursor.source2, cursor.source3);
    let base = this.recallAddress(own, cursor);
    // A host asks in one family and connects in the other: the answer was told to another address of it.
    if (base < 0) base = this.recallAddress(anyClient, cursor);
    if (base >= 0) {
      this.words[base + atReferences]!++;
      this.words[base + dnsUses]!++;
    }
    return base;
  }

  private recallAddress(client: number, cursor: PacketCursor): number {
    let hash = mixHash(client, cursor.destination0);
    if (cursor.ipVersion === 6) hash = mixHash(mixHash(mixHash(hash, cursor.destination1), cursor.destination2), cursor.destination3);
    return this.recall(this.answers, (hash & (rememberedAnswers - 1)) * 3, mixHash(hash, answerCheck));
  }

  letGo(base: number): void {
    if (this.words[base + atReferences]! > 0) this.words[base + atReferences]!--;
  }

  /** The transaction of a conversation with this id; -1 when there is none. */
  findTransaction(conversation: number, id: number): number {
    const owner = conversation * 2;
    return this.find(mixHash(mixHash(0x2545f491, owner), id), owner, id);
  }
}

function hashWords(start: number, view: DataView, at: number, length: number): number {
  let hash = start;
  for (let i = 0; i < length; i += 4) hash = mixHash(hash, view.getInt32(at + i));
  return hash;
}

function addressHash(version: number, first: number, second: number, third: number, fourth: number): number {
  const hash = mixHash(0x1b873593, first);
  return version === 4 ? hash : mixHash(mixHash(mixHash(hash, second), third), fourth);
}

function clientHash(words: Int32Array, base: number): number {
  const at = base + dnsClientAddress;
  return addressHash(words[base + dnsVersion]!, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
}
