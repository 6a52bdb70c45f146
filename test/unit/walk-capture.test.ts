import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { scenes } from '../../fixtures/captures/make/scenes.ts';
import { ofWalk, withPackets } from '../../src/capture/walk-capture.ts';
import { captureContext, createCaptureStudy, feedCapture } from '../../src/cli/capture-document.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { defaultBudgets } from '../../src/model/expectation.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { ReadExchange } from '../../src/model/read-record.ts';

async function exchangesOf(name: string): Promise<ReadExchange[]> {
  const study = createCaptureStudy(captureContext());
  feedCapture(study, { name, bytes: captureOf(scenes.find((scene) => scene.name === name)!) });
  return study.finish(0).exchanges;
}

/** As a walk without packets states it. */
const facts = { rttMs: null, synRetransmissions: null, retransmissions: null, mssBytes: null, bytesAcknowledged: null };
const common = { checkpoint: 'tcp', connection: 'c0', server: { address: '203.0.113.10', port: 443 }, family: 'ipv4', hop: 0 } as const;
const reset: Observation = {
  ...common,
  id: 'e2',
  kind: 'tcp.reset-received',
  atMs: 30,
  phase: 'hello-sent',
  sinceOpenMs: 5,
  bytesSent: 517,
  bytesReceived: 0,
  facts,
};
const connected: Observation = { ...common, id: 'e1', kind: 'tcp.connected', atMs: 25, client: null, facts, carried: true };

describe('what packets add to a walk', () => {
  it('says who sent a reset', async () => {
    const walked = [connected, reset];
    const enriched = withPackets(walked, await exchangesOf('tls-reset-from-elsewhere'));
    expect(enriched[1]).toMatchObject({ id: 'e2', kind: 'tcp.reset-received', ttl: 44, serverTtl: 57, frames: [expect.any(Number)] });
    const context = { expect: {}, budgets: defaultBudgets, interrupted: false };
    expect(diagnose(enriched, context).verdict.cause).toBe('tcp.reset-by-middlebox');
    expect(diagnose(walked, context).verdict.cause).not.toBe('tcp.reset-by-middlebox');
  });

  it('does not suspect anybody when the reset came the way the server speaks', async () => {
    const enriched = withPackets([connected, reset], await exchangesOf('tls-reset-by-server'));
    const context = { expect: {}, budgets: defaultBudgets, interrupted: false };
    expect(diagnose(enriched, context).verdict.cause).toBe('tls.reset');
  });

  it.each([
    ['a load balancer that begins its resets with another number', 245, 54, 'tls.reset'],
    ['a machine that begins its resets with another number', 118, 54, 'tls.reset'],
    ['a route that changed by some hops', 50, 54, 'tls.reset'],
    ['somebody nearer', 250, 54, 'tcp.reset-by-middlebox'],
  ])('of a reset by %s', (_, ttl, serverTtl, cause) => {
    const context = { expect: {}, budgets: defaultBudgets, interrupted: false };
    expect(diagnose([connected, { ...reset, ttl, serverTtl }], context).verdict.cause).toBe(cause);
  });

  it('says how often a SYN was sent again, and in which frames', async () => {
    const silent: Observation = { ...common, id: 'e1', kind: 'tcp.syn-unanswered', atMs: 7000, waitedMs: 7000, synRetransmissions: null };
    const [enriched] = withPackets([silent], await exchangesOf('tcp-unanswered'));
    expect(enriched).toMatchObject({ synRetransmissions: 3, frames: [expect.any(Number), expect.any(Number)] });
  });

  it('leaves alone what the packets do not show', async () => {
    const elsewhere: Observation = { ...reset, server: { address: '203.0.113.99', port: 443 } };
    expect(withPackets([elsewhere], await exchangesOf('tls-reset-by-server'))).toEqual([elsewhere]);
    expect(withPackets([reset], [])).toEqual([reset]);
  });

  it('takes the packets of this walk only', () => {
    const belongs = ofWalk(['203.0.113.10', '2001:db8::1']);
    const cooked = (protocol: number, content: number[]): Uint8Array =>
      Uint8Array.from([protocol >> 8, protocol & 255, ...new Array<number>(18).fill(0), ...content]);
    const packet = (from: number[], to: number[], protocol = 6): Uint8Array =>
      cooked(0x0800, [0x45, 0, 0, 20, 0, 0, 0, 0, 64, protocol, 0, 0, ...from, ...to]);
    expect(belongs(packet([203, 0, 113, 10], [192, 0, 2, 1]))).toBe(true);
    expect(belongs(packet([192, 0, 2, 1], [203, 0, 113, 10]))).toBe(true);
    expect(belongs(packet([192, 0, 2, 1], [203, 0, 113, 11]))).toBe(false);
    expect(belongs(packet([198, 51, 100, 1], [192, 0, 2, 1], 1))).toBe(true);
    expect(belongs(cooked(0x0806, new Array<number>(28).fill(0)))).toBe(true);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        belongs(bytes);
      }),
    );
  });
});
