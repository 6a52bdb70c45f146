/** No packet at all for this long: the capture may have been off, or be two captures joined. */
const pauseMs = 60_000;
/** Processors and interfaces are merged a little out of order; a clock that goes back further was set, or belongs to another capture. */
const backwardsMs = 1000;
const maxPauses = 4096;

/** When a capture was being taken: up to when the absence of a packet means something. */
export class Watch {
  /** Last packet before each pause: frame and time. */
  private readonly frames: number[] = [];
  private readonly times: number[] = [];
  private lost = false;

  /** Whether a step from one packet's time to the next one's is a pause. False for NaN. */
  static isPause(stepMs: number): boolean {
    return stepMs > pauseMs || stepMs < -backwardsMs;
  }

  /** A pause follows the packet `frame`. */
  pause(frame: number, timeMs: number): void {
    if (this.frames.length === maxPauses) {
      this.lost = true;
      return;
    }
    this.frames.push(frame);
    this.times.push(timeMs);
  }

  /** Up to when something whose last packet was `frame` at `lastMs` was watched without interruption; `nowMs` is the time of the packet in hand. */
  until(frame: number, lastMs: number, nowMs: number): number {
    let low = 0;
    let high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle]! < frame) low = middle + 1;
      else high = middle;
    }
    const pausedMs = this.times[low];
    // Of pauses that were not noted nothing is known: neither how long it was watched.
    const endMs = pausedMs ?? (this.lost ? lastMs : nowMs);
    return Math.max(lastMs, endMs);
  }
}
