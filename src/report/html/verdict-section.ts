import { browserWords } from '../browser-error.ts';
import type { Case } from '../case.ts';
import { decidingFinding } from '../case.ts';
import { noteOf } from '../note.ts';
import { sideWords } from '../side.ts';
import { timingLine } from '../timing-line.ts';
import { sentence } from '../wording.ts';
import { evidenceLinks, html, type Markup } from './markup.ts';

/** The verdict on top: what failed, how sure that is, by which evidence, and what to do. */
export function verdictSection(subject: Case): Markup {
  const { verdict } = subject;
  const at = verdict.checkpoint === null ? '' : ` at ${verdict.checkpoint}`;
  const side = sideWords[verdict.side];
  const cited = decidingFinding(subject)?.evidence ?? [];
  return html`<header class="verdict ${verdict.status}">
<p class="status"><span class="badge ${verdict.status}">${verdict.status.toUpperCase()}${at}</span> <time>${subject.startedAt ?? ''}</time></p>
<h1>${verdict.summary}</h1>
<p class="target">${subject.title}</p>
<p class="facts">${
    verdict.cause === null ? null : html`<code>${verdict.cause}</code> (${verdict.confidence})${side === null ? '' : `, ${side}`}. `
  }${verdict.browserError === null ? null : html`${sentence(browserWords(verdict.browserError))} `}${
    cited.length === 0 ? null : html`Evidence: ${evidenceLinks(cited)}. `
  }${sentence(timingLine(subject.timings, subject.durationMs))}</p>
</header>
${noteSection(subject)}`;
}

function noteSection(subject: Case): Markup {
  const note = noteOf(subject);
  const parts: [string, string[]][] = [
    ['Symptom', note.symptom],
    ['Evidence', note.evidence],
    ['First failing step', note.firstFailingStep],
    ['Next check', note.nextCheck],
  ];
  return html`<section aria-labelledby="note"><h2 id="note">Note</h2><dl class="note">${parts.map(
    ([label, lines]) =>
      html`<dt>${label}</dt>${lines.map((line) => html`<dd>${line.startsWith('$ ') ? html`<code>${line.slice(2)}</code>` : line}</dd>`)}`,
  )}</dl></section>`;
}
