import type { Endpoint } from '../model/observations/base.ts';
import type { ConnectOutcome } from './connection-story.ts';
import type { SeenIcmp } from './icmp-tracker.ts';

/** One attempt to connect to an address that a lookup gave. */
export interface ConnectAttempt {
  /** Ordinal of its conversation. */
  conversation: number;
  /** Record of its conversation, as long as its outcome is pending. */
  base: number;
  /** Stands for the server's address. */
  addressHash: number;
  /** The server's. */
  port: number;
  /** When its first SYN was sent. */
  begunMs: number;
  /** When it was answered by a SYN-ACK and that acknowledged; NaN when it was not. */
  openedMs: number;
  outcome: ConnectOutcome | 'pending';
  /** The lookup was about another name than this connection is for. */
  isStranger: boolean;
  /** Its conversation is over. */
  isOver: boolean;
  /** Set when it failed. */
  client: Endpoint | null;
  server: Endpoint | null;
  firstSynMs: number;
  settledMs: number;
  synRetransmissions: number;
  frames: number[];
  resetTtl: number | null;
  icmp: SeenIcmp | null;
}

/** Attempts are remembered up to this many for one lookup. */
const maxAttempts = 128;
/** Attempts further apart than this are not for the same request. */
const togetherMs = 10_000;
const httpPort = 80;
const httpsPort = 443;

/**
 * The attempts to connect that followed one lookup: a browser tries several addresses, and what one of them does not do another may. They are judged
 * together.
 */
export class ConnectRace {
  readonly attempts: ConnectAttempt[] = [];

  /** Null when there is no room to remember one more. */
  begin(conversation: number, base: number, addressHash: number, port: number, begunMs: number): ConnectAttempt | null {
    if (this.attempts.length >= maxAttempts) {
      const oldest = this.attempts.findIndex((attempt) => attempt.isOver && begunMs - attempt.begunMs > togetherMs);
      if (oldest < 0) return null;
      this.attempts.splice(oldest, 1);
    }
    const attempt: ConnectAttempt = {
      conversation,
      base,
      addressHash,
      port,
      begunMs,
      openedMs: Number.NaN,
      outcome: 'pending',
      isStranger: false,
      isOver: false,
      client: null,
      server: null,
      firstSynMs: 0,
      settledMs: 0,
      synRetransmissions: 0,
      frames: [],
      resetTtl: null,
      icmp: null,
    };
    this.attempts.push(attempt);
    return attempt;
  }

  find(conversation: number): ConnectAttempt | null {
    const { attempts } = this;
    for (let i = attempts.length - 1; i >= 0; i--) if (attempts[i]!.conversation === conversation) return attempts[i]!;
    return null;
  }

  /** The other attempts for the same request: at the same port of other addresses, begun around the same time. */
  rivalsOf(conversation: number): ConnectAttempt[] {
    const own = this.find(conversation);
    if (own === null) return [];
    return this.attempts.filter(
      (other) =>
        other.addressHash !== own.addressHash &&
        other.port === own.port &&
        Math.abs(other.begunMs - own.begunMs) <= togetherMs &&
        this.areForTheSame(own, other),
    );
  }

  /**
   * Whether one attempt may stand in for another. Connections for other names that share the address have nothing to do with those for the name that was
   * looked up; but where there are none of these, the name that clients give is another than the one they look up, as that of a proxy's backend.
   */
  private areForTheSame(one: ConnectAttempt, other: ConnectAttempt): boolean {
    if (!one.isStranger && !other.isStranger) return true;
    return !this.attempts.some((attempt) => attempt.outcome === 'open' && !attempt.isStranger);
  }

  /**
   * An attempt was answered. Of three that were within the time that attempts belong together, the one in the middle stands in for none that the others do
   * not: so a name that is connected to all the time has few attempts to be looked through.
   */
  open(attempt: ConnectAttempt, openedMs: number): void {
    attempt.outcome = 'open';
    attempt.openedMs = openedMs;
    const { attempts } = this;
    let middle = -1;
    for (let i = attempts.length - 1; i >= 0; i--) {
      const other = attempts[i]!;
      if (other === attempt || !isLike(other, attempt)) continue;
      if (middle < 0) middle = i;
      else {
        if (attempt.begunMs - other.begunMs <= togetherMs) attempts.splice(middle, 1);
        return;
      }
    }
  }

  /** An attempt turns out to belong to another lookup. */
  leave(conversation: number): void {
    const index = this.attempts.findIndex((attempt) => attempt.conversation === conversation);
    if (index >= 0) this.attempts.splice(index, 1);
  }

  /** A site that is reached over TLS already needs no port for plain HTTP. */
  isCovered(conversation: number): boolean {
    const own = this.find(conversation);
    if (own?.port !== httpPort) return false;
    return this.attempts.some((other) => other.port === httpsPort && other.openedMs <= own.begunMs && this.areForTheSame(own, other));
  }

  get isOver(): boolean {
    return this.attempts.every((attempt) => attempt.isOver);
  }
}

/** Whether both were answered by the same server, for the name that was looked up or both not. */
function isLike(one: ConnectAttempt, other: ConnectAttempt): boolean {
  return (
    one.outcome === other.outcome && one.port === other.port && one.addressHash === other.addressHash && one.isStranger === other.isStranger
  );
}
