import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeCodes } from '../model/cause.ts';
import { causeOf } from '../model/causes/registry.ts';
import { errorsOfTheBrowser, furtherErrors } from './browser-error-causes.ts';
import { columnsOf } from './columns.ts';
import { explain, names, nearestName, renderExplanation, saidOfTheBrowser } from './explanation.ts';
import { knownMessages, likeliestCauses } from './messages.ts';
import { plainStyle } from './style.ts';

/** Messages as programs print them, and the cause they are explained by. */
const messages: [from: string, text: string, cause: string][] = [
  ['curl', 'curl: (6) Could not resolve host: nope.example', 'dns.nxdomain'],
  ['curl', 'curl: (28) Resolving timed out after 5000 milliseconds', 'dns.timeout'],
  ['curl', "curl: (7) Failed to connect to example.com port 443 after 12 ms: Couldn't connect to server", 'tcp.refused'],
  ['curl', 'curl: (7) Failed to connect to 10.0.0.1 port 80: Connection refused', 'tcp.refused'],
  ['curl', 'curl: (28) Connection timed out after 5001 milliseconds', 'tcp.timeout'],
  ['curl', 'curl: (28) Failed to connect to example.com port 443 after 5002 ms: Connection timed out', 'tcp.timeout'],
  ['curl', 'curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received', 'http.timeout'],
  ['curl', 'curl: (28) Operation timed out after 5001 milliseconds with 1200 out of 48000 bytes received', 'http.stalled'],
  ['curl', 'curl: (28) SSL connection timeout', 'tls.timeout'],
  ['curl', 'curl: (35) OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number', 'tls.not-tls'],
  ['curl', 'curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to example.com:443', 'tls.reset'],
  ['curl', 'curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to example.com:443', 'tls.closed'],
  ['curl', 'curl: (35) error:0A000458:SSL routines::tlsv1 unrecognized name', 'tls.unrecognized-name'],
  ['curl', 'curl: (35) error:0A00042E:SSL routines::tlsv1 alert protocol version', 'tls.version'],
  ['curl', 'curl: (35) error:0A000410:SSL routines::sslv3 alert handshake failure', 'tls.cipher'],
  ['curl', 'curl: (56) OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required', 'tls.client-cert-required'],
  ['curl', 'curl: (60) SSL certificate problem: certificate has expired', 'tls.cert-expired'],
  ['curl', 'curl: (60) SSL certificate problem: certificate is not yet valid', 'tls.cert-not-yet-valid'],
  ['curl', 'curl: (60) SSL certificate problem: self-signed certificate', 'tls.self-signed'],
  ['curl', 'curl: (60) SSL certificate problem: self-signed certificate in certificate chain', 'tls.unknown-ca'],
  ['curl', 'curl: (60) SSL certificate problem: unable to get local issuer certificate', 'tls.missing-intermediate'],
  ['curl', "curl: (60) SSL: no alternative certificate subject name matches target host name 'a.example'", 'tls.name-mismatch'],
  ['curl', 'curl: (52) Empty reply from server', 'http.closed'],
  ['curl', 'curl: (56) Recv failure: Connection reset by peer', 'http.reset'],
  ['curl', 'curl: (18) transfer closed with 46800 bytes remaining to read', 'http.truncated'],
  ['curl', 'curl: (18) transfer closed with outstanding read data remaining', 'http.truncated'],
  ['curl', 'curl: (61) Unrecognized content encoding type. libcurl understands deflate, gzip, br content encodings.', 'http.bad-encoding'],
  ['curl', 'curl: (47) Maximum (50) redirects followed', 'http.redirect-loop'],
  ['curl', 'curl: (92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)', 'http.h2-failed'],
  ['curl', 'curl: (1) Received HTTP/0.9 when not allowed', 'http.malformed'],
  ['curl', 'curl: (3) URL using bad/illegal format or missing URL', 'target.invalid-url'],
  ['curl', 'curl: (1) Protocol "gopherx" not supported', 'target.unsupported-scheme'],
  ['curl', 'curl: (56) CONNECT tunnel failed, response 407', 'local.proxy-auth'],
  ['curl', 'curl: (56) CONNECT tunnel failed, response 403', 'local.proxy-denied'],
  ['curl', 'curl: (56) CONNECT tunnel failed, response 502', 'route.proxy-upstream'],
  ['curl', 'curl: (5) Could not resolve proxy: proxy.corp', 'local.proxy-unreachable'],
  ['openssl', 'verify error:num=20:unable to get local issuer certificate', 'tls.missing-intermediate'],
  ['openssl', 'error:0A000126:SSL routines::unexpected eof while reading', 'tls.closed'],
  ['openssl', 'error:0A00018A:SSL routines::dh key too small', 'tls.cipher'],
  ['Node.js', 'Error: getaddrinfo ENOTFOUND nope.example', 'dns.nxdomain'],
  ['Node.js', 'Error: getaddrinfo EAI_AGAIN example.com', 'dns.timeout'],
  ['Node.js', 'Error: connect ECONNREFUSED 127.0.0.1:443', 'tcp.refused'],
  ['Node.js', 'Error: connect ETIMEDOUT 192.0.2.1:443', 'tcp.timeout'],
  ['Node.js', 'Error: connect ENETUNREACH 2001:db8::1:443', 'local.no-route'],
  ['Node.js', 'Error: connect EHOSTUNREACH 10.0.0.9:443', 'route.unreachable'],
  ['Node.js', 'Error: socket hang up', 'http.closed'],
  ['Node.js', 'Error: Client network socket disconnected before secure TLS connection was established', 'tls.reset'],
  ['Node.js', "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames", 'tls.name-mismatch'],
  ['Node.js', 'Error: unable to verify the first certificate UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls.missing-intermediate'],
  ['Node.js', 'UND_ERR_HEADERS_TIMEOUT', 'http.timeout'],
  ['Node.js', 'Parse Error: Expected HTTP/', 'http.malformed'],
  ['Go', 'dial tcp: lookup nope.example on 127.0.0.53:53: no such host', 'dns.nxdomain'],
  ['Go', 'dial tcp: lookup a.example on 10.0.0.1:53: read udp 10.0.0.5:1->10.0.0.1:53: i/o timeout', 'dns.timeout'],
  ['Go', 'dial tcp: lookup a.example on 10.0.0.1:53: server misbehaving', 'dns.servfail'],
  ['Go', 'dial tcp 192.0.2.1:443: i/o timeout', 'tcp.timeout'],
  ['Go', 'dial tcp 192.0.2.1:443: connect: no route to host', 'route.unreachable'],
  [
    'Go',
    'x509: certificate has expired or is not yet valid: current time 2026-11-21T00:00:00Z is after 2026-11-18T00:00:00Z',
    'tls.cert-expired',
  ],
  [
    'Go',
    'x509: certificate has expired or is not yet valid: current time 2026-11-21T00:00:00Z is before 2026-12-01T00:00:00Z',
    'tls.cert-not-yet-valid',
  ],
  ['Go', 'x509: certificate is valid for b.example, not a.example', 'tls.name-mismatch'],
  ['Go', 'x509: certificate signed by unknown authority', 'tls.missing-intermediate'],
  ['Go', 'tls: first record does not look like a TLS handshake', 'tls.not-tls'],
  ['Go', 'http: server gave HTTP response to HTTPS client', 'tls.not-tls'],
  ['Go', 'net/http: TLS handshake timeout', 'tls.timeout'],
  ['Go', 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)', 'http.timeout'],
  ['Go', 'Get "https://a.example/": stopped after 10 redirects', 'http.redirect-loop'],
  ['Java', 'java.net.UnknownHostException: nope.example', 'dns.nxdomain'],
  ['Java', 'java.net.ConnectException: Connection refused', 'tcp.refused'],
  ['Java', 'java.net.SocketTimeoutException: connect timed out', 'tcp.timeout'],
  ['Java', 'java.net.SocketTimeoutException: Read timed out', 'http.timeout'],
  [
    'Java',
    'sun.security.validator.ValidatorException: PKIX path building failed: unable to find valid certification path to requested target',
    'tls.missing-intermediate',
  ],
  ['Java', 'javax.net.ssl.SSLHandshakeException: No subject alternative DNS name matching a.example found.', 'tls.name-mismatch'],
  ['Java', 'javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure', 'tls.cipher'],
  ['Java', 'javax.net.ssl.SSLException: Unsupported or unrecognized SSL message', 'tls.not-tls'],
  ['Java', 'javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake', 'tls.closed'],
  ['Python', 'socket.gaierror: [Errno -2] Name or service not known', 'dns.nxdomain'],
  ['Python', 'socket.gaierror: [Errno -3] Temporary failure in name resolution', 'dns.timeout'],
  ['Python', 'socket.gaierror: [Errno -5] No address associated with hostname', 'dns.no-data'],
  ['Python', "ssl.SSLCertVerificationError: Hostname mismatch, certificate is not valid for 'a.example'", 'tls.name-mismatch'],
  ['Python', '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)', 'tls.self-signed'],
  ['Python', 'http.client.RemoteDisconnected: Remote end closed connection without response', 'http.closed'],
  ['Python', 'IncompleteRead(120 bytes read, 380 more expected)', 'http.truncated'],
  ['Python', 'requests.exceptions.TooManyRedirects: Exceeded 30 redirects.', 'http.redirect-loop'],
  ['nginx', 'connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.9', 'http.bad-gateway'],
  ['nginx', 'upstream timed out (110: Connection timed out) while reading response header from upstream', 'http.gateway-timeout'],
  ['nginx', 'upstream prematurely closed connection while reading response header from upstream', 'http.bad-gateway'],
  ['nginx', '400 The plain HTTP request was sent to HTTPS port', 'http.bad-request'],
  ['Envoy', 'no healthy upstream', 'http.unavailable'],
  ['Envoy', 'upstream connect error or disconnect/reset before headers', 'http.unavailable'],
  [
    'Envoy',
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: 111',
    'http.unavailable',
  ],
  ['Envoy', 'upstream request timeout', 'http.gateway-timeout'],
  ['Envoy', 'RBAC: access denied', 'http.forbidden'],
  ['HAProxy', 'No server is available to handle this request.', 'http.unavailable'],
  ['HAProxy', 'The server returned an invalid or incomplete response.', 'http.bad-gateway'],
  ['HAProxy', "The server didn't respond in time.", 'http.gateway-timeout'],
  ['HAProxy', 'backend origin has no server available!', 'http.unavailable'],
  ['HAProxy log', 'site origin/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"', 'http.unavailable'],
  ['HAProxy log', 'site origin/web1 0/0/1/-1/30001 504 194 - - sH-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"', 'http.gateway-timeout'],
  ['Varnish', 'Error 503 Backend fetch failed Guru Meditation: XID: 32771', 'http.unavailable'],
  ['Apache', 'AH01114: HTTP: failed to make connection to backend: 10.0.0.5', 'http.unavailable'],
  ['Apache', 'AH01102: error reading status line from remote server 10.0.0.5:8080', 'http.bad-gateway'],
  ['Apache', 'The proxy server received an invalid response from an upstream server.', 'http.bad-gateway'],
  ['Apache', '(70007)The timeout specified has expired: AH01110: error reading response', 'http.gateway-timeout'],
  ['Squid', 'TCP_MISS_ABORTED/503 ERR_CONNECT_FAIL', 'route.proxy-upstream'],
  ['nginx', 'upstream sent too big header while reading response header from upstream', 'http.bad-gateway'],
  ['nginx', 'recv() failed (104: Connection reset by peer) while reading response header from upstream', 'http.bad-gateway'],
  ['nginx', 'no live upstreams while connecting to upstream', 'http.bad-gateway'],
  ['nginx', 'upstream timed out (110: Connection timed out) while connecting to upstream', 'http.gateway-timeout'],
  ['nginx', '*1 peer closed connection in SSL handshake while SSL handshaking to upstream', 'http.bad-gateway'],
  ['nginx', 'SSL_do_handshake() failed (SSL: error:0A00010B) while SSL handshaking to upstream', 'http.bad-gateway'],
  ['nginx', '2026/11/27 client prematurely closed connection, so upstream connection is closed too', 'http.timeout'],
  ['nginx', 'client sent plain HTTP request to HTTPS port while reading client request headers', 'http.bad-request'],
  ['nginx', 'limiting requests, excess: 10.500 by zone "all"', 'http.rate-limited'],
  ['nginx', 'host not found in upstream "app.internal"', 'http.bad-gateway'],
  ['nginx', '413 Request Entity Too Large', 'http.client-error'],
  ['nginx', '400 Request Header Or Cookie Too Large', 'http.bad-request'],
  ['Envoy access log', 'response_flags: UF,URX upstream_reset_before_response_started{connection_termination}', 'http.unavailable'],
  ['nginx', 'connect() failed (113: No route to host) while connecting to upstream', 'http.bad-gateway'],
  ['nginx', 'connect() to unix:/run/php.sock failed (2: No such file or directory) while connecting to upstream', 'http.bad-gateway'],
  ['nginx', 'app.internal could not be resolved (3: Host not found), client: 192.0.2.9', 'http.bad-gateway'],
  ['nginx', 'FastCGI sent in stderr: "Primary script unknown" while reading response header', 'http.not-found'],
  ['nginx', 'HTTP 499 client closed request', 'http.timeout'],
  ['HAProxy log', 'site origin/web1 0/0/-1/-1/3002 503 217 - - sC-- 1/1/0/0/3 0/0 "GET / HTTP/1.1"', 'http.unavailable'],
  ['HAProxy log', 'site origin/web1 0/0/0/-1/2 502 208 - - PH-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"', 'http.bad-gateway'],
  ['Varnish', 'Guru Meditation: XID: 32771', 'http.unavailable'],
  ['Varnish', 'backend default: unhealthy', 'http.unavailable'],
  ['Apache', 'proxy: error reading status line from remote server 10.0.0.5:8080', 'http.bad-gateway'],
  ['Heroku', 'H12 Request timeout', 'http.unavailable'],
  ['Vercel', 'FUNCTION_INVOCATION_TIMEOUT', 'http.gateway-timeout'],
  ['Azure Front Door', "Our services aren't available right now", 'http.unavailable'],
  ['curl', 'curl: (22) The requested URL returned error: 503', 'http.unavailable'],
  ['curl', 'curl: (8) Weird server reply', 'http.malformed'],
  ['curl', 'cURL error 35: see https://curl.haxx.se/libcurl/c/libcurl-errors.html', 'tls.closed'],
  ['Go', 'http: server closed idle connection', 'http.closed'],
  ['Go', 'net/http: timeout awaiting response headers', 'http.timeout'],
  ['Go', 'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)', 'tcp.timeout'],
  ['Go', 'http2: server sent GOAWAY and closed the connection; LastStreamID=1999, ErrCode=NO_ERROR, debug=""', 'http.closed'],
  ['Go', 'http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=PROTOCOL_ERROR, debug=""', 'http.h2-failed'],
  ['Go', 'websocket: close 1006 (abnormal closure): unexpected EOF', 'http.closed'],
  ['Go', 'websocket: bad handshake', 'http.bad-request'],
  ['gRPC', 'rpc error: code = DeadlineExceeded desc = context deadline exceeded', 'http.timeout'],
  ['gRPC', 'rpc error: code = Unavailable desc = connection error: connect: connection refused', 'tcp.refused'],
  ['gRPC', 'rpc error: code = Unimplemented desc = unknown service shop.Cart', 'http.not-found'],
  ['gRPC', 'io.grpc.StatusRuntimeException: UNAVAILABLE: Network closed for unknown reason', 'http.unavailable'],
  ['Java', 'org.apache.http.conn.ConnectionPoolTimeoutException: Timeout waiting for connection from pool', 'local.resource-limit'],
  ['Java', 'java.net.http.HttpTimeoutException: request timed out', 'http.timeout'],
  ['Java', 'java.net.http.HttpConnectTimeoutException: HTTP connect timed out', 'tcp.timeout'],
  ['Java', 'java.io.IOException: HTTP/1.1 header parser received no bytes', 'http.closed'],
  ['Java', 'java.io.IOException: unexpected end of stream on https://shop.example/...', 'http.closed'],
  ['Java', 'java.net.ProtocolException: unexpected end of stream', 'http.truncated'],
  ['Java', 'java.net.ProtocolException: Server redirected too many  times (20)', 'http.redirect-loop'],
  ['Java', 'okhttp3.internal.http2.StreamResetException: stream was reset: INTERNAL_ERROR', 'http.h2-failed'],
  ['Java', 'reactor.netty.http.client.PrematureCloseException: Connection prematurely closed BEFORE response', 'http.closed'],
  ['Java', 'io.netty.handler.timeout.ReadTimeoutException', 'http.timeout'],
  ['Python', 'httpx.RemoteProtocolError: Server disconnected without sending a response.', 'http.closed'],
  ['Python', 'aiohttp.client_exceptions.ClientPayloadError: Response payload is not completed', 'http.truncated'],
  ['Node.js', 'AxiosError: timeout of 5000ms exceeded', 'http.timeout'],
  ['Node.js', 'Parse Error: Header overflow (HPE_HEADER_OVERFLOW)', 'http.malformed'],
  ['Node.js', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'http.truncated'],
  ['Node.js', 'TypeError: fetch failed', 'tcp.refused'],
  ['.NET', 'The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.', 'http.timeout'],
  ['.NET', 'The SSL connection could not be established, see inner exception.', 'tls.missing-intermediate'],
  ['Ruby', 'Net::OpenTimeout: execution expired', 'tcp.timeout'],
  ['Ruby', 'EOFError: end of file reached', 'http.closed'],
  ['Rust', 'error sending request for url: connection closed before message completed', 'http.closed'],
  ['Apple', 'Error Domain=NSURLErrorDomain Code=-1005 "The network connection was lost."', 'http.reset'],
  ['Safari', "Safari can't open the page because the server unexpectedly dropped the connection.", 'http.closed'],
  ['Chrome', 'This page isn’t working. shop.example is currently unable to handle this request. HTTP ERROR 500', 'http.server-error'],
  ['Chrome', 'shop.example didn’t send any data.', 'http.closed'],
  ['Chrome', 'HTTP ERROR 431', 'http.bad-request'],
  ['Chrome', "Failed to find a valid digest in the 'integrity' attribute for resource", 'page.policy-blocked'],
  [
    'Chrome',
    "Refused to apply style from 'https://shop.example/style.css' because its MIME type ('text/html') is not a supported stylesheet MIME type",
    'page.policy-blocked',
  ],
  ['Firefox', 'NS_ERROR_NET_PARTIAL_TRANSFER', 'http.truncated'],
  ['nginx', 'worker_connections are not enough while connecting to upstream', 'http.server-error'],
  ['Cloudflare', 'Error 522: Connection timed out', 'http.origin-down'],
  ['Cloudflare', 'error code: 1020', 'http.blocked'],
  ['Cloudflare', 'Error 1016 Origin DNS error', 'http.origin-down'],
  ['Cloudflare', 'Sorry, you have been blocked', 'http.blocked'],
  ['Cloudflare', 'Checking your browser before accessing shop.example', 'http.blocked'],
  ['Cloudflare', 'Error 1015: You are being rate limited', 'http.rate-limited'],
  ['CloudFront', "504 ERROR The request could not be satisfied. CloudFront wasn't able to connect to the origin.", 'http.gateway-timeout'],
  ['Fastly', 'Fastly error: unknown domain: shop.example', 'http.wrong-site'],
  ['Akamai', "Access Denied You don't have permission to access on this server. Reference #18.1234", 'http.blocked'],
  ['Imperva', 'Request unsuccessful. Incapsula incident ID: 123-456', 'http.blocked'],
  ['Heroku', 'heroku[router]: at=error code=H12 desc="Request timeout"', 'http.unavailable'],
  ['Heroku', 'heroku[router]: at=error code=H10 desc="App crashed"', 'http.unavailable'],
  ['API Gateway', '{"message": "Endpoint request timed out"}', 'http.gateway-timeout'],
  ['Kong', '{"message":"no Route matched with those values"}', 'http.wrong-site'],
  ['Kong', '{"message":"failure to get a peer from the ring-balancer"}', 'http.unavailable'],
  ['Kubernetes', 'default backend - 404', 'http.wrong-site'],
  ['Traefik', 'no available server', 'http.unavailable'],
  ['Django', "Invalid HTTP_HOST header: 'shop.example'. You may need to add 'shop.example' to ALLOWED_HOSTS.", 'http.bad-request'],
  ['Vite', 'Blocked request. This host ("shop.example") is not allowed.', 'http.bad-request'],
  ['GitHub Pages', "There isn't a GitHub Pages site here.", 'http.wrong-site'],
  ['curl', 'curl: (16) Error in the HTTP2 framing layer', 'http.h2-failed'],
  ['curl', 'curl: (92) HTTP/2 stream 0 was not closed cleanly: PROTOCOL_ERROR (err 1)', 'http.h2-failed'],
  ['curl', 'curl: (95) HTTP/3 stream 0 reset by server', 'http.h3-failed'],
  ['Chrome', 'net::ERR_QUIC_PROTOCOL_ERROR.QUIC_NETWORK_IDLE_TIMEOUT 200 (OK)', 'http.h3-failed'],
  ['Chrome', 'net::ERR_HTTP2_PROTOCOL_ERROR 200', 'http.h2-failed'],
  ['Chrome', 'net::ERR_INCOMPLETE_CHUNKED_ENCODING 200 (OK)', 'http.truncated'],
  ['Chrome', 'This page isn’t working. www.example.com redirected you too many times. ERR_TOO_MANY_REDIRECTS', 'http.redirect-loop'],
  ['Chrome', 'www.example.com didn’t send any data. ERR_EMPTY_RESPONSE', 'http.closed'],
  [
    'Chrome',
    "WebSocket connection to 'wss://a.example/' failed: Error during WebSocket handshake: Unexpected response code: 502",
    'http.bad-gateway',
  ],
  [
    'Chrome',
    "WebSocket connection to 'wss://a.example/' failed: Error during WebSocket handshake: Unexpected response code: 400",
    'http.bad-request',
  ],
  [
    'Firefox',
    'The page isn’t redirecting properly. Firefox has detected that the server is redirecting the request in a way that will never complete.',
    'http.redirect-loop',
  ],
  [
    'Firefox',
    'Content Encoding Error: The page you are trying to view cannot be shown because it uses an invalid or unsupported form of compression.',
    'http.bad-encoding',
  ],
  ['Node.js', 'Error: read ECONNRESET', 'http.reset'],
  ['Node.js', 'Error [ERR_HTTP2_STREAM_ERROR]: Stream closed with error code NGHTTP2_REFUSED_STREAM', 'http.h2-failed'],
  ['Node.js', 'Error: Unexpected server response: 403', 'http.forbidden'],
  ['Node.js', 'TypeError: terminated: other side closed', 'http.closed'],
  ['Go', 'http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=ENHANCE_YOUR_CALM, debug=""', 'http.h2-failed'],
  ['Go', 'http: proxy error: dial tcp 10.0.0.5:8080: connect: connection refused', 'http.bad-gateway'],
  ['Go', 'http: proxy error: context deadline exceeded', 'http.gateway-timeout'],
  ['Go', 'Get "https://a.example/": EOF', 'http.closed'],
  ['Go', 'Get "https://a.example/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0"', 'http.malformed'],
  ['Java', 'org.apache.http.NoHttpResponseException: a.example:443 failed to respond', 'http.closed'],
  ['Java', 'java.io.IOException: Premature EOF', 'http.truncated'],
  ['Java', 'java.io.IOException: Server returned HTTP response code: 503 for URL: https://a.example/', 'http.unavailable'],
  ['Java', 'java.io.IOException: /10.0.0.1:1: GOAWAY received', 'http.h2-failed'],
  ['Python', 'requests.exceptions.HTTPError: 504 Server Error: Gateway Time-out for url: https://a.example/', 'http.gateway-timeout'],
  [
    'Python',
    'requests.exceptions.ReadTimeout: HTTPSConnectionPool(host=a.example, port=443): Read timed out. (read timeout=5)',
    'http.timeout',
  ],
  ['Python', 'requests.exceptions.ChunkedEncodingError: ("Connection broken: InvalidChunkLength")', 'http.truncated'],
  ['gunicorn', '[CRITICAL] WORKER TIMEOUT (pid:42)', 'http.bad-gateway'],
  ['uWSGI', 'uwsgi_response_write_body_do(): Broken pipe [core/writer.c line 341] during GET /', 'http.timeout'],
  ['PHP-FPM', 'server reached pm.max_children setting (5), consider raising it', 'http.unavailable'],
  ['Chrome', 'DNS_PROBE_FINISHED_NXDOMAIN', 'dns.nxdomain'],
  ['Chrome', 'www.example.com took too long to respond. ERR_CONNECTION_TIMED_OUT', 'tcp.timeout'],
  ['Chrome', 'NET::ERR_CERT_DATE_INVALID', 'tls.cert-expired'],
  ['Chrome', 'net::ERR_NAME_NOT_RESOLVED', 'dns.nxdomain'],
  ['Firefox', 'SEC_ERROR_UNKNOWN_ISSUER', 'tls.missing-intermediate'],
  ['Firefox', 'SSL_ERROR_BAD_CERT_DOMAIN', 'tls.name-mismatch'],
  ['Firefox', 'PR_END_OF_FILE_ERROR', 'tls.closed'],
  ['Firefox', 'SSL_ERROR_RX_RECORD_TOO_LONG', 'tls.not-tls'],
  ['Firefox', 'MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT', 'tls.self-signed'],
  ['Safari', 'Safari can’t find the server.', 'dns.nxdomain'],
  ['dig', ';; communications error to 192.0.2.53#53: timed out', 'dns.timeout'],
  ['dig', ';; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 1', 'dns.servfail'],
  ['a server', 'HTTP/1.1 502 Bad Gateway', 'http.bad-gateway'],
  ['a server', '504 Gateway Time-out', 'http.gateway-timeout'],
];

