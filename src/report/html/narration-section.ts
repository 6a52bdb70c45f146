import type { Case } from '../case.ts';
import { narrate } from '../narration/narration.ts';
import { evidenceLinks, html, type Markup } from './markup.ts';

/** The life of this request, step by step with its own numbers. */
export function narrationSection(subject: Case): Markup | null {
  const steps = narrate(subject);
  if (steps.length === 0) return null;
  return html`<section aria-labelledby="life"><h2 id="life">The life of this request</h2><ol class="life">${steps.map(
    ({ title, sentences, evidence }) =>
      html`<li><b>${title}</b> ${evidenceLinks([...new Set(evidence)].slice(0, 6))}${sentences.map((sentence) => html`<br>${sentence}`)}</li>`,
  )}</ol></section>`;
}
