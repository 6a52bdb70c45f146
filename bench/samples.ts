/** Durations of one kind of run, in milliseconds. */
export class Samples {
  readonly #durationsMs: number[] = [];

  add(durationMs: number): void {
    this.#durationsMs.push(durationMs);
  }

  get count(): number {
    return this.#durationsMs.length;
  }

  /** Throws RangeError without samples. */
  quantileMs(share: number): number {
    const sorted = [...this.#durationsMs].sort((one, other) => one - other);
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    if (value === undefined) throw new RangeError('no samples');
    return value;
  }

  get medianMs(): number {
    return this.quantileMs(0.5);
  }
}

/**
 * Runs each contender in turn, `rounds` times over, so that a machine that slows down slows down all of them; the first `warmUp` rounds do not count.
 */
export async function alternate<K extends string>(
  contenders: Readonly<Record<K, () => Promise<void>>>,
  rounds: number,
  warmUp: number,
): Promise<Record<K, Samples>> {
  const names = Object.keys(contenders) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, new Samples()])) as Record<K, Samples>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const startedMs = performance.now();
      await contenders[name]();
      if (round >= 0) samples[name].add(performance.now() - startedMs);
    }
  }
  return samples;
}
