import { type Case, type EvidenceOf, evidenceOf } from '../case.ts';
import { duration, plural } from '../wording.ts';
import { html, type Markup } from './markup.ts';
import { bar } from './stages-section.ts';

type Resource = EvidenceOf<'page.resource'>;

/** More rows would hide what is wrong; the rest is in the evidence. */
const mostRows = 100;

/** What the page refers to as a waterfall: when each was asked for, and what came of it. Troubled ones first where not all have room. */
export function resourcesSection(subject: Case): Markup | null {
  const resources = evidenceOf(subject, 'page.resource').filter((one) => one.outcome !== 'not-fetched');
  if (resources.length === 0) return null;
  const spans = resources.map(spanOf);
  const firstMs = Math.min(...spans.map(({ startMs }) => startMs));
  const totalMs = Math.max(1, ...spans.map(({ endMs }) => endMs - firstMs));
  const shown =
    resources.length <= mostRows
      ? resources
      : [...resources].sort((one, other) => Number(isWell(one)) - Number(isWell(other))).slice(0, mostRows);
  return html`<section aria-labelledby="resources"><h2 id="resources">What the page needs</h2>
<table class="stages"><caption>${plural(resources.length, 'thing')} the page refers to, over ${duration(totalMs)}${shown.length < resources.length ? `; ${shown.length} are shown` : ''}</caption>
<thead><tr><th scope="col">what</th><th scope="col">outcome</th><th scope="col" class="bar">when</th><th scope="col" class="number">took</th></tr></thead>
<tbody>${shown.map((one) => resourceRow(one, firstMs, totalMs))}</tbody></table></section>`;
}

function spanOf(one: Resource): { startMs: number; endMs: number } {
  const endMs = Date.parse(one.at);
  return { startMs: endMs - (one.durationMs ?? 0), endMs };
}

function isWell(one: Resource): boolean {
  return (one.outcome === 'received' || one.outcome === 'resolved') && (one.status === null || one.status < 400);
}

function resourceRow(one: Resource, firstMs: number, totalMs: number): Markup {
  const { startMs } = spanOf(one);
  const tone = isWell(one) ? 'ok' : one.outcome === 'unfinished' ? 'degraded' : 'failed';
  return html`<tr class="${tone}"><th scope="row"><span class="mark ${tone}" aria-hidden="true"></span>${one.element}</th>
<td><strong>${one.outcome}${one.status === null ? '' : ` ${one.status}`}</strong>${one.need === 'optional' ? '' : `, ${one.need}`}<br><span class="summary">${one.url}</span> <a class="ref" href="#${one.id}">${one.id}</a></td>
<td class="bar">${one.durationMs === undefined ? null : bar((startMs - firstMs) / totalMs, one.durationMs / totalMs, tone)}</td>
<td class="number">${one.durationMs === undefined ? '' : duration(one.durationMs)}</td></tr>`;
}
