import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HopAnswer, PathHop, RouteAddressOwners, RoutePathTraced } from '../model/observations/route.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { columnsOfLine, paint } from './layout.ts';
import { pathDrawing } from './path-drawing.ts';
import { plainStyle } from './style.ts';

const columns = 80;
const destination = '203.0.113.10';

function answer(from: string, more: Partial<HopAnswer> = {}): HopAnswer {
  return { from, what: 'expired', type: 11, code: 0, count: 3, rttMs: [4.2, 3.1], ...more };
}

function hop(ttl: number, ...answers: HopAnswer[]): PathHop {
  return { ttl, sent: 3, answers };
}

function reportOf(
  hops: PathHop[],
  owners: RouteAddressOwners['owners'] = [],
  more: Partial<RoutePathTraced> = {},
  others: Partial<RoutePathTraced>[] = [],
): WalkReport {
  const reached = hops.find((one) => one.answers.some(({ from, what }) => from === destination && what !== 'expired'))?.ttl ?? null;
  const path = {
    id: 'e1',
    kind: 'route.path-traced',
    protocol: 'tcp',
    family: 'ipv4',
    destination: { address: destination, port: 443 },
    hops,
    reachedAtTtl: reached,
    probedToTtl: hops.length + 9,
    ...more,
  };
  const evidence = [path, ...others.map((other) => ({ ...path, ...other })), { id: 'e2', kind: 'route.address-owners', owners }];
  return { evidence, findings: [], verdict: { cause: null } } as unknown as WalkReport;
}

const drawn = (report: WalkReport, most?: number): string[] => pathDrawing(report, columns, most).map((line) => paint(line, plainStyle));

const owners: RouteAddressOwners['owners'] = [
  { address: '192.168.1.1', range: 'private', asNumber: null, name: null, sort: null },
  { address: '192.0.2.1', range: 'public', asNumber: 64_500, name: 'Access Example', sort: null },
  { address: '198.51.100.2', range: 'public', asNumber: 64_501, name: 'Transit Example', sort: null },
  { address: destination, range: 'public', asNumber: 64_502, name: 'Hosting Example', sort: 'hosting' },
];

describe('pathDrawing', () => {
  it('shows whose network a packet is in, who is silent, and where it arrives', () => {
    const hops = [
      hop(1, answer('192.168.1.1', { rttMs: [0.02] })),
      hop(2, answer('192.0.2.1')),
      hop(3),
      hop(4, answer('198.51.100.2')),
      hop(5, answer(destination, { what: 'opened' })),
    ];
    expect(drawn(reportOf(hops, owners))).toEqual([
      '          own network',
      '            1  192.168.1.1   <0.1 ms',
      '          access provider: AS64500 Access Example',
      '            2  192.0.2.1     3.1 ms',
      '            3  *             silent, and passes packets on',
      '          transit: AS64501 Transit Example',
      '            4  198.51.100.2  3.1 ms',
      '          destination network: AS64502 Hosting Example, hosting',
      '            5  203.0.113.10  3.1 ms     open',
    ]);
  });

  it('says where a path stops, and what other probes met', () => {
    const hops = [hop(1, answer('192.168.1.1')), hop(2, answer('192.0.2.1')), hop(3)];
    expect(drawn(reportOf(hops, owners, {}, [{ protocol: 'udp' }]), 1)).toEqual([
      '          access provider: AS64500 Access Example',
      '            2  192.0.2.1    3.1 ms',
      '          stops here: nothing from 10 hops beyond; other probes get no further',
    ]);
    expect(drawn(reportOf(hops, owners, {}, [{ protocol: 'udp', reachedAtTtl: 6 }])).at(-1)).toContain('datagrams arrive, at hop 6');
  });

  it('names who refused', () => {
    const hops = [hop(1, answer('192.168.1.1')), hop(2, answer('192.0.2.1', { what: 'icmp-error', type: 3, code: 13 }))];
    expect(drawn(reportOf(hops, owners)).at(-1)).toBe('            2  192.0.2.1    3.1 ms     administratively prohibited');
  });

  it('says whom it leads to where it is refused for every probe', () => {
    const hops = [hop(1, answer('192.168.1.1')), hop(2, answer('192.0.2.1', { what: 'icmp-error', type: 3, code: 1 }))];
    expect(drawn(reportOf(hops, owners, {}, [{ id: 'e3', protocol: 'udp' }])).at(-1)).toBe(
      `          stops here, towards ${destination}; other probes get no further`,
    );
  });

  it('loss that does not reach the end is a limit of answers', () => {
    const hops: PathHop[] = [
      { ttl: 1, sent: 40, answers: [answer('192.168.1.1', { count: 7 })] },
      { ttl: 2, sent: 40, answers: [answer('192.0.2.1', { count: 36 })] },
      { ttl: 3, sent: 40, answers: [answer(destination, { what: 'opened', count: 35 })] },
    ];
    const lines = drawn(reportOf(hops, owners)).filter((line) => /^\s+\d/.test(line));
    expect(lines.map((line) => line.slice(-28).trim())).toEqual(
      ['answers 7 of 40: limits them', '10 % lost', 'open, 13 % lost'].map((text) => expect.stringContaining(text)),
    );
  });

  it('is empty without a path', () => {
    expect(drawn({ evidence: [], findings: [], verdict: { cause: null } } as unknown as WalkReport)).toEqual([]);
  });

  it('fits the columns whatever the names, and lets no control character through', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const what = fc.constantFrom<HopAnswer['what']>('expired', 'icmp-error', 'opened', 'refused', 'echo-reply');
    const answers = fc.array(
      fc.record({
        from: address,
        name: fc.string({ unit: 'binary', maxLength: 60 }),
        what,
        type: fc.nat(255),
        code: fc.nat(255),
        count: fc.nat(100),
        rttMs: fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 3 }),
      }),
      { maxLength: 3 },
    );
    const path = fc.array(fc.record({ sent: fc.nat(100), answers }), { maxLength: 12 });
    fc.assert(
      fc.property(path, fc.string({ unit: 'binary', maxLength: 90 }), fc.integer({ min: 40, max: 120 }), (shape, name, width) => {
        const hops = shape.map((one, index) => ({ ttl: index + 1, ...one }));
        const known = hops.flatMap((one) =>
          one.answers.map(({ from }) => ({ address: from, range: 'public' as const, asNumber: 64_500, name, sort: null })),
        );
        for (const line of pathDrawing(reportOf(hops, known), width)) {
          expect(columnsOfLine(line)).toBeLessThanOrEqual(Math.max(width, 80));
          expect(paint(line, plainStyle)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
        }
      }),
    );
  });
});
