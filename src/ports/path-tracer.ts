import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { HopAnswer, PathHop, ProbeProtocol, RoutePathTraced } from '../model/observations/route.ts';
import type { Wait } from './connection.ts';

/** The first answer to one probe. */
export interface ProbeAnswer extends Omit<HopAnswer, 'name' | 'count' | 'rttMs'> {
  /** Null when not known: the answer may be to a repetition. */
  rttMs: number | null;
}

export type ProbeOutcome =
  | { kind: 'answered'; answer: ProbeAnswer }
  /** Nothing came in the time, or it was no longer waited for. */
  | { kind: 'silent' }
  /** The probe did not leave this host. */
  | { kind: 'failed'; failure: Failure };

/** Probes to one destination. Never throws for what the network does. */
export interface ProbeChannel {
  /** Sends one probe that lives for `ttl` hops. Many may be under way at once. */
  send(ttl: number, wait: Wait): Promise<ProbeOutcome>;
  /** Ends what is under way and releases everything; safe to call twice. */
  close(): void;
}

/** What a program of the system printed, as hops. */
export interface ToolTrace {
  by: Exclude<RoutePathTraced['by'], 'kernel'>;
  protocol: ProbeProtocol;
  /** Probes per hop. */
  rounds: number;
  hops: PathHop[];
}

/** Traces paths without privilege. */
export interface PathTracer {
  /** Probes that this program sends itself; a failure where the kernel does not let it, or not with this protocol. */
  open(destination: Endpoint, protocol: ProbeProtocol): Promise<ProbeChannel | Failure>;
  /** A trace by one of the system's own programs, UDP or whatever it can; a failure where there is none. */
  runTool(destination: Endpoint, wait: Wait): Promise<ToolTrace | Failure>;
}
