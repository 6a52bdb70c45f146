import type { CheckpointId } from '../model/checkpoint.ts';
import type { Observation } from '../model/observation.ts';

/** When a checkpoint was under way, in milliseconds since the start of the walk. */
export interface CheckpointTimes {
  startMs: number | null;
  durationMs: number | null;
}

const noTimes: CheckpointTimes = { startMs: null, durationMs: null };

/**
 * The time one request spent at a checkpoint: what lies on its critical path where that was completed (the lookup up to the addresses chosen,
 * the connection that carried the request, its handshake, its exchange), else all that was waited for there.
 *
 * @param observations of one request
 */
export function checkpointTimes(id: CheckpointId, observations: readonly Observation[]): CheckpointTimes {
  const own = observations.filter((observation) => observation.followUp === undefined);
  switch (id) {
    case 'dns': {
      const chosen = own.find((observation) => observation.kind === 'dns.addresses-chosen');
      if (chosen !== undefined) return chosen.durationMs === undefined ? noTimes : span([chosen]);
      return span(own.filter((observation) => observation.checkpoint === 'dns'));
    }
    case 'tcp': {
      const carried = own.find((observation) => observation.kind === 'tcp.connected' && observation.carried);
      return span(
        carried === undefined ? own.filter((observation) => observation.checkpoint === 'tcp' && 'durationMs' in observation) : [carried],
      );
    }
    case 'tls': {
      const timed = own.filter((observation) => observation.checkpoint === 'tls' && observation.durationMs !== undefined);
      return timed.length > 0 ? span(timed) : afterOpen(own, ['hello-sent', 'handshaking']);
    }
    case 'http': {
      const timed = own.filter((observation) => observation.checkpoint === 'http');
      const silent = afterOpen(own, ['request-sent', 'response-header', 'response-body']);
      return together(span(timed), silent);
    }
    default:
      return noTimes;
  }
}

/** From the earliest beginning to the latest end. */
function span(observations: readonly Observation[]): CheckpointTimes {
  if (observations.length === 0) return noTimes;
  const startMs = Math.min(...observations.map((observation) => observation.atMs - (observation.durationMs ?? 0)));
  const endMs = Math.max(...observations.map((observation) => observation.atMs));
  return { startMs: rounded(startMs), durationMs: rounded(endMs - startMs) };
}

/** How long an open connection lasted until it ended or fell silent in one of these phases. */
function afterOpen(observations: readonly Observation[], phases: readonly string[]): CheckpointTimes {
  const ended = observations.find((observation) => 'phase' in observation && phases.includes(observation.phase));
  if (ended === undefined || !('sinceOpenMs' in ended)) return noTimes;
  const waitedMs = ended.kind === 'tcp.peer-silent' ? ended.waitedMs : ended.sinceOpenMs;
  return { startMs: rounded(ended.atMs - waitedMs), durationMs: rounded(waitedMs) };
}

function together(one: CheckpointTimes, other: CheckpointTimes): CheckpointTimes {
  if (one.startMs === null || one.durationMs === null) return other;
  if (other.startMs === null || other.durationMs === null) return one;
  const startMs = Math.min(one.startMs, other.startMs);
  const endMs = Math.max(one.startMs + one.durationMs, other.startMs + other.durationMs);
  return { startMs, durationMs: rounded(endMs - startMs) };
}

/** Microseconds are noise of the arithmetic, not of the clock. */
function rounded(milliseconds: number): number {
  return Math.round(Math.max(0, milliseconds) * 1000) / 1000;
}
