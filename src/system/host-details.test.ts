import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArping } from './host-details.ts';
import { parseGnomeProxy, parseInternetSettings, parseScutilProxy } from './proxy-settings.ts';
import { parseAirportNetwork, parseIwLink, parseProcWirelessLevels, parseWlanInterfaces } from './wireless-link.ts';

describe('Wi-Fi', () => {
  // Written after iw 5.19's link.c and print_link_sta(); no wireless interface was at hand.
  const connected = `Connected to 02:00:00:00:00:01 (on wlan0)
	SSID: Guest & Friends
	freq: 5180
	RX: 1234567 bytes (1234 packets)
	TX: 7654321 bytes (4321 packets)
	signal: -67 dBm
	rx bitrate: 390.0 MBit/s VHT-MCS 4 80MHz VHT-NSS 2
`;

  it('by iw', () => {
    expect(parseIwLink(connected, 'wlan0')).toEqual({
      interface: 'wlan0',
      associated: true,
      ssid: 'Guest & Friends',
      signalDbm: -67,
      frequencyMhz: 5180,
    });
    expect(parseIwLink('Not connected.\n', 'wlan0')).toMatchObject({ associated: false, ssid: null, signalDbm: null });
    expect(parseIwLink(connected.replace('5180', '2437.0'), 'wlan0').frequencyMhz).toBe(2437);
  });

  it('by /proc/net/wireless', () => {
    // The heading is the kernel's (net/wireless/wext-proc.c); the numbers are made up.
    const text = `Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   54.  -56.  -256        0      0      0      0      0        0
 wlan1: 0000    0.    0.     0        0      0      0      0      0        0
`;
    expect(parseProcWirelessLevels(text)).toEqual([
      { interface: 'wlan0', associated: true, ssid: null, signalDbm: -56, frequencyMhz: null },
      { interface: 'wlan1', associated: false, ssid: null, signalDbm: null, frequencyMhz: null },
    ]);
  });

  it('by networksetup and netsh', () => {
    // Written after the tools' published output.
    expect(parseAirportNetwork('Current Wi-Fi Network: Home\n', 'en0')).toMatchObject({ associated: true, ssid: 'Home' });
    expect(parseAirportNetwork('You are not associated with an AirPort network.\n', 'en0')).toMatchObject({
      associated: false,
      ssid: null,
    });
    const german = `
Es ist 1 Schnittstelle auf dem System vorhanden:

    Name                   : WLAN
    Beschreibung           : Intel(R) Wi-Fi 6 AX201
    Status                 : Verbunden
    SSID                   : Home
    BSSID                  : 02:00:00:00:00:01
`;
    expect(parseWlanInterfaces(german)).toEqual([
      { interface: 'WLAN', associated: true, ssid: 'Home', signalDbm: null, frequencyMhz: null },
    ]);
    expect(parseWlanInterfaces(german.replace(/^.*SSID.*$\n/gm, ''))[0]).toMatchObject({ associated: false, ssid: null });
  });
});

describe('proxies of the desktop', () => {
  it('of macOS', () => {
    // Written after the dictionary keys of Apple's SCDynamicStoreCopyProxies.
    const text = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
  }
  HTTPEnable : 1
  HTTPPort : 3128
  HTTPProxy : proxy.example
  HTTPSEnable : 1
  HTTPSPort : 3128
  HTTPSProxy : proxy.example
  SOCKSEnable : 0
  SOCKSProxy : socks.example
}
`;
    expect(parseScutilProxy(text).map(({ variable, url }) => `${variable} ${url}`)).toEqual([
      'system settings (HTTPS) http://proxy.example:3128/',
    ]);
    expect(parseScutilProxy('')).toEqual([]);
  });

  it('of GNOME', () => {
    // Written after the schema org.gnome.system.proxy.
    const text = `org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy.http host 'proxy.example'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
org.gnome.system.proxy.socks host '2001:db8::1'
org.gnome.system.proxy.socks port 1080
`;
    expect(parseGnomeProxy(text).map(({ url }) => url)).toEqual(['http://proxy.example:8080/', 'socks5h://[2001:db8::1]:1080']);
    expect(parseGnomeProxy(text.replace("'manual'", "'none'"))).toEqual([]);
  });

  it('of Windows', () => {
    // Written after the documented values of Internet Settings.
    const text = (server: string): string => `
HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings
    ProxyEnable    REG_DWORD    0x1
    ProxyServer    REG_SZ    ${server}
`;
    expect(parseInternetSettings(text('proxy.example:8080')).map(({ url }) => url)).toEqual(['http://proxy.example:8080/']);
    expect(parseInternetSettings(text('http=a:1;https=b:2;ftp=c:3')).map(({ url }) => url)).toEqual(['http://a:1/', 'http://b:2/']);
    expect(parseInternetSettings(text('p:1').replace('0x1', '0x0'))).toEqual([]);
  });

  it('are never made of garbage, and never throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => {
        for (const parse of [parseScutilProxy, parseGnomeProxy, parseInternetSettings, parseWlanInterfaces, parseProcWirelessLevels])
          parse(text);
        expect(parseIwLink(text, 'w').associated).toBe(/^Connected to [0-9a-f]{2}:/m.test(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('arping', () => {
  it('tells who answers', () => {
    // Recorded: arping of iputils 20221126, two machines with one address.
    const text = `ARPING 192.168.1.1 from 192.168.1.42 br0
Unicast reply from 192.168.1.1 [AE:51:7B:8E:7B:8D]  0.546ms
Unicast reply from 192.168.1.1 [0A:ED:8D:37:62:6B]  0.572ms
Sent 1 probes (1 broadcast(s))
Received 2 response(s)
`;
    expect(parseArping(text, '192.168.1.1')).toEqual(['ae:51:7b:8e:7b:8d', '0a:ed:8d:37:62:6b']);
    // Written after arping(8) of T. Habets.
    expect(parseArping('60 bytes from 00:11:22:33:44:55 (192.168.1.1): index=0 time=1.2 msec\n', '192.168.1.1')).toEqual([
      '00:11:22:33:44:55',
    ]);
    expect(parseArping('arping: socket: Operation not permitted\n', '192.168.1.1')).toEqual([]);
  });
});
