import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDhclientLeases, parseGetPacket, parseNetworkdLease, parseNmcliLeases } from './dhcp-lease.ts';

/** Recorded: isc-dhclient-4.4.3-P1 asking dnsmasq 2.90, option 114 set by the server. */
const dhclient = `lease {
  interface "v0";
  fixed-address 192.168.1.105;
  option subnet-mask 255.255.255.0;
  option routers 192.168.1.1;
  option dhcp-lease-time 43200;
  option default-url "https://portal.example/api";
  option dhcp-message-type 5;
  option domain-name-servers 192.168.1.1,9.9.9.9;
  option dhcp-server-identifier 192.168.1.1;
  option dhcp-renewal-time 21600;
  option broadcast-address 192.168.1.255;
  option dhcp-rebinding-time 37800;
  renew 6 2026/11/21 09:45:16;
  rebind 6 2026/11/21 15:34:46;
  expire 6 2026/11/21 17:04:46;
}
`;

/** Not recorded: written after sd-dhcp-lease.c of systemd 254, dhcp_lease_save(). */
const networkd = `# This is private data. Do not parse.
ADDRESS=192.168.1.105
NETMASK=255.255.255.0
ROUTER=192.168.1.1
SERVER_ADDRESS=192.168.1.1
T1=21600
T2=37800
LIFETIME=43200
DNS=192.168.1.1 9.9.9.9
`;

/** Not recorded: written after nmcli-examples(7) and NetworkManager's documented names of DHCP options. */
const nmcli = `GENERAL.DEVICE:eth0
DHCP4.OPTION[1]:dhcp_server_identifier = 192.168.1.1
DHCP4.OPTION[2]:domain_name_servers = 192.168.1.1 9.9.9.9
DHCP4.OPTION[3]:expiry = 1795280686
DHCP4.OPTION[4]:ip_address = 192.168.1.105
DHCP4.OPTION[5]:routers = 192.168.1.1

GENERAL.DEVICE:lo
`;

/** Published by M. Geitner at support.moonpoint.com/os/os-x/dhcp-info.php, of OS X 10.11. */
const getPacket = `op = BOOTREPLY
htype = 1
flags = 0
hlen = 6
hops = 0
xid = 0xceb36b13
secs = 0
ciaddr = 0.0.0.0
yiaddr = 192.168.2.51
siaddr = 0.0.0.0
giaddr = 0.0.0.0
chaddr = ac:bc:32:ce:d3:f5
sname =
file =
options:
Options count is 7
dhcp_message_type (uint8): ACK 0x5
server_identifier (ip): 192.168.2.1
lease_time (uint32): 0x15180
subnet_mask (ip): 255.255.255.0
router (ip_mult): {192.168.2.1}
domain_name_server (ip_mult): {192.168.2.1}
end (none):
`;

const lease = {
  address: '192.168.1.105',
  dhcpServer: '192.168.1.1',
  routers: ['192.168.1.1'],
  resolvers: ['192.168.1.1', '9.9.9.9'],
};

describe('leases', () => {
  it('of dhclient', () => {
    expect(parseDhclientLeases(dhclient, 'file')).toEqual([
      { ...lease, interface: 'v0', expiresAt: '2026-11-21T17:04:46.000Z', portalUrl: 'https://portal.example/api', source: 'file' },
    ]);
  });

  it('of dhclient: the newest of an interface, and times since the epoch', () => {
    const again = dhclient.replace('192.168.1.105', '192.168.1.106').replace('6 2026/11/21 17:04:46', 'epoch 1795280686');
    const other = dhclient.replace('"v0"', '"v1"');
    expect(parseDhclientLeases(dhclient + again + other, 'file').map(({ address, expiresAt }) => `${address} ${expiresAt}`)).toEqual([
      '192.168.1.106 2026-11-21T17:04:46.000Z',
      '192.168.1.105 2026-11-21T17:04:46.000Z',
    ]);
    expect(parseDhclientLeases(dhclient.replace('https://', 'urn:'), 'file')[0]?.portalUrl).toBeNull();
  });

  it('of systemd-networkd', () => {
    const writtenMs = Date.parse('2026-11-21T05:04:46Z');
    expect(parseNetworkdLease(networkd, 'eth0', writtenMs, 'file')).toEqual({
      ...lease,
      interface: 'eth0',
      expiresAt: '2026-11-21T17:04:46.000Z',
      portalUrl: null,
      source: 'file',
    });
    expect(parseNetworkdLease(`${networkd}CAPTIVE_PORTAL=https://p.example/\n`, null, Number.NaN, 'file')).toMatchObject({
      expiresAt: null,
      portalUrl: 'https://p.example/',
    });
    expect(parseNetworkdLease('', null, 0, 'file')).toBeNull();
  });

  it('of NetworkManager', () => {
    expect(parseNmcliLeases(nmcli, 'nmcli')).toEqual([
      { ...lease, interface: 'eth0', expiresAt: '2026-11-21T17:04:46.000Z', portalUrl: null, source: 'nmcli' },
    ]);
  });

  it('of macOS', () => {
    expect(parseGetPacket(getPacket, 'en0', 'ipconfig')).toEqual({
      interface: 'en0',
      address: '192.168.2.51',
      dhcpServer: '192.168.2.1',
      routers: ['192.168.2.1'],
      resolvers: ['192.168.2.1'],
      expiresAt: null,
      portalUrl: null,
      source: 'ipconfig',
    });
    expect(parseGetPacket('', 'en0', 'ipconfig')).toBeNull();
  });

  it('are never made of garbage', () => {
    const texts = [dhclient, networkd, nmcli, getPacket];
    const mutated = fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.string({ maxLength: 8 })).map(([text, at, inserted]) => {
      const position = at % text.length;
      return text.slice(0, position) + inserted + text.slice(position + inserted.length);
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ maxLength: 300, unit: 'binary' })), (text) => {
        for (const found of [
          ...parseDhclientLeases(text, ''),
          ...parseNmcliLeases(text, ''),
          parseNetworkdLease(text, null, 0, ''),
          parseGetPacket(text, '', ''),
        ]) {
          if (found !== null) expect(found.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