describe('a pasted message', () => {
  test.each(messages)('of %s: %s means %s', (_, text, cause) => {
    expect(explain(text)?.causes[0].code).toBe(cause);
  });

  test('is tried against more than thirty patterns, each with causes of the vocabulary', () => {
    expect(knownMessages.length).toBeGreaterThan(30);
    for (const { causes } of knownMessages) for (const cause of causes) expect(causeCodes).toContain(cause);
  });

  test.each(knownMessages.map(({ from, pattern }) => [from, String(pattern), pattern] as const))(
    'of %s is found in time by %s',
    (_, __, pattern) => {
      const hostile = [
        'lookup '.repeat(500),
        'with 1 out of '.repeat(300),
        'a'.repeat(4000),
        'certificate is valid for '.repeat(150),
        'SSL_do_handshake() failed '.repeat(150),
      ];
      const startedMs = performance.now();
      for (const text of hostile) pattern.test(text);
      expect(performance.now() - startedMs).toBeLessThan(200);
    },
  );

  test('that nobody knows is not explained', () => {
    expect(explain('the cat sat on the mat')).toBeNull();
    expect(explain('')).toBeNull();
    expect(explain('ERR_NOT_A_REAL_ONE')).toBeNull();
  });
});

describe('a code', () => {
  test.each(causeCodes)('%s explains itself on lines that fit', (code) => {
    const explained = explain(code);
    expect(explained?.causes.map((cause) => cause.code)).toEqual([code]);
    const lines = renderExplanation(explained!, plainStyle, 80).trimEnd().split('\n');
    expect(lines.join(' ')).toContain(causeOf(code).meaning.split(' ')[0]);
    const tooLong = lines.filter((line) => columnsOf(line) > 80 && !/^(Shown by| {8,})/.test(line));
    expect(tooLong).toEqual([]);
    expect(lines.join('\n')).not.toMatch(/\{(url|host|port|address|resolver)\}/);
  });

  test('is found inside a line of output', () => {
    expect(explain('FAILED at tls: ... [tls.cert-expired]')?.causes[0].code).toBe('tls.cert-expired');
  });

  test('without its checkpoint is looked for in all', () => {
    expect(explain('timeout')?.causes.map((cause) => cause.code)).toEqual(['dns.timeout', 'tcp.timeout', 'tls.timeout', 'http.timeout']);
    expect(explain('cert expired')?.causes.map((cause) => cause.code)).toEqual(['tls.cert-expired']);
  });
});

