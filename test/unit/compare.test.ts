import { describe, expect, it } from 'vitest';
import type { CompareReport } from '../../src/model/compare-report.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { caseOf } from '../../src/report/case.ts';
import { renderComparison } from '../../src/report/compare/compare-text.ts';
import { compareCases } from '../../src/report/compare/comparison.ts';
import { plainStyle } from '../../src/report/style.ts';
import { answered, certificates, chosen, connected, connectFailed, record, server, synUnanswered, systemLookup, upTo } from './evidence.ts';
import { icmpError } from './evidence-local.ts';
import { hostileReport } from './hostile-report.ts';
import { healthyReport, healthyTimings, reportOf, reports } from './reports.ts';
import { expectValid } from './schema.ts';

function compared(before: WalkReport, after: WalkReport): CompareReport {
  const report = compareCases(caseOf(before), caseOf(after), { before: 'a.json', after: 'b.json' }, { name: 'wirewalk', version: '1.2.3' });
  expectValid('compare', report);
  return report;
}

describe('a comparison', () => {
  it('of a report with itself finds nothing', () => {
    for (const make of Object.values(reports)) expect(compared(make(), make())).toMatchObject({ verdict: 'same', changes: [] });
  });

  it.each(Object.keys(reports).filter((name) => name !== 'healthy'))('says that %s was fixed, and broken the other way', (name) => {
    const [bad, good] = [reports[name]!(), healthyReport()];
    expect(compared(bad, good).verdict).toBe('fixed');
    expect(compared(good, bad).verdict).toBe('broken');
    expect(compared(bad, good).changes[0]).toMatchObject({ what: 'verdict', weight: 'verdict' });
  });

  it('names the first difference on the way to what fails, not what merely differs', () => {
    const here = reportOf([
      upTo.lookup(),
      systemLookup(['203.0.113.50']),
      answered({ answers: [record('A', '203.0.113.50')] }),
      chosen(['203.0.113.50']),
      synUnanswered('203.0.113.50'),
    ]);
    const report = compared(healthyReport(), here);
    expect(report.verdict).toBe('broken');
    const [first] = report.changes.filter(({ weight }) => weight === 'explains');
    expect(first).toMatchObject({ checkpoint: 'dns', before: server.address, after: '203.0.113.50' });
    expect(report.summary).toContain('203.0.113.50');
  });

  it('tells a certificate that was renewed, with its evidence', () => {
    const renewed = reportOf([upTo.connection(), certificates({ sha256Hex: 'ff', notAfter: '2027-06-01T00:00:00.000Z' })]);
    const change = compared(reports.tls!(), renewed).changes.find(({ what }) => what === 'certificate valid until');
    expect(change).toMatchObject({ before: '2026-11-18', after: '2027-06-01' });
    expect(change!.evidence.before[0]).toMatch(/^e\d+$/);
  });

  it('calls a stage slower only beyond noise', () => {
    const slow = (firstByteMs: number): WalkReport =>
      reportOf([upTo.page()], { timings: { ...healthyTimings, firstByteMs, totalMs: 58.5 + firstByteMs } });
    expect(compared(slow(17), slow(30)).changes).toEqual([]);
    expect(compared(slow(17), slow(400)).changes.map(({ weight, what }) => `${weight} ${what}`)).toEqual([
      'slower time to the first byte',
      'slower total time',
    ]);
    expect(compared(slow(400), slow(17)).changes[0]!.weight).toBe('faster');
  });

  it('explains a path that ends by the connections that come of it, and takes a wait in vain for no time', () => {
    const timings = { ...healthyTimings, connectMs: 3000, tlsMs: null, requestMs: null, firstByteMs: null, contentMs: null, totalMs: 3100 };
    const unreachable = reportOf([upTo.addresses(), icmpError('198.51.100.2', 3, 1), connectFailed('host-unreachable')], { timings });
    expect(unreachable.verdict.cause).toBe('route.unreachable');
    const report = compared(healthyReport(), unreachable);
    expect(report.summary).toMatch(/First difference on the way: tcp, 203\.0\.113\.10:443: connected before, host unreachable after\.$/);
    expect(report.changes.map(({ what }) => what).filter((what) => what.includes('time'))).toEqual([]);
  });

  it('says when the two are of different targets', () => {
    const elsewhere = reportOf([upTo.page()], { input: 'https://other.shop.com/', timings: healthyTimings });
    expect(compared(healthyReport(), elsewhere).summary).toMatch(
      /^They are of different targets, https:\/\/www\.shop\.com\/ and https:\/\/other\.shop\.com\/\. /,
    );
    expect(compared(healthyReport(), healthyReport()).summary).not.toContain('different');
  });

  it('speaks of two as of two', () => {
    expect(compared(reports.tls!(), reports.tls!()).summary).toMatch(/^Both fail at tls: /);
    const unclear = reportOf([upTo.addresses()]);
    expect(unclear.verdict.status).toBe('unclear');
    expect(compared(unclear, unclear).summary).toMatch(/^Neither of the two could be judged/);
    expect(compared(healthyReport(), unclear).summary).toMatch(/^One of the two could not be judged/);
  });

  it('does not call it a change that only one of them looked', () => {
    const lookedTwice = reportOf([upTo.page(), connected('203.0.113.77', 'c9', { carried: false })], { timings: healthyTimings });
    expect(compared(healthyReport(), lookedTwice).changes).toEqual([]);
  });

  it('prints hostile text without obeying it', () => {
    const text = renderComparison(compared(hostileReport('dns'), hostileReport('http')), plainStyle, 80);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
