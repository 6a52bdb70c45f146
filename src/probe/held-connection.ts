import type { Connection, ReadOutcome, Wait } from '../ports/connection.ts';

/** A connection whose bytes are handed over when there is time to read them. */
export interface HeldConnection extends Connection {
  /** How long bytes that had arrived were held back so far, in all. */
  readonly heldMs: number;
  /** Something arrived, a byte or an end, and is held back now. */
  readonly isHolding: boolean;
}

/**
 * @param turn resolves when bytes may be handed over
 * @param nowMs reads the clock that stamps what is read
 */
export function holdBack(connection: Connection, turn: () => Promise<void>, nowMs: () => number): HeldConnection {
  let heldMs = 0;
  let handedMs = 0;
  let isHolding = false;
  return {
    local: connection.local,
    remote: connection.remote,
    get bytesSent() {
      return connection.bytesSent;
    },
    get bytesReceived() {
      return connection.bytesReceived;
    },
    get heldMs() {
      return heldMs;
    },
    get isHolding() {
      return isHolding;
    },
    write: (bytes) => connection.write(bytes),
    facts: () => connection.facts(),
    measure: () => connection.measure(),
    destroy: () => connection.destroy(),
    async read(wait: Wait): Promise<ReadOutcome> {
      const outcome = await connection.read(wait);
      if (outcome.kind === 'aborted' || outcome.kind === 'timed-out') return outcome;
      isHolding = true;
      await turn();
      isHolding = false;
      const startMs = Math.max(outcome.atMs, handedMs);
      handedMs = nowMs();
      heldMs += Math.max(0, handedMs - startMs);
      return outcome;
    },
  };
}
