/** How often an odd server did what it is there for; the lab's proof that the traffic met it. */
export class HitCounter {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  hit(): void {
    this.#count += 1;
  }
}
