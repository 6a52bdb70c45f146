import { dnsNumber } from './dns-record.ts';
import { mixHash } from './slot-index.ts';

const usualEntries = 32_768;
/** Distinguishes the word that is compared from the one that places the entry. */
const checkSeed = 0x3c6ef372;

/**
 * Remembers the latest DNS transaction for a hash: a direct mapped table of fixed size, a power of two, in which a newer entry replaces an older one in its place. What
 * is replaced is forgotten. A transaction is named by base and ordinal, so that one that has left is not taken for its successor.
 */
export class TransactionMemory {
  /** Check word, base plus 1, ordinal. */
  private readonly table: Int32Array;
  private readonly mask: number;

  constructor(entries: number = usualEntries) {
    this.table = new Int32Array(entries * 3);
    this.mask = entries - 1;
  }

  remember(hash: number, base: number, words: Int32Array): void {
    const slot = (hash & this.mask) * 3;
    this.table[slot] = mixHash(hash, checkSeed);
    this.table[slot + 1] = base + 1;
    this.table[slot + 2] = words[base + dnsNumber]!;
  }

  /** Base of the transaction; -1 when there is none any more. */
  recall(hash: number, words: Int32Array): number {
    const slot = (hash & this.mask) * 3;
    const base = this.table[slot + 1]! - 1;
    if (base < 0 || this.table[slot] !== mixHash(hash, checkSeed) || words[base + dnsNumber] !== this.table[slot + 2]) return -1;
    return base;
  }
}
