import type { PacketCursor } from '../wire/packet-cursor.ts';
import { type DnsGlance, skipDnsName } from './dns-glance.ts';
import {
  dnsAddresses,
  dnsAnswerTime,
  dnsAskedByOthers,
  dnsClientAddress,
  dnsEarlier,
  dnsEarlierNumber,
  dnsFirstQueryTime,
  dnsHasEarlier,
  dnsNameHash,
  dnsNumber,
  dnsState,
  dnsUses,
  dnsVersion,
} from './dns-record.ts';
import { typeA, typeAaaa } from './lookup-group.ts';
import { mixHash } from './slot-index.ts';
import { TransactionMemory } from './transaction-memory.ts';

const maxRecordsLookedAt = 64;
/** Stands for the client where only the address counts. */
const anyClient = 0x27d4eb2f;
/** Clients that are told an address within this time of each other might each be the one that connects to it. */
const togetherMs = 5000;
/** Who waits for an answer connects within this time. */
const atOnceMs = 50;
const maxEarlier = 8;
/** Answers within {@link atOnceMs}, and some more. */
const entriesJustTold = 2048;

/** Remembers which DNS answer told whom which address. */
export class AnswerMemory {
  /** By client and address, and by these and the name as well. */
  private readonly memory = new TransactionMemory();
  private readonly named = new TransactionMemory();
  /** Of the first those that matter for a moment only: few, so that they stay in the processor's cache, where others have left it. */
  private readonly justTold = new TransactionMemory(entriesJustTold);

  /** Notes every address in the answer between `glance.answersOffset` and `end`, and counts them in the transaction. */
  remember(base: number, words: Int32Array, doubles: Float64Array, view: DataView, glance: DnsGlance, end: number): void {
    const client = clientHash(words, base);
    const name = words[base + dnsNameHash]!;
    let at = glance.answersOffset;
    const count = Math.min(glance.answers, maxRecordsLookedAt);
    for (let i = 0; i < count; i++) {
      const fixed = skipDnsName(view, at, end);
      if (fixed < 0 || end - fixed < 10) return;
      const type = view.getUint16(fixed);
      const length = view.getUint16(fixed + 8);
      const data = fixed + 10;
      if (end - data < length) return;
      if ((type === typeA && length === 4) || (type === typeAaaa && length === 16)) {
        words[base + dnsAddresses]!++;
        const own = hashAddress(client, view, data, length);
        const any = hashAddress(anyClient, view, data, length);
        this.noteBefore(own, any, base, client, words, doubles);
        this.memory.remember(own, base, words);
        this.justTold.remember(own, base, words);
        this.memory.remember(any, base, words);
        this.named.remember(mixHash(own, name), base, words);
        this.named.remember(mixHash(any, name), base, words);
      }
      at = data + length;
    }
  }

  /** Who was told the same before: this client, for another name perhaps, or another. */
  private noteBefore(own: number, any: number, base: number, client: number, words: Int32Array, doubles: Float64Array): void {
    const before = this.justTold.recall(own, words);
    const latest = this.memory.recall(any, words);
    if (before >= 0 && before !== base && words[base + dnsAddresses] === 1) {
      if (doubles[(base + dnsAnswerTime) >> 1]! - doubles[(before + dnsAnswerTime) >> 1]! < atOnceMs) {
        words[base + dnsState]! |= dnsHasEarlier;
        words[base + dnsEarlier] = before;
        words[base + dnsEarlierNumber] = words[before + dnsNumber]!;
      }
    }
    if (latest >= 0 && latest !== before && latest !== base && isByOther(latest, base, client, words, doubles))
      words[base + dnsState]! |= dnsAskedByOthers;
  }

  /** The transaction that told the packet's source its destination; -1 when there is none. */
  recall(cursor: PacketCursor, words: Int32Array, doubles: Float64Array): number {
    const own = destinationHash(addressHash(cursor.ipVersion, cursor.source0, cursor.source1, cursor.source2, cursor.source3), cursor);
    const base = this.memory.recall(own, words);
    return base < 0 || (words[base + dnsState]! & dnsHasEarlier) === 0 ? base : this.firstWaiting(base, own, cursor.timeMs, words, doubles);
  }

