import { type Cause, type CauseCode, causeCodes, checkpointOf } from '../model/cause.ts';
import { causeOf } from '../model/causes/registry.ts';
import { wireSigns } from '../model/causes/wire-signs.ts';
import type { CheckpointId } from '../model/checkpoint.ts';
import { errorsOfTheBrowser, furtherErrors } from './browser-error-causes.ts';
import { fillCommand, noCommandFacts } from './command.ts';
import { blank, type Line, paint, paragraph, span } from './layout.ts';
import { knownMessages, likeliestCauses } from './messages.ts';
import type { Style } from './style.ts';
import { stepLines, withLabel } from './text-screen.ts';
import { listed } from './wording.ts';

/** What a text was found to mean. */
export interface Explanation {
  /** What it was recognised by: a code of the vocabulary, a browser's error, a message somebody prints. */
  by: 'code' | 'browser-error' | 'message';
  /** What was recognised, in words. */
  recognised: string;
  /** What it means, most likely first. */
  causes: readonly [Cause, ...Cause[]];
}

const questions: Readonly<Record<CheckpointId, string>> = {
  target: 'Is what we were asked to reach well-formed?',
  local: 'Can this host send anything at all?',
  dns: 'Does the name give the right addresses?',
  route: 'Do packets get there and back?',
  tcp: 'Does a connection open?',
  tls: 'Is it encrypted and is it really them?',
  http: 'Does the application answer, and who answered?',
  page: 'Does what the page needs arrive as well?',
};

const sides: Readonly<Record<Cause['side'], string>> = {
  client: 'whoever runs this computer',
  network: 'whoever runs the network',
  dns: 'whoever runs the DNS of the name, or the resolver',
  edge: 'whoever runs the edge (CDN, proxy, load balancer)',
  origin: 'whoever runs the site',
  unknown: 'not known without more evidence',
};

/** A pasted text is searched this far. */
const longestText = 4000;
/** A word that is so near to a code was meant for it. */
const mostLettersAway = 2;

/** What can be explained by name: codes, and errors of browsers. */
export const names: readonly string[] = [
  ...new Set([
    ...causeCodes,
    ...causeCodes.flatMap((code) => causeOf(code).browserErrors).filter((error) => error.startsWith('ERR_')),
    ...Object.keys(furtherErrors),
    ...Object.keys(errorsOfTheBrowser),
  ]),
];

/** The code or browser error that is at most two letters away from a word of the text, the nearest of them; null when none is. */
export function nearestName(text: string): string | null {
  const searched = text.slice(0, longestText).toLowerCase();
  let nearest: string | null = null;
  let least = mostLettersAway + 1;
  for (const word of new Set(searched.match(/[a-z0-9._-]+/g))) {
    for (const name of names) {
      if (Math.abs(name.length - word.length) >= least) continue;
      const away = lettersAway(word, name.toLowerCase());
      if (away >= least) continue;
      nearest = name;
      least = away;
    }
  }
  return nearest;
}

