import type { Case } from '../case.ts';
import { html, type Markup } from './markup.ts';

/** What was reported, where somebody said. */
export function intakeSection({ intake }: Case): Markup | null {
  if (intake === null) return null;
  const told: [string, string | null][] = [
    ['reported', intake.urls.length === 0 ? null : intake.urls.join(', ')],
    ['by', intake.reporter],
    ['place', intake.place],
    ['network', intake.network],
    ['since', intake.since],
    ['users', intake.users],
    ['pages', intake.pages],
    ['they see', intake.symptom],
  ];
  return html`<section aria-labelledby="intake"><h2 id="intake">Intake</h2><dl>${told.map(([label, text]) => (text === null ? null : html`<dt>${label}</dt><dd>${text}</dd>`))}</dl></section>`;
}
