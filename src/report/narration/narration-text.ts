import type { Case } from '../case.ts';
import { type Line, paint, paragraph, span } from '../layout.ts';
import type { Style } from '../style.ts';
import { narrate } from './narration.ts';

/** The life of a request as terminal text, ending in a line feed. All remote text in it is escaped. */
export function renderNarration(subject: Case, style: Style, columns: number): string {
  const lines = narrate(subject).flatMap(({ title, sentences, evidence }, index): Line[] => {
    const cited = evidence.length === 0 ? '' : ` (${[...new Set(evidence)].slice(0, 6).join(', ')})`;
    return [
      [],
      [span(`${index + 1}. ${title}`, 'strong'), span(cited, 'faint')],
      ...sentences.flatMap((sentence) => paragraph(sentence, columns, { indent: 3 })),
    ];
  });
  return `${lines.map((line) => paint(line, style)).join('\n')}\n`;
}
