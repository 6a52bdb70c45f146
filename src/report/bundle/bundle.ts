import type { RemovedSecret } from '../../model/bundle-manifest.ts';
import { caseOf } from '../case.ts';
import { renderJson } from '../escape.ts';
import { renderHtml } from '../html/page.ts';
import { renderNote } from '../note.ts';
import type { RedactedReport, Redaction } from '../redacted-report.ts';
import { renderWorksheet } from '../worksheet/worksheet.ts';
import type { BundleExtras, BundleFile } from './bundle-file.ts';
import { renderChains } from './chain-pem.ts';
import { renderDnsAnswers } from './dns-answers.ts';
import { renderEnvironment } from './environment.ts';
import { renderHttpExchange } from './http-exchange.ts';
import { renderPackets } from './packet-lines.ts';
import { removedFrom } from './removed.ts';

export interface Bundle {
  files: BundleFile[];
  removed: RemovedSecret[];
}

/** The evidence bundle of a report: every form of it and the evidence as text, all from one document. */
export function bundleOf({ report, redaction, pseudonyms }: RedactedReport, extras: BundleExtras = {}): Bundle {
  const { capture, screenshot } = extras;
  const subject = caseOf(report);
  const removed = removedFrom(report);
  const optional: [string, string, string | null][] = [
    ['dns-answers.txt', 'answers about the name, resolver by resolver', renderDnsAnswers(subject)],
    ['http-exchange.txt', 'request and response headers with the timing line', renderHttpExchange(subject)],
    ['packets.txt', 'the packets of the request, one line each', renderPackets(subject)],
    ['chain.pem', 'the certificates as sent', renderChains(subject)],
  ];
  const files: BundleFile[] = [
    { name: 'report.json', what: `the document ${report.schema}`, content: `${renderJson(report)}\n` },
    { name: 'worksheet.md', what: 'the filled-in worksheet', content: renderWorksheet(report) },
    { name: 'note.txt', what: 'the four-part note', content: renderNote(subject) },
    { name: 'report.html', what: 'the report as one page', content: renderHtml(report) },
    ...optional.flatMap(([name, what, content]) => (content === null ? [] : [{ name, what, content }])),
    ...(capture === undefined ? [] : [capture.file]),
    ...(screenshot === undefined || redaction === 'strict'
      ? []
      : [{ name: 'screenshot.png', what: 'what the browser showed', content: screenshot }]),
    { name: 'environment.txt', what: 'where, when and with what it was measured', content: renderEnvironment(report) },
    {
      name: 'removed.txt',
      what: 'what was removed, by place',
      content: removedText(removed, redaction, pseudonyms.replaced, extras),
    },
  ];
  return { files, removed: [...removed, ...(capture?.removed ?? [])] };
}

function removedText(removed: readonly RemovedSecret[], redaction: Redaction, pseudonyms: number, extras: BundleExtras): string {
  const { capture, screenshot } = extras;
  const lines = [
    'Removed, and shown as ***: values of authorization and cookie fields, tokens and keys in URLs and texts, wherever else the same values stood.',
    redaction === 'strict'
      ? `Replaced by pseudonyms: ${pseudonyms} internal addresses, link-layer addresses and names. One thing has one pseudonym throughout this bundle.`
      : 'Internal addresses are as they were; --redact strict replaces them.',
    removed.length === 0 ? 'Nothing was there to remove from report.json.' : 'Places in report.json:',
    ...removed.map(({ where, count }) => `  ${where}${count === 1 ? '' : ` (${count} times)`}`),
    ...(screenshot === undefined
      ? []
      : [
          redaction === 'strict'
            ? 'Left out: the screenshot, as nothing can be replaced in a picture.'
            : 'screenshot.png is as the browser showed the page: look at it before it is handed over.',
        ]),
    ...(capture === undefined ? [] : [`Changed in ${capture.file.name}:`, ...capture.changed.map((sentence) => `  ${sentence}`)]),
  ];
  return `${lines.map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')).join('\n')}\n`;
}
