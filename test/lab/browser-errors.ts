/** Scenarios in which a real Chromium does not show what the verdict says, what it shows instead (null: no error page), and why. */
export const shownOtherwise: Readonly<Record<string, { shows: string | null; why: string }>> = {
  'route-loop': {
    shows: 'ERR_ADDRESS_UNREACHABLE',
    why: 'Linux keeps the ICMP "time exceeded" in mind and names it when it gives up; other systems time out',
  },
  'route-mtu-black-hole': { shows: null, why: "it waits until Linux's own probing finds the size that passes, and then shows the page" },
  'route-mtu-black-hole-body': { shows: null, why: 'it waits for the rest of the page far longer than a walk does' },
  'tls-weak-key': { shows: null, why: 'it refuses RSA keys of less than 1024 bits only; other clients refuse this one' },
  'tls-missing-intermediate': { shows: null, why: 'it fetches the intermediate from where the certificate points, and shows the page' },
  'tls-client-cert-nginx': { shows: null, why: 'nginx ends the handshake well and answers 400, which is a page' },
  'http-timeout': { shows: null, why: 'it waits for an answer as long as the connection stands' },
  'http-timeout-secure': { shows: null, why: 'it waits for an answer as long as the connection stands' },
  'http-malformed-status': { shows: null, why: 'it reads a status line without a number as 200' },
  'http-redirect-no-location': { shows: null, why: 'a redirect that leads nowhere is a page like any other, and an empty one' },
  'http-redirect-forbidden-scheme': { shows: 'ERR_ABORTED', why: 'the scheme is handed to another program of the desktop' },
  'http-cut-gzip': { shows: null, why: 'it shows what could be decoded' },
};

/** Scenarios in which no visit can be made, and why. */
export const notVisited: Readonly<Record<string, string>> = {
  'target-invalid-url': 'the address line searches for what is no URL; the protocol that drives the browser refuses it',
  'target-unsupported-scheme': 'the URL is handed to another program of the desktop, which a browser without a window does not have',
  'local-resource-limit': 'without free ports it cannot be driven either',
};

/** Errors of the vocabulary that no scenario makes Chromium show, and why. */
export const neverShown: Readonly<Record<string, string>> = {
  ERR_INVALID_URL: 'see target-invalid-url',
  ERR_UNKNOWN_URL_SCHEME: 'see target-unsupported-scheme',
  ERR_UNSAFE_PORT: 'the request works for everybody else, so that its scenario is no failure; only the address line refuses it',
  ERR_NETWORK_ACCESS_DENIED:
    'Linux filters of this host drop the SYN (timed out) or reject it (unreachable); EPERM comes from security modules',
  ERR_ADDRESS_IN_USE: 'see local-resource-limit',
  ERR_INSUFFICIENT_RESOURCES: 'see local-resource-limit',
  ERR_ADDRESS_INVALID: 'Linux connects 0.0.0.0 to this host itself, where it is refused',
  ERR_DNS_MALFORMED_RESPONSE: 'its own resolver gives way to the C library, whose failures have one name: not resolved',
  ERR_CERT_WEAK_KEY: 'see tls-weak-key',
  ERR_CERT_WEAK_SIGNATURE_ALGORITHM: 'SHA-1 makes no path to an authority that was added by hand: unknown authority is what it shows',
  ERR_INVALID_REDIRECT: 'see http-redirect-no-location and http-redirect-forbidden-scheme',
  ERR_INVALID_HTTP_RESPONSE: 'shown for HTTP/0.9 on other ports than 80 alone',
  ERR_QUIC_PROTOCOL_ERROR: 'HTTP/3 that fails is given up for HTTP/2 without a word',
};

/** Shown beside the first scenario of each cause: the ways in which one cause shows several errors. */
export const furtherWays: readonly string[] = [
  'local-firewall-https',
  'local-firewall-reject',
  'dns-bogus-address-loopback',
  'tls-no-sni-only',
  'tls-alert-handshake-failure',
  'tls-unrecognized-name-by-failure',
  'tls-sni-filtered-silence',
  'tls-missing-intermediate-unfetchable',
  'http-closed-plain',
  'http-malformed-chunk',
  'http-truncated-chunk',
  'http-truncated-reset',
  'http-redirect-loop-cookie',
];
