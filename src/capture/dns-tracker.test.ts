import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDnsMessage } from '../wire/dns-encode.ts';
import { PacketCursor } from '../wire/packet-cursor.ts';
import { type DnsLimits, defaultDnsLimits } from './dns-limits.ts';
import { type DnsEndpoints, dnsInUse, dnsNext, dnsPrevious, dnsState, dnsWords } from './dns-record.ts';
import { DnsTracker } from './dns-tracker.ts';

interface Message {
  atMs: number;
  /** Of the client, one conversation each. */
  port: number;
  id: number;
  name: string;
  type: 'A' | 'AAAA' | 'HTTPS';
  isAnswer: boolean;
  code: number;
}

const fewRecords: DnsLimits = { ...defaultDnsLimits, softLimit: 3, hardLimit: 5, settledMs: 50, answeredMs: 100, unansweredMs: 200 };

function endpointsOf(port: number): DnsEndpoints {
  return { version: 4, client: Int32Array.of(0xc000020a, 0, 0, 0), server: Int32Array.of(0xc0000235, 0, 0, 0), ports: (port << 16) | 53 };
}

function give(tracker: DnsTracker, { atMs, port, id, name, type, isAnswer, code }: Message): void {
  const bytes = encodeDnsMessage({ id, recursionDesired: true, response: isAnswer, rcode: code, questions: [{ name, type }] });
  const cursor = new PacketCursor();
  cursor.timeMs = atMs;
  tracker.message(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, cursor, port, false, endpointsOf(port));
}

/** What is wrong with the links between transactions that make one lookup. */
function brokenLinks({ words }: DnsTracker): string[] {
  const broken: string[] = [];
  for (let base = 0; base < words.length; base += dnsWords) {
    if ((words[base + dnsState]! & dnsInUse) === 0) continue;
    const [previous, next] = [words[base + dnsPrevious]! - 1, words[base + dnsNext]! - 1];
    for (const other of [previous, next])
      if (other >= 0 && (words[other + dnsState]! & dnsInUse) === 0) broken.push(`${base} leads to ${other}, which has left`);
    if (previous >= 0 && words[previous + dnsNext] !== base + 1) broken.push(`${previous} does not lead to ${base} and back`);
    if (next >= 0 && words[next + dnsPrevious] !== base + 1) broken.push(`${next} does not lead back to ${base}`);
    let steps = 0;
    for (let at = base; at >= 0 && steps <= words.length / dnsWords; at = words[at + dnsNext]! - 1) steps++;
    if (steps > words.length / dnsWords) broken.push(`${base} leads round in a circle`);
  }
  return broken;
}

const message = fc.record({
  atMs: fc.integer({ min: 0, max: 120 }),
  port: fc.integer({ min: 1, max: 2 }),
  id: fc.nat(2),
  name: fc.constantFrom('www.shop.example', 'api.shop.example'),
  type: fc.constantFrom<Message['type'][]>('A', 'AAAA', 'HTTPS'),
  isAnswer: fc.boolean(),
  code: fc.constantFrom(0, 2, 3),
});

describe('the transactions that make one lookup', () => {
  it('lead to each other, and to none that has left, however little room there is', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 60 }), (messages) => {
        const tracker = new DnsTracker(fewRecords, 0, () => undefined);
        let nowMs = 0;
        for (const one of messages) {
          nowMs += one.atMs;
          give(tracker, { ...one, atMs: nowMs });
          expect(brokenLinks(tracker)).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('lead to each other when an id comes again behind more of them than are looked at', () => {
    const tracker = new DnsTracker(defaultDnsLimits, 0, () => undefined);
    const question: Message = { atMs: 0, port: 1, id: 0, name: 'www.shop.example', type: 'A', isAnswer: false, code: 0 };
    give(tracker, question);
    give(tracker, { ...question, isAnswer: true, code: 2 });
    for (let id = 1; id < 100; id++) give(tracker, { ...question, id });
    give(tracker, question);
    expect(brokenLinks(tracker)).toEqual([]);
  });
});