describe('a code with wrong letters', () => {
  test.each([
    ['tls.chain-expird', 'tls.chain-expired'],
    ['TLS.chain_expired', 'tls.chain-expired'],
    ['dns.nxdomian', 'dns.nxdomain'],
    ['what is tcp.refusedd?', 'tcp.refused'],
    ['http.h2-fail', 'http.h2-failed'],
    ['net::ERR_NAME_NOT_RESOLVD', 'ERR_NAME_NOT_RESOLVED'],
    ['err_cert_date_invlaid', 'ERR_CERT_DATE_INVALID'],
    ['ERR_QUIC_HANDSHAKE_FAILD', 'ERR_QUIC_HANDSHAKE_FAILED'],
  ])('%s is near to %s', (text, code) => {
    expect(explain(text)).toBeNull();
    expect(nearestName(text)).toBe(code);
  });

  test.each(['', 'tls.chain-exp', 'something else entirely', 'a'.repeat(100_000)])('%.40s is near to none', (text) => {
    expect(nearestName(text)).toBeNull();
  });

  test('is found whichever two letters are wrong, and nothing makes it throw', () => {
    const letters = fc.tuple(fc.constantFrom(...causeCodes), fc.nat(), fc.nat(), fc.constantFrom('', 'x', '0', '-'));
    fc.assert(
      fc.property(letters, ([code, one, other, letter]) => {
        const wrong = code.split('');
        for (const at of [one, other]) wrong[at % code.length] = letter;
        expect(nearestName(wrong.join(''))).not.toBeNull();
      }),
    );
    fc.assert(fc.property(fc.string({ maxLength: 500, unit: 'binary' }), (text) => names.includes(nearestName(text) ?? names[0]!)));
  });

  test('is looked for in a long text in time', () => {
    const startedMs = performance.now();
    nearestName(Array.from({ length: 1000 }, (_, i) => `tls.x${i}`).join(' '));
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});

describe('a browser error', () => {
  const errors = [...new Set(causeCodes.flatMap((code) => causeOf(code).browserErrors))].filter((error) => error.startsWith('ERR_'));

  test.each(errors)('%s leads to every cause that shows it', (error) => {
    const codes = explain(`net::${error}`)?.causes.map((cause) => cause.code) ?? [];
    expect([...codes].sort()).toEqual(causeCodes.filter((code) => causeOf(code).browserErrors.includes(error)).sort());
  });

  test.each(Object.entries(furtherErrors))('%s is explained, too', (error, causes) => {
    expect(errors).not.toContain(error);
    const explained = explain(`net::${error.toLowerCase()}`);
    expect(explained?.by).toBe('browser-error');
    expect(explained?.causes.map((cause) => cause.code)).toEqual(causes);
  });

  test('that a report names is explained', () => {
    const source = readFileSync(new URL('browser-error.ts', import.meta.url), 'utf8');
    const named = [...new Set(source.match(/\bERR_[A-Z0-9_]+(?=')/g))];
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((error) => explain(error) === null)).toEqual([]);
  });

  test('that is about the browser alone is said to be so', () => {
    for (const error of Object.keys(errorsOfTheBrowser)) {
      expect(explain(error)).toBeNull();
      expect(saidOfTheBrowser(`(failed) net::${error}`)).toEqual({ error, means: errorsOfTheBrowser[error] });
    }
    expect(saidOfTheBrowser('ERR_CONSTRUCTOR constructor')).toBeNull();
    expect(explain('ERR_CONSTRUCTOR')).toBeNull();
  });

  test.each(Object.entries(likeliestCauses))('%s is met most often as %s, which shows it', (error, cause) => {
    expect(causeOf(cause).browserErrors).toContain(error);
    expect(explain(error)?.causes[0].code).toBe(cause);
  });
});
