import type { ReportedCheckpoint } from '../../model/walk-report.ts';
import type { Case } from '../case.ts';
import { stageTimes } from '../stage-times.ts';
import { duration } from '../wording.ts';
import { outcomeOf } from '../worksheet/outcome.ts';
import { evidenceLinks, html, type Markup } from './markup.ts';

/** The checkpoints as a waterfall: when each was under way, its outcome, its evidence. */
export function stagesSection(subject: Case): Markup {
  const ends = subject.checkpoints.map((checkpoint) => (checkpoint.startMs ?? 0) + (checkpoint.durationMs ?? 0));
  const totalMs = Math.max(1, ...ends);
  return html`<section aria-labelledby="stages"><h2 id="stages">Stages</h2>
<table class="stages"><caption>Checkpoints in walking order, over ${duration(totalMs)}</caption>
<thead><tr><th scope="col">checkpoint</th><th scope="col">outcome</th><th scope="col" class="bar">when</th><th scope="col" class="number">took</th></tr></thead>
<tbody>${subject.checkpoints.map((checkpoint) => stageRow(subject, checkpoint, totalMs))}</tbody></table>
${stageTable(subject)}</section>`;
}

function stageRow(subject: Case, checkpoint: ReportedCheckpoint, totalMs: number): Markup {
  const { startMs, durationMs, status } = checkpoint;
  const outcome = outcomeOf(subject, checkpoint);
  const cited = subject.findings.filter((finding) => checkpoint.findings.includes(finding.id)).flatMap((finding) => finding.evidence);
  const claims = cited.length > 0 ? cited : checkpoint.evidence.slice(0, 3);
  return html`<tr class="${status}"><th scope="row"><span class="mark ${status}" aria-hidden="true"></span>${checkpoint.id}</th>
<td><strong>${outcome.words}</strong>${outcome.reached && checkpoint.summary !== outcome.words ? html`<br><span class="summary">${checkpoint.summary}</span>` : null} ${evidenceLinks([...new Set(claims)])}</td>
<td class="bar">${startMs === null || durationMs === null ? null : bar(startMs / totalMs, durationMs / totalMs, status)}</td>
<td class="number">${durationMs === null ? '' : duration(durationMs)}</td></tr>`;
}

/** A bar within its row; the numbers beside it say the same. */
export function bar(from: number, share: number, tone: string): Markup {
  const x = Math.min(99.5, Math.max(0, from * 100)).toFixed(2);
  const width = Math.min(100, Math.max(0.5, share * 100)).toFixed(2);
  return html`<svg class="bar" width="100%" height="14" aria-hidden="true"><rect class="track" x="0" y="6" width="100%" height="2"/><rect class="${tone}" x="${x}%" y="1" width="${width}%" height="12" rx="2"/></svg>`;
}

/** The stage times that add up, one after another. */
function stageTable({ timings }: Case): Markup | null {
  const known = stageTimes(timings);
  const totalMs = known.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (known.length < 2 || totalMs <= 0) return null;
  let beforeMs = 0;
  return html`<table class="stages"><caption>The request, stage by stage: ${duration(totalMs)}</caption>
<thead><tr><th scope="col">stage</th><th scope="col" class="bar">when</th><th scope="col" class="number">took</th></tr></thead>
<tbody>${known.map(({ name, milliseconds }) => {
    const drawn = bar(beforeMs / totalMs, milliseconds / totalMs, 'plain');
    beforeMs += milliseconds;
    return html`<tr><th scope="row">${name}</th><td class="bar">${drawn}</td><td class="number">${duration(milliseconds)}</td></tr>`;
  })}</tbody></table>`;
}
