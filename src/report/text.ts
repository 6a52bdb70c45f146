import type { WalkReport } from '../model/walk-report.ts';
import { cut, type Line, paint } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { allBlocks } from './text-all.ts';
import { checkpointLines, headLines, verdictLine } from './text-head.ts';
import { type Block, screenBlocks } from './text-screen.ts';

export interface TextOptions {
  style: Style;
  /** Columns of the terminal. */
  columns: number;
  /** Rows of the terminal; only `screen` keeps to them. */
  rows: number;
  /** `verdict`: one line; `screen`: what decides, on one screen; `all`: every finding and all evidence. */
  detail: 'verdict' | 'screen' | 'all';
}

export const defaultTextOptions: TextOptions = { style: plainStyle, columns: 80, rows: 24, detail: 'screen' };

/** Narrower than this, lines would say nothing; wider, they are hard to read. */
const fewestColumns = 40;
const mostColumns = 120;

/** A walk's report as terminal text, ending in a line feed. All remote text in it is escaped. */
export function renderText(report: WalkReport, options: TextOptions = defaultTextOptions): string {
  const columns = Math.min(mostColumns, Math.max(fewestColumns, options.columns));
  const lines = linesOf(report, columns, options);
  return `${lines.map((line) => paint(line, options.style)).join('\n')}\n`;
}

function linesOf(report: WalkReport, columns: number, options: TextOptions): Line[] {
  if (options.detail === 'verdict') return [verdictLine(report)];
  const isFull = options.detail === 'all';
  const head = [...headLines(report, columns), [], ...checkpointLines(report, columns, isFull)];
  if (isFull) return [...head, ...allBlocks(report, columns).flatMap((lines) => [[], ...lines])];
  // The shell's prompt takes the last row.
  const left = options.rows - 1 - head.reduce((rows, line) => rows + rowsOf(line, columns), 0) - 1;
  const kept = fitting(screenBlocks(report, columns), left, columns);
  return kept.length === 0 ? head : [...head, [], ...kept];
}

/** As many blocks as the rows allow, in order of weight, shown in their own order; what is left out is counted. */
function fitting(blocks: readonly Block[], rows: number, columns: number): Line[] {
  const sized = blocks.map((block) => ({ ...block, rows: block.lines.reduce((sum, line) => sum + rowsOf(line, columns), 0) }));
  const all = sized.reduce((sum, block) => sum + block.rows, 0);
  if (all <= rows) return sized.flatMap((block) => block.lines);
  const kept = new Set<Block>();
  // What follows a part of its section that was left out would not be understood.
  const ended = new Set<string>();
  let left = rows - 1;
  for (const block of [...sized].sort((one, other) => one.weight - other.weight)) {
    if (ended.has(block.section) || (block.rows > left && block.weight > 0)) ended.add(block.section);
    else {
      left -= block.rows;
      kept.add(block);
    }
  }
  const more: Line = [{ text: '          (-v shows all evidence, alternatives and steps)', tone: 'faint' }];
  return [...sized.filter((block) => kept.has(block)).flatMap((block) => block.lines), cut(more, columns)];
}

function rowsOf(line: Line, columns: number): number {
  const width = line.reduce((sum, piece) => sum + piece.text.length, 0);
  return Math.max(1, Math.ceil(width / columns));
}
