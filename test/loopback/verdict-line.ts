import type { Verdict } from '../../src/model/verdict.ts';

/** A verdict as the table writes it. Throws when it contradicts itself: a cause outside its checkpoint, a failure without a cause. */
export function verdictLine(verdict: Pick<Verdict, 'status' | 'checkpoint' | 'cause' | 'nested'>): string {
  const { status, checkpoint, cause, nested } = verdict;
  if (cause === null || checkpoint === null) {
    if (cause !== checkpoint || status === 'failed' || status === 'degraded') throw new Error(`${status} with ${checkpoint} and ${cause}`);
    return status;
  }
  if (!cause.startsWith(`${checkpoint}.`)) throw new Error(`${cause} is said of ${checkpoint}`);
  return `${status} ${cause}${nested ? ` by ${nested.cause}` : ''}`;
}
