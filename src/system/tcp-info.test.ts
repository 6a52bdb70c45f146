import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTcpInfo } from './tcp-info.ts';

/** Recorded on Linux 6.18, x86-64: a loopback connection over which 5 bytes were sent and acknowledged, and 10 received. */
const recorded =
  '010000000007aa01e01c0300409c000000800000180200000000000000000000000000000000000000000000640000000000000044000000' +
  '44000000ffff0000d7ff00001b0000000f000000ffffff7f0b000000cbff00000300000000000000d7ff00000000000064190c4307000000' +
  'ffffffffffffffff06000000000000000a000000000000000400000003000000000000000d0000000100000001000000d8893d9600000000' +
  '0000000000000000000000000000000000000000000000000200000000000000050000000000000000000000000000000000000000000000' +
  '000000000000010000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000';

describe('decodeTcpInfo', () => {
  it('reads what the kernel wrote', () => {
    const bytes = Uint8Array.from(Buffer.from(recorded, 'hex'));
    expect(decodeTcpInfo(new DataView(bytes.buffer), true)).toEqual({
      state: 1,
      retransmits: 0,
      retransmitted: 0,
      sendMssBytes: 32768,
      rttMicroseconds: 27,
      totalRetransmissions: 0,
      bytesAcknowledged: 6,
      receivedMssBytes: 536,
      unacknowledged: 0,
      pathMtuBytes: 65535,
      receivedSegments: 3,
      unsentBytes: 0,
      minRttMicroseconds: 13,
      delivered: 2,
      bytesSent: 5,
      bytesRetransmitted: 0,
      outOfOrderSegments: 0,
    });
  });

  it('says null for what an older kernel does not return', () => {
    const bytes = Uint8Array.from(Buffer.from(recorded, 'hex')).slice(0, 104);
    expect(decodeTcpInfo(new DataView(bytes.buffer), true)).toMatchObject({
      totalRetransmissions: 0,
      bytesAcknowledged: null,
      outOfOrderSegments: null,
    });
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
