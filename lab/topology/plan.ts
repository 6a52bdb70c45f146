/** A machine of the practice internet: one network namespace. `client` is the namespace the lab itself runs in. */
export type Place =
  | 'client'
  | 'lan-host'
  | 'gateway'
  | 'provider'
  | 'resolver'
  | 'transit'
  | 'transit-2'
  | 'core'
  | 'public'
  | 'root'
  | 'tld'
  | 'ns1'
  | 'ns2'
  | 'hosting'
  | 'edge'
  | 'origin';

/** Places every network has; `lan-host` and `transit-2` stand only where a scenario asks for them. */
export const standingPlaces: readonly Place[] = [
  'client',
  'gateway',
  'provider',
  'resolver',
  'transit',
  'core',
  'public',
  'root',
  'tld',
  'ns1',
  'ns2',
  'hosting',
  'edge',
  'origin',
];

export const allPlaces: readonly Place[] = [...standingPlaces, 'lan-host', 'transit-2'];

/** Places that forward packets for others. */
export const routers: ReadonlySet<Place> = new Set<Place>(['gateway', 'provider', 'transit', 'transit-2', 'core', 'hosting']);

/** One end of a link: whose it is, what the interface is called there, its addresses with prefix length. */
export interface LinkEnd {
  place: Place;
  interface: string;
  addresses: readonly string[];
}

/** A cable between two places. On the home network it ends in the gateway's bridge, so that more machines can join. */
export interface Link {
  a: LinkEnd;
  b: LinkEnd;
  optional?: true;
}

function link(a: Place, b: Place, aAddresses: readonly string[], bAddresses: readonly string[], names?: [string, string]): Link {
  const [aName, bName] = names ?? [b, a];
  return { a: { place: a, interface: aName, addresses: aAddresses }, b: { place: b, interface: bName, addresses: bAddresses } };
}

/**
 * The cables. Addresses are those set aside for documentation (RFC 5737, RFC 3849), private ones at home (RFC 1918), and the real ones of public
 * resolvers and root servers, which every resolver has built in.
 */
export const links: readonly Link[] = [
  link('client', 'gateway', ['192.168.1.42/24', '2001:db8:1:1::42/64'], [], ['eth0', 'client']),
  link('gateway', 'provider', ['192.0.2.2/30', '2001:db8:2:1::2/64'], ['192.0.2.1/30', '2001:db8:2:1::1/64'], ['wan', 'gateway']),
  link('resolver', 'provider', ['192.0.2.53/30', '2001:db8:2:53::53/64'], ['192.0.2.54/30', '2001:db8:2:53::1/64'], ['eth0', 'resolver']),
  link('provider', 'transit', ['192.0.2.9/30', '2001:db8:2:2::1/64'], ['192.0.2.10/30', '2001:db8:2:2::2/64']),
  link('transit', 'core', ['198.51.100.1/30', '2001:db8:3:1::1/64'], ['198.51.100.2/30', '2001:db8:3:1::2/64']),
  link('core', 'hosting', ['198.51.100.5/30', '2001:db8:4:1::1/64'], ['198.51.100.6/30', '2001:db8:4:1::2/64']),
  link('public', 'core', ['198.51.100.10/30', '2001:db8:4:2::2/64'], ['198.51.100.9/30', '2001:db8:4:2::1/64'], ['eth0', 'public']),
  link('root', 'core', ['198.51.100.14/30', '2001:db8:4:3::2/64'], ['198.51.100.13/30', '2001:db8:4:3::1/64'], ['eth0', 'root']),
  link('tld', 'core', ['198.51.100.130/26', '2001:db8:4:4::130/64'], ['198.51.100.129/26', '2001:db8:4:4::1/64'], ['eth0', 'tld']),
  link('ns2', 'core', ['198.51.100.66/26', '2001:db8:4:5::66/64'], ['198.51.100.65/26', '2001:db8:4:5::1/64'], ['eth0', 'ns2']),
  link(
    'edge',
    'hosting',
    ['203.0.113.10/26', '203.0.113.11/26', '2001:db8:113:1::10/64'],
    ['203.0.113.1/26', '2001:db8:113:1::1/64'],
    ['eth0', 'edge'],
  ),
  link('origin', 'hosting', ['203.0.113.70/26', '2001:db8:113:2::70/64'], ['203.0.113.65/26', '2001:db8:113:2::1/64'], ['eth0', 'origin']),
  link('ns1', 'hosting', ['203.0.113.130/26', '2001:db8:113:3::130/64'], ['203.0.113.129/26', '2001:db8:113:3::1/64'], ['eth0', 'ns1']),
  { ...link('lan-host', 'gateway', ['192.168.1.2/24', '2001:db8:1:1::2/64'], [], ['eth0', 'lanhost']), optional: true },
  { ...link('provider', 'transit-2', ['192.0.2.13/30'], ['192.0.2.14/30']), optional: true },
  { ...link('transit-2', 'core', ['198.51.100.17/30'], ['198.51.100.18/30']), optional: true },
];

