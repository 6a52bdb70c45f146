import type { Evidence, WalkReport } from '../model/walk-report.ts';
import { columnsOf, fitted, padded } from './columns.ts';
import { escapeForTerminal } from './escape.ts';
import { blank, type Line, type Span } from './layout.ts';
import type { Tone } from './style.ts';
import { day, duration } from './wording.ts';

/** The way from the root to the name, as name servers themselves say it, down to the first wrong answer. */

type Step = Extract<Evidence, { kind: 'dns.delegation-step' }>;
type Link = Extract<Evidence, { kind: 'dns.trust-link' }>;

/** Columns of the labels at the left, and of a zone at most. */
const indentColumns = 10;
const mostZoneColumns = 24;

/** The steps as lines, indented for a label; empty when no name server was asked. */
export function delegationPath(report: WalkReport, columns: number): Line[] {
  const steps = shownSteps(report.evidence.filter((one): one is Step => one.kind === 'dns.delegation-step'));
  const links = shownLinks(report.evidence.filter((one): one is Link => one.kind === 'dns.trust-link'));
  const names = [...steps, ...links].map(({ zone }) => columnsOf(escapeForTerminal(zone)));
  const zoneColumns = Math.min(mostZoneColumns, Math.max(0, ...names)) + 2;
  const left = columns - indentColumns - zoneColumns;
  return [
    ...stepLines(steps, left).map((line, index) => [blank(indentColumns), zoneSpan(steps[index]!.zone, zoneColumns), ...line]),
    ...links.map((link): Line => {
      const { text, tone } = linkText(link);
      return [blank(indentColumns), zoneSpan(link.zone, zoneColumns), { text: fitted(escapeForTerminal(text), left), tone }];
    }),
  ];
}

function zoneSpan(zone: string, zoneColumns: number): Span {
  return { text: padded(fitted(escapeForTerminal(zone), zoneColumns - 1), zoneColumns), tone: 'plain' };
}

/** Of each zone the first server that led on; where none did, all that were asked. */
function shownSteps(steps: readonly Step[]): Step[] {
  const shown: Step[] = [];
  const visits: { key: string; steps: Step[] }[] = [];
  for (const step of steps) {
    const key = `${step.zone} ${step.name} ${step.type}`;
    const visit = visits.find((one) => one.key === key);
    if (visit === undefined) visits.push({ key, steps: [step] });
    else visit.steps.push(step);
  }
  for (const visit of visits) {
    const good = visit.steps.find(isProper);
    // The root's own servers are asked about themselves to see who answers: worth a line only when it is somebody else.
    if (visit.steps[0]?.name === '.' && good !== undefined && good.recursionAvailable !== true) continue;
    shown.push(...(good === undefined ? visit.steps : [good]));
  }
  return shown;
}

function isProper(step: Step): boolean {
  return (
    step.response === 'referral' || (step.authoritative === true && ['answer', 'alias', 'no-data', 'name-error'].includes(step.response))
  );
}

/** Server and answer of each step. Where the columns do not hold both, the server goes without its address, and then is cut. */
function stepLines(steps: readonly Step[], columns: number): Line[] {
  const answers = steps.map((step) => {
    const took = step.durationMs === undefined ? '' : `, ${duration(step.durationMs)}`;
    return escapeForTerminal(`${answerText(step)}${took}`);
  });
  const answerColumns = Math.min(Math.max(0, ...answers.map(columnsOf)), Math.ceil(columns * 0.6));
  const names = steps.map((step) => escapeForTerminal(step.nameServer));
  const full = steps.map((step, index) => `${names[index]}${step.address === null ? '' : ` ${step.address}`}`);
  const fits = full.every((name) => columnsOf(name) + 2 + answerColumns <= columns);
  const servers = fits ? full : names;
  const serverColumns = Math.min(Math.max(0, ...servers.map(columnsOf)) + 2, columns - answerColumns);
  return steps.map((step, index): Line => {
    const tone: Tone = isProper(step) ? 'plain' : 'bad';
    return [
      { text: padded(fitted(servers[index]!, serverColumns - 1), serverColumns), tone: 'faint' },
      { text: fitted(answers[index]!, columns - serverColumns), tone },
    ];
  });
}

function answerText(step: Step): string {
  const data = step.answers.map((record) => record.data);
  const lacks = step.authoritative === false && step.response !== 'referral' && step.response !== 'error' ? ', no authority' : '';
  switch (step.response) {
    case 'referral':
      return `leads to ${step.referredZone ?? 'a zone'}${step.signed === true ? ', signed' : ''}`;
    case 'answer':
      return `${data.slice(0, 2).join(', ')}${data.length > 2 ? ` +${data.length - 2}` : ''}${lacks}`;
    case 'alias':
      return `alias of ${data.at(-1) ?? 'another name'}${lacks}`;
    case 'name-error':
      return `does not exist${lacks}`;
    case 'no-data':
      return `no such record${lacks}`;
    case 'upward-referral':
      return 'refers back upwards';
    case 'error':
      return step.rcodeName ?? 'error';
    case 'unanswered':
      return 'no answer';
    case 'undeliverable':
      return step.failure?.name.replaceAll('-', ' ') ?? 'not delivered';
    case 'rejected':
      return 'an unusable answer';
    case 'no-address':
      return 'nobody knows its address';
  }
}

/** The chain of trust, where a link of it breaks: down to that link. */
function shownLinks(links: readonly Link[]): readonly Link[] {
  return links.slice(0, links.findIndex(isBroken) + 1);
}

function isBroken(link: Link): boolean {
  return !['valid', 'insecure', 'anchor-unknown', 'unsupported', 'unanswered'].includes(link.outcome);
}

function linkText(link: Link): { text: string; tone: Tone } {
  const key = link.keyTag === null ? '' : `, key ${link.keyTag}`;
  const until = link.outcome === 'signature-expired' && link.validUntil !== null ? ` on ${day(link.validUntil)}` : '';
  const state = link.outcome === 'anchor-unknown' ? 'not a root key known here' : link.outcome.replaceAll('-', ' ');
  return { text: `signs ${link.type} of ${link.name}: ${state}${until}${key}`, tone: isBroken(link) ? 'bad' : 'faint' };
}
