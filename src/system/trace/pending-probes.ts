import type { Wait } from '../../ports/connection.ts';
import type { ProbeOutcome } from '../../ports/path-tracer.ts';
import { limitWait } from '../wait-limit.ts';

/** The kernel notes when answers come; looking this often is soon enough. */
const lookEveryMs = 1;

/** Probes that wait for their answers, and the timer that looks for them while there are any. */
export class PendingProbes<Key> {
  private readonly waiting = new Map<Key, (outcome: ProbeOutcome) => void>();
  private readonly look: () => void;
  private timer: NodeJS.Timeout | null = null;

  /** @param look takes what the kernel has and calls {@link settle} */
  constructor(look: () => void) {
    this.look = look;
  }

  get keys(): IterableIterator<Key> {
    return this.waiting.keys();
  }

  /** Waits for the answer to one probe. `ended` is called once, whatever the outcome. */
  wait(key: Key, wait: Wait, ended: () => void): Promise<ProbeOutcome> {
    return new Promise((resolve) => {
      const release = limitWait(wait, () => {
        this.look();
        this.settle(key, { kind: 'silent' });
      });
      this.waiting.set(key, (outcome) => {
        release();
        ended();
        resolve(outcome);
      });
      this.timer ??= setInterval(() => this.look(), lookEveryMs);
    });
  }

  /** Ends the wait for one probe; ignored when it ended before. */
  settle(key: Key, outcome: ProbeOutcome): void {
    const settle = this.waiting.get(key);
    if (settle === undefined) return;
    this.waiting.delete(key);
    if (this.waiting.size === 0 && this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
    settle(outcome);
  }

  settleAll(outcome: ProbeOutcome): void {
    for (const key of [...this.waiting.keys()]) this.settle(key, outcome);
  }
}
