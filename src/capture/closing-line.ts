import { sawClientReset, sawServerReset, sideContiguous, sideNextSequence, sideWords, tcpFlagsSeen, tcpSides } from './tcp-record.ts';

/** The last packets of a connection come within this time: the acknowledgement of the second FIN, a reset behind it. */
const delayMs = 100;
const places = 1024;

/**
 * Connections that both sides have ended, in the order they did: they are looked at once the last packets should have come, and not much later, for then
 * what is known of them has left the processor's caches.
 */
export class ClosingLine {
  private readonly bases = new Int32Array(places);
  private readonly numbers = new Int32Array(places);
  private readonly times = new Float64Array(places);
  private first = 0;
  private count = 0;

  /** `number` tells the conversation from a later one in the same record. Whoever is first in a line that is full leaves it, looked at or not. */
  add(base: number, number: number, timeMs: number): void {
    if (this.count === places) this.advance();
    const place = (this.first + this.count++) & (places - 1);
    this.bases[place] = base;
    this.numbers[place] = number;
    this.times[place] = timeMs;
  }

  /** Whether somebody is in the line for long enough. A clock that was set back has everybody looked at. */
  isDue(nowMs: number): boolean {
    if (this.count === 0) return false;
    const waitedMs = nowMs - this.times[this.first]!;
    return waitedMs >= delayMs || waitedMs < -delayMs;
  }

  /** Base of the record that is first in the line. */
  get base(): number {
    return this.bases[this.first]!;
  }

  /** Number of the conversation that is first in the line. */
  get number(): number {
    return this.numbers[this.first]!;
  }

  /** The first one leaves the line. */
  advance(): void {
    this.first = (this.first + 1) & (places - 1);
    this.count--;
  }
}

/** Whether both sides of the connection at `base`, which has ended, sent all there is: behind a reset, or where something is missing, anything may come. */
export function isOrderlyOver(words: Int32Array, base: number): boolean {
  const client = base + tcpSides;
  const server = client + sideWords;
  return (
    (words[base + tcpFlagsSeen]! & (sawClientReset | sawServerReset)) === 0 &&
    words[client + sideContiguous] === words[client + sideNextSequence] &&
    words[server + sideContiguous] === words[server + sideNextSequence]
  );
}
