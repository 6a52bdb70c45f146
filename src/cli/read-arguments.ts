import type { Intake } from '../model/intake.ts';
import type { Redaction } from '../report/redacted-report.ts';
import { intakeOf, type ParsedIntake } from './options/intake.ts';
import { type OutputFiles, outputFilesOf, type ParsedOutputFiles } from './options/output-files.ts';
import { UsageError } from './usage-error.ts';

/** What `wirewalk read` was asked for. */
export interface ReadArguments {
  /** At least one; `-` is standard input. */
  files: string[];
  json: boolean;
  /** List every conversation, however many there are. */
  conversations: boolean;
  /** Show one exchange packet by packet. */
  exchange: string | null;
  /** Key log with the secrets of TLS connections; null without. */
  keylog: string | null;
  strict: boolean;
  detail: 'verdict' | 'screen' | 'all';
  noColor: boolean;
  /** What was reported, when an option says. */
  intake: Intake | null;
  /** Ask on the terminal for the rest of the intake. */
  asksIntake: boolean;
  outputs: OutputFiles;
  redaction: Redaction;
  /** Tell the life of the request, too. */
  narrates: boolean;
}

/** Options as the parser gives them. */
export interface ParsedReadOptions extends ParsedIntake, ParsedOutputFiles {
  json?: boolean;
  conversations?: boolean;
  exchange?: string;
  keylog?: string;
  strict?: boolean;
  explain?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color: boolean;
}

export function readArguments(files: string[], options: ParsedReadOptions): ReadArguments {
  if (options.redact === 'strict' && options.json === true && options.conversations === true) {
    throw new UsageError(
      '--redact and --conversations',
      'a list of all conversations is written while it is read',
      'leave one of them out',
    );
  }
  return {
    files,
    json: options.json === true,
    conversations: options.conversations === true,
    exchange: options.exchange ?? null,
    keylog: options.keylog ?? null,
    strict: options.strict === true,
    detail: options.quiet === true ? 'verdict' : options.verbose === true ? 'all' : 'screen',
    noColor: !options.color,
    intake: intakeOf(options),
    asksIntake: options.intake === true,
    outputs: outputFilesOf(options),
    redaction: options.redact ?? 'secrets',
    narrates: options.explain === true,
  };
}
