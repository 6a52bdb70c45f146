import MarkdownIt from 'markdown-it';
import { parse } from 'parse5';
import { describe, expect, it, vi } from 'vitest';
import { bundleOf } from '../../src/report/bundle/bundle.ts';
import { caseOf } from '../../src/report/case.ts';
import { renderComparison } from '../../src/report/compare/compare-text.ts';
import { compareCases } from '../../src/report/compare/comparison.ts';
import { renderJson } from '../../src/report/escape.ts';
import { renderHtml } from '../../src/report/html/page.ts';
import { renderNarration } from '../../src/report/narration/narration-text.ts';
import { renderNote } from '../../src/report/note.ts';
import { redactedReport } from '../../src/report/redacted-report.ts';
import { plainStyle } from '../../src/report/style.ts';
import { defaultTextOptions, renderText } from '../../src/report/text.ts';
import { renderWorksheet } from '../../src/report/worksheet/worksheet.ts';
import { hostileReport } from './hostile-report.ts';
import { reports } from './reports.ts';

// What a command needs is loaded when it runs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

/** What drives a terminal, or hides and reorders text. Line feeds are ours. */
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]/;

const names = Object.keys(reports);
const tool = { name: 'wirewalk', version: '1.2.3' } as const;

/** Every form of a report, by name. */
function formsOf(name: string): Record<string, string> {
  const report = hostileReport(name);
  const subject = caseOf(report);
  return {
    text: renderText(report, { ...defaultTextOptions, detail: 'all' }),
    screen: renderText(report),
    verdict: renderText(report, { ...defaultTextOptions, detail: 'verdict' }),
    json: renderJson(report),
    worksheet: renderWorksheet(report),
    note: renderNote(subject),
    html: renderHtml(report),
    narration: renderNarration(subject, plainStyle, 80),
    comparison: renderComparison(
      compareCases(subject, caseOf(hostileReport('healthy')), { before: 'a', after: 'b' }, tool),
      plainStyle,
      80,
    ),
    ...Object.fromEntries(
      bundleOf(redactedReport(report, 'secrets')).files.map(({ name: file, content }) => [`bundle ${file}`, String(content)]),
    ),
  };
}

describe.each(names)('hostile text in every remote field: %s', (name) => {
  const forms = formsOf(name);

  it.each(Object.keys(forms))('drives no terminal: %s', (form) => {
    expect(acting.exec(forms[form]!)?.[0]).toBeUndefined();
  });

  it('becomes no markup, link or picture where the worksheet is shown', () => {
    const shown = new MarkdownIt({ html: true }).enable('table').render(forms.worksheet!);
    const elements = new Set([...shown.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, element]) => element));
    for (const element of elements)
      expect(['h1', 'h2', 'p', 'strong', 'pre', 'code', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'ul', 'ol', 'li']).toContain(element);
    // Its sections are ours alone.
    expect([...shown.matchAll(/<h1>/g)]).toHaveLength(1);
    expect([...shown.matchAll(/<h2>([^<]*)/g)].map(([, title]) => title).filter((title) => /heading/.test(title!))).toEqual([]);
    // Nobody is notified, nothing is linked.
    const prose = shown.replaceAll(/<code[^>]*>[\s\S]*?<\/code>/g, '');
    expect(prose.replaceAll(/<[^>]*>/g, '')).not.toMatch(/^\s*[=+]/m);
  });

  it('is no formula where a table is pasted into a spreadsheet', () => {
    const cells = forms
      .worksheet!.split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    expect(cells.length).toBeGreaterThan(10);
    expect(cells.filter((cell) => /^[=+@-](?!-)/.test(cell))).toEqual([]);
  });

  it('becomes no element of the page', () => {
    const counts = new Map<string, number>();
    const count = (node: { nodeName: string; childNodes?: unknown[]; attrs?: { name: string }[] }): void => {
      counts.set(node.nodeName, (counts.get(node.nodeName) ?? 0) + 1);
      for (const { name: attribute } of node.attrs ?? []) expect(attribute).not.toMatch(/^on|^style$|^src$/);
      for (const child of node.childNodes ?? []) count(child as never);
    };
    count(parse(forms.html!) as never);
    expect(counts.get('script')).toBe(1);
    expect(counts.get('style')).toBe(1);
    for (const element of ['img', 'iframe', 'object', 'embed', 'link', 'form', 'input', 'base'])
      expect(counts.get(element), element).toBeUndefined();
  });

  it('is the same text to programs', () => {
    expect(JSON.parse(forms.json!)).toEqual(hostileReport(name));
  });

  it('begins no line of a text', () => {
    for (const [form, text] of Object.entries(forms)) {
      if (/json|html|worksheet/.test(form)) continue;
      expect(
        text.split('\n').filter((line) => /^(?:=|\+|@|-\s|#\s*heading|\$\()/.test(line)),
        form,
      ).toEqual([]);
    }
  });
});
