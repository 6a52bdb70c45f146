import { describe, expect, it } from 'vitest';
import type { ObservationDraft } from '../../src/model/observation.ts';
import type { HopAnswer, PathHop } from '../../src/model/observations/route.ts';
import { caseOf } from '../../src/report/case.ts';
import { chainPaths } from '../../src/report/html/chain-paths.ts';
import { renderHtml } from '../../src/report/html/page.ts';
import { pathSection, stationsOf } from '../../src/report/html/path-section.ts';
import { resourcesSection } from '../../src/report/html/resources-section.ts';
import { factsAt } from '../../src/report/worksheet/facts.ts';
import { connected, connectFailed, server, synUnanswered, upTo } from './evidence.ts';
import { answeredResource, resource } from './evidence-page.ts';
import { healthyReport, reportOf } from './reports.ts';
import { expectValid } from './schema.ts';

/** A path that was traced: two hops that say who they are, a silent one, and perhaps the destination. */
function traced(reachedAtTtl: number | null, destination = server): ObservationDraft[] {
  const answer = (from: string, rttMs: number): HopAnswer => ({ from, what: 'expired', type: 11, code: 0, count: 1, rttMs: [rttMs] });
  const hops: PathHop[] = [
    { ttl: 1, sent: 1, answers: [answer('192.168.1.1', 1.2)] },
    { ttl: 2, sent: 1, answers: [] },
    { ttl: 3, sent: 1, answers: [answer('198.51.100.7', 9.4)] },
  ];
  if (reachedAtTtl !== null)
    hops.push({ ttl: 4, sent: 1, answers: [{ from: destination.address, what: 'opened', count: 1, rttMs: [12] }] });
  return [
    {
      kind: 'route.path-traced',
      checkpoint: 'route',
      atMs: 100,
      protocol: 'tcp',
      family: 'ipv4',
      destination,
      by: 'kernel',
      rounds: 1,
      hops,
      reachedAtTtl,
      probedToTtl: 6,
      waitedMs: 1000,
    },
    {
      kind: 'route.address-owners',
      checkpoint: 'route',
      atMs: 100,
      owners: [{ address: '198.51.100.7', range: 'public', asNumber: 64_500, name: 'Transit Net', sort: null }],
      table: 'test',
      tableDate: '2026-11-01',
    },
  ];
}

describe('the path on the page', () => {
  it('draws hops, owners, times and silence, and links each to its evidence', () => {
    const report = reportOf([upTo.page(), traced(4)]);
    expectValid('walk', report);
    const subject = caseOf(report);
    const stations = stationsOf(subject);
    expect(stations.map(({ name }) => name)).toEqual(['this computer', 'hop 1, gateway', 'hop 2', 'hop 3', 'server']);
    expect(stations[2]).toMatchObject({ what: 'silent', state: 'unknown' });
    expect(stations[3]!.what).toBe('198.51.100.7, AS64500 Transit Net, 9.4 ms');
    for (const station of stations) expect(station.evidence.length, station.name).toBeGreaterThan(0);
    expect(pathSection(subject)?.markup).toContain('AS64500');
  });

  it('draws the path to the server, not one to another address', () => {
    const elsewhere = { address: '203.0.113.77', port: 443 };
    const stations = stationsOf(caseOf(reportOf([upTo.page(), traced(null, elsewhere), traced(4)])));
    expect(stations.at(-1)).toMatchObject({ name: 'server', state: 'ok' });
    expect(stations.filter(({ name }) => name.startsWith('hop'))).toHaveLength(3);
  });

  it('does not say that a silent server was reached', () => {
    const stations = stationsOf(caseOf(reportOf([upTo.addresses(), synUnanswered(), traced(null)])));
    expect(stations.at(-1)).toMatchObject({ name: 'server', state: 'unknown', what: '203.0.113.10:443, not reached' });
  });

  it('ends at the address that the drawn way leads to, of several that were tried', () => {
    const second = { address: '203.0.113.77', port: 443 };
    const ways = [connectFailed('host-unreachable', second.address), traced(null, server)];
    expect(stationsOf(caseOf(reportOf([upTo.addresses(), ways[0]!, ways[1]!]))).at(-1)).toMatchObject({
      state: 'unknown',
      what: '203.0.113.10, not reached',
    });
    const both = reportOf([upTo.addresses(), connectFailed('host-unreachable', second.address), synUnanswered(), traced(null)]);
    expect(stationsOf(caseOf(both)).at(-1)).toMatchObject({ what: '203.0.113.10:443, not reached' });
  });

  it('is in the worksheet, too', () => {
    const labels = factsAt(caseOf(reportOf([upTo.page(), traced(4)])), 'route').map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['Path', 'Owners']));
  });
});

