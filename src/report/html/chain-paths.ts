import type { JudgedPath } from '../../model/observations/certificate-paths.ts';
import { type Case, type EvidenceOf, evidenceOf } from '../case.ts';
import { clientNames } from '../client-names.ts';
import { day, listed, plural } from '../wording.ts';
import { html, type Markup } from './markup.ts';

type Judged = EvidenceOf<'tls.paths-judged'>;

/** More paths than these differ in nothing that helps. */
const mostPaths = 4;

/** Every path from the leaf upwards with what breaks it, and which clients accept the chain; null where paths were not looked at. */
export function chainPaths(subject: Case): Markup | null {
  const judged = evidenceOf(subject, 'tls.paths-judged');
  return judged.length === 0 ? null : html`${judged.map(pathsOf)}`;
}

function pathsOf(judged: Judged): Markup {
  const shown = judged.paths.slice(0, mostPaths);
  return html`<h3>${plural(judged.paths.length, 'path')} upwards <a class="ref" href="#${judged.id}">${judged.id}</a></h3>
${shown.map((path) => pathOf(judged, path))}
<div class="scroll" role="group" aria-label="Which clients accept the chain" tabindex="0"><table><caption>Which clients accept the chain</caption>
<thead><tr><th scope="col">client</th><th scope="col">accepts</th><th scope="col">stops at</th></tr></thead>
<tbody>${judged.clients.map((view) => html`<tr><td>${clientNames[view.client]}</td><td>${view.accepts ? 'yes' : 'no'}</td><td>${view.code ?? ''}</td></tr>`)}</tbody></table></div>`;
}

function pathOf(judged: Judged, path: JudgedPath): Markup {
  const end =
    path.end === 'anchor'
      ? `trusted by ${listed(path.stores)}`
      : path.end === 'root'
        ? 'ends at a root nobody here trusts'
        : 'its next issuer is not at hand';
  return html`<ol class="chain">${path.certificates.map((index, at) => {
    const certificate = judged.certificates[index];
    if (certificate === undefined) return null;
    const faults = path.faults.filter((one) => one.at === at && one.improper !== true).map(({ fault }) => fault.replaceAll('-', ' '));
    const isLast = at === path.certificates.length - 1;
    return html`<li class="${faults.length === 0 && !(isLast && path.end !== 'anchor') ? 'ok' : 'failed'}"><b>${certificate.subject}</b>
<p class="link">${certificate.from}, ${day(certificate.notBefore)} to ${day(certificate.notAfter)}${faults.length === 0 ? '' : `: ${listed(faults, 6)}`}${isLast ? `; ${end}` : ''}</p></li>`;
  })}</ol>`;
}
