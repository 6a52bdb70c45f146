import type { ProxySetting } from '../../ports/host.ts';

/** A proxy as a walk uses it. */
export interface ProxyServer {
  /** What names it: an environment variable, an option, a setting. */
  variable: string;
  /** Its URL without credentials: how the record knows it. */
  url: string;
  /** `socks5`: the target's name is looked up here; `socks5h`: there. */
  scheme: 'http' | 'https' | 'socks5' | 'socks5h';
  /** Name, or address without brackets. */
  host: string;
  port: number;
  /** `user:password`; null without. Never recorded. */
  credentials: string | null;
}

/** Ports of proxies whose URL has none: of the scheme, and of SOCKS (RFC 1928 section 3). */
const defaultPorts: Readonly<Record<ProxyServer['scheme'], number>> = { http: 80, https: 443, socks5: 1080, socks5h: 1080 };

/** Reads a proxy's setting; null when it is no URL, or of a kind this program does not speak (SOCKS4). */
export function parseProxy(setting: Pick<ProxySetting, 'variable' | 'url' | 'credentials'>): ProxyServer | null {
  if (!URL.canParse(setting.url)) return null;
  const { protocol, hostname, port } = new URL(setting.url);
  const scheme = protocol === 'socks:' ? 'socks5h' : protocol.slice(0, -1);
  if (!isSpoken(scheme) || hostname === '') return null;
  const { variable, url, credentials } = setting;
  return {
    variable,
    url,
    scheme,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? defaultPorts[scheme] : Number(port),
    credentials,
  };
}

function isSpoken(scheme: string): scheme is ProxyServer['scheme'] {
  return Object.hasOwn(defaultPorts, scheme);
}

/** Whether the proxy looks up the target's name. */
export function looksUpNames(proxy: ProxyServer): boolean {
  return proxy.scheme !== 'socks5';
}

export function speaksSocks(proxy: ProxyServer): boolean {
  return proxy.scheme === 'socks5' || proxy.scheme === 'socks5h';
}

/** The value of Proxy-Authorization for a proxy's credentials (RFC 9110 section 11.7.2, RFC 7617). */
export function basicAuthorization(credentials: string): string {
  return `Basic ${btoa(Array.from(new TextEncoder().encode(credentials), (byte) => String.fromCharCode(byte)).join(''))}`;
}

/** `host:port`, an IPv6 address in brackets (RFC 9110 section 9.3.6). */
export function authorityOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