/** The home network's bridge on the gateway. */
export const homeBridge: { name: string; addresses: readonly string[]; ports: readonly string[] } = {
  name: 'lan',
  addresses: ['192.168.1.1/24', '2001:db8:1:1::1/64'],
  ports: ['client', 'lanhost'],
};

/** Addresses that live on no cable: well-known servers. */
export const wellKnownAddresses: Partial<Record<Place, readonly string[]>> = {
  public: ['1.1.1.1', '8.8.8.8', '9.9.9.9', '2606:4700:4700::1111', '2001:4860:4860::8888', '2620:fe::fe'],
  root: [
    '198.41.0.4',
    '170.247.170.2',
    '192.33.4.12',
    '199.7.91.13',
    '192.203.230.10',
    '192.5.5.241',
    '192.112.36.4',
    '198.97.190.53',
    '192.36.148.17',
    '192.58.128.30',
    '193.0.14.129',
    '199.7.83.42',
    '202.12.27.33',
    '2001:503:ba3e::2:30',
    '2801:1b8:10::b',
    '2001:500:2::c',
    '2001:500:2d::d',
    '2001:500:a8::e',
    '2001:500:2f::f',
    '2001:500:12::d0d',
    '2001:500:1::53',
    '2001:7fe::53',
    '2001:503:c27::2:30',
    '2001:7fd::1',
    '2001:500:9f::42',
    '2001:dc3::35',
  ],
};

/** Routes beyond the connected ones, as arguments of `ip route add`, by place. */
export const routes: Partial<Record<Place, readonly string[]>> = {
  client: ['default via 192.168.1.1', 'default via 2001:db8:1:1::1'],
  'lan-host': ['default via 192.168.1.1', 'default via 2001:db8:1:1::1'],
  gateway: ['default via 192.0.2.1', 'default via 2001:db8:2:1::1'],
  resolver: ['default via 192.0.2.54', 'default via 2001:db8:2:53::1'],
  provider: ['default via 192.0.2.10', 'default via 2001:db8:2:2::2', '2001:db8:1::/48 via 2001:db8:2:1::2'],
  transit: [
    'default via 198.51.100.2',
    'default via 2001:db8:3:1::2',
    '192.0.2.0/24 via 192.0.2.9',
    '2001:db8:2::/48 via 2001:db8:2:2::1',
    '2001:db8:1::/48 via 2001:db8:2:2::1',
  ],
  'transit-2': ['default via 198.51.100.18', '192.0.2.0/24 via 192.0.2.13'],
  core: [
    '192.0.2.0/24 via 198.51.100.1',
    '2001:db8:2::/48 via 2001:db8:3:1::1',
    '2001:db8:1::/48 via 2001:db8:3:1::1',
    '203.0.113.0/24 via 198.51.100.6',
    '2001:db8:113::/48 via 2001:db8:4:1::2',
    ...wellKnownAddresses.public!.map((address) => `${address} via ${address.includes(':') ? '2001:db8:4:2::2' : '198.51.100.10'}`),
    ...wellKnownAddresses.root!.map((address) => `${address} via ${address.includes(':') ? '2001:db8:4:3::2' : '198.51.100.14'}`),
  ],
  public: ['default via 198.51.100.9', 'default via 2001:db8:4:2::1'],
  root: ['default via 198.51.100.13', 'default via 2001:db8:4:3::1'],
  tld: ['default via 198.51.100.129', 'default via 2001:db8:4:4::1'],
  ns2: ['default via 198.51.100.65', 'default via 2001:db8:4:5::1'],
  hosting: ['default via 198.51.100.5', 'default via 2001:db8:4:1::1'],
  edge: ['default via 203.0.113.1', 'default via 2001:db8:113:1::1'],
  origin: ['default via 203.0.113.65', 'default via 2001:db8:113:2::1'],
  ns1: ['default via 203.0.113.129', 'default via 2001:db8:113:3::1'],
};

/** Addresses scenarios speak of. */
export const addresses = {
  client: '192.168.1.42',
  client6: '2001:db8:1:1::42',
  gateway: '192.168.1.1',
  gateway6: '2001:db8:1:1::1',
  resolver: '192.0.2.53',
  resolver6: '2001:db8:2:53::53',
  edgeA: '203.0.113.10',
  edgeB: '203.0.113.11',
  edge6: '2001:db8:113:1::10',
  origin: '203.0.113.70',
  origin6: '2001:db8:113:2::70',
  tld: '198.51.100.130',
  tld6: '2001:db8:4:4::130',
  ns1: '203.0.113.130',
  ns1v6: '2001:db8:113:3::130',
  ns2: '198.51.100.66',
  ns2v6: '2001:db8:4:5::66',
  lanHost: '192.168.1.2',
} as const;
