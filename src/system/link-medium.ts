import type { LinkFacts } from '../ports/host.ts';

type Medium = LinkFacts['medium'];

/** linux/if_arp.h. */
const hardwareLoopback = 772;
const hardwareEthernet = 1;
const tunnelHardware = new Set([
  512 /* PPP */, 768 /* IPIP */, 769 /* IP6IP6 */, 776 /* SIT */, 778 /* GRE */, 823 /* IP6GRE */, 65534 /* none: tun, WireGuard */,
]);

const tunnelKinds = new Set([
  'tun',
  'wireguard',
  'ipip',
  'sit',
  'gre',
  'gretap',
  'ip6gre',
  'ip6tnl',
  'vti',
  'vti6',
  'xfrm',
  'vxlan',
  'geneve',
  'ppp',
  'ovpn',
  'amt',
]);
const virtualKinds = new Set([
  'veth',
  'bridge',
  'dummy',
  'macvlan',
  'macvtap',
  'ipvlan',
  'ipvtap',
  'vlan',
  'bond',
  'team',
  'ifb',
  'netkit',
  'vrf',
  'nlmon',
]);

/** What Linux says about an interface: hardware type, driver kind (null for a physical one or when not asked), and whether it is wireless. */
export function linuxMedium(hardwareType: number, kind: string | null, wireless: boolean): Medium {
  if (hardwareType === hardwareLoopback) return 'loopback';
  if (wireless) return 'wifi';
  if (kind !== null && tunnelKinds.has(kind)) return 'tunnel';
  if (kind !== null && virtualKinds.has(kind)) return 'virtual';
  if (tunnelHardware.has(hardwareType)) return 'tunnel';
  return hardwareType === hardwareEthernet ? 'ethernet' : 'unknown';
}

/** Systems other than Linux say little more than the name: BSD driver names, and words that appear in Windows' interface names. */
export function mediumByName(name: string): Medium {
  if (/^lo\d*$|loopback/iu.test(name)) return 'loopback';
  if (/^(utun|tun|tap|ppp|ipsec|gif|stf|wg)\d*$|vpn|wireguard|openvpn|tap-windows|tunnel/iu.test(name)) return 'tunnel';
  if (/wi-?fi|wlan|wireless|^awdl\d|^llw\d/iu.test(name)) return 'wifi';
  if (/^(bridge|vmnet|vnic|vboxnet|feth|ap)\d|vethernet|virtual|hyper-v|vmware/iu.test(name)) return 'virtual';
  return /^(en|em|igb|ix|re)\d|ethernet/iu.test(name) ? 'ethernet' : 'unknown';
}