  /** The latest transaction that told anybody the packet's destination; -1 when there is none. */
  recallAny(cursor: PacketCursor, words: Int32Array): number {
    return this.memory.recall(destinationHash(anyClient, cursor), words);
  }

  /** Of names behind one address that were told at about the same time, the first that nobody has connected for. */
  private firstWaiting(latest: number, own: number, timeMs: number, words: Int32Array, doubles: Float64Array): number {
    let first = latest;
    let at = latest;
    for (let i = 0; i < maxEarlier && timeMs - doubles[(at + dnsAnswerTime) >> 1]! < atOnceMs; i++) {
      const isWaiting = words[at + dnsUses] === 0;
      if (isWaiting && (at === latest || this.named.recall(mixHash(own, words[at + dnsNameHash]!), words) === at)) first = at;
      const earlier = words[at + dnsEarlier]!;
      if ((words[at + dnsState]! & dnsHasEarlier) === 0 || words[earlier + dnsNumber] !== words[at + dnsEarlierNumber]) break;
      at = earlier;
    }
    return first;
  }

  /** The latest transaction about the name with this hash that told it the client whose address is at `client` of `peers`; -1 when there is none. */
  recallNamed(name: number, version: number, peers: Int32Array, client: number, server: number, words: Int32Array): number {
    const own = addressHash(version, peers[client]!, peers[client + 1]!, peers[client + 2]!, peers[client + 3]!);
    return this.named.recall(mixHash(serverHash(own, version, peers, server), name), words);
  }

  /** The latest that told anybody. */
  recallNamedAny(name: number, version: number, peers: Int32Array, server: number, words: Int32Array): number {
    return this.named.recall(mixHash(serverHash(anyClient, version, peers, server), name), words);
  }
}

function destinationHash(client: number, cursor: PacketCursor): number {
  const hash = mixHash(client, cursor.destination0);
  return cursor.ipVersion === 4 ? hash : mixHash(mixHash(mixHash(hash, cursor.destination1), cursor.destination2), cursor.destination3);
}

function serverHash(client: number, version: number, words: Int32Array, at: number): number {
  const hash = mixHash(client, words[at]!);
  return version === 4 ? hash : mixHash(mixHash(mixHash(hash, words[at + 1]!), words[at + 2]!), words[at + 3]!);
}

function hashAddress(start: number, view: DataView, at: number, length: number): number {
  let hash = start;
  for (let i = 0; i < length; i += 4) hash = mixHash(hash, view.getInt32(at + i));
  return hash;
}

function addressHash(version: number, first: number, second: number, third: number, fourth: number): number {
  const hash = mixHash(0x1b873593, first);
  return version === 4 ? hash : mixHash(mixHash(mixHash(hash, second), third), fourth);
}

/** Hash of the client that a transaction belongs to. */
export function clientHash(words: Int32Array, base: number): number {
  const at = base + dnsClientAddress;
  return addressHash(words[base + dnsVersion]!, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
}

/** Whether another client was told the same just before. A forwarder, which asks in between, is told it on behalf of its client. */
function isByOther(before: number, base: number, client: number, words: Int32Array, doubles: Float64Array): boolean {
  if (clientHash(words, before) === client || isLoopbackClient(words, before)) return false;
  if (doubles[(base + dnsAnswerTime) >> 1]! - doubles[(before + dnsAnswerTime) >> 1]! > togetherMs) return false;
  return doubles[(before + dnsFirstQueryTime) >> 1]! < doubles[(base + dnsFirstQueryTime) >> 1]!;
}

/** A host that asks a resolver of its own, which asks on its behalf. */
export function isLoopbackClient(words: Int32Array, base: number): boolean {
  const at = base + dnsClientAddress;
  if (words[base + dnsVersion] === 4) return words[at]! >>> 24 === 127;
  return (words[at]! | words[at + 1]! | words[at + 2]!) === 0 && words[at + 3] === 1;
}
