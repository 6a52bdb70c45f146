import type { CauseCode } from '../model/cause.ts';
import { clientMessages, vagueMessages } from './client-messages.ts';
import { type KnownMessage, message } from './known-message.ts';
import { upstreamMessages } from './upstream-messages.ts';

const proxyTunnels: readonly KnownMessage[] = [
  message('curl', /(CONNECT tunnel failed, response|HTTP code) 407|Proxy Authentication Required/i, 'local.proxy-auth'),
  message('curl', /CONNECT tunnel failed, response 403|Received HTTP code 403 from proxy/i, 'local.proxy-denied'),
  message('curl', /CONNECT tunnel failed, response 50[234]|Received HTTP code 50[234] from proxy/i, 'route.proxy-upstream'),
  message('curl, Python', /Could not resolve proxy|Cannot connect to proxy|Failed to connect to proxy/i, 'local.proxy-unreachable'),
];

const names: readonly KnownMessage[] = [
  message('Chrome', /DNS_PROBE_FINISHED_NXDOMAIN/, 'dns.nxdomain', 'dns.no-data', 'dns.filtered'),
  message('Chrome', /DNS_PROBE_FINISHED_NO_INTERNET/, 'local.no-link', 'local.no-route', 'dns.timeout'),
  message(
    'Chrome',
    /DNS_PROBE_(FINISHED_BAD_CONFIG|FINISHED_BAD_SECURE_CONFIG|STARTED|POSSIBLE)/,
    'dns.timeout',
    'local.no-resolver',
    'dns.resolver-unreachable',
  ),
  message('Firefox', /NS_ERROR_UNKNOWN_HOST|We.{0,3}re having trouble finding that site/i, 'dns.nxdomain', 'dns.no-data', 'dns.timeout'),
  message('Safari', /Safari can.{0,3}t find the server/i, 'dns.nxdomain', 'dns.no-data', 'dns.timeout'),
  message('curl', /Resolving timed out|Timeout while contacting DNS servers/i, 'dns.timeout', 'local.gateway-unresolved'),
  message('Go', /lookup .{1,300}: (i\/o timeout|no answer from DNS server)/i, 'dns.timeout'),
  message('Go', /lookup .{1,300}: (server misbehaving|SERVFAIL)/i, 'dns.servfail', 'dns.dnssec-bogus'),
  message('Go', /lookup .{1,300}: .{0,100}connection refused/i, 'dns.resolver-unreachable'),
  message('Node.js, Python, glibc', /EAI_AGAIN|Temporary failure in name resolution/i, 'dns.timeout', 'dns.servfail', 'local.no-resolver'),
  message('Python, glibc', /No address associated with hostname|EAI_NODATA/i, 'dns.no-data'),
  message(
    'curl, Node.js, Go, Java, Python, Windows',
    /Could not resolve host|ENOTFOUND|no such host|UnknownHostException|Name or service not known|nodename nor servname provided|getaddrinfo failed|No such host is known|WSAHOST_NOT_FOUND|\b11001\b/i,
    'dns.nxdomain',
    'dns.no-data',
    'dns.servfail',
  ),
  message('dig', /connection timed out; no servers could be reached|communications error to .{1,80}: timed out/i, 'dns.timeout'),
  message('dig', /communications error to .{1,80}: connection refused/i, 'dns.resolver-unreachable'),
  message('dig, resolvers', /\bSERVFAIL\b/, 'dns.servfail', 'dns.dnssec-bogus', 'dns.authority-unreachable'),
  message('dig, resolvers', /\bNXDOMAIN\b/, 'dns.nxdomain'),
];

