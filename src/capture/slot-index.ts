/**
 * Finds records by their hash: open addressing with linear probing, load at most one half. A slot holds the record's base plus 1 (0 while it is free) and
 * its hash, so that neither a search nor a removal touches any record but the one it is about.
 */
export class SlotIndex {
  /** Two words a slot: base plus 1, hash. */
  slots: Int32Array;
  /** Number of slots less 1. */
  mask: number;

  constructor(records: number) {
    const length = slotsFor(records);
    this.slots = new Int32Array(2 * length);
    this.mask = length - 1;
  }

  insert(base: number, hash: number): void {
    const { slots, mask } = this;
    let slot = hash & mask;
    while (slots[2 * slot] !== 0) slot = (slot + 1) & mask;
    slots[2 * slot] = base + 1;
    slots[2 * slot + 1] = hash;
  }

  /** Deletion without tombstones: later entries of the same run move back (Knuth, volume 3, section 6.4, algorithm R). */
  remove(base: number, hash: number): void {
    const { slots, mask } = this;
    let hole = hash & mask;
    while (slots[2 * hole] !== base + 1) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; slots[2 * slot] !== 0; slot = (slot + 1) & mask) {
      const home = slots[2 * slot + 1]! & mask;
      // The entry may fill the hole unless its home lies behind it.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * slot]!;
      slots[2 * hole + 1] = slots[2 * slot + 1]!;
      hole = slot;
    }
    slots[2 * hole] = 0;
  }

  /** Makes room for `records`; true when every record has to be inserted again. */
  grow(records: number): boolean {
    const length = slotsFor(records);
    if (length <= this.mask + 1) return false;
    this.slots = new Int32Array(2 * length);
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
