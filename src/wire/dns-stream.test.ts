import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDnsStreamReader, frameDnsMessage } from './dns-stream.ts';

describe('createDnsStreamReader', () => {
  it('gives back what was framed, however the bytes are split', () => {
    const message = fc.uint8Array({ maxLength: 700 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (messages, sizes) => {
        const bytes = Uint8Array.from(messages.flatMap((each) => [...frameDnsMessage(each)]));
        const reader = createDnsStreamReader();
        const read: Uint8Array[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length]!;
          read.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(messages);
        expect(reader.pendingBytes).toBe(0);
      }),
    );
  });

  it('says how much of a message has come', () => {
    const reader = createDnsStreamReader();
    expect(reader.push(Uint8Array.of(0xff))).toEqual([]);
    expect(reader.push(Uint8Array.of(0xff, 1, 2))).toEqual([]);
    expect(reader.pendingBytes).toBe(4);
  });

  it('does not frame what has no length', () => {
    expect(() => frameDnsMessage(new Uint8Array(65536))).toThrow(RangeError);
  });
});