describe('what the page needs, on the page', () => {
  it('has a row for each thing asked for, with its outcome', () => {
    const report = reportOf([
      upTo.page(),
      resource({ reference: 'r1', status: 200 }),
      resource({ reference: 'r2', outcome: 'failed', status: null }),
      resource({ reference: 'r3', outcome: 'not-fetched', status: null }),
    ]);
    const section = resourcesSection(caseOf(report))!.markup;
    expect([...section.matchAll(/<tr class="(ok|failed|degraded)">/g)].map(([, tone]) => tone)).toEqual(['ok', 'failed']);
  });

  it('does not take evidence of a thing for that of the request', () => {
    const plain = reportOf([upTo.page()]);
    const withResource = reportOf([upTo.page(), answeredResource('r1', 404), { ...connected('203.0.113.88', 'c9'), resource: 'r1' }]);
    const http = (report: typeof plain): string =>
      factsAt(caseOf(report), 'http')
        .map(({ label, value }) => `${label} ${value}`)
        .join('\n');
    expect(http(withResource)).toBe(http(plain));
    expect(stationsOf(caseOf(withResource)).at(-1)).toMatchObject({ what: '203.0.113.10:443' });
  });
});

describe('paths of a chain, on the page', () => {
  it('are not drawn where nobody looked', () => {
    expect(chainPaths(caseOf(healthyReport()))).toBeNull();
    expect(renderHtml(healthyReport())).not.toContain('Which clients accept');
  });

  it('show what breaks each, and which clients accept', () => {
    const certificate = {
      subject: 'CN=www.shop.com',
      issuer: 'CN=Old Root',
      notBefore: '2026-01-01T00:00:00.000Z',
      notAfter: '2027-01-01T00:00:00.000Z',
      sha256Hex: '00',
      keyType: 'ec',
      keyBits: 256,
      signatureAlgorithm: 'x',
      selfSigned: false,
      from: 'sent',
      sentAt: 0,
      trustedBy: [],
    } as const;
    const judged: ObservationDraft = {
      kind: 'tls.paths-judged',
      checkpoint: 'tls',
      atMs: 60,
      connection: 'c0',
      server,
      serverName: 'www.shop.com',
      judgedAt: '2026-11-21T12:00:00.000Z',
      certificates: [
        { ...certificate, trustedBy: [] },
        { ...certificate, subject: 'CN=Old Root', sentAt: 1, trustedBy: [] },
      ],
      paths: [{ certificates: [0, 1], end: 'root', stores: [], faults: [{ at: 1, fault: 'expired' }] }],
      complete: true,
      inOrder: true,
      unused: [],
      clients: [
        { client: 'openssl', accepts: false, path: 0, code: 'CERT_HAS_EXPIRED' },
        { client: 'fetching', accepts: true, path: null, code: null },
      ],
    };
    const markup = chainPaths(caseOf(reportOf([upTo.page(), judged])))!.markup;
    expect(markup).toContain('expired');
    expect(markup).toContain('ends at a root nobody here trusts');
    expect(markup).toMatch(/OpenSSL.*<td>no<\/td><td>CERT_HAS_EXPIRED/);
    expect(markup).toMatch(/fetches issuers<\/td><td>yes/);
  });
});
