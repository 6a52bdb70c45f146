import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareArp, compareDhcp, compareIcmp } from './compare-control.ts';
import { compareHandshakes, compareTcp, compareTcpAnalysis, compareUdp } from './compare-conversations.ts';
import { compareDns } from './compare-dns.ts';
import { compareHttp } from './compare-http.ts';
import { compareHttp2 } from './compare-http2.ts';
import { compareLayers, comparePackets } from './compare-packets.ts';
import { compareQuic } from './compare-quic.ts';
import { compareTls } from './compare-tls.ts';
import { compareWebSocket } from './compare-websocket.ts';
import { knownDisagreements } from './known-disagreements.ts';
import { type CaptureReading, readCapture } from './reading-of.ts';
import type { Truth } from './truth.ts';

const corpora = process.env.WIREWALK_CORPORA ?? '';

/** What is compared of every capture. Each gives what disagrees, mine first. */
const sections: Readonly<Record<string, (read: CaptureReading, truth: Truth) => string[]>> = {
  packets: comparePackets,
  layers: compareLayers,
  tcp: compareTcp,
  'tcp analysis': compareTcpAnalysis,
  handshakes: compareHandshakes,
  udp: compareUdp,
  icmp: compareIcmp,
  arp: compareArp,
  dhcp: compareDhcp,
  dns: compareDns,
  tls: compareTls,
  http: compareHttp,
  http2: compareHttp2,
  quic: compareQuic,
  websocket: compareWebSocket,
};

const known: ReadonlyMap<string, number> = new Map(
  knownDisagreements.flatMap(({ where }) => where.map(([section, capture, count]) => [`${section} ${capture}`, count])),
);

if (corpora === '') {
  it('captures of other projects are compared where WIREWALK_CORPORA names their folder; here it is not set', () => {
    console.warn('WIREWALK_CORPORA is not set: captures of other projects were not read');
  });
} else {
  describe('captures of other projects', () => {
    const folder = join(corpora, 'captures');
    const captures = readdirSync(folder).filter((name) => name !== 'index.json' && !name.endsWith('.truth.json'));
    /** By section, then capture. */
    const disagreements = new Map<string, Map<string, string[]>>(Object.keys(sections).map((name) => [name, new Map()]));

    beforeAll(() => {
      for (const capture of captures) {
        const truth = JSON.parse(readFileSync(join(folder, `${capture}.truth.json`), 'utf8')) as Truth;
        const read = readCapture(join(folder, capture));
        for (const [name, compare] of Object.entries(sections)) {
          const found = compare(read, truth);
          if (found.length > 0) disagreements.get(name)!.set(capture, found);
        }
      }
    }, 120_000);

    it('are many', () => {
      expect(captures.length).toBeGreaterThanOrEqual(399);
    });

    it.each(Object.keys(sections))('agree with their truth: %s', (section) => {
      const unknown = [...disagreements.get(section)!].filter(([capture, found]) => known.get(`${section} ${capture}`) !== found.length);
      expect(Object.fromEntries(unknown.map(([capture, found]) => [capture, found.slice(0, 5)]))).toEqual({});
    });

    it('disagree still where it is said that they do', () => {
      const there = [...disagreements].flatMap(([section, captures]) => [...captures.keys()].map((capture) => `${section} ${capture}`));
      expect([...known.keys()].filter((one) => !there.includes(one))).toEqual([]);
    });
  });
}
