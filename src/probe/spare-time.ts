import type { Clock } from '../ports/clock.ts';
import type { OpenConnection } from './tcp.ts';

/**
 * How long a piece of work beside the request keeps the processor at most: the making of a hello, or the reading of a handshake's answer, in a
 * process that did it once already takes half of it (measured with Node.js 20.20 on 2 cores).
 */
const workMs = 8;

/** What is done beside the request: something is sent, or something that arrived is read. */
export type SpareWork = 'sending' | 'reading';

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
   */
  turn(work: SpareWork): Promise<void>;
}

export function createSpareTime(clock: Clock): SpareTime {
  const waiting: { work: SpareWork; begin: () => void }[] = [];
  let roundTripMs = 0;
  /** When the answer that the request waits for can be there at the earliest; null while it waits for none. */
  let answerAtMs: number | null = null;
  let isSent = false;
  let isFree = false;
  let isServing = false;

  function next(): number {
    return waiting.findIndex(({ work }) => isSent || work === 'sending');
  }

  function isWaiting(): boolean {
    return answerAtMs !== null && clock.nowMs() + workMs <= answerAtMs;
  }

  async function serve(): Promise<void> {
    if (isServing) return;
    isServing = true;
    // What the request itself does now comes first, and what is begun here ends before the next begins.
    for (;;) {
      await clock.sleep(0);
      const at = next();
      if (isFree || at < 0 || !isWaiting()) break;
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
    turn(work) {
      if (isFree) return Promise.resolve();
      return new Promise((begin) => {
        waiting.push({ work, begin });
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
