import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressText } from './address-bytes.ts';
import {
  decodeAddress,
  decodeLink,
  decodeNeighbor,
  decodeNetlink,
  decodeNetlinkErrno,
  decodeRoute,
  encodeDump,
  encodeRouteGet,
} from './netlink.ts';

/** Bodies of real answers, recorded on Linux 6.18, x86-64, in a network namespace with one veth pair. */
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const text = (bytes: Uint8Array | null | undefined): string | null => (bytes == null ? null : addressText(bytes));

describe('rtnetlink messages', () => {
  it('a route query', () => {
    expect(Buffer.from(encodeRouteGet(Uint8Array.from([192, 0, 2, 9]), 7, true)).toString('hex')).toBe(
      '240000001a0001000700000000000000022000000000000000000000' + '08000100c0000209',
    );
    expect(encodeDump('neighbor', 2, 1, true)).toHaveLength(28);
  });

  it('the answer of a route query', () => {
    const route = decodeRoute(
      hex('02200000fe0000010002000008000f00fe00000008000100c00002c8080004000300000008000700c0000202080019000000000024000c0002'),
      true,
    );
    expect([text(route?.destination), text(route?.sourceAddress), route?.interfaceIndex, route?.gateway]).toEqual([
      '192.0.2.200',
      '192.0.2.2',
      3,
      null,
    ]);
  });

  it('routes: default with a metric, several next hops, unreachable', () => {
    const withMtu = decodeRoute(
      hex('02000000fe0300010000000008000f00fe0000000c000800080002001405000008000500c00002010800040003000000'),
      true,
    );
    expect([withMtu?.mtuBytes, text(withMtu?.gateway), withMtu?.prefixLength]).toEqual([1300, '192.0.2.1', 0]);
    const hops = decodeRoute(
      hex(
        '02180000fe0300010000000008000f00fe00000008000100c633640024000900100000000300000008000500c0000203100000000300000008000500c0000204',
      ),
      true,
    );
    expect([text(hops?.gateway), hops?.interfaceIndex]).toEqual(['192.0.2.3', 3]);
    expect(decodeRoute(hex('02180000fe0300070000000008000f00fe00000008000100cb007100'), true)).toMatchObject({ type: 7, table: 254 });
  });

  it('neighbours: failed and reachable', () => {
    const failed = decodeNeighbor(
      hex('02000000030000002000000108000100c00002090800040000000000140003007d1700000d0000000d00000000000000'),
      true,
    );
    expect([text(failed?.address), failed?.state, failed?.linkAddress]).toEqual(['192.0.2.9', 0x20, null]);
    const reachable = decodeNeighbor(
      hex('02000000030000000200000108000100c00002010a00020002000000000100000800040000000000140003000d0000000d0000000d00000001000000'),
      true,
    );
    expect([reachable?.state, Buffer.from(reachable?.linkAddress ?? []).toString('hex')]).toEqual([2, '020000000001']);
  });

  it('links and addresses', () => {
    const link = decodeLink(
      hex(
        '000001000200000043100100000000000700030076310000' +
          '08000400dc050000' +
          '0a000100ae897a4d21e40000' +
          '1000120009000100766574680000000008000200',
      ),
      true,
    );
    expect(link).toMatchObject({ index: 2, name: 'v1', hardwareType: 1, mtuBytes: 1500, kind: 'veth' });
    const address = decodeAddress(hex('021880000300000008000100c000020208000200c00002020700030076300000'), true);
    expect([text(address?.address), address?.prefixLength, address?.interfaceIndex]).toEqual(['192.0.2.2', 24, 3]);
    expect(address?.duplicate).toBe(false);
  });

  it('errno of a refusal', () => {
    expect(decodeNetlinkErrno(hex('9bffffff'), true)).toBe(101);
    expect(decodeNetlinkErrno(hex(''), true)).toBe(0);
  });

  it('any bytes are read without a throw, and in bounded time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, little) => {
        for (const message of decodeNetlink(bytes, little)) expect(message.body.length).toBeLessThanOrEqual(bytes.length);
        for (const decode of [decodeLink, decodeAddress, decodeRoute, decodeNeighbor]) decode(bytes, little);
      }),
      { numRuns: 2000 },
    );
  });
});
