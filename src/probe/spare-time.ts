import type { Clock } from '../ports/clock.ts';
import type { OpenConnection } from './tcp.ts';

/**
 * How long a piece of work beside the request keeps the processor at most: the making of a hello, or the reading of a handshake's answer, in a
 * process that did it once already takes half of it (measured with Node.js 20.20 on 2 cores).
 */
const workMs = 8;

/** What is done beside the request: something is sent, something that arrived is read, or what will be needed next is loaded. */
export type SpareWork = 'sending' | 'reading' | 'loading';

/**
 * When work of some milliseconds shows in no time of the request: while the request waits for an answer that cannot be there yet, because the
 * network's round trip is not over, and once it is over or has waited for long.
 */
export interface SpareTime {
  /** Told of the request's own events, as its stopwatch is. */
  readonly watch: { connected(opened: OpenConnection): void; secured(): void; requestSent(): void; firstByte(): void };
  /** From now on there is time for everything. */
  free(): void;
  /**
   * Resolves when such work may be done, at once; for one after the other until there is time for everything. What is read waits for the request
   * to be sent, so that the request's own handshake is over first.
   *
   * @param takesMs how long it keeps the processor at most
   */
  turn(work: SpareWork, takesMs?: number): Promise<void>;
  /** There is time for everything. */
  readonly isFree: boolean;
}

export function createSpareTime(clock: Clock): SpareTime {
  const waiting: { work: SpareWork; takesMs: number; begin: () => void }[] = [];
  let roundTripMs = 0;
  /** When the answer that the request waits for can be there at the earliest; null while it waits for none. */
  let answerAtMs: number | null = null;
  let isSent = false;
  let isFree = false;
  let isServing = false;

  function next(): number {
    const leftMs = answerAtMs === null ? Number.NEGATIVE_INFINITY : answerAtMs - clock.nowMs();
    return waiting.findIndex(({ work, takesMs }) => takesMs <= leftMs && (isSent || work !== 'reading'));
  }

  async function serve(): Promise<void> {
    if (isServing) return;
    isServing = true;
    // What the request itself does now comes first, and what is begun here ends before the next begins.
    for (;;) {
      await clock.sleep(0);
      const at = next();
      if (isFree || at < 0) break;
      waiting.splice(at, 1)[0]?.begin();
    }
    isServing = false;
  }

  function waitFor(roundTrip: number): void {
    answerAtMs = clock.nowMs() + roundTrip;
    void serve();
  }

  function stopWaiting(): void {
    answerAtMs = null;
  }

  return {
    watch: {
      connected(opened) {
        roundTripMs = leastRoundTripMs(opened);
        waitFor(roundTripMs);
      },
      secured: stopWaiting,
      requestSent() {
        isSent = true;
        waitFor(roundTripMs);
      },
      firstByte: stopWaiting,
    },
    free() {
      isFree = true;
      for (const { begin } of waiting.splice(0)) begin();
    },
    get isFree() {
      return isFree;
    },
    turn(work, takesMs = workMs) {
      if (isFree) return Promise.resolve();
      return new Promise((begin) => {
        waiting.push({ work, takesMs, begin });
        void serve();
      });
    },
  };
}

/** A SYN is sent again after a second (RFC 6298 section 2): what took nearly as long may have been answered quickly. */
const resentMs = 900;

/** What TCP's own handshake took, by the kernel's watch or by ours; 0 where that says nothing. */
export function leastRoundTripMs({ connection, dialedAtMs, openedAtMs }: OpenConnection): number {
  const facts = connection.facts();
  const measuredMs = Math.min(facts?.kernel?.minRttMs ?? Number.POSITIVE_INFINITY, facts?.rttMs ?? Number.POSITIVE_INFINITY);
  const connectMs = openedAtMs - dialedAtMs;
  if (Number.isFinite(measuredMs)) return Math.min(measuredMs, connectMs);
  return connectMs < resentMs ? connectMs : 0;
}
