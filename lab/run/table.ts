import type { Outcome } from './runner.ts';

const words: Record<Outcome['result'], string> = { passed: 'pass', awaited: 'awaited', failed: 'FAIL', error: 'ERROR' };

/** One line of the table: result, id, expected, got, seconds. */
export function tableLine({ result, scenario, expected, got, seconds }: Outcome): string {
  return [words[result].padEnd(7), scenario.id.padEnd(38), expected.padEnd(34), got.padEnd(34), seconds.toFixed(2).padStart(6)].join(' ');
}

export function tableHead(): string {
  return ['result '.padEnd(7), 'id'.padEnd(38), 'expected'.padEnd(34), 'got'.padEnd(34), 'seconds'.padStart(6)].join(' ').trimEnd();
}

/** What the whole run came to, and the reasons of everything that is not as it should be. */
export function tableFoot(outcomes: readonly Outcome[], wallSeconds: number): string {
  const count = (result: Outcome['result']): number => outcomes.filter((outcome) => outcome.result === result).length;
  const wrong = outcomes.filter(({ result }) => result === 'failed' || result === 'error');
  const upMs = outcomes
    .map((outcome) => outcome.upMs)
    .filter((ms) => ms > 0)
    .sort((left, right) => left - right);
  const median = upMs[Math.floor(upMs.length / 2)] ?? 0;
  return [
    ...wrong.flatMap(({ scenario, reasons }) => ['', `${scenario.id}:`, ...reasons.map((reason) => `  ${reason}`)]),
    '',
    `${outcomes.length} scenarios in ${wallSeconds.toFixed(1)} s: ${count('passed')} pass, ${count('awaited')} awaited, ${count('failed')} fail, ${count('error')} in error; a network stands in ${median.toFixed(0)} ms (median)`,
  ].join('\n');
}
