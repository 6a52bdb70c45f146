import { createHash } from 'node:crypto';
import { HtmlValidate } from 'html-validate';
import { describe, expect, it, vi } from 'vitest';
import { caseOf } from '../../src/report/case.ts';
import { messageLadder } from '../../src/report/html/ladder.ts';
import { html } from '../../src/report/html/markup.ts';
import { renderHtml } from '../../src/report/html/page.ts';
import { script, scriptHash } from '../../src/report/html/script.ts';
import { stylesheet, stylesheetHash } from '../../src/report/html/stylesheet.ts';
import { answered, connected, connectFailed, upTo } from './evidence.ts';
import { hostileReport, hostileTexts } from './hostile-report.ts';
import { reportOf, reports } from './reports.ts';

// What a command needs is loaded when it runs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const validator = new HtmlValidate({
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    // The page is made by a program: how it is indented and how long it is, is nobody's concern.
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'void-style': 'off',
    'no-inline-style': 'error',
    // Script and style are within the page on purpose, and the policy names them by their hashes.
    'require-csp-nonce': 'off',
    'require-sri': 'off',
    'tel-non-breaking': 'off',
  },
});

const pages = (): [string, string][] => [
  ...Object.entries(reports).map(([name, make]): [string, string] => [name, renderHtml(make())]),
  ['hostile', renderHtml(hostileReport())],
];

describe('the page of a report', () => {
  it.each(pages())('is valid HTML: %s', async (_, page) => {
    const result = await validator.validateString(page);
    const messages = result.results.flatMap(({ messages: found }) =>
      found.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
    );
    expect(messages.slice(0, 10)).toEqual([]);
  });

  it.each(pages())('loads nothing and links nowhere but into itself: %s', (_, page) => {
    for (const [tag] of page.matchAll(/<[a-z][^>]*>/g))
      expect(tag).not.toMatch(/\s(?:src|srcset|data|action|formaction|poster|background|style|on\w+)=(?!&quot;)/);
    expect([...page.matchAll(/\shref="([^"]*)"/g)].map(([, target]) => target!).filter((target) => !target.startsWith('#'))).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#)/);
    expect([...page.matchAll(/<script/g)]).toHaveLength(1);
  });

  it('lets its own style and script run, and no other', () => {
    const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    expect(stylesheetHash).toBe(hashOf(stylesheet));
    expect(scriptHash).toBe(hashOf(script));
    expect(renderHtml(reports.healthy!())).toContain(
      `content="default-src 'none'; style-src '${stylesheetHash}'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'"`,
    );
  });

  it.each(Object.keys(reports))('links every claim to evidence that is on it: %s', (name) => {
    const page = renderHtml(reports[name]!());
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
    expect(targets.filter((id) => /^e\d+$/.test(id)).length).toBeGreaterThan(3);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows hostile text and does not obey it', () => {
    const page = renderHtml(hostileReport());
    for (const text of hostileTexts.filter((one) => /[<\u0000-\u001f\u202e]/.test(one))) expect(page).not.toContain(text);
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u200b]/);
  });
});

describe('templates', () => {
  it('escape what is filled in, in content and attributes', () => {
    expect(html`<p title="${'"><img src=x onerror=alert(1)>'}">${"<b>&'"}</p>`.markup).toBe(
      '<p title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">&lt;b&gt;&amp;&#39;</p>',
    );
    expect(html`${['a', html`<i>${'<'}</i>`, null, 3]}`.markup).toBe('a<i>&lt;</i>3');
  });
});

describe('the ladder of a walk', () => {
  it('has a lane for each party and a message for each step, in the order of time', () => {
    const ladder = messageLadder(caseOf(reports.healthy!()));
    expect(ladder.parties.map(({ role }) => role)).toEqual(['host', 'gateway, resolver', 'server']);
    const labels = ladder.steps.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['SYN, port 443', 'SYN-ACK', 'GET /', '200']));
    const times = ladder.steps.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const answer = ladder.steps.find(({ label }) => label === '200')!;
    expect([ladder.parties[answer.from]!.role, ladder.parties[answer.to]!.role]).toEqual(['server', 'host']);
  });

  it('shares its last lane among those there is no room for, and calls nobody what it is not', () => {
    const servers = ['203.0.113.10', '203.0.113.11', '203.0.113.12'].map((address, index) => connected(address, `c${index}`));
    const asked = [answered({ from: '9.9.9.9', role: 'public' }), answered({ from: '198.51.100.66', role: 'authoritative' })];
    const ladder = messageLadder(caseOf(reportOf([upTo.addresses(), servers, asked])));
    expect(ladder.parties.slice(1).map(({ role, name }) => `${role} ${name}`)).toEqual([
      'gateway, resolver 192.168.1.1',
      'server 203.0.113.10',
      'server 203.0.113.11',
      'server 203.0.113.12',
      'others 9.9.9.9 and 1 more',
    ]);
    const few = messageLadder(caseOf(reportOf([upTo.addresses(), asked])));
    expect(few.parties.slice(2).map(({ role }) => role)).toEqual(['resolver', 'name server']);
  });

  it('shows a SYN for which a router answered', () => {
    const ladder = messageLadder(caseOf(reportOf([upTo.addresses(), connectFailed('host-unreachable')])));
    expect(ladder.steps.find(({ label }) => label.startsWith('SYN'))).toMatchObject({
      label: 'SYN, port 443 (host unreachable)',
      tone: 'lost',
    });
  });

  it('tells moments apart that are in the same second', () => {
    const asked = [30, 31].map((more) => ({ ...answered({ answers: [] }), atMs: 3000 + more }));
    const page = renderHtml(reportOf([upTo.addresses(), asked]));
    expect(page).toContain('<span class="at">+3.030 s</span>');
    expect(page).toContain('<span class="at">+3.031 s</span>');
  });

  it('shows what was lost and what was refused', () => {
    const refused = messageLadder(caseOf(reports.tcp!()));
    expect(refused.steps.find(({ label }) => label === 'RST')?.tone).toBe('bad');
    const denied = messageLadder(caseOf(reports.dns!()));
    expect(denied.steps.find(({ label }) => label === 'NXDOMAIN')?.tone).toBe('bad');
  });
});