/** Letters to put in, leave out or replace until one word is the other (Levenshtein). */
function lettersAway(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let k = 0; k < other.length; k++) {
      next.push(Math.min(row[k]! + (one[i] === other[k] ? 0 : 1), row[k + 1]! + 1, next[k]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}

/** What an error says that is about the browser, not about the request; null when the text holds none, or more than that. */
export function saidOfTheBrowser(text: string): { error: string; means: string } | null {
  const [error = ''] =
    text
      .slice(0, longestText)
      .toUpperCase()
      .match(/\bERR_[A-Z0-9_]+/) ?? [];
  const means = Object.hasOwn(errorsOfTheBrowser, error) ? errorsOfTheBrowser[error] : undefined;
  return means === undefined ? null : { error, means };
}

/** Recognises a cause code, a browser's `ERR_...` or a message in a text; null when nothing in it is known. */
export function explain(text: string): Explanation | null {
  const searched = text.trim().slice(0, longestText);
  return byCode(searched) ?? byBrowserError(searched) ?? byMessage(searched) ?? byEnding(searched);
}

function byCode(text: string): Explanation | null {
  const words = new Set(text.toLowerCase().match(/[a-z]+\.[a-z0-9-]+/g) ?? []);
  const code = causeCodes.find((candidate) => words.has(candidate));
  return code === undefined ? null : explanation('code', `the cause ${code}`, [code]);
}

function byBrowserError(text: string): Explanation | null {
  const errors = text.toUpperCase().match(/\b(?:NS_ERROR|ERR)_[A-Z0-9_]+/g) ?? [];
  for (const error of errors) {
    const first = causeCodes.filter((code) => causeOf(code).browserErrors[0] === error);
    const also = causeCodes.filter((code) => causeOf(code).browserErrors.slice(1).includes(error));
    const likeliest = likeliestCauses[error];
    const all = [
      ...(likeliest === undefined ? [] : [likeliest]),
      ...first,
      ...also,
      ...(Object.hasOwn(furtherErrors, error) ? (furtherErrors[error] ?? []) : []),
    ];
    const found = explanation('browser-error', `the browser error ${error}`, [...new Set(all)]);
    if (found !== null) return found;
  }
  return null;
}

function byMessage(text: string): Explanation | null {
  const known = knownMessages.find((candidate) => candidate.pattern.test(text));
  if (known === undefined) return null;
  const from = known.from === 'all' ? 'many programs' : known.from;
  return explanation('message', `a message of ${from}`, known.causes);
}

/** `nxdomain`, `timeout`: a code without its checkpoint. */
function byEnding(text: string): Explanation | null {
  const ending = text.toLowerCase().replace(/[\s_]+/g, '-');
  return explanation(
    'code',
    `causes called ${ending}`,
    causeCodes.filter((code) => code.slice(code.indexOf('.') + 1) === ending),
  );
}

function explanation(by: Explanation['by'], recognised: string, codes: readonly CauseCode[]): Explanation | null {
  const [first, ...rest] = codes.map(causeOf);
  return first === undefined ? null : { by, recognised, causes: [first, ...rest] };
}

/** The explanation as terminal text: what was recognised, every cause it can mean, and all about the likeliest. */
export function renderExplanation(explained: Explanation, style: Style, columns: number): string {
  const [first, ...rest] = explained.causes;
  const checkpoints = [...new Set(explained.causes.map((cause) => checkpointOf(cause.code)))];
  const lines: Line[] = [
    ...paragraph(
      `This is ${explained.recognised}. Checkpoint${checkpoints.length === 1 ? '' : 's'}: ${checkpoints.map((id) => `${id} (${questions[id]})`).join(' ')}`,
      columns,
    ),
    [],
    ...causeLines(first, columns),
    ...(rest.length === 0 ? [] : [[], ...otherLines(rest, columns)]),
  ];
  return `${lines.map((line) => paint(line, style)).join('\n')}\n`;
}

function causeLines(cause: Cause, columns: number): Line[] {
  const fill = (command: string): string => fillCommand(command, noCommandFacts);
  const sign = wireSigns[cause.code];
  return [
    [span(cause.code, 'strong')],
    ...paragraph(cause.meaning, columns),
    ...section('Browser', paragraph(listed(cause.browserErrors, 4), columns, { indent: 10 })),
    ...section('Who', paragraph(sides[cause.side], columns, { indent: 10 })),
    ...section(
      'Reasons',
      cause.likelyReasons.flatMap((reason) => paragraph(reason, columns, { indent: 10 })),
    ),
    ...section(
      'Try',
      cause.nextSteps.flatMap((step) =>
        stepLines(step.command === undefined ? step : { action: step.action, command: fill(step.command) }, columns),
      ),
    ),
    ...section('Shown by', cause.confirmCommand === undefined ? [] : [[blank(10), span(fill(cause.confirmCommand), 'code')]]),
    ...section('On wire', paragraph(sign.packets, columns, { indent: 10 })),
    ...section(
      'Or rather',
      mistakenFor(cause).flatMap((trap) => paragraph(trap, columns, { indent: 10 })),
    ),
  ];
}

function otherLines(causes: readonly Cause[], columns: number): Line[] {
  return [
    ...paragraph('It can also mean (wirewalk URL finds out which; wirewalk explain CODE says more):', columns),
    ...causes.flatMap((cause) => paragraph(cause.meaning, columns, { indent: 30, lead: span(`  ${cause.code} `) })),
  ];
}

function section(label: string, lines: Line[]): Line[] {
  const [first, ...rest] = lines;
  return first === undefined ? [] : [withLabel(label, first), ...rest];
}

/** What looks like a cause and is not. */
function mistakenFor({ code, falsePositives = [] }: Cause): readonly string[] {
  const { mistakenFor: other } = wireSigns[code];
  return other === undefined ? falsePositives : [...falsePositives, other];
}
