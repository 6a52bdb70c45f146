import { parseAddress } from '../../model/address.ts';
import type { Endpoint } from '../../model/observations/base.ts';
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

/** Reads a resolver; only ones asked over UDP and TCP. */
export function parseResolver(value: string): Endpoint {
  if (/^(tls|https|quic|h3):\/\//i.test(value)) {
    throw new UsageError(
      `--resolver ${value}`,
      'encrypted resolvers cannot be asked yet',
      'give the address of a resolver that answers over UDP',
    );
  }
  return parseEndpoint('--resolver', value, 53);
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
