/**
 * Finds records by their hash: open addressing with linear probing over the bases of records, load at most one half. The records themselves live in an
 * array of words that the owner passes in; the word at a record's base is its hash.
 */
export class SlotIndex {
  /** Base of a record plus 1; 0 for a free slot. */
  slots: Int32Array;
  mask: number;

  constructor(records: number) {
    const length = slotsFor(records);
    this.slots = new Int32Array(length);
    this.mask = length - 1;
  }

  insert(base: number, hash: number): void {
    const { slots, mask } = this;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = base + 1;
  }

  /** Deletion without tombstones: later entries of the same run move back (Knuth, volume 3, section 6.4, algorithm R). */
  remove(base: number, words: Int32Array): void {
    const { slots, mask } = this;
    let hole = words[base]! & mask;
    while (slots[hole] !== base + 1) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = words[slots[slot]! - 1]! & mask;
      // The entry may fill the hole unless its home lies behind it.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole] = slots[slot]!;
      hole = slot;
    }
    slots[hole] = 0;
  }

  /** Makes room for `records`; true when every record has to be inserted again. */
  grow(records: number): boolean {
    const length = slotsFor(records);
    if (length <= this.slots.length) return false;
    this.slots = new Int32Array(length);
    this.mask = length - 1;
    return true;
  }
}

function slotsFor(records: number): number {
  let length = 256;
  while (length < records * 2) length *= 2;
  return length;
}

/** One step of the hash that the tables use: every bit of `value` reaches the upper half, which is then folded down. */
export function mixHash(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x9e3779b1);
  return product ^ (product >>> 15);
}
