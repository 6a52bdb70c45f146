import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes } from './address-bytes.ts';
import { defaultsOf, longestMatch } from './route-table.ts';
import { parseRoutePrintV4, parseRoutePrintV6, parseSubinterfaces, parseWindowsNeighbor } from './windows-commands.ts';

const latin1Text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

/*
 * None of these texts was recorded on a machine at hand: they follow Microsoft's documentation of route, netsh and arp, in English and German,
 * with addresses of documentation in place of real ones.
 */
const routeV4 = `===========================================================================
Interface List
  4...00 1c 42 aa 0b 09 ......Intel(R) Ethernet Connection
  1...........................Software Loopback Interface 1
===========================================================================

IPv4 Route Table
===========================================================================
Active Routes:
Network Destination        Netmask          Gateway       Interface  Metric
          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.42     25
          0.0.0.0          0.0.0.0     198.51.100.1     198.51.100.7     55
        127.0.0.0        255.0.0.0         On-link         127.0.0.1    331
        192.0.2.0    255.255.255.0  Auf Verbindung        192.0.2.42    281
===========================================================================
Persistent Routes:
  Network Address          Netmask  Gateway Address  Metric
          0.0.0.0          0.0.0.0      203.0.113.1  Default
===========================================================================
`.replaceAll('\n', '\r\n');
const routeV6 = `IPv6-Routentabelle
===========================================================================
Aktive Routen:
 If Metrik Netzwerkziel             Gateway
  4    281 ::/0                     fe80::1
  1    331 ::1/128                  Auf Verbindung
  4    281 2001:db8::/64            Auf Verbindung
  4    281 2001:db8:1:2:3:4:5:6/128
                                    Auf Verbindung
===========================================================================
Ständige Routen:
  Keine
`.replaceAll('\n', '\r\n');
const subinterfaces = `
       MTU  MediaSenseState      Bytes In     Bytes Out  Interface
----------  ---------------  ------------  ------------  -------------
4294967295                1             0        150684  Loopback Pseudo-Interface 1
      1500                1     987654321      12345678  Ethernet 2
      1500                5             0             0  Wi-Fi
`.replaceAll('\n', '\r\n');
const arp = `
Interface: 192.0.2.42 --- 0x4
  Internet Address      Physical Address      Type
  192.0.2.1             00-11-22-33-44-55     dynamic
  192.0.2.255           ff-ff-ff-ff-ff-ff     static
`.replaceAll('\n', '\r\n');
const neighbors = `
Interface 4: Ethernet 2

Internet Address                              Physical Address   Type
--------------------------------------------  -----------------  -----------
2001:db8::1                                   00-11-22-33-44-55  Reachable (Router)
2001:db8::9                                   00-00-00-00-00-00  Unreachable
2001:db8::a                                   Unreachable        Unreachable
`.replaceAll('\n', '\r\n');

const bytes = (text: string): Uint8Array => addressBytes(text) ?? new Uint8Array(0);

describe('what Windows commands print', () => {
  it('route print -4: active routes in any language, no persistent ones', () => {
    const routes = parseRoutePrintV4(routeV4);
    expect(defaultsOf(routes).map((one) => [one.gateway, one.metric])).toEqual([
      ['192.0.2.1', 25],
      ['198.51.100.1', 55],
    ]);
    expect(longestMatch(routes, bytes('192.0.2.9'))).toMatchObject({ gateway: null, interfaceAddress: '192.0.2.42', prefixLength: 24 });
    expect(routes).toHaveLength(4);
  });

  it('route print -6: a long prefix pushes its gateway to the next line', () => {
    const routes = parseRoutePrintV6(routeV6);
    expect(defaultsOf(routes)).toEqual([expect.objectContaining({ gateway: 'fe80::1', interfaceIndex: 4 })]);
    expect(longestMatch(routes, bytes('2001:db8:1:2:3:4:5:6'))).toMatchObject({ gateway: null, prefixLength: 128 });
    expect(routes).toHaveLength(4);
  });

  it('netsh interface ipv4 show subinterfaces', () => {
    expect(parseSubinterfaces(subinterfaces)).toEqual([
      { name: 'Loopback Pseudo-Interface 1', mtuBytes: null, connected: true },
      { name: 'Ethernet 2', mtuBytes: 1500, connected: true },
      { name: 'Wi-Fi', mtuBytes: 1500, connected: false },
    ]);
  });

  it('arp -a and netsh interface ipv6 show neighbors', () => {
    expect(parseWindowsNeighbor(arp, '192.0.2.1', 'Ethernet 2')).toMatchObject({ state: 'stale', linkAddress: '00:11:22:33:44:55' });
    expect(parseWindowsNeighbor(arp, '192.0.2.7', 'Ethernet 2')).toMatchObject({ state: 'absent' });
    expect(parseWindowsNeighbor(neighbors, '2001:db8::1', 'Ethernet 2')).toMatchObject({ state: 'stale' });
    expect(parseWindowsNeighbor(neighbors, '2001:db8::9', 'Ethernet 2')).toMatchObject({ state: 'incomplete', linkAddress: null });
    expect(parseWindowsNeighbor(neighbors, '2001:db8::a', 'Ethernet 2')).toMatchObject({ state: 'incomplete', linkAddress: null });
  });

  it('takes any text without a throw', () => {
    const mutated = fc
      .tuple(fc.constantFrom(routeV4, routeV6, subinterfaces, arp, neighbors), fc.nat(), fc.nat(), latin1Text)
      .map(
        ([text, from, length, inserted]) => text.slice(0, from % text.length) + inserted + text.slice((from % text.length) + (length % 40)),
      );
    fc.assert(
      fc.property(mutated, (text) => {
        for (const route of [...parseRoutePrintV4(text), ...parseRoutePrintV6(text)]) {
          expect(route.prefixLength >= 0 && route.prefixLength <= route.prefix.length * 8).toBe(true);
        }
        parseSubinterfaces(text);
        parseWindowsNeighbor(text, '192.0.2.1', 'x');
      }),
    );
  });
});
