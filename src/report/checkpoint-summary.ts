import { type CheckpointId, type CheckpointStatus, checkpointOrder } from '../model/checkpoint.ts';
import type { Observation } from '../model/observation.ts';
import { summarizeDns } from './summaries/dns.ts';
import { summarizeHttp, summarizePage } from './summaries/http.ts';
import { summarizeLocal } from './summaries/local.ts';
import { type Seen, seenIn } from './summaries/seen.ts';
import { summarizeRoute, summarizeTcp } from './summaries/tcp.ts';
import { summarizeTls } from './summaries/tls.ts';
import { plural } from './wording.ts';

/** What a checkpoint's summary depends on beside its observations. */
export interface SummaryContext {
  /** The first checkpoint that failed, null when none did. */
  failedAt: CheckpointId | null;
  interrupted: boolean;
  /** Redirects followed before the request shown. */
  redirects: number;
}

/**
 * One line about one checkpoint: the facts of the request shown, and where there are none, why. Remote text in it is raw.
 *
 * @param observations of the request shown, all checkpoints: what ends a TLS handshake is seen on the TCP connection
 */
export function summarizeCheckpoint(
  id: CheckpointId,
  status: CheckpointStatus,
  observations: readonly Observation[],
  context: SummaryContext,
): string {
  const facts = knownFacts(id, observations, status === 'failed', context.redirects);
  switch (status) {
    case 'skipped':
      return skipped(id, seenIn(observations), facts, context);
    case 'unknown':
      return facts === null ? unknown(id, context) : `unclear: ${facts}`;
    case 'failed':
      return facts ?? 'failed';
    case 'degraded':
      // The only impairment of a target: its port.
      return id === 'target' && facts !== null ? `${facts}, which browsers refuse` : (facts ?? 'works, impaired');
    default:
      return facts ?? 'works';
  }
}

/** What is known of a checkpoint so far, for a walk under way; null when nothing is. */
export function knownFacts(id: CheckpointId, observations: readonly Observation[], failed: boolean, redirects: number): string | null {
  const seen = seenIn(observations);
  switch (id) {
    case 'target':
      return summarizeTarget(seen, redirects);
    case 'local':
      return summarizeLocal(seen);
    case 'dns':
      return summarizeDns(seen);
    case 'route':
      return summarizeRoute(seen, failed);
    case 'tcp':
      return summarizeTcp(seen, failed);
    case 'tls':
      return summarizeTls(seen);
    case 'http':
      return summarizeHttp(seen);
    case 'page':
      return summarizePage(seen);
  }
}

function summarizeTarget(seen: Seen, redirects: number): string | null {
  const rejected = seen.first('target.rejected');
  if (rejected !== null) return `not understood (${rejected.reason.replaceAll('-', ' ')})`;
  const parsed = seen.first('target.parsed');
  if (parsed === null) return null;
  const isPlain = parsed.scheme === 'http' || parsed.scheme === 'ws';
  const isListed = isPlain && (seen.first('target.preload')?.entry ?? null) !== null;
  return `${parsed.scheme}, ${parsed.host}, port ${parsed.port}${redirects === 0 ? '' : `, after ${plural(redirects, 'redirect')}`}${isListed ? '; browsers take https here' : ''}`;
}

function skipped(id: CheckpointId, seen: Seen, facts: string | null, context: SummaryContext): string {
  const scheme = seen.first('target.parsed')?.scheme;
  if (id === 'dns' && facts !== null) return facts;
  if (id === 'tls' && (scheme === 'http' || scheme === 'ws')) return `not needed: plain ${scheme}`;
  if (id === 'page' && facts !== null) return facts;
  if (context.failedAt !== null) return `not reached: ${context.failedAt} failed`;
  return context.interrupted ? 'not reached: interrupted' : 'not looked at';
}

function unknown(id: CheckpointId, context: SummaryContext): string {
  const { failedAt } = context;
  if (failedAt !== null && checkpointOrder(failedAt) < checkpointOrder(id)) return `not reached: ${failedAt} failed`;
  if (context.interrupted) return 'not known: interrupted before it was measured';
  return id === 'route' ? 'not known: nothing came back' : 'not known: it was not measured';
}
