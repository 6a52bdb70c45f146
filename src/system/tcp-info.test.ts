import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTcpInfo } from './tcp-info.ts';

/** Recorded on Linux 6.18, x86-64: a loopback connection over which 5 bytes were sent and acknowledged. 280 bytes, zeros at the end left out. */
const recorded =
  '010000000007aa01e01c03000000000000800000180200000000000000000000000000000000000000000000340000000000000034000000' +
  '34000000ffff0000d7ff0000180000000c000000ffffff7f0b000000cbff00000300000000000000d7ff000000000000eaf50d6108000000' +
  'ffffffffffffffff0600000000000000000000000000000003000000020000000000000000f000000000000001000000555535820000000000000000';

describe('decodeTcpInfo', () => {
  it('reads what the kernel wrote', () => {
    const bytes = Uint8Array.from(Buffer.from(recorded, 'hex'));
    expect(decodeTcpInfo(new DataView(bytes.buffer), true)).toEqual({
      state: 1,
      retransmits: 0,
      retransmitted: 0,
      sendMssBytes: 32_768,
      rttMicroseconds: 24,
      totalRetransmissions: 0,
      bytesAcknowledged: 6,
    });
  });

  it('says null for what an older kernel does not return', () => {
    const bytes = Uint8Array.from(Buffer.from(recorded, 'hex')).slice(0, 104);
    expect(decodeTcpInfo(new DataView(bytes.buffer), true)).toMatchObject({ totalRetransmissions: 0, bytesAcknowledged: null });
    expect(decodeTcpInfo(new DataView(new ArrayBuffer(4)), true)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        (bytes, little) => void decodeTcpInfo(new DataView(bytes.slice().buffer), little),
      ),
    );
  });
});
