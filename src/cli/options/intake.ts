import { Option } from 'commander';
import type { Intake, Share } from '../../model/intake.ts';
import { UsageError } from '../usage-error.ts';

/** Options of the intake as the parser gives them. */
export interface ParsedIntake {
  reportedUrl?: string[];
  reporter?: string;
  place?: string;
  network?: string;
  since?: string;
  users?: Share;
  pages?: Share;
  symptom?: string;
  /** Ask on the terminal for what no option says. */
  intake?: boolean;
}

/** What is told is kept short: it goes into a ticket. */
const longestText = 500;

/** What was reported, for the worksheet and the other documents. */
export function intakeOptions(): Option[] {
  return [
    new Option('--reported-url <URL>', 'intake: a URL as it was reported; repeatable').argParser(
      (value: string, before: string[] | undefined) => [...(before ?? []), parseText('--reported-url', value)],
    ),
    text('--reporter <WHO>', 'intake: who reported it'),
    text('--place <WHERE>', 'intake: where the reporter is'),
    text('--network <NETWORK>', "intake: the reporter's network (provider, VPN, office)"),
    new Option('--since <TIME>', 'intake: since when, with its zone: 2026-11-27T09:30+01:00').argParser(parseSince),
    new Option('--users <HOW-MANY>', 'intake: all, some or one').choices(['all', 'some', 'one']),
    new Option('--pages <HOW-MANY>', 'intake: all, some or one').choices(['all', 'some', 'one']),
    text('--symptom <TEXT>', 'intake: what the reporter saw'),
    new Option('--intake', 'ask for the intake on the terminal'),
  ];
}

function text(flags: string, description: string): Option {
  const name = flags.split(' ', 1)[0] ?? flags;
  return new Option(flags, description).argParser((value: string) => parseText(name, value));
}

export function parseText(name: string, value: string): string {
  const trimmed = value.trim();
  if (trimmed === '') throw new UsageError(name, 'its text is empty', 'say it or leave the option out');
  if (trimmed.length > longestText) throw new UsageError(name, `its text is longer than ${longestText} characters`, 'make it shorter');
  return trimmed;
}

/** Reads an ISO 8601 time that says its zone: without one, two people read two times. */
export function parseSince(value: string): string {
  const match = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i.exec(value.trim());
  const iso = value.trim().replace(' ', 'T').toUpperCase();
  if (match === null || Number.isNaN(Date.parse(iso))) {
    throw new UsageError(`--since ${value}`, 'not a time with its zone', 'give one such as 2026-11-27T09:30+01:00 or 2026-11-27T08:30Z');
  }
  return iso;
}

/** The intake that the options state; null when they state none. */
export function intakeOf(parsed: ParsedIntake): Intake | null {
  const intake: Intake = {
    urls: parsed.reportedUrl ?? [],
    reporter: parsed.reporter ?? null,
    place: parsed.place ?? null,
    network: parsed.network ?? null,
    since: parsed.since ?? null,
    users: parsed.users ?? null,
    pages: parsed.pages ?? null,
    symptom: parsed.symptom ?? null,
  };
  return Object.values(intake).every((value) => value === null || (Array.isArray(value) && value.length === 0)) ? null : intake;
}