const certificates: readonly KnownMessage[] = [
  message('Firefox', /SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE/, 'tls.chain-expired'),
  message(
    'Go',
    /certificate has expired or is not yet valid: current time \S{1,40} is before/i,
    'tls.cert-not-yet-valid',
    'local.clock-wrong',
  ),
  message(
    'OpenSSL, curl, Node.js',
    /certificate is not yet valid|CERT_NOT_YET_VALID|CertificateNotYetValidException/i,
    'tls.cert-not-yet-valid',
    'local.clock-wrong',
  ),
  message(
    'OpenSSL, curl, Node.js, Go, Java, Python, Firefox',
    /certificate has expired|CERT_HAS_EXPIRED|SEC_ERROR_EXPIRED_CERTIFICATE|CertificateExpiredException|NotAfter:|timestamp check failed|certificate expired/i,
    'tls.cert-expired',
    'tls.chain-expired',
    'local.clock-wrong',
  ),
  message(
    'curl, Node.js, Go, Java, Python, Firefox',
    /no alternative certificate subject name matches|subject name .{0,200}does not match target|ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate.{0,3}s altnames|certificate is valid for .{1,300}, not |relies on legacy Common Name|No subject alternative (DNS )?names? |No name matching .{1,300} found|Hostname mismatch|SSL_ERROR_BAD_CERT_DOMAIN|doesn't match/i,
    'tls.name-mismatch',
    'http.wrong-site',
  ),
  message(
    'OpenSSL, curl, Node.js, Python',
    /self[- ]signed certificate in (the )?certificate chain|SELF_SIGNED_CERT_IN_CHAIN/i,
    'tls.unknown-ca',
    'tls.intercepted',
  ),
  message(
    'OpenSSL, curl, Node.js, Python, Firefox',
    /self[- ]signed certificate|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT\b/i,
    'tls.self-signed',
  ),
  message('Firefox', /MOZILLA_PKIX_ERROR_MITM_DETECTED|Software is Preventing Firefox/i, 'tls.intercepted'),
  message(
    'OpenSSL, Node.js',
    /unable to verify the first certificate|UNABLE_TO_VERIFY_LEAF_SIGNATURE/i,
    'tls.missing-intermediate',
    'tls.unknown-ca',
  ),
  message(
    'OpenSSL, curl, Go, Java, Firefox',
    /unable to get (local )?issuer certificate|UNABLE_TO_GET_ISSUER_CERT|signed by unknown authority|PKIX path building failed|unable to find valid certification path|SEC_ERROR_UNKNOWN_ISSUER|alert unknown ca/i,
    'tls.missing-intermediate',
    'tls.unknown-ca',
    'tls.intercepted',
  ),
  message('OpenSSL, Firefox', /certificate (was )?revoked|SEC_ERROR_REVOKED_CERTIFICATE|CERT_REVOKED/i, 'tls.revoked'),
  message('OpenSSL', /ee key too small|ca md too weak|signature digest algorithm too weak|EE_KEY_TOO_SMALL|CA_MD_TOO_WEAK/i, 'tls.weak'),
  message(
    'OpenSSL, Firefox',
    /unsuitable certificate purpose|unsupported certificate purpose|SEC_ERROR_INADEQUATE_(KEY|CERT)_/i,
    'tls.wrong-usage',
  ),
];

const handshakes: readonly KnownMessage[] = [
  message(
    'OpenSSL, curl, Go, Java, Firefox',
    /wrong version number|WRONG_VERSION_NUMBER|first record does not look like a TLS handshake|server gave HTTP response to HTTPS client|Unsupported or unrecognized SSL message|SSL_ERROR_RX_RECORD_TOO_LONG|http request.{0,30}routines|record layer failure/i,
    'tls.not-tls',
  ),
  message('all', /unrecognized[_ ]name|UNRECOGNIZED_NAME/i, 'tls.unrecognized-name'),
  message(
    'all',
    /alert protocol version|protocol_version|protocol version not supported|unsupported protocol|no protocols available|UNSUPPORTED_PROTOCOL|SSL_ERROR_UNSUPPORTED_VERSION|PROTOCOL_VERSION_ALERT|NO_PROTOCOLS_AVAILABLE/i,
    'tls.version',
  ),
  message(
    'all',
    /(bad[_ ]certificate|certificate[_ ]required)\b.{0,40}(alert|SSL)|alert (bad certificate|certificate required)|tls: certificate required|No required SSL certificate was sent/i,
    'tls.client-cert-required',
  ),
  message(
    'all',
    /handshake[_ ]failure|no shared cipher|no cipher suites in common|SSL_ERROR_NO_CYPHER_OVERLAP|dh key too small|NO_SHARED_CIPHER/i,
    'tls.cipher',
    'tls.version',
    'tls.client-cert-required',
  ),
  message(
    'Go, curl',
    /TLS handshake timeout|SSL connection timeout|handshake timed out|_ssl\.c:\d+: The handshake operation timed out/i,
    'tls.timeout',
    'route.mtu-black-hole',
    'tls.large-hello',
  ),
  message(
    'OpenSSL, curl, Node.js, Java, Firefox',
    /SSL_connect: Connection reset by peer|SSL_ERROR_SYSCALL.{0,40}(errno 104|reset)|before secure TLS connection was established|PR_CONNECT_RESET_ERROR/i,
    'tls.reset',
    'tls.closed',
    'tls.sni-filtered',
  ),
  message(
    'OpenSSL, curl, Java, Firefox',
    /unexpected eof while reading|UNEXPECTED_EOF_WHILE_READING|SSL_ERROR_SYSCALL|PR_END_OF_FILE_ERROR|Remote host (closed|terminated).{0,30}handshake|EOF occurred in violation of protocol/i,
    'tls.closed',
    'tls.reset',
    'tls.sni-filtered',
  ),
  message(
    'all',
    /alert (internal error|decode error|illegal parameter|access denied|no application protocol|decrypt error)|tlsv1 alert|sslv3 alert/i,
    'tls.alert',
  ),
];

