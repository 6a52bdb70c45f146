import type { ObservationDraft } from '../../src/model/observation.ts';
import type {
  LocalAddress,
  LocalCheckAnswered,
  LocalLink,
  LocalNeighbor,
  LocalResolvers,
  LocalRoute,
} from '../../src/model/observations/local.ts';
import type { LocalProxyAnswered } from '../../src/model/observations/proxy.ts';
import { server } from './evidence.ts';

/** Observations about this host, its access network and its proxy, for tests of the rules. */

type Draft = ObservationDraft;

const local = { checkpoint: 'local', atMs: 1 } as const;

export function link(name: string, more: Partial<LocalLink> = {}): Draft {
  return {
    ...local,
    kind: 'local.link',
    name,
    loopback: name === 'lo',
    up: true,
    carrier: true,
    medium: name.startsWith('eth') ? 'ethernet' : name.startsWith('wlan') ? 'wifi' : name === 'lo' ? 'loopback' : 'virtual',
    mtuBytes: 1500,
    linkAddress: '02:00:00:00:00:42',
    ...more,
  };
}

export function addressOn(name: string, address: string, more: Partial<LocalAddress> = {}): Draft {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const scope = address.startsWith('169.254.') ? 'self-assigned' : address.startsWith('fe80') ? 'link' : 'global';
  return { ...local, kind: 'local.address', interface: name, family, address, prefixLength: family === 'ipv4' ? 24 : 64, scope, ...more };
}

export function routeTo(purpose: LocalRoute['purpose'], destination: string, more: Partial<LocalRoute> = {}): Draft {
  const family = destination.includes(':') ? 'ipv6' : 'ipv4';
  const gateway = family === 'ipv4' ? '192.168.1.1' : 'fe80::1';
  return {
    ...local,
    kind: 'local.route',
    purpose,
    family,
    destination,
    found: true,
    gateway,
    interface: 'eth0',
    sourceAddress: null,
    mtuBytes: 1500,
    ...more,
  };
}

export function noRouteTo(purpose: LocalRoute['purpose'], destination: string): Draft {
  return routeTo(purpose, destination, { found: false, gateway: null, interface: null, mtuBytes: null });
}

export function neighborAt(address: string, state: LocalNeighbor['state'], more: Partial<LocalNeighbor> = {}): Draft {
  const isSilent = state === 'failed' || state === 'incomplete' || state === 'absent';
  const linkAddress = isSilent ? null : '02:00:00:00:00:01';
  return { ...local, kind: 'local.neighbor', role: 'gateway', address, interface: 'eth0', state, linkAddress, ...more };
}

export function resolversOf(servers: string[], more: Partial<LocalResolvers> = {}): Draft {
  return {
    ...local,
    kind: 'local.resolvers',
    source: 'resolv.conf',
    servers: servers.map((address) => ({ address, port: 53 })),
    search: [],
    ndots: 1,
    ...more,
  };
}

export function sendRefused(address: string, protocol: 'udp' | 'tcp' = 'udp', more: object = {}): Draft {
  const port = protocol === 'udp' ? 53 : 443;
  const failure = { name: 'send-not-permitted', code: 'EPERM' } as const;
  return { ...local, kind: 'local.send-refused', protocol, destination: { address, port }, failure, ...more };
}

export function icmpError(from: string | null, type: number, code: number, address: string = server.address): Draft {
  return {
    kind: 'route.icmp-error',
    checkpoint: 'route',
    atMs: 2,
    from,
    version: address.includes(':') ? 6 : 4,
    type,
    code,
    protocol: 'tcp',
    destination: { address, port: 443 },
  };
}

export function exhausted(during: 'tcp' | 'dns' | 'tracking', code: string): Draft {
  const name = code === 'EMFILE' ? 'too-many-open-files' : code === 'EADDRNOTAVAIL' ? 'address-not-available' : 'no-buffer-space';
  return { ...local, kind: 'local.resource-exhausted', failure: { name, code }, during };
}

export function arpAnswered(address: string, ...linkAddresses: string[]): Draft {
  return { ...local, kind: 'local.arp-answered', interface: 'eth0', address, linkAddresses, followUp: 'address-conflict' };
}

export const proxyUrl = 'http://192.168.1.2:3128/';
export const proxyServer: { address: string; port: number } = { address: '192.168.1.2', port: 3128 };

export function proxyConfigured(bypassed = false, url: string = proxyUrl): Draft {
  return { ...local, kind: 'local.proxy-configured', variable: 'https_proxy', url, bypassed };
}

export function proxyResolved(addresses: string[]): Draft {
  const base = { ...local, kind: 'local.proxy-resolved', proxy: 'http://proxy.corp:3128/', name: 'proxy.corp', addresses } as const;
  return addresses.length > 0 ? base : { ...base, failure: { name: 'name-not-found' } };
}

const stepFacts = { ...local, proxy: proxyUrl, connection: 'c0', server: proxyServer, destination: 'www.shop.com:443' } as const;

export function proxyAnswered(
  step: LocalProxyAnswered['step'],
  code: number,
  headers: [string, string][] = [],
  title: string | null = null,
): Draft {
  return { ...stepFacts, kind: 'local.proxy-answered', step, code, headers: headers.map(([name, value]) => ({ name, value })), title };
}

export function proxyFailed(
  step: LocalProxyAnswered['step'],
  name: 'timed-out' | 'connection-aborted' | 'certificate-rejected' | 'invalid-argument' | 'unknown',
): Draft {
  return {
    ...stepFacts,
    kind: 'local.proxy-failed',
    step: step as Exclude<LocalProxyAnswered['step'], 'itself'>,
    failure: { name, raw: '' },
  };
}

export function proxyTried(outcome: 'proven' | 'answered' | 'failed'): Draft {
  const tried = { variable: 'https_proxy', proxy: proxyUrl, destination: 'www.shop.com:443', outcome } as const;
  return { ...local, kind: 'local.proxy-tried', ...tried, followUp: 'proxy-trial' };
}

export function checked(asked: LocalCheckAnswered['asked'], more: Partial<LocalCheckAnswered> = {}): Draft {
  const url = {
    target: 'http://www.shop.com/',
    nobody: 'http://192.0.2.213/',
    'known-answer': 'http://known.example/204',
    'portal-api': 'https://api.example/',
  };
  return {
    ...local,
    kind: 'local.check-answered',
    asked,
    url: url[asked],
    server: { address: server.address, port: 80 },
    proven: null,
    status: 200,
    location: null,
    asKnown: null,
    clockAheadMs: null,
    title: null,
    followUp: 'captive-portal',
    ...more,
  };
}

export function unchecked(asked: LocalCheckAnswered['asked']): Draft {
  const failure = { name: 'timed-out' } as const;
  return { ...local, kind: 'local.check-unanswered', asked, url: 'http://192.0.2.213/', server: null, failure, followUp: 'captive-portal' };
}
