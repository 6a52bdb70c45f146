import { describe, expect, it } from 'vitest';
import { caseOf } from '../../src/report/case.ts';
import { requestWrapping } from '../../src/report/narration/layers.ts';
import { narrate } from '../../src/report/narration/narration.ts';
import { renderNarration } from '../../src/report/narration/narration-text.ts';
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
