import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { causeCodes } from '../../src/model/cause.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import { noTimings } from '../../src/model/timings.ts';
import { expectValid, schemaErrors } from './schema.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

const emptyReading: ReadReport = {
  schema: 'wirewalk.read/1',
  tool: { name: 'wirewalk', version: '0.1.0' },
  durationMs: 1.5,
  captures: [
    {
      file: 'a.pcap',
      format: 'pcap',
      linkTypes: ['EN10MB'],
      packets: 0,
      bytes: 24,
      firstAt: null,
      lastAt: null,
      truncatedPackets: 0,
      malformedPackets: 0,
      interfaces: [{ id: 0, name: null, linkType: 'EN10MB', snapBytes: 65535, droppedPackets: null }],
      damage: null,
    },
  ],
  protocols: { arp: 0, ipv4: 0, ipv6: 0, icmp: 0, icmpv6: 0, tcp: 0, udp: 0, dns: 0, tls: 0, http: 0, quic: 0, dhcp: 0 },
  conversations: [],
  conversationCount: 0,
  exchanges: [
    {
      id: 'x0',
      host: 'www.example.com',
      server: '192.0.2.1:443',
      dns: null,
      tcp: 't0',
      tls: null,
      http: null,
      timings: noTimings,
      verdict: { status: 'unclear', checkpoint: null, cause: null, confidence: 'possible', summary: 'Nothing can be said.' },
      frames: [1],
      displayFilter: 'tcp.stream eq 0',
    },
  ],
  exchangeCounts: { total: 1, ok: 0, degraded: 0, failed: 0, unclear: 1 },
  verdict: {
    status: 'unclear',
    checkpoint: null,
    cause: null,
    confidence: 'possible',
    summary: 'Nothing can be said.',
    side: 'unknown',
    browserError: null,
    scope: [],
    alternatives: [],
    ruledOut: [],
    likelyReasons: [],
    next: [],
    missing: ['tcp'],
  },
  findings: [],
  evidence: [],
};

describe('the published schemas', () => {
  it('are what the types generate now (npm run schema:update)', () => {
    execFileSync(process.execPath, ['scripts/schema.mjs', '--check'], { cwd: repository, stdio: 'pipe' });
  }, 60_000);

  it.each(['walk', 'read'])('%s knows every cause', (name) => {
    const schema = JSON.parse(readFileSync(`${repository}/docs/schema/wirewalk.${name}-1.schema.json`, 'utf8'));
    expect(schema.definitions.CauseCode.enum).toEqual(causeCodes);
    expect(schema.$schema).toContain('draft-07');
  });

  it('take a reading', () => {
    expectValid('read', emptyReading);
  });

  it('take fields that a later version adds', () => {
    expectValid('read', { ...emptyReading, later: { added: true } });
  });

  it('refuse a document without its verdict', () => {
    const { verdict: _, ...rest } = emptyReading;
    expect(schemaErrors('read', rest)).toHaveLength(1);
  });

  it('refuse evidence without its time, of an unknown kind, or with a wrong type', () => {
    const target = {
      id: 'e1',
      hop: 0,
      kind: 'target.rejected',
      checkpoint: 'target',
      at: '2026-11-21T00:00:00.000Z',
      input: 'x',
      reason: 'empty',
    };
    expectValid('read', { ...emptyReading, evidence: [target] });
    const { at: _, ...withoutTime } = target;
    expect(schemaErrors('read', { ...emptyReading, evidence: [withoutTime] })).not.toEqual([]);
    expect(schemaErrors('read', { ...emptyReading, evidence: [{ ...target, kind: 'target.guessed' }] })).not.toEqual([]);
    expect(schemaErrors('read', { ...emptyReading, evidence: [{ ...target, at: 'yesterday' }] })).not.toEqual([]);
  });
});
