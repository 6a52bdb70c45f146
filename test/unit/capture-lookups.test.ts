import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import { LookupScene } from '../../fixtures/captures/make/lookups.ts';
import { readCaptures } from '../../src/cli/capture-document.ts';

const serverV6 = '2001:db8:1::10';
const name = 'www.shop.example';

/** What is said of each request: its host, the name that was looked up for it and how long that took, and the verdict. */
async function requestsOf(scene: LookupScene): Promise<string[]> {
  const writer = new CaptureWriter({ format: 'pcap' });
  scene.write({ frame: (timeMs, frame) => writer.frame(timeMs, frame) });
  const report = await readCaptures([{ name: 'scene.pcap', bytes: writer.take().slice() }], '0');
  return report.exchanges.map(({ host, dns, timings, verdict }) => {
    const lookup = dns === null ? 'without a lookup' : `${dns.name} in ${timings.dnsMs === null ? '?' : Math.round(timings.dnsMs)} ms`;
    return `${host}: ${lookup}, ${verdict.cause ?? verdict.status}`;
  });
}

const otherResolver = { mac: '02:00:00:00:00:02', address: '192.0.2.54' };

type Row = readonly [sentence: string, scene: LookupScene, requests: readonly string[]];
const scene = (): LookupScene => new LookupScene();
const soon = `${name}: ${name} in 4 ms, ok`;

describe('questions that make one lookup', () => {
  it.each<Row>([
    ['one question, one answer', scene().looksUp(0, { name }).gets(5, { host: name }), [soon]],
    [
      'the same name again after an answer is another lookup',
      scene().looksUp(0, { name }).looksUp(1200, { name }).gets(1205, { host: name }),
      [soon],
    ],
    [
      'each of them leads to a connection of its own',
      scene().looksUp(0, { name }).gets(5, { host: name }).looksUp(1200, { name }).gets(1205, { host: name }),
      [soon, soon],
    ],
    [
      'the same name again after it was said not to exist is another lookup, and the first one failed',
      scene().looksUp(0, { name, code: 3 }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 4 ms, dns.nxdomain`, soon],
    ],
    [
      'a question again after SERVFAIL is the same lookup, and the client waited for it',
      scene().looksUp(0, { name, code: 2 }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'a question again after REFUSED, too',
      scene().looksUp(0, { name, code: 5 }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'a question again after an answer that was cut off, too',
      scene().looksUp(0, { name, gives: [], truncated: true }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
    [
      'a question again after silence is the same lookup',
      scene().looksUp(0, { name, gives: null }).looksUp(1200, { name, port: 40_500 }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
    [
      'a question to the second resolver, after the first was silent, is the same lookup',
      scene().looksUp(0, { name, gives: null }).looksUp(1200, { name, to: otherResolver }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.one-resolver-broken`],
    ],
    [
      'a question to the second resolver, after the first said that there is no such name, is the same lookup',
      scene().looksUp(0, { name, code: 3 }).looksUp(5, { name, to: otherResolver }).gets(10, { host: name }),
      [`${name}: ${name} in 9 ms, ok`],
    ],
    [
      'a client that takes its resolvers in turn looks up anew once it was told an address',
      scene().looksUp(0, { name }).looksUp(1200, { name, to: otherResolver }).gets(1205, { host: name }),
      [soon],
    ],
    [
      'A and AAAA are one lookup',
      scene()
        .looksUp(0, { name })
        .looksUp(0.2, { name, type: 'AAAA', gives: [serverV6], takesMs: 30 })
        .gets(31, { host: name }),
      [`${name}: ${name} in 30 ms, ok`],
    ],
    [
      'one after the other, too',
      scene().looksUp(0, { name }).looksUp(5, { name, type: 'AAAA', gives: [] }).gets(10, { host: name }),
      [`${name}: ${name} in 9 ms, ok`],
    ],
    [
      'asked for again, both belong to the later lookup',
      scene()
        .looksUp(0, { name })
        .looksUp(0.2, { name, type: 'AAAA', gives: [serverV6] })
        .looksUp(1200, { name })
        .looksUp(1200.2, { name, type: 'AAAA', gives: [serverV6], takesMs: 30 })
        .gets(1231, { host: name }),
      [`${name}: ${name} in 30 ms, ok`],
    ],
    [
      'AAAA long after the answer to A is another lookup',
      scene().looksUp(0, { name }).looksUp(1200, { name, type: 'AAAA', gives: [] }).gets(1205, { host: name }),
      [soon],
    ],
    [
      'AAAA long after a question for A that nobody answered belongs to it',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(1000, { name, type: 'AAAA', gives: [] })
        .looksUp(1200, { name, port: 40_500 })
        .gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });

  it('are told of many times over as of the first', async () => {
    const many = scene();
    for (let i = 0; i < 600; i++) {
      // The same few names again and again, some of which do not exist at times.
      const host = `www${i % 7}.shop.example`;
      const isMissing = i % 5 === 0;
      many.looksUp(i * 100, { name: host, code: isMissing ? 3 : 0 });
      if (!isMissing) many.gets(i * 100 + 5, { host, clientPort: 20_000 + i });
    }
    const writer = new CaptureWriter({ format: 'pcap' });
    many.write({ frame: (timeMs, frame) => writer.frame(timeMs, frame) });
    const report = await readCaptures([{ name: 'many.pcap', bytes: writer.take().slice() }], '0');
    expect(report.exchangeCounts).toMatchObject({ total: 600, ok: 480, failed: 120, degraded: 0 });
    expect(report.causeCounts).toMatchObject([{ cause: 'dns.nxdomain', count: 120 }]);
  });
});
