import type { ReadReport } from '../../model/read-report.ts';
import type { WalkReport } from '../../model/walk-report.ts';
import { caseOf } from '../case.ts';
import { chainSection } from './chain-section.ts';
import { causesSection, commandsSection, evidenceSection, proofSection, resolverSection } from './evidence-section.ts';
import { intakeSection } from './intake-section.ts';
import { ladderOf } from './ladder.ts';
import { arrowHeads, ladderSection } from './ladder-section.ts';
import { html, type Markup, trusted } from './markup.ts';
import { narrationSection } from './narration-section.ts';
import { pathSection } from './path-section.ts';
import { resourcesSection } from './resources-section.ts';
import { script, scriptHash } from './script.ts';
import { stagesSection } from './stages-section.ts';
import { stylesheet, stylesheetHash } from './stylesheet.ts';
import { verdictSection } from './verdict-section.ts';

/** Nothing is loaded, sent or framed; only this page's own style and script run. */
const policy = `default-src 'none'; style-src '${stylesheetHash}'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'`;

/** The report as one self-contained page. All remote text in it is escaped. */
export function renderHtml(report: WalkReport | ReadReport): string {
  const subject = caseOf(report);
  const { verdict, tool } = subject;
  const at = verdict.checkpoint === null ? '' : ` at ${verdict.checkpoint}`;
  const sections: [string, string, Markup | null][] = [
    ['stages', 'Stages', stagesSection(subject)],
    ['ladder', 'Ladder', ladderSection(ladderOf(subject))],
    ['path', 'Path', pathSection(subject)],
    ['resolvers', 'Resolvers', resolverSection(subject)],
    ['chain', 'Certificates', chainSection(subject)],
    ['resources', 'Page', resourcesSection(subject)],
    ['life', 'Life', narrationSection(subject)],
    ['proved', 'Proved', proofSection(subject)],
    ['causes', 'Causes', causesSection(subject)],
    ['next', 'Next', commandsSection(subject)],
    ['intake', 'Intake', intakeSection(subject)],
    ['evidence', 'Evidence', evidenceSection(subject)],
  ];
  const present = sections.filter((section): section is [string, string, Markup] => section[2] !== null);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${verdict.status.toUpperCase()}${at}: ${subject.title}</title>
<style>${trusted(stylesheet)}</style>
</head>
<body>
${arrowHeads}
<main>
${verdictSection(subject)}
<nav aria-label="Sections">${present.map(([id, title]) => html`<a href="#${id}">${title}</a> `)}</nav>
${present.map(([, , section]) => html`${section}\n`)}
</main>
<footer>${tool.name} ${tool.version}, seen from ${subject.vantage}. Times are since the start; the start is UTC.</footer>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.markup;
}
