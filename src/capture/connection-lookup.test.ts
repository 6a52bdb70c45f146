import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import type { Station } from '../../fixtures/captures/make/frame.ts';
import { LookupScene } from '../../fixtures/captures/make/lookups.ts';
import { captureContext, feedCapture } from '../cli/capture-document.ts';
import type { ReadExchange } from '../model/read-record.ts';
import { type DnsLimits, defaultDnsLimits } from './dns-limits.ts';
import { defaultBuilderOptions } from './exchange-builder.ts';
import { defaultReadingOptions } from './reading.ts';
import { CaptureStudy } from './study.ts';

const hosts = ['www.shop.example', 'api.shop.example', 'www.news.test'];
const servers: Station[] = ['203.0.113.10', '203.0.113.11'].map((address) => ({ mac: '02:00:00:00:00:02', address }));

/** What is read of the scene's connections. */
function exchangesOf(scene: LookupScene, dnsLimits: DnsLimits = defaultDnsLimits): ReadExchange[] {
  const writer = new CaptureWriter({ format: 'pcap' });
  scene.write({ frame: (timeMs, frame) => writer.frame(timeMs, frame) });
  const study = new CaptureStudy({
    reading: { ...defaultReadingOptions, dnsLimits },
    builder: defaultBuilderOptions,
    context: captureContext(),
    fewConversations: 200,
    lines: null,
  });
  feedCapture(study, { name: 'scene.pcap', bytes: writer.take() });
  return study.finish(0).exchanges.filter(({ conversation }) => conversation !== null);
}

/** Connections say whom they are for within this time. */
const namedMs = 50;
const time = fc.integer({ min: 0, max: 3000 });
const lookups = fc.array(fc.record({ atMs: time, takesMs: fc.integer({ min: 1, max: 900 }), host: fc.nat(2), server: fc.nat(1) }), {
  maxLength: 12,
});
const visits = fc.array(fc.record({ atMs: time, host: fc.nat(2), server: fc.nat(1), isSecure: fc.boolean() }), { maxLength: 12 });

describe('the lookup of a connection', () => {
  it('is one of its host that told the client its address before, where there is one, and none of another host', () => {
    fc.assert(
      fc.property(lookups, visits, (asked, made) => {
        const scene = new LookupScene();
        for (const { atMs, takesMs, host, server } of asked)
          scene.looksUp(atMs, { name: hosts[host]!, gives: [servers[server]!.address], takesMs });
        for (const [i, { atMs, host, server, isSecure }] of made.entries()) {
          const visit = { host: hosts[host]!, to: servers[server]!, port: 443, clientPort: 50_000 + i };
          if (isSecure) scene.secures(atMs + 0.5, visit);
          else scene.gets(atMs + 0.5, visit);
        }
        const seen = exchangesOf(scene);
        expect(seen.length).toBe(made.length);
        for (const { client, host, dns } of seen) {
          const visit = made[client.port - 50_000]!;
          const told = asked.filter((one) => one.host === visit.host && one.server === visit.server).map((one) => one.atMs + one.takesMs);
          const isTold = told.some((ms) => ms <= visit.atMs);
          // Told once more before it was known whom the connection is for: which of the answers it was for is not.
          const isUnclear = told.some((ms) => ms > visit.atMs && ms < visit.atMs + namedMs);
          expect(isUnclear ? [hosts[visit.host], undefined] : [isTold ? hosts[visit.host] : undefined]).toContain(dns?.name);
          expect(host).toBe(hosts[visit.host]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is not mistaken for one that took its place where there is no more room', () => {
    const scene = new LookupScene();
    for (let i = 0; i < 20; i++) scene.looksUp(i * 10, { name: `www${i}.shop.example` });
    for (let i = 0; i < 20; i++) {
      const visit = { host: `www${i}.shop.example`, clientPort: 50_000 + i, roundTripMs: 600 };
      // Attempts that fail name nobody: what is said of them is what was looked up.
      if (i % 2 === 0) scene.gets(i * 10 + 5, visit);
      else scene.isSilent(i * 10 + 5, visit);
    }
    const exchanges = exchangesOf(scene, { ...defaultDnsLimits, softLimit: 4, hardLimit: 8 });
    expect(exchanges.length).toBe(20);
    for (const { host, client, server, dns } of exchanges) {
      const own = `www${client.port - 50_000}.shop.example`;
      expect([own, server.address]).toContain(host);
      expect([own, undefined]).toContain(dns?.name);
    }
    expect(exchanges.filter(({ dns }) => dns !== null).length).toBeGreaterThan(3);
  });
});
