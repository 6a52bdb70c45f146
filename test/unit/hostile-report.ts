import type { Observation } from '../../src/model/observation.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { reports } from './reports.ts';

/** Texts that would do something where they are not escaped: in a terminal, a page, Markdown, a spreadsheet, a shell. */
export const hostileTexts: readonly string[] = [
  '\u001b]0;owned\u0007\u001b[2J',
  '<script>globalThis.owned=1</script>',
  '"><img src=x onerror="globalThis.owned=1">',
  "'><svg onload='globalThis.owned=1'>",
  '</style><style>*{display:none}</style>',
  '![x](https://evil.example/x.png) [y](javascript:alert(1))',
  '=HYPERLINK("https://evil.example","x")',
  '| a | b |\n# heading\n- item',
  '`code` ```fence``` @everyone #1',
  '$(touch /tmp/owned) `touch /tmp/owned`',
  '\u202etxt.exe\u200b',
];

const all = hostileTexts.join(' ');

/** Of our own vocabulary: a document cannot have other text there. */
const vocabulary: ReadonlySet<string> = new Set([
  'id',
  'kind',
  'checkpoint',
  'at',
  'hop',
  'connection',
  'family',
  'cause',
  'severity',
  'confidence',
  'scope',
  'consequenceOf',
  'status',
  'side',
  'startedAt',
  'schema',
  'judgedAt',
  'notBefore',
  'notAfter',
  'purpose',
  'role',
  'state',
  'transport',
  'source',
  'medium',
  'framing',
  'end',
  'phase',
  'hostKind',
  'scheme',
  'reason',
  'after',
  'level',
  'store',
  'outcome',
  'missing',
  'keyType',
  'findings',
  'evidence',
  'by',
  'followUp',
  'decidedBy',
  'command',
  'action',
  'likelyReasons',
  'browserError',
  'expect',
  'tool',
  'summary',
  'why',
]);

/** A report in which every text that a stranger can choose is hostile, on top of what it was. */
export function hostileReport(name = 'http'): WalkReport {
  return poisoned(reports[name]!(), '') as WalkReport;
}

function poisoned(value: unknown, key: string): unknown {
  if (typeof value === 'string') return vocabulary.has(key) && !(key === 'reason' && value === '') ? value : `${value}${all}`;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]));
}

/** The same for observations, before they are judged. */
export function hostileObservations(observations: readonly Observation[]): Observation[] {
  return poisoned(observations, '') as Observation[];
}
