import type { Evidence } from '../../model/walk-report.ts';
import type { Case } from '../case.ts';
import { evidenceLine } from '../evidence-line.ts';
import { likelyCauses } from '../likely-causes.ts';
import { proofsOf } from '../proof.ts';
import { publicCommands } from '../public-commands.ts';
import { duration } from '../wording.ts';
import { resolverRows } from '../worksheet/facts.ts';
import { evidenceLinks, html, type Markup } from './markup.ts';

/** Who says what about the name. */
export function resolverSection(subject: Case): Markup | null {
  const rows = resolverRows(subject);
  if (rows.length === 0) return null;
  return html`<section aria-labelledby="resolvers"><h2 id="resolvers">Who says what</h2><div class="scroll rows" role="group" aria-labelledby="resolvers" tabindex="0"><table><caption>Questions about the name and their answers</caption>
<thead><tr><th scope="col">resolver</th><th scope="col">asked</th><th scope="col">answer</th><th scope="col">evidence</th></tr></thead>
<tbody>${rows.map(
    (row) => html`<tr><td>${row.resolver}</td><td>${row.asked}</td><td>${row.answer}</td><td>${evidenceLinks([row.evidence])}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Each fact, and what proves it. */
export function proofSection(subject: Case): Markup | null {
  const proofs = proofsOf(subject);
  if (proofs.length === 0) return null;
  return html`<section aria-labelledby="proved"><h2 id="proved">What was proved</h2><div class="scroll rows" role="group" aria-labelledby="proved" tabindex="0"><table><caption>Facts and their proofs</caption>
<thead><tr><th scope="col">fact</th><th scope="col">proof</th><th scope="col">evidence</th></tr></thead>
<tbody>${proofs.map((proof) => html`<tr><td>${proof.fact}</td><td>${proof.shows}</td><td>${evidenceLinks(proof.evidence)}</td></tr>`)}</tbody></table></div></section>`;
}

/** Causes, likeliest first, with what speaks for and against each. */
export function causesSection(subject: Case): Markup | null {
  const causes = likelyCauses(subject);
  if (causes.length === 0) return null;
  return html`<section aria-labelledby="causes"><h2 id="causes">Likely causes, in order</h2><ol class="causes">${causes.map(
    (cause) => html`<li class="${cause.confidence}"><b>${cause.cause}</b> (${cause.confidence}): ${cause.meaning}
<ul>${cause.speaksFor.map((text) => html`<li>for: ${text}</li>`)}${cause.speaksAgainst.slice(0, 3).map((text) => html`<li>against: ${text}</li>`)}${
      cause.decidedBy === null ? null : html`<li>decided by: <code>${cause.decidedBy}</code></li>`
    }${cause.reasons.map((reason) => html`<li>reason: ${reason}</li>`)}</ul></li>`,
  )}</ol></section>`;
}

/** What to do, and the same facts with other tools. */
export function commandsSection(subject: Case): Markup | null {
  const { next } = subject.verdict;
  const commands = publicCommands(subject);
  if (next.length === 0 && commands.length === 0) return null;
  return html`<section aria-labelledby="next"><h2 id="next">What to do next</h2>
${next.length === 0 ? null : html`<ol>${next.map((step) => html`<li>${step.action}${step.command === undefined ? null : html`<br><code class="command">${step.command}</code>`}</li>`)}</ol>`}
${
  commands.length === 0
    ? null
    : html`<h3>The same with other tools</h3><ul class="commands">${commands.map(
        ({ checkpoint, command, shows }) =>
          html`<li><code class="command">${command}</code><br><span class="hint">${checkpoint}, seen here: ${shows}</span></li>`,
      )}</ul>`
}</section>`;
}

/** All evidence, each piece with its facts: what every claim above links to. */
export function evidenceSection(subject: Case): Markup {
  const startMs = subject.startedAt === null ? null : Date.parse(subject.startedAt);
  return html`<section aria-labelledby="evidence"><h2 id="evidence">Evidence</h2>${subject.evidence.map((one) => evidenceItem(one, startMs))}</section>`;
}

function evidenceItem(one: Evidence, startMs: number | null): Markup {
  const at = startMs === null ? '' : `+${duration(Math.max(0, Date.parse(one.at) - startMs))} `;
  return html`<details class="evidence" id="${one.id}"><summary><b>${one.id}</b> <span class="hint">${at}${one.checkpoint}${one.followUp === undefined ? '' : `, ${one.followUp}`}</span> ${evidenceLine(one)}</summary><dl>${Object.entries(
    one,
  ).map(([name, value]) => html`<dt>${name}</dt><dd>${shown(name, value)}</dd>`)}</dl></details>`;
}

/** A value as the document has it; what only programs read is counted. */
function shown(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  return name === 'der' && Array.isArray(value) ? `${value.length} in base64, in the document` : JSON.stringify(value);
}
