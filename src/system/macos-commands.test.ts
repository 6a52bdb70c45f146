import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArp, parseIfconfig, parseNdp, parseNetstatDefaults, parseRouteGet, parseScutilDns } from './macos-commands.ts';

const latin1Text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

/*
 * None of these texts was recorded on a machine at hand: they follow the manual pages and output published with them (route(8), netstat(1),
 * arp(8), ndp(8), scutil(8), ifconfig(8)), with addresses of documentation in place of real ones.
 */
const ifconfig = `lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
	options=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
	inet 127.0.0.1 netmask 0xff000000
	inet6 ::1 prefixlen 128
	inet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
	ether 0:1c:42:aa:b:9
	inet6 fe80::10b3:5c1f:77d2:9a11%en0 prefixlen 64 secured scopeid 0x4
	inet 192.0.2.42 netmask 0xffffff00 broadcast 192.0.2.255
	media: autoselect
	status: active
en1: flags=8963<UP,BROADCAST,SMART,RUNNING,PROMISC,SIMPLEX,MULTICAST> mtu 1500
	ether 82:17:0e:00:00:00
	status: inactive
utun3: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
	inet 198.51.100.7 --> 198.51.100.7 netmask 0xffffffff
`;
const routeGet = `   route to: 203.0.113.10
destination: default
       mask: default
    gateway: 192.0.2.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500         0
`;
const onLink = `   route to: 192.0.2.9
destination: 192.0.2.9
    gateway: link#4
  interface: en0
      flags: <UP,HOST,DONE,LLINFO,WASCLONED,IFSCOPE,IFREF>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500      1190
`;
const netstat = `Routing tables

Internet:
Destination        Gateway            Flags        Refs      Use   Netif Expire
default            192.0.2.1          UGScI           0        0     en1
default            198.51.100.1       UGSc           20       16     en0
127                127.0.0.1          UCS             0        0     lo0
192.0.2            link#4             UCS             1        0     en0      !
`;
const netstat6 = `Routing tables

Internet6:
Destination                             Gateway                                 Flags               Netif Expire
default                                 fe80::1%en0                             UGcg                  en0
default                                 fe80::%utun3                            UGcIg               utun3
::1                                     ::1                                     UHL                   lo0
`;
const arp = `? (192.0.2.1) at 0:11:22:33:44:55 on en0 ifscope [ethernet]
? (192.0.2.9) at (incomplete) on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
`;
const ndp = `Neighbor                                Linklayer Address  Netif Expire    St Flgs Prbs
2001:db8::1                             0:11:22:33:44:55     en0 23h59m58s S  R
2001:db8::9                             (incomplete)         en0 expired   N
fe80::1%lo0                             (incomplete)         lo0 permanent R
`;
const scutil = `DNS configuration

resolver #1
  search domain[0] : corp.example
  search domain[1] : lan
  nameserver[0] : 192.0.2.53
  nameserver[1] : 2001:db8::53
  if_index : 4 (en0)
  flags    : Request A records, Request AAAA records
  reach    : 0x00020002 (Reachable,Directly Reachable Address)

resolver #2
  domain   : local
  options  : mdns
  timeout  : 5
  nameserver[0] : 198.51.100.53

DNS configuration (for scoped queries)

resolver #1
  nameserver[0] : 203.0.113.53
`;

