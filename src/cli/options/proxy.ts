import { readProxyUrl } from '../../model/proxy-url.ts';
import type { ProxySetting } from '../../ports/host.ts';
import { parseProxy } from '../../probe/proxy/proxy-server.ts';
import { UsageError } from '../usage-error.ts';

/** Reads a proxy: `host:port`, or a URL of http, https, socks5 (names looked up here) or socks5h (names looked up there). */
export function parseProxyOption(value: string): ProxySetting {
  const read = readProxyUrl(value);
  const setting = read === null ? null : { variable: '--proxy', ...read, bypassed: false };
  // The value may hold a password: it is not repeated.
  if (setting === null || parseProxy(setting) === null) {
    throw new UsageError('--proxy', 'not the URL of a proxy', 'give one such as http://192.0.2.8:3128 or socks5h://192.0.2.8:1080');
  }
  return setting;
}
