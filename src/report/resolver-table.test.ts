import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, contextOf, numbered, record, systemLookup, target, unanswered } from '../../test/unit/evidence.ts';
import { bothServers, experiment, link, path, publicAnswer, repeated, step } from '../../test/unit/evidence-dns.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import type { ObservationDraft } from '../model/observation.ts';
import { noTimings } from '../model/timings.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { delegationPath } from './delegation-path.ts';
import { columnsOfLine, type Line, paint } from './layout.ts';
import { percentile, resolverTable } from './resolver-table.ts';
import { plainStyle } from './style.ts';
import { renderText } from './text.ts';
import { renderWalkReport } from './walk-document.ts';

function reportOf(...evidence: (ObservationDraft | ObservationDraft[])[]): WalkReport {
  const observations = numbered(target(), ...evidence);
  const context = contextOf();
  return renderWalkReport(
    {
      startedAt: '2026-11-21T12:00:00.000Z',
      durationMs: 100,
      vantage: { host: 'desk', platform: 'linux', addresses: [], privileges: [] },
      target: { input: 'www.shop.com', url: 'https://www.shop.com/', scheme: 'https', host: 'www.shop.com', port: 443, expect: {} },
      context,
      observations,
      timings: noTimings,
      contacted: [],
    },
    diagnose(observations, context),
    '0.0.0',
  );
}

const textOf = (lines: readonly Line[]): string[] => lines.map((line) => paint(line, plainStyle).trim());

describe('who says what about a name', () => {
  it('has a row for each resolver and way of asking, a column for each type', () => {
    const report = reportOf(
      answered({ rcode: 2, extendedError: 7 }),
      { ...unanswered('AAAA'), waitedMs: 5000 } as ObservationDraft,
      experiment({
        experiment: 'checking-disabled',
        checkingDisabled: true,
        answers: [record('A', '203.0.113.10'), record('A', '203.0.113.11')],
      }),
      experiment({ experiment: 'without-edns', edns: false }),
      experiment({ experiment: 'ask-again', rcode: 2 }),
      publicAnswer({ type: 'AAAA', addresses: ['2001:db8::1'] }),
      experiment({ experiment: 'control-question', name: '.', type: 'NS' }),
    );
    expect(textOf(resolverTable(report, 100))).toEqual([
      'resolver               A                                AAAA',
      '192.168.1.1            SERVFAIL 20ms                    silent 5.0s',
      'extended error 7',
      '192.168.1.1 unchecked  203.0.113.10 +1 300s 20ms',
      '192.168.1.1 no EDNS    no data 20ms',
      '9.9.9.9                                                 2001:db8::1 300s 20ms',
    ]);
  });

  it('gives up time and count before the address, and never leaves the columns', () => {
    const long = 'fd00:1234:5678:9abc:def0:1234:5678:9abc';
    const report = reportOf(
      answered({ answers: [record('A', '203.0.113.10'), record('A', '203.0.113.11')] }),
      answered({ type: 'AAAA', answers: [record('AAAA', long)] }),
    );
    for (const columns of [40, 60, 80, 120, 200]) {
      const lines = resolverTable(report, columns);
      for (const line of lines) expect(columnsOfLine(line)).toBeLessThanOrEqual(columns);
    }
    expect(textOf(resolverTable(report, 80))[1]).toContain('203.0.113.10');
    expect(textOf(resolverTable(report, 200))[1]).toContain(`${long} 300s 20ms`);
  });

  it('keeps to so many rows when told to', () => {
    const report = reportOf(answered({ rcode: 3 }), ...['1.1.1.1', '8.8.8.8', '9.9.9.9'].map((from) => publicAnswer({ from, rcode: 3 })));
    expect(resolverTable(report, 80, 2)).toHaveLength(3);
  });

  it('is empty when nobody was asked', () => {
    expect(resolverTable(reportOf(systemLookup(['192.0.2.1'])), 80)).toEqual([]);
  });

  it('gives the times of repeated lookups by nearest rank', () => {
    expect(textOf(resolverTable(reportOf(answered({}), repeated({ NOERROR: 19, unanswered: 1 })), 100)).at(-1)).toBe(
      '192.168.1.1 A 20 times: p50 21ms, p95 22ms; 19 NOERROR, 1 unanswered',
    );
    expect([percentile([5], 50), percentile([1, 2, 3, 4], 50), percentile([4, 3, 2, 1], 95), percentile([1, 2], 1)]).toEqual([5, 2, 4, 1]);
  });

  it('lets no remote text act on the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (hostile) => {
        const report = reportOf(
          answered({ answers: [record('A', hostile)] }),
          { ...answered({ rcode: 2 }), extendedErrors: [{ infoCode: 0, text: hostile }] } as ObservationDraft,
          step('com', 'alias', { nameServer: hostile, zone: hostile, answers: [record('CNAME', hostile)] }),
          link('signature-wrong', { name: hostile, zone: hostile }),
        );
        for (const line of [...resolverTable(report, 80), ...delegationPath(report, 80)]) {
          expect(paint(line, plainStyle)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          expect(columnsOfLine(line)).toBeLessThanOrEqual(80);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the way from the root', () => {
  it('shows one server of each zone that led on, and all of the one where none did', () => {
    const report = reportOf(step('.', 'unanswered', { nameServer: 'b.root-servers.net' }), path(), bothServers('error'));
    expect(textOf(delegationPath(report, 100))).toEqual([
      '.         a.root-servers.net 198.41.0.4  leads to com, 20 ms',
      'com       a.gtld-servers.net 192.5.6.30  leads to shop.com, 20 ms',
      'shop.com  ns1.shop.com 203.0.113.130     REFUSED, 20 ms',
      'shop.com  ns2.shop.com 198.51.100.66     REFUSED, 20 ms',
    ]);
  });

  it('goes on to the first broken link of the chain of trust', () => {
    const report = reportOf(
      path(),
      link('anchor-unknown', { zone: '.', name: '.', type: 'DNSKEY' }),
      link('signature-expired'),
      link('valid'),
    );
    expect(textOf(delegationPath(report, 120)).slice(2)).toEqual([
      '.         signs DNSKEY of .: not a root key known here, key 4711',
      'shop.com  signs A of www.shop.com: signature expired on 2026-11-19, key 4711',
    ]);
  });

  it('says nothing of a chain that holds', () => {
    expect(delegationPath(reportOf(link('valid'), link('insecure', { keyTag: null })), 80)).toEqual([]);
  });

  it('shows who answered for the root', () => {
    const report = reportOf(
      step('.', 'answer', {
        name: '.',
        type: 'NS',
        authoritative: false,
        recursionAvailable: true,
        answers: [record('NS', 'a.root-servers.net', '.')],
      }),
    );
    expect(textOf(delegationPath(report, 100))).toEqual(['.  a.root-servers.net 198.41.0.4  a.root-servers.net, no authority, 20 ms']);
  });
});

describe('the screen', () => {
  const failed = (...more: (ObservationDraft | ObservationDraft[])[]): WalkReport =>
    reportOf(systemLookup([], 'lookup-try-again'), answered({ rcode: 2 }), answered({ type: 'AAAA', rcode: 2 }), ...more);

  it('holds the table when the name is the trouble, and the path when a delegation is', () => {
    const lame = renderText(failed(path(), bothServers('error')));
    expect(lame).toContain('Who says');
    expect(lame).toContain('From root');
    const unexplained = renderText(failed());
    expect(unexplained).toContain('Who says');
    expect(unexplained).not.toContain('From root');
  });
});