describe('what macOS commands print', () => {
  it('ifconfig', () => {
    const { links, addresses } = parseIfconfig(ifconfig);
    expect(links).toEqual([
      { name: 'lo0', loopback: true, up: true, carrier: true, medium: 'loopback', mtuBytes: 16_384, linkAddress: null },
      { name: 'en0', loopback: false, up: true, carrier: true, medium: 'ethernet', mtuBytes: 1500, linkAddress: '00:1c:42:aa:0b:09' },
      { name: 'en1', loopback: false, up: true, carrier: false, medium: 'ethernet', mtuBytes: 1500, linkAddress: '82:17:0e:00:00:00' },
      { name: 'utun3', loopback: false, up: true, carrier: null, medium: 'tunnel', mtuBytes: 1380, linkAddress: null },
    ]);
    expect(addresses.map((one) => `${one.interface} ${one.address}/${one.prefixLength} ${one.scope}`)).toEqual([
      'lo0 127.0.0.1/8 host',
      'lo0 ::1/128 host',
      'lo0 fe80::1/64 link',
      'en0 fe80::10b3:5c1f:77d2:9a11/64 link',
      'en0 192.0.2.42/24 global',
      'utun3 198.51.100.7/32 global',
    ]);
  });

  it('route get: through a gateway, on-link, none', () => {
    expect(parseRouteGet(routeGet, '203.0.113.10', 'ipv4')).toEqual({
      family: 'ipv4',
      destination: '203.0.113.10',
      found: true,
      gateway: '192.0.2.1',
      interface: 'en0',
      sourceAddress: null,
      mtuBytes: 1500,
    });
    expect(parseRouteGet(onLink, '192.0.2.9', 'ipv4')).toMatchObject({ found: true, gateway: null, interface: 'en0' });
    expect(parseRouteGet('route: writing to routing socket: not in table\n', '203.0.113.10', 'ipv4')).toMatchObject({ found: false });
    expect(parseRouteGet(routeGet.replace('STATIC', 'REJECT'), '203.0.113.10', 'ipv4')).toMatchObject({ found: false });
    expect(parseRouteGet('something else', '203.0.113.10', 'ipv4')).toBeNull();
  });

  it('netstat -rn, with and without the columns of old versions', () => {
    expect(parseNetstatDefaults(netstat, 'ipv4').map((one) => [one.gateway, one.interface])).toEqual([
      ['198.51.100.1', 'en0'],
      ['192.0.2.1', 'en1'],
    ]);
    expect(parseNetstatDefaults(netstat6, 'ipv6').map((one) => [one.gateway, one.interface])).toEqual([
      ['fe80::1', 'en0'],
      ['fe80::', 'utun3'],
    ]);
  });

  it('arp and ndp', () => {
    expect(parseArp(arp, '192.0.2.1', 'en0')).toMatchObject({ state: 'stale', linkAddress: '00:11:22:33:44:55' });
    expect(parseArp(arp, '192.0.2.9', 'en0')).toMatchObject({ state: 'incomplete', linkAddress: null });
    expect(parseArp(arp, '224.0.0.251', 'en0')).toMatchObject({ state: 'permanent' });
    expect(parseArp(arp, '192.0.2.77', 'en0')).toMatchObject({ state: 'absent' });
    expect(parseNdp(ndp, '2001:db8::1', 'en0')).toMatchObject({ state: 'stale', linkAddress: '00:11:22:33:44:55' });
    expect(parseNdp(ndp, '2001:db8::9', 'en0')).toMatchObject({ state: 'incomplete', linkAddress: null });
    expect(parseNdp(ndp, '2001:db8::77', 'en0')).toMatchObject({ state: 'absent' });
  });

  it('scutil --dns: the default configuration alone', () => {
    expect(parseScutilDns(scutil)).toEqual({
      source: 'scutil',
      servers: [
        { address: '192.0.2.53', port: 53 },
        { address: '2001:db8::53', port: 53 },
      ],
      search: ['corp.example', 'lan'],
      ndots: 1,
    });
    expect(parseScutilDns('No DNS configuration available\n')).toMatchObject({ servers: [] });
    expect(parseScutilDns('')).toBeNull();
  });

  it('takes any text without a throw', () => {
    const texts = [ifconfig, routeGet, onLink, netstat, netstat6, arp, ndp, scutil];
    const mutated = fc
      .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(), latin1Text)
      .map(
        ([text, from, length, inserted]) => text.slice(0, from % text.length) + inserted + text.slice((from % text.length) + (length % 40)),
      );
    fc.assert(
      fc.property(mutated, (text) => {
        for (const one of parseIfconfig(text).addresses) expect(one.prefixLength).toBeGreaterThanOrEqual(0);
        parseRouteGet(text, '192.0.2.1', 'ipv4');
        parseNetstatDefaults(text, 'ipv4');
        parseArp(text, '192.0.2.1', 'en0');
        parseNdp(text, '2001:db8::1', 'en0');
        parseScutilDns(text);
      }),
    );
  });
});
