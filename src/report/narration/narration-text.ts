import type { Case } from '../case.ts';
import { columnsOf, padded } from '../columns.ts';
import { blank, cut, type Line, paint, paragraph, span } from '../layout.ts';
import type { Style } from '../style.ts';
import { narrate } from './narration.ts';
import type { NarratedTable } from './warm-table.ts';

/** The life of a request as terminal text, ending in a line feed. All remote text in it is escaped. */
export function renderNarration(subject: Case, style: Style, columns: number): string {
  const lines = narrate(subject).flatMap(({ title, sentences, table, evidence }, index): Line[] => {
    const cited = evidence.length === 0 ? '' : ` (${[...new Set(evidence)].slice(0, 6).join(', ')})`;
    return [
      [],
      [span(`${index + 1}. ${title}`, 'strong'), span(cited, 'faint')],
      ...sentences.flatMap((sentence) => paragraph(sentence, columns, { indent: 3 })),
      ...(table === undefined ? [] : tableLines(table, columns)),
    ];
  });
  return `${lines.map((line) => paint(line, style)).join('\n')}\n`;
}

/** Numbers to the right, words to the left, two spaces between columns. */
function tableLines({ head, rows }: NarratedTable, columns: number): Line[] {
  const widths = head.map((title, column) => Math.max(columnsOf(title), ...rows.map((row) => columnsOf(row[column] ?? ''))));
  const isNumber = head.map((_, column) => rows.every((row) => /^(?:[\d.,]+(?: m?s)?)?$/.test(row[column] ?? '')));
  const lineOf = (cells: readonly string[], tone: 'faint' | 'plain'): Line => {
    const texts = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return isNumber[column] === true ? ' '.repeat(Math.max(0, width - columnsOf(cell))) + cell : padded(cell, width);
    });
    return cut([blank(3), span(texts.join('  '), tone)], columns);
  };
  return [lineOf(head, 'faint'), ...rows.map((row) => lineOf(row, 'plain'))];
}
