import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes } from './address-bytes.ts';
import { parseProcArp, parseProcDevices, parseProcDuplicates, parseProcIpv6Route, parseProcRoute, parseProcWireless } from './proc-net.ts';
import { defaultsOf, longestMatch } from './route-table.ts';

const latin1Text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

/** Recorded on Linux 6.18, x86-64, in a network namespace with one veth pair. */
const route = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
v0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
v0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
v0	006433C6	030200C0	0003	0	0	0	00FFFFFF	0	0	0
*	007100CB	00000000	0201	0	0	0	00FFFFFF	0	0	0
`;
const ipv6Route = `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       v0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
20010db8000000000000000000000002 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       v0
`;
const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        v0
192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        v0
192.0.2.7        0x1         0x6         02:00:00:00:00:07     *        v0
`;
const devices = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0:12345678     110    0    0    0     0          0         0       90       1    0    0    0     0       0          0
`;
/** The shape of proc(5), with an interface that is associated. */
const wireless = `Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
wlp2s0: 0000   54.  -56.  -256        0      0      0      0     12        0
`;

const bytes = (text: string): Uint8Array => addressBytes(text) ?? new Uint8Array(0);

describe('parseProcDuplicates', () => {
  it('names the addresses that somebody else holds', () => {
    // Recorded on kernel 6.18: the second address was given to both ends of a cable.
    const text = `00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000000001 02 40 00 c8       p0
fe8000000000000044a601fffe472a35 02 40 20 80       p0
`;
    expect([...parseProcDuplicates(text)]).toEqual(['p0 2001:db8::1']);
    expect([...parseProcDuplicates('garbage 01\n\n20010db8 02 40 00 c8 p0\n')]).toEqual([]);
  });
});

describe('/proc/net', () => {
  it('route: networks, gateways, and routes that refuse', () => {
    const routes = parseProcRoute(route, true);
    expect(routes).toHaveLength(4);
    expect(longestMatch(routes, bytes('192.0.2.9'))).toMatchObject({ gateway: null, interface: 'v0', prefixLength: 24 });
    expect(longestMatch(routes, bytes('198.51.100.9'))).toMatchObject({ gateway: '192.0.2.3' });
    expect(longestMatch(routes, bytes('203.0.113.9'))).toMatchObject({ kind: 'unreachable', interface: null });
    expect(longestMatch(routes, bytes('8.8.8.8'))).toMatchObject({ gateway: '192.0.2.1', prefixLength: 0 });
    expect(defaultsOf(routes)).toHaveLength(1);
  });

  it('route: the same numbers mean other addresses on a big-endian machine', () => {
    const [first] = parseProcRoute('Iface\neth0\tC0000200\tC0000201\t0003\t0\t0\t100\tFFFFFF00\t1400\t0\t0\n', false);
    expect(first).toMatchObject({ prefixLength: 24, gateway: '192.0.2.1', metric: 100, mtuBytes: 1400 });
  });

  it('ipv6_route: the route that rejects everything is no default route', () => {
    const routes = parseProcIpv6Route(ipv6Route);
    expect(defaultsOf(routes)).toEqual([expect.objectContaining({ gateway: 'fd00::1', interface: 'eth0', metric: 0x400 })]);
    expect(longestMatch(routes, bytes('2001:db8::2'))).toMatchObject({ kind: 'local' });
    expect(longestMatch(routes, bytes('2001:db8::3'))).toMatchObject({ kind: 'unicast', gateway: null, interface: 'v0' });
    expect(longestMatch(routes.slice(2), bytes('2001:db8::3'))).toMatchObject({ kind: 'unreachable' });
  });

  it('arp: known, permanent and unanswered entries', () => {
    expect(parseProcArp(arp)).toEqual([
      { address: '192.0.2.9', interface: 'v0', known: false, permanent: false, linkAddress: null },
      { address: '192.0.2.1', interface: 'v0', known: true, permanent: false, linkAddress: '02:00:00:00:00:01' },
      { address: '192.0.2.7', interface: 'v0', known: true, permanent: true, linkAddress: '02:00:00:00:00:07' },
    ]);
  });

  it('dev and wireless', () => {
    expect([...parseProcDevices(devices)]).toEqual([
      ['lo', 0],
      ['eth0', 12_345_678],
    ]);
    expect(parseProcWireless(wireless)).toEqual(['wlp2s0']);
  });

  it('any text is read without a throw', () => {
    const mutated = fc
      .tuple(fc.constantFrom(route, ipv6Route, arp, devices, wireless), fc.nat(), latin1Text)
      .map(([text, at, inserted]) => text.slice(0, at % text.length) + inserted + text.slice((at % text.length) + inserted.length));
    fc.assert(
      fc.property(fc.oneof(mutated, latin1Text), (text) => {
        const routes = [...parseProcRoute(text, true), ...parseProcIpv6Route(text)];
        for (const one of routes) expect(one.prefixLength >= 0 && one.prefixLength <= one.prefix.length * 8).toBe(true);
        parseProcArp(text);
        parseProcDevices(text);
        parseProcWireless(text);
      }),
    );
  });
});
