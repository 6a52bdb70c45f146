import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linksFromIp, neighborFromIp, parseRows, routeFromIp, routeRefusalFromIp } from './ip-command.ts';

/** Recorded from iproute2 6.1; parts that are not read left out. */
const links =
  '[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"link_type":"loopback","address":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8}]},' +
  '{"ifindex":3,"link":"v1","ifname":"v0","flags":["NO-CARRIER","BROADCAST","MULTICAST","UP"],"mtu":1500,"operstate":"DOWN","link_type":"ether","address":"be:fd:eb:b0:70:82","linkinfo":{"info_kind":"veth"},"addr_info":[{"family":"inet","local":"169.254.7.7","prefixlen":16},{"family":"inet6","local":"2001:db8::2","prefixlen":64}]},' +
  '{"ifindex":4,"ifname":"wg0","flags":["POINTOPOINT","NOARP"],"mtu":1420,"link_type":"none","linkinfo":{"info_kind":"wireguard"},"addr_info":[]}]';

const rows = (text: string) => parseRows(text) ?? [];

describe('ip -j', () => {
  it('addr', () => {
    const read = linksFromIp(rows(links), new Set());
    expect(read.links).toEqual([
      { name: 'lo', loopback: true, up: true, carrier: true, medium: 'loopback', mtuBytes: 65_536, linkAddress: null },
      { name: 'v0', loopback: false, up: true, carrier: false, medium: 'virtual', mtuBytes: 1500, linkAddress: 'be:fd:eb:b0:70:82' },
      { name: 'wg0', loopback: false, up: false, carrier: null, medium: 'tunnel', mtuBytes: 1420, linkAddress: null },
    ]);
    expect(read.addresses.map((one) => `${one.interface} ${one.address}/${one.prefixLength} ${one.family} ${one.scope}`)).toEqual([
      'lo 127.0.0.1/8 ipv4 host',
      'v0 169.254.7.7/16 ipv4 self-assigned',
      'v0 2001:db8::2/64 ipv6 global',
    ]);
    expect(linksFromIp(rows(links), new Set(['v0'])).links[1]?.medium).toBe('wifi');
  });

  it('route', () => {
    const [one] = rows('[{"dst":"default","gateway":"192.0.2.1","dev":"zz9","flags":[],"metrics":[{"mtu":1300}]}]');
    expect(routeFromIp(one ?? {}, '0.0.0.0/0', 'ipv4')).toMatchObject({
      found: true,
      gateway: '192.0.2.1',
      interface: 'zz9',
      mtuBytes: 1300,
    });
    const [hops] = rows(
      '[{"dst":"198.51.100.0/24","nexthops":[{"gateway":"192.0.2.3","dev":"zz9","weight":1},{"gateway":"192.0.2.4","dev":"zz9"}]}]',
    );
    expect(routeFromIp(hops ?? {}, '198.51.100.5', 'ipv4')).toMatchObject({ gateway: '192.0.2.3', interface: 'zz9' });
    const [refused] = rows('[{"type":"prohibit","dst":"203.0.113.0/24","flags":[]}]');
    expect(routeFromIp(refused ?? {}, '203.0.113.5', 'ipv4')).toMatchObject({ found: false, failure: { name: 'send-not-permitted' } });
    expect(routeRefusalFromIp('RTNETLINK answers: No route to host\n')).toEqual({ name: 'host-unreachable', code: 'EHOSTUNREACH' });
    expect(routeRefusalFromIp('Error: any valid prefix is expected\n')).toBeNull();
  });

  it('neigh', () => {
    const [one] = rows('[{"dst":"192.0.2.1","lladdr":"02:00:00:00:00:01","state":["REACHABLE"]}]');
    expect(neighborFromIp(one, '192.0.2.1', 'v0')).toEqual({
      address: '192.0.2.1',
      interface: 'v0',
      state: 'reachable',
      linkAddress: '02:00:00:00:00:01',
    });
    expect(neighborFromIp(rows('[{"dst":"192.0.2.9","state":["FAILED"]}]')[0], '192.0.2.9', 'v0')).toMatchObject({
      state: 'failed',
      linkAddress: null,
    });
    expect(neighborFromIp(undefined, '192.0.2.9', 'v0')).toMatchObject({ state: 'absent' });
  });

  it('takes any JSON without a throw', () => {
    expect(parseRows('not json')).toBeNull();
    expect(parseRows('[{},{"a":1},3]')).toEqual([{ a: 1 }]);
    fc.assert(
      fc.property(fc.json(), (text) => {
        for (const row of parseRows(text) ?? []) {
          routeFromIp(row, '192.0.2.1', 'ipv4');
          neighborFromIp(row, '192.0.2.1', 'v0');
          linksFromIp([row, { ...row, ifname: 'x', addr_info: [row] }], new Set());
        }
      }),
    );
  });
});
