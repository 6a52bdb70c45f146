import type { Endpoint } from '../model/observations/base.ts';
import type { ConnectOutcome } from './connection-story.ts';

/** One attempt to connect to an address that a lookup gave. */
export interface ConnectAttempt {
  /** Ordinal of its conversation. */
  conversation: number;
  outcome: ConnectOutcome | 'pending';
  server: Endpoint | null;
  /** Set when it failed. */
  firstSynMs: number;
  settledMs: number;
  synRetransmissions: number;
  frames: number[];
  resetTtl: number | null;
}

/** Attempts are remembered up to this many for one lookup. */
const maxAttempts = 32;

/**
 * The attempts to connect that followed one lookup: a browser tries several addresses, and what one of them does not do another may. They are judged
 * together.
 */
export class ConnectRace {
  readonly attempts: ConnectAttempt[] = [];
  opened = false;

  begin(conversation: number): void {
    if (this.attempts.length >= maxAttempts) return;
    this.attempts.push({
      conversation,
      outcome: 'pending',
      server: null,
      firstSynMs: 0,
      settledMs: 0,
      synRetransmissions: 0,
      frames: [],
      resetTtl: null,
    });
  }

  find(conversation: number): ConnectAttempt | null {
    return this.attempts.find((attempt) => attempt.conversation === conversation) ?? null;
  }

  get isOver(): boolean {
    return this.attempts.every((attempt) => attempt.outcome !== 'pending');
  }
}
