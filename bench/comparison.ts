import type { Samples } from './samples.ts';

/** One line of the result: ours against a peer doing the same, in the same run. */
export interface Comparison {
  what: string;
  ours: string;
  peer: string;
  runs: number;
  oursMs: number;
  peerMs: number;
  /** `oursMs / peerMs`, of medians. */
  ratio: number;
  /** What is promised; null where nothing is. */
  target: { of: 'oursMs' | 'ratio'; atMost: number; met: boolean } | null;
}

export function compare(
  names: Pick<Comparison, 'what' | 'ours' | 'peer'>,
  samples: { ours: Samples; peer: Samples },
  target: { of: 'oursMs' | 'ratio'; atMost: number } | null,
): Comparison {
  return ratioOf(names, samples.ours, samples.peer, target);
}

/** The same from medians, where the samples were taken in another process. */
export function ratioOf(
  names: Pick<Comparison, 'what' | 'ours' | 'peer'>,
  ours: Pick<Samples, 'medianMs' | 'count'>,
  peer: Pick<Samples, 'medianMs'>,
  target: { of: 'oursMs' | 'ratio'; atMost: number } | null,
): Comparison {
  const oursMs = round(ours.medianMs);
  const peerMs = round(peer.medianMs);
  const ratio = round(oursMs / peerMs);
  const measured = { oursMs, ratio };
  return { ...names, runs: ours.count, ...measured, peerMs, target: target && { ...target, met: measured[target.of] <= target.atMost } };
}

/** The comparisons as lines of text for people. */
export function renderTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((one) => [
    one.what,
    `${one.ours} ${one.oursMs} ms`,
    `${one.peer} ${one.peerMs} ms`,
    `${one.ratio}x`,
    String(one.runs),
    one.target === null
      ? ''
      : `${one.target.of === 'ratio' ? `<= ${one.target.atMost}x` : `<= ${one.target.atMost} ms`}: ${one.target.met ? 'met' : 'MISSED'}`,
  ]);
  const all = [['what', 'ours (median)', 'peer (median)', 'ratio', 'runs', 'target'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
