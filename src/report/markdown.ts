import { escapeForTerminal } from './escape.ts';

/** Markdown (CommonMark with the tables of GitHub) in which remote text does nothing: no markup, link, mention, HTML or formula. */

/** Characters that mean something inside a line, and `@` and `#`, by which trackers notify people and link issues. */
const inline = /[\\`*_[\]<>&|~$@#!]/g;
/** What makes a list, a heading or a quotation at the beginning of a line, and a formula in a cell of a spreadsheet. */
const atStart = /^(\s*)([-+=:]|\d+(?=[.)]))/;

/** Text of ours and of others mixed, as Markdown that shows exactly this text, on one line. */
export function prose(text: string): string {
  return escapeForTerminal(text)
    .replace(inline, '\\$&')
    .replaceAll('://', ':\\/\\/')
    .replace(atStart, (_, space: string, mark: string) => (/^\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`));
}

/** Text as a code span: nothing in it is markup. */
export function code(text: string): string {
  const shown = escapeForTerminal(text).trim();
  if (shown === '') return '';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const padding = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** The same in a cell of a table, which a bar would end even there. */
export function codeCell(text: string): string {
  return code(text).replaceAll('|', '\\|');
}

/** Lines as a fenced block. */
export function block(lines: readonly string[], language: string): string[] {
  const shown = lines.map(escapeForTerminal);
  const fence = '`'.repeat(Math.max(3, longestRun(shown.join('\n')) + 1));
  return [`${fence}${language}`, ...shown, fence];
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows.map((row) => `| ${row.join(' | ')} |`)];
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
