import type { Observation, ObservationDraft } from '../model/observation.ts';

/** Numbers the observations of a whole reading, and turns the reading's times into milliseconds since its first packet. */
export class EvidenceNumbers {
  private last = 0;
  /** The first packet's time on the reading's clock. */
  zeroMs: number = Number.NaN;

  next(): string {
    return `e${++this.last}`;
  }

  /** A time on the reading's clock as observations give it, to the microsecond; that of the first packet for what has no time. */
  at(timeMs: number): number {
    const sinceFirst = round(timeMs - this.zeroMs);
    return Number.isNaN(sinceFirst) ? 0 : sinceFirst;
  }
}

/** Milliseconds to the microsecond. */
export function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The observations of one exchange, in the order they are stated. */
export class EvidenceLog {
  readonly observations: Observation[] = [];
  readonly numbers: EvidenceNumbers;

  constructor(numbers: EvidenceNumbers) {
    this.numbers = numbers;
  }

  /** Adds an observation; `timeMs` is when it was complete, on the reading's clock. */
  state(
    timeMs: number,
    frames: readonly number[],
    draft: ObservationDraft extends infer D ? (D extends ObservationDraft ? Omit<D, 'atMs' | 'frames'> : never) : never,
  ): void {
    const shown = [...new Set(frames.filter((frame) => frame > 0))].sort((one, other) => one - other);
    const observation = {
      ...draft,
      id: this.numbers.next(),
      hop: 0,
      atMs: this.numbers.at(timeMs),
      ...(shown.length === 0 ? {} : { frames: shown }),
    };
    this.observations.push(observation as Observation);
  }
}
