import type { Failure } from '../failure.ts';
import type { Endpoint, Observed } from './base.ts';
import type { HeaderField } from './http.ts';

interface Local extends Observed {
  checkpoint: 'local';
}

/** A proxy is named for this scheme. Credentials are removed. Without `bypassed` it carries the request. */
export interface LocalProxy extends Local {
  kind: 'local.proxy-configured';
  /** The environment variable, or the option, that names it. */
  variable: string;
  url: string;
  /** True when NO_PROXY or an option excludes the target. */
  bypassed: boolean;
}

/** The name of a proxy was looked up as applications do it (getaddrinfo). */
export interface LocalProxyResolved extends Local {
  kind: 'local.proxy-resolved';
  /** The proxy's URL. */
  proxy: string;
  name: string;
  addresses: string[];
  /** Set when it gave no addresses. */
  failure?: Failure;
}

/** What was asked of a proxy, and where. */
interface LocalProxyStep extends Local {
  /** The proxy's URL, credentials removed. */
  proxy: string;
  /** The TCP connection to it; null when none was opened. */
  connection: string | null;
  /** Its address; null when none is known. */
  server: Endpoint | null;
  /**
   * `tunnel`: CONNECT (RFC 9110 section 9.3.6); `itself`: a request that the proxy answers itself (section 7.6.2); the others are those of SOCKS5
   * (RFC 1928, RFC 1929).
   */
  step: 'settings' | 'tls' | 'tunnel' | 'itself' | 'socks-greeting' | 'socks-authentication' | 'socks-connect';
  /** What the way was asked for to, `host:port`. */
  destination: string;
}

/** A proxy answered a step. */
export interface LocalProxyAnswered extends LocalProxyStep {
  kind: 'local.proxy-answered';
  /** Status of the answer to CONNECT; method, status or reply of SOCKS5. */
  code: number;
  /** Fields of the answer to CONNECT; values of secret-bearing ones are replaced. Empty for SOCKS5. */
  headers: HeaderField[];
  /** Title of the page that came with it; null without one. */
  title: string | null;
}

/** A step with a proxy failed: silence, an end, bytes of another protocol, a certificate that does not prove its name, settings nobody can use. */
export interface LocalProxyFailed extends LocalProxyStep {
  kind: 'local.proxy-failed';
  failure: Failure;
}

/** The way through a proxy that this request did not use was tried. */
export interface LocalProxyTried extends Local {
  kind: 'local.proxy-tried';
  variable: string;
  /** The proxy's URL, credentials removed. */
  proxy: string;
  destination: string;
  /** `proven`: through it the peer proved its name; `answered`: through it the target answered, with nothing to prove it by; `failed`: neither. */
  outcome: 'proven' | 'answered' | 'failed';
}

export type ProxyObservation = LocalProxy | LocalProxyResolved | LocalProxyAnswered | LocalProxyFailed | LocalProxyTried;
