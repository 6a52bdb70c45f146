import { duration, plural } from '../wording.ts';
import type { Ladder, LadderStep, Party } from './ladder.ts';
import { html, type Markup } from './markup.ts';

/** The packet ladder: a lane for each party, an arrow for each packet or message; each opens to its details. Works without the script. */
export function ladderSection(ladder: Ladder): Markup | null {
  if (ladder.steps.length === 0) return null;
  const count = ladder.steps.length;
  const what =
    ladder.of === 'packets'
      ? `${plural(count, 'packet')}, as captured`
      : `${plural(count, 'message')}, as this walk saw them; packets were not captured`;
  return html`<section aria-labelledby="ladder"><h2 id="ladder">Ladder</h2>
<p class="hint">${what}. Each row opens to its details.</p>
<div class="tools" id="ladder-tools" hidden><button type="button" id="zoom-out">Smaller</button> <button type="button" id="zoom-in">Larger</button> <button type="button" id="time-scale" aria-pressed="false">Gaps to scale</button></div>
<div class="ladder zoom-2" id="ladder-rows">
<div class="lanes" aria-hidden="true"><span class="at"></span><span class="parties n${ladder.parties.length}">${ladder.parties.map(
    (party) => html`<span class="party"><b>${party.role}</b><br>${party.name}</span>`,
  )}</span></div>
${ladder.steps.map((step, index) => stepRow(step, index, ladder))}
</div></section>`;
}

function stepRow(step: LadderStep, index: number, { parties, steps }: Ladder): Markup {
  const before = steps[index - 1]?.atMs ?? step.atMs;
  const [from, to] = [parties[step.from], parties[step.to]];
  return html`<details class="step ${step.tone}" data-gap="${Math.max(0, step.atMs - before).toFixed(3)}"><summary><span class="at">+${moment(step.atMs)}</span><span class="wire">${arrow(step, parties)}<span class="unseen">${step.label}, from ${nameOf(from)} to ${nameOf(to)}</span></span></summary>
<dl>${[
    ['from', nameOf(from)] as [string, string],
    ['to', nameOf(to)] as [string, string],
    ['at', `+${step.atMs.toFixed(3)} ms`] as [string, string],
    ...step.details,
  ].map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}${
    step.evidence === null ? null : html`<dt>evidence</dt><dd><a class="ref" href="#${step.evidence}">${step.evidence}</a></dd>`
  }</dl></details>`;
}

/** When something happened, as exactly as what happened beside it: in a second there are many. */
function moment(atMs: number): string {
  return atMs < 1000 ? duration(atMs) : `${(atMs / 1000).toFixed(3)} s`;
}

function nameOf(party: Party | undefined): string {
  return party === undefined ? '' : `${party.role} ${party.name}`;
}

/** An arrow from lane to lane, over the lines of all lanes. Positions in percent, so that it fits any width. */
function arrow({ from, to, tone, label }: LadderStep, parties: readonly Party[]): Markup {
  const at = (lane: number): number => ((lane + 0.5) / parties.length) * 100;
  const [x1, x2] = [at(from), at(to)];
  const end = tone === 'lost' ? x1 + (x2 - x1) * 0.7 : x2;
  const head = tone === 'lost' ? 'cross' : tone === 'bad' ? 'head-bad' : 'head';
  return html`<svg width="100%" height="100%" aria-hidden="true">${parties.map(
    (_, lane) => html`<line class="lane" x1="${at(lane).toFixed(2)}%" x2="${at(lane).toFixed(2)}%" y1="0" y2="100%"/>`,
  )}${from === to ? null : html`<line class="arrow" x1="${x1.toFixed(2)}%" x2="${end.toFixed(2)}%" y1="70%" y2="70%" marker-end="url(#${head})"/>`}<text x="${Math.min(x1, x2).toFixed(2)}%" y="58%" dx="6">${label}</text></svg>`;
}

/** Arrow heads, once for the page. */
export const arrowHeads: Markup = html`<svg width="0" height="0" aria-hidden="true" class="heads"><defs>
<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path class="head" d="M0 0 8 4 0 8z"/></marker>
<marker id="head-bad" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path class="head bad" d="M0 0 8 4 0 8z"/></marker>
<marker id="cross" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="9" markerHeight="9" orient="0" markerUnits="userSpaceOnUse"><path class="cross" d="M0 0 8 8M8 0 0 8"/></marker>
</defs></svg>`;