const exchanges: readonly KnownMessage[] = [
  message(
    'curl, Go, Node.js',
    /HTTP\/0\.9 when not allowed|malformed HTTP|HPE_INVALID_|HTTPParser|Invalid HTTP response|BadStatusLine|Parse Error: /i,
    'http.malformed',
  ),
  message('curl', /with \d+ out of \d{2,} bytes received/i, 'http.stalled', 'route.mtu-black-hole'),
  message('curl', /Operation timed out after \d+ milliseconds with 0 /i, 'http.timeout', 'tls.timeout', 'tcp.timeout'),
  message('Node.js', /UND_ERR_HEADERS_TIMEOUT|HeadersTimeoutError/, 'http.timeout'),
  message('Node.js', /UND_ERR_BODY_TIMEOUT|BodyTimeoutError/, 'http.stalled'),
  message('Go, Java, Python', /exceeded while awaiting headers|Read timed out|ReadTimeout(Error)?\b/i, 'http.timeout', 'http.stalled'),
  message('curl', /transfer closed with .{0,60}remaining|end of response with \d+ bytes missing/i, 'http.truncated'),
  message(
    'Go, Java, Python',
    /unexpected EOF|Premature (EOF|end of)|IncompleteRead\(|ERR_CONTENT_LENGTH_MISMATCH|Connection broken/i,
    'http.truncated',
  ),
  message(
    'curl, Node.js, Python',
    /Empty reply from server|socket hang up|Remote end closed connection without response|other side closed|NoHttpResponseException|: EOF$/i,
    'http.closed',
    'http.reset',
  ),
  message(
    'curl',
    /Unrecognized content encoding|Content Encoding Error|Error while processing content unencoding|incorrect header check|invalid (gzip|stored block|distance)|ZLIB_ERROR|gzip: invalid header|Not in GZIP format/i,
    'http.bad-encoding',
  ),
  message(
    'curl, Go, Python',
    /Maximum \(\d+\) redirects followed|stopped after \d+ redirects|Exceeded \d+ redirects|TooManyRedirects|redirected you too many times|redirecting .{0,60}in a way that will never complete|isn.{0,3}t redirecting properly/i,
    'http.redirect-loop',
  ),
  message(
    'curl, Chrome',
    /HTTP\/3 (stream|connection)|QUIC_(NETWORK_IDLE_TIMEOUT|PROTOCOL_ERROR|HANDSHAKE_TIMEOUT)|ngtcp2/i,
    'http.h3-failed',
  ),
  message(
    'curl, Go, Node.js, Java',
    /HTTP\/2 (stream|framing)|HTTP2 framing|NGHTTP2_|ERR_HTTP2_|stream error: stream ID|GOAWAY/i,
    'http.h2-failed',
  ),
];

const connections: readonly KnownMessage[] = [
  message('Node.js', /UND_ERR_CONNECT_TIMEOUT|ConnectTimeoutError/, 'tcp.timeout', 'tcp.filtered'),
  message(
    'all',
    /ECONNREFUSED|Connection refused|actively refused|refused to connect|NS_ERROR_CONNECTION_REFUSED|\b10061\b/i,
    'tcp.refused',
  ),
  message('curl', /Couldn.{0,3}t connect to server/i, 'tcp.refused', 'tcp.timeout', 'route.unreachable'),
  message(
    'all',
    /ENETUNREACH|Network is unreachable|network unreachable|\b10051\b/i,
    'local.no-route',
    'dns.no-usable-address',
    'route.unreachable',
  ),
  message(
    'all',
    /EHOSTUNREACH|No route to host|NoRouteToHostException|\b10065\b/i,
    'route.unreachable',
    'route.filtered',
    'local.neighbor-unresolved',
  ),
  message('all', /EPERM|Operation not permitted|EACCES/i, 'local.firewall'),
  message('all', /EMFILE|ENFILE|Too many open files|EADDRNOTAVAIL|Cannot assign requested address|ENOBUFS/i, 'local.resource-limit'),
  message(
    'all',
    /ETIMEDOUT|Connection timed out|connect(ion)? timed? ?out|Connection timeout after|dial tcp .{1,200}: i\/o timeout|took too long to respond|NS_ERROR_NET_TIMEOUT|ConnectTimeout\b|\b10060\b/i,
    'tcp.timeout',
    'tcp.filtered',
    'route.black-hole',
  ),
  message(
    'all',
    /ECONNRESET|Connection reset|connection was reset|forcibly closed|NS_ERROR_NET_RESET|\b10054\b/i,
    'http.reset',
    'tls.reset',
    'tcp.reset',
  ),
  message('all', /EPIPE|Broken pipe/i, 'http.reset', 'http.closed'),
];

const others: readonly KnownMessage[] = [
  message(
    'curl',
    /URL using bad\/illegal format|URL rejected|Invalid URL|Malformed input to a URL function|ERR_INVALID_URL/i,
    'target.invalid-url',
  ),
  message(
    'curl, Go',
    /Protocol .{1,40} not supported|unsupported protocol scheme|No connection adapters were found/i,
    'target.unsupported-scheme',
  ),
  message('browsers', /Mixed Content: /i, 'page.mixed-content'),
  message(
    'browsers',
    /blocked by CORS policy|Content Security Policy|Subresource Integrity|blocked because its MIME type/i,
    'page.policy-blocked',
  ),
  ...(
    [
      [400, 'http.bad-request'],
      [401, 'http.unauthorized'],
      [403, 'http.forbidden'],
      [404, 'http.not-found'],
      [405, 'http.client-error'],
      [410, 'http.not-found'],
      [413, 'http.client-error'],
      [414, 'http.client-error'],
      [415, 'http.client-error'],
      [421, 'http.bad-request'],
      [422, 'http.client-error'],
      [426, 'http.client-error'],
      [429, 'http.rate-limited'],
      [431, 'http.bad-request'],
      [451, 'http.client-error'],
      [500, 'http.server-error'],
      [502, 'http.bad-gateway'],
      [503, 'http.unavailable'],
      [504, 'http.gateway-timeout'],
    ] as const
  ).map(([status, cause]) =>
    message(
      'curl, Java, Node.js and browsers',
      new RegExp(
        `(HTTP response code: |Unexpected (server )?response( code)?: |status code:? |HTTP ERROR |URL returned error:? )${status}\\b`,
        'i',
      ),
      cause,
    ),
  ),
  message('servers', /\b502\b.{0,20}Bad Gateway|Bad Gateway/i, 'http.bad-gateway'),
  message('servers', /\b503\b.{0,20}Service|Service (Temporarily )?Unavailable/i, 'http.unavailable'),
  message('servers', /\b504\b.{0,20}Gateway|Gateway Time-?out/i, 'http.gateway-timeout'),
  message('servers', /\b500\b.{0,20}Internal Server Error|Internal Server Error/i, 'http.server-error'),
  message('servers', /\b429\b|Too Many Requests/i, 'http.rate-limited'),
  message('servers', /\b401\b.{0,20}(Unauthorized|Authorization Required)|Unauthorized/i, 'http.unauthorized'),
  message('servers', /\b403\b.{0,20}Forbidden|Forbidden/i, 'http.forbidden', 'http.blocked'),
  message('servers', /\b404\b.{0,20}Not Found|\b410\b.{0,10}Gone/i, 'http.not-found'),
  message(
    'servers',
    /\b405\b.{0,20}Method Not Allowed|\b414\b.{0,20}(URI|URL)|\b415\b.{0,20}Media Type|\b422\b.{0,20}Unprocessable|\b426\b.{0,20}Upgrade Required|\b451\b.{0,20}Legal/i,
    'http.client-error',
  ),
  message('servers', /\b431\b.{0,30}Header/i, 'http.bad-request'),
  message('servers', /\b421\b|Misdirected Request/i, 'http.bad-request', 'http.wrong-site'),
];

/** Messages of browsers, curl, OpenSSL, Node.js, Go, Java, Python, Windows and proxies. The first that matches is meant: the more telling come first. */
export const knownMessages: readonly KnownMessage[] = [
  ...upstreamMessages,
  ...proxyTunnels,
  ...certificates,
  ...handshakes,
  ...names,
  ...clientMessages,
  ...exchanges,
  ...connections,
  ...others,
  ...vagueMessages,
];

/** Of the causes that make a browser show one error, the one met most often; without an entry, the first in walking order. */
export const likeliestCauses: Readonly<Record<string, CauseCode>> = {
  ERR_NAME_NOT_RESOLVED: 'dns.nxdomain',
  ERR_ADDRESS_UNREACHABLE: 'route.unreachable',
  ERR_CONNECTION_TIMED_OUT: 'tcp.timeout',
  ERR_CONNECTION_REFUSED: 'tcp.refused',
  ERR_CONNECTION_RESET: 'tls.reset',
  ERR_CONNECTION_CLOSED: 'tls.closed',
  ERR_TIMED_OUT: 'http.timeout',
  ERR_EMPTY_RESPONSE: 'http.closed',
  ERR_CERT_DATE_INVALID: 'tls.cert-expired',
};
