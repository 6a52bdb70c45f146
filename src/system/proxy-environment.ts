import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../model/address.ts';
import { type ProxyUrl, readProxyUrl } from '../model/proxy-url.ts';
import type { ProxySetting } from '../ports/host.ts';
import { scrubText } from './scrub.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables to look at for a scheme, first one set wins: lower case preferred, as curl does, and never `HTTP_PROXY`, which a CGI request
 * header could set (https://httpoxy.org). WebSocket schemes use their HTTP counterparts.
 */
const variablesOf: Readonly<Record<string, readonly string[]>> = {
  http: ['http_proxy', 'all_proxy', 'ALL_PROXY'],
  ws: ['ws_proxy', 'http_proxy', 'all_proxy', 'ALL_PROXY'],
  https: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  wss: ['wss_proxy', 'WSS_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
};

const defaultPorts: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

/**
 * The proxy that the environment names for a URL, null when it names none. One without a scheme is http. `bypassed` when NO_PROXY covers the URL's
 * host, or when it is this host itself: browsers and most libraries never ask a proxy for that.
 */
export function proxyFromEnvironment(url: string, environment: Environment): ProxySetting | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const variable = variablesOf[scheme]?.find((name) => (environment[name] ?? '').trim() !== '');
  if (variable === undefined) return null;
  const exceptions = environment.no_proxy ?? environment.NO_PROXY ?? '';
  const portNumber = port === '' ? (defaultPorts[scheme] ?? 0) : Number(port);
  const host = hostname.replace(/^\[|\]$/gu, '');
  return {
    variable,
    ...partCredentials((environment[variable] ?? '').trim()),
    bypassed: isExcepted(host, portNumber, exceptions) || isThisHost(host),
  };
}

/** Every proxy that the environment names, each URL once, under the first variable that names it. */
export function proxiesOfEnvironment(environment: Environment): ProxySetting[] {
  const variables = [...new Set(Object.values(variablesOf).flat())];
  const settings = variables
    .filter((name) => (environment[name] ?? '').trim() !== '')
    .map((variable): ProxySetting => ({ variable, ...partCredentials((environment[variable] ?? '').trim()), bypassed: false }));
  return settings.filter((setting, index) => settings.findIndex((other) => other.url === setting.url) === index);
}

function isThisHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/u, '');
  return name === 'localhost' || name.endsWith('.localhost') || (isIP(name) !== 0 && isLoopback(name));
}

/** A proxy's URL as its setting gives it, and its credentials apart. What cannot be read as a URL keeps neither user nor password. */
export function partCredentials(value: string): ProxyUrl {
  return readProxyUrl(value) ?? { url: scrubText(`//${value}`.replace(/\/\/.*@/u, '//').replace(/^\/\//u, '')), credentials: null };
}

/**
 * Whether a NO_PROXY list covers a host: `*`, a name (itself and everything below it, with or without a leading dot), an address, a network
 * in CIDR form, each optionally with `:port`. Entries are parted by commas or spaces.
 */
export function isExcepted(host: string, port: number, exceptions: string): boolean {
  const name = host.toLowerCase().replace(/\.$/u, '');
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/u)
    .filter((entry) => entry !== '')
    .some((entry) => covers(entry, name, port));
}

function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const { pattern, onlyPort } = partPort(entry);
  if (onlyPort !== null && onlyPort !== port) return false;
  const family = isIP(host);
  if (family !== 0) return coversAddress(pattern, host, family);
  const suffix = pattern.replace(/^\*?\.+/u, '').replace(/\.$/u, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

/** `name:port`, `[v6]:port`, `v4:port`; a bare IPv6 address or network has colons of its own. */
function partPort(entry: string): { pattern: string; onlyPort: number | null } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/u.exec(entry);
  const plain = /^([^:]+):(\d+)$/u.exec(entry);
  const [, pattern = entry, digits] = bracketed ?? plain ?? [];
  return { pattern, onlyPort: digits === undefined ? null : Number(digits) };
}

function coversAddress(pattern: string, address: string, family: number): boolean {
  const [network = '', prefix] = pattern.split('/');
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) !== family) return false;
  const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
  if (!/^\d*$/u.test(prefix ?? '') || bits > (family === 6 ? 128 : 32)) return false;
  const networks = new BlockList();
  networks.addSubnet(network, bits, type);
  return networks.check(address, type);
}
