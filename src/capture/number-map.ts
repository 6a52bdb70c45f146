import { mixHash } from './slot-index.ts';

const initialSlots = 256;
const seed = 0x2c1b3c6d;

/** A map from whole numbers other than 0 to whole numbers from 0 on: open addressing in one typed array, load at most one half. */
export class NumberMap {
  /** Two words a slot: key (0 while it is free), value. */
  private slots = new Int32Array(2 * initialSlots);
  private mask = initialSlots - 1;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** -1 when there is none. */
  get(key: number): number {
    const { slots, mask } = this;
    for (let slot = mixHash(seed, key) & mask; ; slot = (slot + 1) & mask) {
      const found = slots[2 * slot]!;
      if (found === key) return slots[2 * slot + 1]!;
      if (found === 0) return -1;
    }
  }

  set(key: number, value: number): void {
    if (2 * (this.count + 1) > this.mask) this.grow();
    const { slots, mask } = this;
    let slot = mixHash(seed, key) & mask;
    while (slots[2 * slot] !== 0 && slots[2 * slot] !== key) slot = (slot + 1) & mask;
    if (slots[2 * slot] === 0) this.count++;
    slots[2 * slot] = key;
    slots[2 * slot + 1] = value;
  }

  /** Without tombstones, as in a slot index. */
  delete(key: number): void {
    const { slots, mask } = this;
    let hole = mixHash(seed, key) & mask;
    while (slots[2 * hole] !== key) {
      if (slots[2 * hole] === 0) return;
      hole = (hole + 1) & mask;
    }
    for (let slot = (hole + 1) & mask; slots[2 * slot] !== 0; slot = (slot + 1) & mask) {
      const home = mixHash(seed, slots[2 * slot]!) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * slot]!;
      slots[2 * hole + 1] = slots[2 * slot + 1]!;
      hole = slot;
    }
    slots[2 * hole] = 0;
    this.count--;
  }

  private grow(): void {
    const { slots } = this;
    this.mask = 2 * this.mask + 1;
    this.slots = new Int32Array(2 * (this.mask + 1));
    this.count = 0;
    for (let at = 0; at < slots.length; at += 2) if (slots[at] !== 0) this.set(slots[at]!, slots[at + 1]!);
  }
}
