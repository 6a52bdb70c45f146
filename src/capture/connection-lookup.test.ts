import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import type { Station } from '../../fixtures/captures/make/frame.ts';
import { LookupScene } from '../../fixtures/captures/make/lookups.ts';
import { captureContext, feedCapture } from '../cli/capture-document.ts';
import type { ReadExchange } from '../model/read-record.ts';
import { type DnsLimits, defaultDnsLimits } from './dns-limits.ts';
import { defaultBuilderOptions } from './exchange-builder.ts';
import { defaultReadingOptions, type ReadingOptions } from './reading.ts';
import { CaptureStudy } from './study.ts';

const hosts = ['www.shop.example', 'api.shop.example', 'www.news.test'];
const servers: Station[] = ['203.0.113.10', '203.0.113.11'].map((address) => ({ mac: '02:00:00:00:00:02', address }));

/** What is read of the scene's connections. */
function exchangesOf(scene: LookupScene, dnsLimits: DnsLimits = defaultDnsLimits): ReadExchange[] {
  return readAll(scene, { ...defaultReadingOptions, dnsLimits }).filter(({ conversation }) => conversation !== null);
}

/** What is read of the scene, lookups that led to no connection included. */
function readAll(scene: LookupScene, reading: ReadingOptions): ReadExchange[] {
  const writer = new CaptureWriter({ format: 'pcap' });
  scene.write({ frame: (timeMs, frame) => writer.frame(timeMs, frame) });
  const study = new CaptureStudy({
    reading,
    builder: defaultBuilderOptions,
    context: captureContext(),
    fewConversations: 200,
    lines: null,
  });
  feedCapture(study, { name: 'scene.pcap', bytes: writer.take() });
  return study.finish(0).exchanges;
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

describe('a lookup among many others', () => {
  const name = 'www.shop.example';
  const crowded: ReadingOptions = { ...defaultReadingOptions, dnsLimits: { ...defaultDnsLimits, softLimit: 4 } };
  /** Each request, how long its lookup took, and whether it came to a connection. */
  const requests = (scene: LookupScene, reading: ReadingOptions = crowded): string[] =>
    readAll(scene, reading).map(({ host, timings, conversation }) =>
      conversation === null ? `${host}: no connection` : `${host}: after ${timings.dnsMs} ms`,
    );
  /** Other names, each of which makes the tracker look for room. */
  const crowd = (scene: LookupScene, fromMs: number, toMs: number): LookupScene => {
    for (let ms = fromMs; ms < toMs; ms += 50) scene.looksUp(ms, { name: `www${ms}.news.test`, port: 20_000 + ms / 50 });
    return scene;
  };

  it('is not over with SERVFAIL while the client may ask again', () => {
    const scene = new LookupScene().looksUp(0, { name, code: 2 }).looksUp(3500, { name }).gets(3505, { host: name });
    expect(requests(crowd(scene, 50, 6000))).toEqual([`${name}: after 3504 ms`]);
  });

  it('waits for one family, whatever was said of the other long before', () => {
    const scene = new LookupScene().looksUp(0, { name, gives: null }).looksUp(0.1, { name, type: 'AAAA', gives: [], takesMs: 100 });
    scene.looksUp(5005, { name, port: 45_500 }).gets(5010, { host: name });
    expect(requests(crowd(scene, 150, 9000))).toEqual([`${name}: after 5009 ms`]);
  });

  it('of a name without its suffix did not fail when it came to something with one, whichever is let go first', () => {
    for (let before = 0; before < 8; before++) {
      const scene = new LookupScene();
      for (let i = 0; i < before; i++) scene.looksUp(i * 10, { name: `www${i}.news.test`, port: 30_000 + i });
      scene.looksUp(500, { name: 'wiki.eng', code: 3 }).looksUp(505, { name: 'wiki.eng.corp.example' });
      expect(requests(crowd(scene, 3000, 8000))).toEqual([]);
    }
  });

  it('is answered late on a port from which another was answered before', () => {
    const scene = new LookupScene()
      .looksUp(0, { name, port: 40_900, id: 1, takesMs: 4000 })
      .looksUp(1, { name: hosts[1]!, port: 40_900, id: 2 });
    scene.gets(4005, { host: name });
    const busy = { ...defaultReadingOptions, limits: { ...defaultReadingOptions.limits, softLimit: 4 } };
    expect(requests(crowd(scene, 50, 6000), busy)).toEqual([`${name}: after 4000 ms`]);
  });
});
