import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathHop } from '../../model/observations/route.ts';
import { parseMtrRaw, parseTracepath, parseTraceroute, parseTracert } from './tool-output.ts';

const recorded = (name: string): string => readFileSync(new URL(`../../../fixtures/traces/${name}.txt`, import.meta.url), 'utf8');
const four = '203.0.113.10';
const six = '2001:db8:113:1::10';

/** One line a hop: TTL, probes, who said what how often. */
function shape(hops: readonly PathHop[]): string[] {
  return hops.map(({ ttl, sent, answers }) => {
    const said = answers.map(
      ({ from, what, type, code, count }) => `${from} ${what}${type === undefined ? '' : ` ${type}/${code}`} x${count}`,
    );
    return `${ttl} ${sent} ${said.join(', ')}`.trim();
  });
}

const silentRouters4 = (sent: number, expired: string, end: string): string[] => [
  `1 ${sent} 192.168.1.1 ${expired}`,
  `2 ${sent} 192.0.2.1 ${expired}`,
  `3 ${sent}`,
  `4 ${sent}`,
  `5 ${sent} 198.51.100.6 ${expired}`,
  `6 ${sent} ${four} ${end}`,
];

describe('recorded output', () => {
  it('of traceroute', () => {
    expect(shape(parseTraceroute(recorded('traceroute-linux-ipv4'), four))).toEqual(
      silentRouters4(3, 'expired 11/0 x3', 'icmp-error 3/3 x3'),
    );
    expect(shape(parseTraceroute(recorded('traceroute-linux-ipv6'), six)).at(-1)).toBe(`6 2 ${six} icmp-error 1/4 x2`);
  });

  it('of traceroute that is refused on the way', () => {
    expect(shape(parseTraceroute(recorded('traceroute-linux-prohibited'), four)).slice(2)).toEqual([
      '3 2 192.0.2.10 expired 11/0 x2',
      '4 2 192.0.2.10 icmp-error 3/13 x2',
    ]);
    expect(shape(parseTraceroute(recorded('traceroute-linux-no-route-ipv6'), six)).at(-1)).toBe('4 1 2001:db8:3:1::2 icmp-error 1/0 x1');
  });

  it('of traceroute of macOS, with two senders at one hop', () => {
    expect(shape(parseTraceroute(recorded('traceroute-macos'), four))).toEqual([
      '1 1 192.168.1.1 expired 11/0 x1',
      '2 2 192.0.2.1 expired 11/0 x1, 192.0.2.5 expired 11/0 x1',
      '3 1',
      `4 1 ${four} icmp-error 3/3 x1`,
    ]);
  });

  it('of tracepath, which asks the first hop twice', () => {
    const [first, ...rest] = shape(parseTracepath(recorded('tracepath-ipv4'), four));
    expect(first).toBe('1 2 192.168.1.1 expired 11/0 x2');
    expect(rest).toEqual(silentRouters4(1, 'expired 11/0 x1', 'icmp-error 3/3 x1').slice(1));
    expect(shape(parseTracepath(recorded('tracepath-ipv6'), six)).at(-1)).toBe(`6 1 ${six} icmp-error 1/4 x1`);
    expect(shape(parseTracepath(recorded('tracepath-unreachable'), four)).at(-1)).toBe('4 1 198.51.100.2 icmp-error 3/1 x1');
  });

  it('of mtr, which asks beyond the destination', () => {
    expect(shape(parseMtrRaw(recorded('mtr-raw-ipv4'), four))).toEqual(silentRouters4(2, 'expired 11/0 x2', 'echo-reply x2'));
  });

  it('of tracert, in whatever language', () => {
    const hops = parseTracert(recorded('tracert-windows'), four);
    expect(shape(hops)).toEqual(['1 3 192.168.1.1 expired 11/0 x3', '2 3 192.0.2.1 expired 11/0 x3', '3 3', `4 3 ${four} echo-reply x3`]);
    expect(hops[1]?.answers[0]?.rttMs).toEqual([12, 11, 12]);
  });
});

it('takes any text without a throw, and never more hops than there are', () => {
  const line = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.nat(400), fc.constantFrom('192.0.2.1', '* * *', '203.0.113.10  1.5 ms !X', 'no reply', '1.2ms !'))
      .map(([n, rest]) => ` ${n}:  ${rest}`),
    fc.tuple(fc.nat(400), fc.constantFrom('192.0.2.1  1 ms', '*', '12 ms * <1 ms 10.0.0.1')).map(([n, rest]) => ` ${n}  ${rest}`),
    fc.tuple(fc.constantFrom('x', 'h', 'p'), fc.integer(), fc.constantFrom('192.0.2.1', '12', '-1', 'NaN')).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      for (const parse of [parseTraceroute, parseTracepath, parseMtrRaw, parseTracert]) {
        const hops = parse(lines.join('\n'), four);
        expect(hops.length).toBeLessThan(256);
        for (const hop of hops)
          for (const answer of hop.answers) expect(answer.rttMs.every((ms) => Number.isFinite(ms) && ms >= 0)).toBe(true);
      }
    }),
  );
});
