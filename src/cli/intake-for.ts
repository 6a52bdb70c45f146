import type { Intake } from '../model/intake.ts';
import type { Environment } from './environment.ts';
import { UsageError } from './usage-error.ts';

/** What was reported: as the options say, and as somebody answers on the terminal when asked to. Rejects with {@link UsageError} without one. */
export async function intakeFor(given: { intake: Intake | null; asksIntake: boolean }, environment: Environment): Promise<Intake | null> {
  if (!given.asksIntake) return given.intake;
  if (!environment.stderr.isTerminal) throw new UsageError('--intake', 'there is no terminal to ask on', 'give the answers as options');
  return (await import('./ask-intake.ts')).askIntake(given.intake, process.stdin, environment.stderr);
}
