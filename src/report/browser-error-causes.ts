import type { CauseCode } from '../model/cause.ts';

/** Errors of browsers beyond those that the vocabulary names for a cause. Sources: Chromium net/base/net_error_list.h; Firefox xpcom/base/ErrorList.py. */

type Causes = readonly [CauseCode, ...CauseCode[]];

/** What an error means, most likely first. */
export const furtherErrors: Readonly<Record<string, Causes>> = {
  ERR_DISALLOWED_URL_SCHEME: ['target.unsupported-scheme'],
  ERR_HOST_RESOLVER_QUEUE_TOO_LARGE: ['local.resource-limit'],
  ERR_NO_BUFFER_SPACE: ['local.resource-limit'],
  ERR_OUT_OF_MEMORY: ['local.resource-limit'],
  ERR_MANDATORY_PROXY_CONFIGURATION_FAILED: ['local.proxy-unreachable'],
  ERR_PROXY_CERTIFICATE_INVALID: ['local.proxy-unreachable', 'tls.intercepted'],
  ERR_PROXY_AUTH_REQUESTED: ['local.proxy-auth'],
  ERR_PROXY_AUTH_UNSUPPORTED: ['local.proxy-auth'],
  ERR_UNEXPECTED_PROXY_AUTH: ['local.proxy-auth'],
  ERR_SOCKS_CONNECTION_FAILED: ['route.proxy-upstream', 'local.proxy-unreachable', 'local.proxy-denied'],
  ERR_SOCKS_CONNECTION_HOST_UNREACHABLE: ['route.proxy-upstream'],
  ERR_NAME_RESOLUTION_FAILED: ['dns.servfail', 'dns.timeout'],
  ERR_DNS_TIMED_OUT: ['dns.timeout', 'dns.resolver-unreachable'],
  ERR_DNS_SERVER_FAILED: ['dns.servfail', 'dns.dnssec-bogus'],
  // The name leads to 127.0.53.53, which says that a private name is now a public one.
  ERR_ICANN_NAME_COLLISION: ['dns.bogus-address', 'dns.search-domain'],
  ERR_MSG_TOO_BIG: ['route.mtu-black-hole'],
  ERR_CONNECTION_FAILED: ['tcp.timeout', 'tcp.refused'],
  ERR_CONNECTION_ABORTED: ['tcp.stall', 'http.reset'],
  ERR_SSL_CLIENT_AUTH_CERT_NEEDED: ['tls.client-cert-required'],
  ERR_SSL_OBSOLETE_VERSION: ['tls.legacy', 'tls.version'],
  ERR_SSL_KEY_USAGE_INCOMPATIBLE: ['tls.wrong-usage'],
  ERR_CERT_NAME_CONSTRAINT_VIOLATION: ['tls.wrong-usage'],
  ERR_CERT_KNOWN_INTERCEPTION_BLOCKED: ['tls.intercepted'],
  ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN: ['tls.intercepted'],
  ERR_SSL_BAD_RECORD_MAC_ALERT: ['tls.alert'],
  ERR_SSL_DECRYPT_ERROR_ALERT: ['tls.alert'],
  ERR_SSL_DECOMPRESSION_FAILURE_ALERT: ['tls.alert'],
  ERR_INVALID_RESPONSE: ['http.malformed'],
  ERR_INVALID_CHUNKED_ENCODING: ['http.malformed', 'http.truncated'],
  ERR_RESPONSE_HEADERS_TOO_BIG: ['http.malformed'],
  ERR_RESPONSE_HEADERS_TRUNCATED: ['http.truncated'],
  ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH: ['http.malformed'],
  ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_DISPOSITION: ['http.malformed'],
  ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION: ['http.malformed', 'http.redirect-invalid'],
  ERR_UNSAFE_REDIRECT: ['http.redirect-invalid'],
  ERR_HTTP_RESPONSE_CODE_FAILURE: ['http.server-error', 'http.not-found'],
  ERR_QUIC_HANDSHAKE_FAILED: ['http.h3-failed'],
  ERR_BLOCKED_BY_RESPONSE: ['page.policy-blocked'],
  ERR_BLOCKED_BY_ORB: ['page.policy-blocked'],
  ERR_BLOCKED_BY_CSP: ['page.policy-blocked'],
  ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS: ['page.policy-blocked'],
  ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS: ['page.policy-blocked'],
  NS_ERROR_MALFORMED_URI: ['target.invalid-url'],
  NS_ERROR_UNKNOWN_PROTOCOL: ['target.unsupported-scheme'],
  NS_ERROR_PORT_ACCESS_NOT_ALLOWED: ['target.unsafe-port'],
  NS_ERROR_OFFLINE: ['local.no-link'],
  NS_ERROR_PROXY_CONNECTION_REFUSED: ['local.proxy-unreachable', 'local.proxy-denied'],
  NS_ERROR_UNKNOWN_PROXY_HOST: ['local.proxy-unreachable'],
  NS_ERROR_PROXY_AUTHENTICATION_FAILED: ['local.proxy-auth'],
  NS_ERROR_PROXY_BAD_GATEWAY: ['route.proxy-upstream'],
  NS_ERROR_PROXY_GATEWAY_TIMEOUT: ['route.proxy-upstream'],
  NS_ERROR_NET_EMPTY_RESPONSE: ['http.closed'],
  NS_ERROR_NET_INTERRUPT: ['http.reset', 'http.truncated'],
  NS_ERROR_NET_PARTIAL_TRANSFER: ['http.truncated'],
  NS_ERROR_INVALID_CONTENT_ENCODING: ['http.bad-encoding'],
  NS_ERROR_REDIRECT_LOOP: ['http.redirect-loop'],
};

/** Errors that no checkpoint of a request explains, and what they say. */
export const errorsOfTheBrowser: Readonly<Record<string, string>> = {
  ERR_FAILED: 'The browser does not say why. Look for a second error beside it in its console, or for an extension or a service worker.',
  ERR_ABORTED:
    'The request was given up by the browser itself: somebody went elsewhere or pressed stop, or the answer was a download or had no content.',
  ERR_ACCESS_DENIED: 'The system refuses the browser a file or a device of this computer. The network is not the trouble.',
  ERR_BLOCKED_BY_CLIENT:
    'The browser did not send the request: an extension, most often an ad blocker, forbids it. Try a window without extensions.',
  ERR_BLOCKED_BY_ADMINISTRATOR:
    'The browser did not send the request: a policy of whoever runs this computer forbids the URL (chrome://policy).',
  ERR_NETWORK_CHANGED:
    'This computer went from one network to another meanwhile (Wi-Fi, VPN, cable). Try again; if it comes back, look at the link.',
  ERR_NETWORK_IO_SUSPENDED: 'This computer went to sleep meanwhile. Try again.',
  ERR_TEMPORARILY_THROTTLED: 'The browser itself waits, as requests to this server failed before. The errors before this one tell why.',
  ERR_CACHE_MISS:
    'The page was the answer to a form, and is no longer kept: the form has to be sent again. The network is not the trouble.',
  ERR_CERT_VALIDITY_TOO_LONG:
    'The certificate is valid for longer than browsers accept. Checkpoint: tls; whoever runs the site gets a shorter one.',
  ERR_CERTIFICATE_TRANSPARENCY_REQUIRED:
    'Nothing proves that the certificate was entered into public logs (RFC 6962), as browsers demand. Checkpoint: tls; its authority issues a new one.',
};
