import type { Timings } from '../model/timings.ts';
import { noTimings } from '../model/timings.ts';
import { round } from './recorder.ts';
import type { OpenConnection } from './tcp.ts';
import type { WalkContext } from './walk-context.ts';

/** Cuts one request into stages: each starts where the one before it ended, so that they add up. All readings are {@link Clock.nowMs}. */
export interface Stopwatch {
  /** The addresses are known; `asked` is false when nothing had to be looked up. */
  lookedUp(asked: boolean): void;
  connected(opened: OpenConnection): void;
  /** The way through a proxy is open: what it took counts as connecting. */
  passed(atMs: number, roundTrips: number): void;
  secured(atMs: number, roundTrips: number): void;
  requestSent(atMs: number): void;
  firstByte(atMs: number): void;
  lastByte(atMs: number): void;
  /** `isAnswered` is false when the request failed on the way: the stage it failed in then lasts until now. */
  timings(isAnswered: boolean): Timings;
}

type Stage = 'dnsMs' | 'connectMs' | 'tlsMs' | 'requestMs' | 'firstByteMs' | 'contentMs';

export function createStopwatch(context: WalkContext, isTls: boolean): Stopwatch {
  const { clock } = context.ports;
  const startMs = clock.nowMs();
  const timings: Timings = { ...noTimings };
  let lastMs = startMs;
  let roundTrips = 0;
  let opened: OpenConnection | null = null;
  let stage: Stage | null = 'dnsMs';

  function cut(atMs: number): number {
    // Kernel delivery times may lie before the last reading of our own.
    const end = Math.max(atMs, lastMs);
    const stageMs = end - lastMs;
    lastMs = end;
    return round(stageMs);
  }

  return {
    lookedUp(asked) {
      stage = 'connectMs';
      if (!asked) return;
      timings.dnsMs = cut(clock.nowMs());
      roundTrips += 1;
    },
    connected(connection) {
      opened = connection;
      stage = isTls ? 'tlsMs' : 'requestMs';
      timings.connectMs = cut(connection.openedAtMs);
      roundTrips += 1;
      const facts = connection.connection.facts();
      const lostSyn = (facts?.synRetransmissions ?? 0) > 0;
      timings.roundTripMs = facts?.rttMs ?? (lostSyn ? null : round(connection.openedAtMs - connection.dialedAtMs));
    },
    passed(atMs, passageRoundTrips) {
      timings.connectMs = round((timings.connectMs ?? 0) + cut(atMs));
      roundTrips += passageRoundTrips;
    },
    secured(atMs, handshakeRoundTrips) {
      stage = 'requestMs';
      timings.tlsMs = cut(atMs);
      roundTrips += handshakeRoundTrips;
    },
    requestSent(atMs) {
      stage = 'firstByteMs';
      // A request that is sent again counts once, as everything before its last sending.
      timings.requestMs = round((timings.requestMs ?? 0) + cut(atMs));
    },
    firstByte(atMs) {
      stage = 'contentMs';
      timings.firstByteMs = round((timings.firstByteMs ?? 0) + cut(atMs));
      timings.roundTrips = roundTrips + 1;
      timings.roundTripMs = opened?.connection.facts()?.rttMs ?? timings.roundTripMs;
      if (timings.roundTripMs !== null) timings.serverMs = round(Math.max(0, timings.firstByteMs - timings.roundTripMs));
    },
    lastByte(atMs) {
      stage = null;
      timings.contentMs = cut(atMs);
    },
    timings(isAnswered) {
      if (!isAnswered && stage !== null) timings[stage] = cut(clock.nowMs());
      timings.totalMs = round(lastMs - startMs);
      return timings;
    },
  };
}
