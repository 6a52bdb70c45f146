import { parseAddress } from '../../model/address.ts';
import type { Endpoint } from '../../model/observations/base.ts';
import type { NamedResolver } from '../../probe/walk-options.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Reads `ADDR`, `ADDR:port`, `[v6]` or `[v6]:port`; an IPv6 address may carry a zone.
 *
 * @param defaultPort for an address without one
 */
export function parseEndpoint(option: string, value: string, defaultPort: number): Endpoint {
  const bracketed = /^\[([^[\]]+)\](?::(.*))?$/.exec(value);
  const plain = /^([^:]*):([^:]*)$/.exec(value);
  const address = bracketed?.[1] ?? plain?.[1] ?? value;
  const port = bracketed === null ? plain?.[2] : bracketed[2];
  if (parseAddress(address) === null || (bracketed !== null && !address.includes(':'))) {
    throw new UsageError(`${option} ${value}`, 'not an IP address', 'give one such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353');
  }
  return { address, port: port === undefined ? defaultPort : parsePort(option, value, port) };
}

function parsePort(option: string, value: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new UsageError(`${option} ${value}`, 'its port is not a number from 1 to 65535', 'correct the port or leave it out');
  }
  return port;
}

const resolverHint = 'give one such as 192.0.2.53, tls://192.0.2.53 or https://dns.example/dns-query';

/** Reads a resolver: an address (UDP and TCP), `tls://` with a name or address (RFC 7858), or the URL of one over HTTPS (RFC 8484). */
export function parseResolver(value: string): NamedResolver {
  if (/^(tls|https):\/\//i.test(value)) return parseEncryptedResolver(value);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    throw new UsageError(`--resolver ${value}`, 'resolvers are asked over UDP, TCP, TLS and HTTPS', resolverHint);
  }
  return parseEndpoint('--resolver', value, 53);
}

function parseEncryptedResolver(value: string): NamedResolver {
  const isTls = /^tls:/i.test(value);
  // Names and ports are read as those of any URL; the scheme is one that the URL standard knows.
  const text = isTls ? value.replace(/^tls/i, 'https') : value;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '' || url.username !== '' || url.hash !== '' || url.search !== '') {
    throw new UsageError(`--resolver ${value}`, 'not the address of a resolver', resolverHint);
  }
  if (isTls && url.pathname !== '/') throw new UsageError(`--resolver ${value}`, 'a resolver over TLS has no path', resolverHint);
  // The URL standard leaves out the default port of https, which is a port like any other for TLS.
  const port = url.port === '' ? (isTls ? (/:443\/?$/.test(value) ? 443 : 853) : 443) : Number(url.port);
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const path = url.pathname === '/' ? {} : { path: url.pathname };
  return isTls ? { address, port, transport: 'tls' } : { address, port, transport: 'https', ...path };
}

/** Reads networks (CIDR, RFC 4632) and addresses, parted by commas. */
export function parseNetworks(option: string, value: string): string[] {
  return value.split(',').map((part) => {
    const network = part.trim();
    const [address = '', length, ...more] = network.split('/');
    const parsed = parseAddress(address);
    const fits = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (parsed?.bits ?? 0));
    if (parsed === null || !fits || more.length > 0) {
      throw new UsageError(`${option} ${network}`, 'not an address or network', 'give one such as 192.0.2.7 or 198.51.100.0/24');
    }
    return network;
  });
}
