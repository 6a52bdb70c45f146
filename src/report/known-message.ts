import type { CauseCode } from '../model/cause.ts';

/** A message that a program prints, and what it means. */
export interface KnownMessage {
  /** Who prints it. */
  from: string;
  pattern: RegExp;
  /** What it means, most likely first. */
  causes: readonly [CauseCode, ...CauseCode[]];
}

/** One row of a table of messages. */
export function message(from: string, pattern: RegExp, ...causes: [CauseCode, ...CauseCode[]]): KnownMessage {
  return { from, pattern, causes };
}
