import type { Case } from '../case.ts';
import { narrate } from '../narration/narration.ts';
import type { NarratedTable } from '../narration/warm-table.ts';
import { evidenceLinks, html, type Markup } from './markup.ts';

/** The life of this request, step by step with its own numbers. */
export function narrationSection(subject: Case): Markup | null {
  const steps = narrate(subject);
  if (steps.length === 0) return null;
  return html`<section aria-labelledby="life"><h2 id="life">The life of this request</h2><ol class="life">${steps.map(
    ({ title, sentences, table, evidence }) =>
      html`<li><b>${title}</b> ${evidenceLinks([...new Set(evidence)].slice(0, 6))}${sentences.map((sentence) => html`<br>${sentence}`)}${table === undefined ? null : tableOf(table)}</li>`,
  )}</ol></section>`;
}

function tableOf({ head, rows }: NarratedTable): Markup {
  return html`<div class="scroll" role="group" aria-label="A first visit and later ones" tabindex="0"><table><caption>A first visit and later ones</caption><thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows.map(
    ([what, ...cells]) => html`<tr><th scope="row">${what ?? ''}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
