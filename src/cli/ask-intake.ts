import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Intake, Share } from '../model/intake.ts';
import { escapeForTerminal } from '../report/escape.ts';
import type { Output } from './environment.ts';
import { parseSince, parseText } from './options/intake.ts';
import { UsageError } from './usage-error.ts';

const shares: readonly Share[] = ['all', 'some', 'one'];

const questions: readonly { key: Exclude<keyof Intake, 'urls'>; ask: string; read: (answer: string) => string }[] = [
  { key: 'symptom', ask: 'What do they see?', read: (answer) => parseText('answer', answer) },
  { key: 'reporter', ask: 'Who reported it?', read: (answer) => parseText('answer', answer) },
  { key: 'place', ask: 'Where are they?', read: (answer) => parseText('answer', answer) },
  { key: 'network', ask: 'On which network (provider, VPN, office)?', read: (answer) => parseText('answer', answer) },
  { key: 'since', ask: 'Since when, with time zone (2026-11-27T09:30+01:00)?', read: parseSince },
  { key: 'users', ask: 'Users: all, some or one?', read: readShare },
  { key: 'pages', ask: 'Pages: all, some or one?', read: readShare },
];

function readShare(answer: string): string {
  const share = shares.find((one) => one === answer.trim().toLowerCase());
  if (share === undefined) throw new UsageError(answer, 'not an answer', 'all, some or one');
  return share;
}

/**
 * Asks for what is not told yet, a line for each answer. An empty answer means not known; one that cannot be used is asked for once more. The end of
 * the input ends the questions.
 */
export async function askIntake(told: Intake | null, input: Readable, output: Pick<Output, 'write'>): Promise<Intake> {
  const intake: Intake = told ?? {
    urls: [],
    reporter: null,
    place: null,
    network: null,
    since: null,
    users: null,
    pages: null,
    symptom: null,
  };
  const lines = createInterface({ input });
  // Not question(): it loses lines that come before it asks, as pasted ones do.
  const answers = lines[Symbol.asyncIterator]();
  try {
    output.write('What was reported? Enter leaves an answer out.\n');
    for (const { key, ask, read } of questions) {
      if (intake[key] !== null) continue;
      for (let attempt = 0; attempt < 2; attempt++) {
        output.write(`${ask} `);
        const { value: answer, done } = await answers.next();
        if (done === true) return intake;
        if (answer.trim() === '') break;
        try {
          Object.assign(intake, { [key]: read(answer) });
          break;
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          output.write(`${escapeForTerminal(error.message)}\n`);
        }
      }
    }
    return intake;
  } finally {
    lines.close();
  }
}
