import type { PacketCursor } from '../wire/packet-cursor.ts';
import { type DnsGlance, skipDnsName } from './dns-glance.ts';
import { dnsAddresses, dnsClientAddress, dnsVersion } from './dns-record.ts';
import { mixHash } from './slot-index.ts';
import { TransactionMemory } from './transaction-memory.ts';

const maxRecordsLookedAt = 64;
/** Stands for the client where only the address counts. */
const anyClient = 0x27d4eb2f;
const typeA = 1;
const typeAaaa = 28;

/** Remembers which DNS answer told whom which address. */
export class AnswerMemory {
  private readonly memory = new TransactionMemory();

  /** Notes every address in the answer between `glance.answersOffset` and `end`, and counts them in the transaction. */
  remember(base: number, words: Int32Array, view: DataView, glance: DnsGlance, end: number): void {
    const client = clientHash(words, base);
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
        this.memory.remember(hashAddress(client, view, data, length), base, words);
        this.memory.remember(hashAddress(anyClient, view, data, length), base, words);
      }
      at = data + length;
    }
  }

  /** The transaction that told the packet's source its destination, else one that told anybody; -1 when there is none. */
  recall(cursor: PacketCursor, words: Int32Array): number {
    const own = addressHash(cursor.ipVersion, cursor.source0, cursor.source1, cursor.source2, cursor.source3);
    const base = this.memory.recall(destinationHash(own, cursor), words);
    // A host asks in one family and connects in the other: the answer was told to another address of it.
    return base >= 0 ? base : this.memory.recall(destinationHash(anyClient, cursor), words);
  }
}

function destinationHash(client: number, cursor: PacketCursor): number {
  const hash = mixHash(client, cursor.destination0);
  return cursor.ipVersion === 4 ? hash : mixHash(mixHash(mixHash(hash, cursor.destination1), cursor.destination2), cursor.destination3);
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
