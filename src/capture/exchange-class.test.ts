import { describe, expect, it } from 'vitest';
import { defaultBudgets } from '../model/expectation.ts';
import { ConnectionStory } from './connection-story.ts';
import { classify, classifyPlain, kindOf, type LookupClass } from './exchange-class.ts';
import { HttpExchange } from './http-exchange.ts';
import { HttpStory } from './http-story.ts';

const lookups: readonly LookupClass[] = [
  { outcome: 0, isSlow: false, wasRepeated: false },
  { outcome: 1, isSlow: true, wasRepeated: false },
  { outcome: 31, isSlow: false, wasRepeated: true },
];

/** A connection that opened, on which bytes came back. */
function opened(connectMs: number): ConnectionStory {
  const story = new ConnectionStory();
  story.connect = 'open';
  story.hasSyn = true;
  story.openMs = connectMs;
  story.bytesToClient = 100;
  return story;
}

describe('the class of an exchange', () => {
  it('is the same for a plain one, however it is worked out', () => {
    const seen = new Set<number>();
    for (const lookup of lookups)
      for (const status of [200, 404, 502, 999])
        for (const connectMs of [10, 60_000])
          for (const firstByteMs of [10, 600_000]) {
            const connection = opened(connectMs);
            const exchange = new HttpExchange();
            exchange.status = status;
            exchange.responseState = 'complete';
            exchange.requestEndMs = 0;
            exchange.responseStartMs = firstByteMs;
            const http = new HttpStory();
            http.read(exchange, connection);
            const slowConnect = connection.connectIsSlow(defaultBudgets);
            const slowAnswer = http.isSlow(exchange, defaultBudgets);
            const key = classify(connection, slowConnect, lookup, exchange, http, slowAnswer, false);
            expect(classifyPlain(slowConnect, lookup, status, slowAnswer)).toBe(key);
            seen.add(key);
          }
    expect(seen.size).toBe(3 * 4 * 2 * 2);
  });

  it('keeps apart what differs, and knows what differs by certificates alone', () => {
    const completed = (identityHash: number, version = 0x0303): number => {
      const story = opened(10);
      story.tlsStage = 'completed';
      story.tls.version = version;
      story.tls.hasCertificates = true;
      story.tls.identityHash = identityHash;
      return classify(story, false, lookups[0]!, null, null, false, false);
    };
    expect(completed(1)).not.toBe(completed(2));
    expect(kindOf(completed(1))).toBe(kindOf(completed(2)));
    expect(kindOf(completed(1))).not.toBe(kindOf(completed(1, 0x0304)));
    expect(kindOf(-5)).toBe(-5);
  });

  it('goes by the name that a client gave only where it was not satisfied with the certificate', () => {
    const classOf = (identityHash: number, clientWentOn: boolean): number => {
      const story = opened(10);
      story.tlsStage = 'completed';
      story.tls.hasCertificates = true;
      story.tls.certificateHash = 7;
      story.tls.identityHash = identityHash;
      story.clientWentOn = clientWentOn;
      return classify(story, false, lookups[0]!, null, null, false, false);
    };
    expect(classOf(1, true)).toBe(classOf(2, true));
    expect(classOf(1, false)).not.toBe(classOf(2, false));
  });

  it('is an exact number even for the strangest connection', () => {
    const story = opened(10);
    story.tlsStage = 'midstream';
    story.tls.version = 0xffff;
    story.tls.hasCertificates = true;
    story.tls.identityHash = -1;
    story.serverAborted = true;
    story.isForeign = true;
    story.lostSegmentBytes = 1400;
    story.clientWentOn = true;
    story.clientAlert = 255;
    const exchange = new HttpExchange();
    exchange.status = 999;
    const http = new HttpStory();
    http.end = 'silent';
    http.bodyEnd = 'unknown';
    http.isNotGzip = true;
    const key = classify(story, true, { outcome: 31, isSlow: true, wasRepeated: true }, exchange, http, true, true);
    expect(Number.isSafeInteger(key)).toBe(true);
  });
});
