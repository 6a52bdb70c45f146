/** The eight checkpoints of a web request, in walking order. The order decides which failure is the first. */
export const checkpointIds = ['target', 'local', 'dns', 'route', 'tcp', 'tls', 'http', 'page'] as const;

export type CheckpointId = (typeof checkpointIds)[number];

/**
 * What is known about one checkpoint after a walk or a reading.
 * `skipped`: not needed for this target or not reached; `unknown`: needed, and not measured well enough to say. Neither is a pass.
 */
export type CheckpointStatus = 'ok' | 'degraded' | 'failed' | 'skipped' | 'unknown';

/** Position of a checkpoint in walking order, 0 for `target`. */
export function checkpointOrder(id: CheckpointId): number {
  return checkpointIds.indexOf(id);
}
