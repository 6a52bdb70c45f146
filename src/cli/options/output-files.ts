import { Option } from 'commander';
import type { Redaction } from '../../report/redacted-report.ts';
import { UsageError } from '../usage-error.ts';

/** Where each form of the report goes besides the screen: a file, `-` for standard output, null for nowhere. */
export interface OutputFiles {
  markdown: string | null;
  html: string | null;
  note: string | null;
  /** Never standard output. */
  bundle: string | null;
}

/** The same as the parser gives it. */
export interface ParsedOutputFiles {
  markdown?: string;
  html?: string;
  note?: string;
  bundle?: string;
  redact?: Redaction;
}

/** @param asks what making the bundle asks of others, for its text; null for nothing */
export function outputFileOptions(asks: string | null): Option[] {
  return [
    new Option('--markdown <FILE>', 'write the filled-in worksheet as Markdown; - is standard output'),
    new Option('--html <FILE>', 'write the report as one self-contained page; - is standard output'),
    new Option('--note <FILE>', 'write the four-part note for a chat; - is standard output'),
    new Option(
      '--bundle <FILE>',
      `write the evidence bundle: a ZIP with every form of the report and the evidence as text${asks === null ? '' : `; ${asks}`}`,
    ),
    new Option('--redact <HOW>', 'strict: internal addresses and names are replaced by pseudonyms, in everything that is written').choices([
      'strict',
    ]),
  ];
}

/** Throws {@link UsageError} when two things would share standard output. */
export function outputFilesOf(parsed: ParsedOutputFiles & { json?: boolean }): OutputFiles {
  const files: OutputFiles = {
    markdown: parsed.markdown ?? null,
    html: parsed.html ?? null,
    note: parsed.note ?? null,
    bundle: parsed.bundle ?? null,
  };
  if (files.bundle === '-') throw new UsageError('--bundle -', 'a bundle is no text', 'give a file, as in --bundle evidence.zip');
  const onOutput = [
    ...(parsed.json === true ? ['--json'] : []),
    ...Object.entries(files).flatMap(([name, file]) => (file === '-' ? [`--${name} -`] : [])),
  ];
  if (onOutput.length > 1) throw new UsageError(onOutput.join(' and '), 'standard output takes one document', 'give files to the others');
  return files;
}

/** Whether one of the documents takes the place of the text on standard output. */
export function takesOutput(files: OutputFiles): boolean {
  return Object.values(files).includes('-');
}
