import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpv4, parseIpv6 } from './dns-address.ts';
import { encodeSocketFilter, mostInstructions } from './socket-filter.ts';

/** What the kernel does with the instructions used here; a load beyond the packet drops it, and so does a jump that goes astray. */
function takes(program: Uint8Array, protocol: number, packet: Uint8Array): boolean {
  const code = new DataView(program.buffer);
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let accumulator = 0;
  let index = 0;
  for (let at = 0; at < program.length / 8; at++) {
    const operand = code.getUint32(at * 8 + 4, true);
    const jumpBy = (isTrue: boolean): void => {
      at += code.getUint8(at * 8 + (isTrue ? 2 : 3));
    };
    const load = (offset: number, bytes: 1 | 2 | 4): boolean => {
      if (offset === 0xffff_f000) accumulator = protocol;
      else if (offset + bytes > packet.length) return false;
      else accumulator = bytes === 1 ? view.getUint8(offset) : bytes === 2 ? view.getUint16(offset) : view.getUint32(offset);
      return true;
    };
    switch (code.getUint16(at * 8, true)) {
      case 0x20:
        if (!load(operand, 4)) return false;
        break;
      case 0x28:
        if (!load(operand, 2)) return false;
        break;
      case 0x30:
        if (!load(operand, 1)) return false;
        break;
      case 0x48:
        if (!load(index + operand, 2)) return false;
        break;
      case 0xb1:
        if (operand >= packet.length) return false;
        index = (view.getUint8(operand) & 15) * 4;
        break;
      case 0x05:
        at += operand;
        break;
      case 0x15:
        jumpBy(accumulator === operand);
        break;
      case 0x45:
        jumpBy((accumulator & operand) !== 0);
        break;
      case 0x06:
        return operand > 0;
      default:
        throw new Error('an instruction that nobody knows');
    }
  }
  throw new Error('the program has no end');
}

const of4 = (text: string): Uint8Array => parseIpv4(text)!;
const of6 = (text: string): Uint8Array => parseIpv6(text)!;

function packet4(from: string, to: string, protocol = 6, ports = [40_000, 443], fragment = 0): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x45;
  view.setUint16(6, fragment);
  bytes[9] = protocol;
  bytes.set(of4(from), 12);
  bytes.set(of4(to), 16);
  view.setUint16(20, ports[0]!);
  view.setUint16(22, ports[1]!);
  return bytes;
}

function packet6(from: string, to: string, protocol = 6, ports = [40_000, 443]): Uint8Array {
  const bytes = new Uint8Array(44);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x60;
  bytes[6] = protocol;
  bytes.set(of6(from), 8);
  bytes.set(of6(to), 24);
  view.setUint16(40, ports[0]!);
  view.setUint16(42, ports[1]!);
  return bytes;
}

const own = '192.0.2.10';
const own6 = '2001:db8::10';
const addresses = ['203.0.113.10', '198.51.100.7'].map(of4).concat(['2001:db8:1::10', '2001:db8:2::7'].map(of6));
const program = encodeSocketFilter(addresses)!;
const taken = (packet: Uint8Array, protocol = packet[0] === 0x45 ? 0x0800 : 0x86dd): boolean => takes(program, protocol, packet);

describe('the filter of a walk', () => {
  it.each([
    ['to an address', packet4(own, '203.0.113.10')],
    ['from an address', packet4('198.51.100.7', own)],
    ['to an address, a later fragment', packet4(own, '203.0.113.10', 17, [1, 2], 185)],
    ['to an address, cut behind its header', packet4(own, '203.0.113.10').subarray(0, 20)],
    ['an ICMP error of anybody', packet4('192.0.2.1', own, 1)],
    ['a question to any resolver', packet4(own, '9.9.9.9', 17, [40_000, 53])],
    ['an answer of any resolver', packet4('9.9.9.9', own, 17, [53, 40_000])],
    ['to an IPv6 address', packet6(own6, '2001:db8:1::10')],
    ['from an IPv6 address', packet6('2001:db8:2::7', own6)],
    ['ICMPv6 of anybody', packet6('fe80::1', own6, 58)],
    ['a question over IPv6', packet6(own6, '2620:fe::fe', 17, [40_000, 53])],
    ['an answer over IPv6 and TCP', packet6('2620:fe::fe', own6, 6, [53, 40_000])],
  ])('takes %s', (_, packet) => {
    expect(taken(packet)).toBe(true);
  });

  it('takes ARP', () => {
    expect(taken(new Uint8Array(28), 0x0806)).toBe(true);
  });

  it.each([
    ['of others', packet4(own, '203.0.113.11')],
    ['of others, a later fragment that looks like DNS', packet4(own, '203.0.113.11', 17, [53, 53], 185)],
    ['of others over IPv6', packet6(own6, '2001:db8:1::11')],
    ['of others over IPv6 that differ in one word', packet6('2001:db8:2:1::7', own6)],
    ['cut short', packet4(own, '203.0.113.11').subarray(0, 12)],
  ])('leaves packets %s', (_, packet) => {
    expect(taken(packet)).toBe(false);
  });

  it('leaves other protocols', () => {
    expect(taken(new Uint8Array(60), 0x88cc)).toBe(false);
  });

  it('has an end for every packet, and takes those of its addresses whatever they are', () => {
    const address = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
    fc.assert(
      fc.property(fc.array(address, { maxLength: 60 }), fc.uint8Array({ maxLength: 80 }), (some, packet) => {
        const made = encodeSocketFilter(some)!;
        for (const protocol of [0x0800, 0x86dd, 0x0806, 1]) takes(made, protocol, packet);
        for (const one of some) {
          const [bytes, at] = one.length === 4 ? [packet4(own, own), 16] : [packet6(own6, own6), 24];
          bytes.set(one, at);
          expect(takes(made, one.length === 4 ? 0x0800 : 0x86dd, bytes)).toBe(true);
        }
      }),
    );
  });

  it('is none where there are more addresses than it has room for', () => {
    const many = Array.from({ length: 1000 }, (_, index) => of6(`2001:db8::${index.toString(16)}`));
    expect(encodeSocketFilter(many.slice(0, 200))!.length / 8).toBeLessThanOrEqual(mostInstructions);
    expect(encodeSocketFilter(many)).toBeNull();
  });
});
