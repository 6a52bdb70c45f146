import type { CauseCode, Side } from '../../src/model/cause.ts';
import type { CheckpointId } from '../../src/model/checkpoint.ts';
import type { ScopeWord } from '../../src/model/finding.ts';
import type { ObservationKind } from '../../src/model/observation.ts';
import type { VerdictStatus } from '../../src/model/verdict.ts';
import type { Place } from '../topology/plan.ts';
import type { Change } from './change.ts';

/** One network that is broken, or only looks broken, on purpose; what a walk in it must find; and how the lab itself knows that the fault was met. */
export interface Scenario {
  /** Kebab case, unique. */
  id: string;
  title: string;
  /** What is wrong, in words. */
  fault: string;
  /** How the lab makes it so. */
  made: string;
  /** What a naive tool would wrongly say. */
  naive: string;
  changes: readonly Change[];
  /** What is walked to. */
  url: string;
  /** More arguments of the walk. */
  options?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** What the walk may do beyond an ordinary user's rights; default: nothing. */
  privileges?: readonly 'net_raw'[];
  expect: Expectation;
  /** At least one; all must hold after the walk, or the run is an error. */
  proof: readonly Proof[];
  /** Causes this one must not be taken for. */
  nearMissOf?: readonly CauseCode[];
  /** Ids of scenarios that look the same at first sight. */
  lookAlike?: readonly string[];
  /** What packets recorded at the client can show; default: the same checkpoint and cause. */
  captureClient?: CaptureExpectation;
  /** What packets recorded at the edge can show; default: nothing is expected of them. */
  captureServer?: CaptureExpectation;
  /** The diagnosis is still to be built: why, and by which issue. The fault must be met all the same, and a pass is an error. */
  expectedToFail?: { why: string; issue: number };
}

/** What a walk must say. Evidence is never empty: a verdict without facts passes nothing. */
export interface Expectation {
  status: VerdictStatus;
  /** Null when nothing fails. */
  cause: CauseCode | null;
  /** Where the cause does not say it: on `unclear`. */
  checkpoint?: CheckpointId;
  /** Whose side it lies on, where that is not the cause's own. */
  side?: Side;
  /** Each must be among the verdict's. */
  scope?: readonly ScopeWord[];
  /** Each must be among the verdict's. */
  alternatives?: readonly CauseCode[];
  /** Causes that a note must name: nothing fails by them here. */
  notes?: readonly CauseCode[];
  /** Causes that no finding may name. */
  without?: readonly CauseCode[];
  evidence: readonly EvidencePattern[];
  /** Timings by name. */
  timings?: Readonly<Record<string, { atLeast?: number; atMost?: number }>>;
}

/** One piece of evidence that must be in the document: at least one entry of this kind for which every field holds. */
export interface EvidencePattern {
  kind: ObservationKind;
  /** By dotted path; `*` stands for any element of a list. */
  where?: Readonly<Record<string, Matcher>>;
  /** At least so many entries; default 1. */
  atLeast?: number;
}

export type Matcher =
  | string
  | number
  | boolean
  | null
  | { atLeast: number }
  | { atMost: number }
  | { matches: string }
  | { oneOf: readonly (string | number | null)[] }
  | { not: string | number | boolean | null };

/** The verdict of packets alone. `unclear` where they cannot say, and why; `any` where it is a matter of chance. `why` as well where they show another checkpoint than the walk does. */
export type CaptureExpectation =
  | { checkpoint: CheckpointId | null; cause?: CauseCode | null; why?: string }
  | { checkpoint: 'unclear' | 'any'; why: string };

/** How the lab knows, by its own means, that the traffic met the fault. */
export type Proof =
  /** A filter's counter; default at least 1. */
  | { counter: string; atLeast?: number; atMost?: number }
  /** A server's log has lines like this. */
  | { log: Place; matches: string; atLeast?: number }
  /** An odd server did its deed. */
  | { hits: string; atLeast?: number }
  /** A link treated packets. */
  | { link: string; what: 'dropped' | 'delayed' | 'duplicated' | 'reordered' | 'oversized'; atLeast?: number }
  /** A kernel counter of /proc/net/netstat or /proc/net/snmp, `TcpExt.ListenDrops`. */
  | { kernel: string; at: Place; atLeast?: number }
  /** The neighbour table has the address in one of these states. */
  | { neighbor: string; at: Place; state: readonly string[] }
  /** The lab's own echo requests are answered, or not. */
  | { ping: string; answered: boolean; bytes?: number }
  /** The lab's own connection attempt. */
  | { connect: string; port: number; outcome: 'open' | 'refused' | 'unreachable' | 'silent' }
  /** The lab's own question. `outcome` is a response code, `silent`, `refused-port`, or `answer` with these data. */
  | { question: { server: string; name: string; type: string }; outcome: string; data?: readonly string[] }
  /** The certificate served at an address. */
  | { certificate: string; port?: number; serverName?: string; fact: CertificateFact }
  /** The lab's own request: status, and a header or text. */
  | {
      request: { address: string; port?: number; host?: string; path?: string; secure?: boolean; method?: string };
      status: number;
      header?: readonly [string, string];
    }
  /** What the client's own files say. */
  | { file: string; matches: string }
  /** Output of `ip` in a place. */
  | { ip: readonly string[]; at: Place; matches: string };

export type CertificateFact =
  | 'valid'
  | 'expired'
  | 'early'
  | 'other-name'
  | 'self-signed'
  | 'alone'
  | 'weak-key'
  | 'sha1'
  | 'revoked'
  | { issuer: string }
  | { certificates: number }
  | { endsWithinDays: number };
