import { columnsOf, fitted, wrapped } from './columns.ts';
import { escapeForTerminal } from './escape.ts';
import type { Style, Tone } from './style.ts';

/** A piece of one line. Made only by {@link span}, so that no text reaches a terminal unescaped. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of terminal text; never longer than the terminal unless it is a command, which must stay whole to be copied. */
export type Line = readonly Span[];

/** A piece of text of any origin, escaped. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: escapeForTerminal(text), tone };
}

/** Text of any origin broken into lines of so many columns, each after an indent; the first after `lead` in its place. */
export function paragraph(text: string, columns: number, options: { indent?: number; lead?: Span; tone?: Tone } = {}): Line[] {
  const indent = options.indent ?? 0;
  const lines = wrapped(escapeForTerminal(text), columns - indent);
  return lines.map((words, index): Line => {
    const body: Span = { text: words, tone: options.tone ?? 'plain' };
    const { lead } = options;
    if (index > 0 || lead === undefined) return indent === 0 ? [body] : [blank(indent), body];
    return [lead, blank(Math.max(0, indent - columnsOf(lead.text))), body];
  });
}

/** A line cut to so many columns. */
export function cut(line: Line, columns: number): Line {
  let left = columns;
  const kept: Span[] = [];
  for (const piece of line) {
    const width = columnsOf(piece.text);
    kept.push(width <= left ? piece : { text: fitted(piece.text, left), tone: piece.tone });
    left -= width;
    if (left <= 0) break;
  }
  return kept;
}

export function columnsOfLine(line: Line): number {
  return line.reduce((columns, piece) => columns + columnsOf(piece.text), 0);
}

export function blank(columns: number): Span {
  return { text: ' '.repeat(Math.max(0, columns)), tone: 'plain' };
}

/** The line as text in a style, without spaces at its end. */
export function paint(line: Line, style: Style): string {
  const last = line.findLastIndex((piece) => piece.text.trim() !== '');
  return line
    .slice(0, last + 1)
    .map((piece, index) => style[piece.tone](index === last ? piece.text.trimEnd() : piece.text))
    .join('');
}
