import { describe, expect, it } from 'vitest';
import { caseOf } from '../../src/report/case.ts';
import { requestWrapping } from '../../src/report/narration/layers.ts';
import { narrate } from '../../src/report/narration/narration.ts';
import { renderNarration } from '../../src/report/narration/narration-text.ts';
import { warmTable } from '../../src/report/narration/warm-table.ts';
import { plainStyle } from '../../src/report/style.ts';
import { hostileReport } from './hostile-report.ts';
import { reports } from './reports.ts';

const told = (name: string): Record<string, string> =>
  Object.fromEntries(narrate(caseOf(reports[name]!())).map(({ title, sentences }) => [title, sentences.join(' ')]));

describe('the life of a request', () => {
  it('is told step by step, in order, with its own numbers', () => {
    const life = told('healthy');
    expect(Object.keys(life)).toEqual([
      'Lease and gateway',
      'Name',
      'Handshake',
      'Keys',
      'Request',
      'Answer',
      'Teardown',
      'Round trips',
      'Next time',
    ]);
    expect(life.Handshake).toContain('16 ms');
    expect(life.Handshake).toContain('1,460');
    expect(life.Keys).toContain('TLSv1.3');
    expect(life['Round trips']).toMatch(/^4 round trips .*name 1, TCP 1, TLS 1, request 1/);
    expect(life['Next time']).toContain('300 seconds');
  });

  it('shows a first visit beside later ones, as a table', () => {
    const report = reports.healthy!();
    const own = caseOf(report);
    const table = (extra: object[]) => warmTable({ ...own, evidence: [...own.evidence, ...extra] as typeof own.evidence });
    expect(table([])?.rows.map(([what, roundTrips, saved, , known]) => [what, roundTrips, saved, known])).toEqual([
      ['nothing: a first visit', '4', '', 'measured'],
      ['the name', '3', '1', 'computed'],
      ['the connection', '1', '3', 'computed'],
    ]);
    const base = { hop: 0, at: report.startedAt, connection: 'c9', server: { address: '203.0.113.10', port: 443 } };
    const measured = table([
      {
        ...base,
        id: 'x1',
        kind: 'http.warm-run',
        checkpoint: 'http',
        outcome: 'answered',
        durationMs: 21,
        status: 200,
        bytes: 10,
        lookupMs: 2,
      },
      {
        ...base,
        id: 'x2',
        kind: 'tls.resumption-tried',
        checkpoint: 'tls',
        outcome: 'resumed',
        fullMs: 30,
        resumedMs: 24,
        roundTripsSaved: 0,
      },
    ]);
    expect(measured?.rows.map(([what, roundTrips, saved, , known]) => [what, roundTrips, saved, known])).toEqual([
      ['nothing: a first visit', '4', '', 'measured'],
      ['the name', '3', '1', 'measured in part'],
      ['the name and a TLS session', '3', '1', 'measured in part'],
      ['the connection', '1', '3', 'measured'],
    ]);
    expect(measured?.rows.at(-1)?.[3]).toBe('21 ms');
    const ended = table([{ ...base, id: 'x1', kind: 'http.warm-run', checkpoint: 'http', outcome: 'ended', status: null, bytes: 0 }]);
    expect(ended?.rows.map(([what]) => what)).not.toContain('the connection');
    expect(renderNarration(own, plainStyle, 80)).toMatch(/there already +round trips +saved +time +known/);
  });

  it('counts headers around the request against MSS', () => {
    const wrapping = requestWrapping(caseOf(reports.healthy!()))!;
    expect(wrapping).toMatchObject({ payloadBytes: 120, mssBytes: 1460, packets: 1 });
    expect(wrapping.layers.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['TLS', 22],
      ['TCP', 32],
      ['IPv4', 20],
      ['Ethernet', 14],
    ]);
    expect(wrapping.totalBytes).toBe(120 + 22 + 32 + 20 + 14);
  });

  it('ends where the request ended', () => {
    expect(Object.keys(told('dns'))).not.toContain('Handshake');
    expect(told('dns')['Where it ended']).toContain('NXDOMAIN');
    expect(Object.keys(told('tls'))).not.toContain('Request');
    expect(told('tls')['Where it ended']).toContain('certificate expired');
  });

  it('cites evidence that exists', () => {
    for (const make of Object.values(reports)) {
      const subject = caseOf(make());
      const ids = subject.evidence.map(({ id }) => id);
      for (const step of narrate(subject)) for (const id of step.evidence) expect(ids).toContain(id);
    }
  });

  it('prints hostile text without obeying it', () => {
    expect(renderNarration(caseOf(hostileReport('healthy')), plainStyle, 80)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
