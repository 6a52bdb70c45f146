import type { Cause } from '../cause.ts';
import { chain, handshake } from './tls-commands.ts';

/** Causes of the `tls` checkpoint that a handshake shows, in vocabulary order. */
export const tlsHandshakeCauses: readonly Cause[] = [
  {
    code: 'tls.version',
    meaning: 'Client and server have no TLS version in common.',
    browserErrors: ['ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'an old server that speaks TLS 1.0 or 1.1 only',
      'a server limited to TLS 1.3, and an old client',
      'a policy on either side that forbids what the other has',
    ],
    nextSteps: [
      {
        action: 'Try each version',
        command:
          'for v in tls1 tls1_1 tls1_2 tls1_3; do echo "$v"; openssl s_client -host {address} -port {port} -servername {host} "-$v" -cipher DEFAULT@SECLEVEL=0 </dev/null 2>/dev/null | grep "Cipher is"; done',
      },
      { action: 'Site operator: enable TLS 1.2 and 1.3' },
      { action: 'Old client: update it or its TLS library' },
    ],
    confirmCommand:
      'for v in tls1 tls1_1 tls1_2 tls1_3; do echo "$v"; openssl s_client -host {address} -port {port} -servername {host} "-$v" -cipher DEFAULT@SECLEVEL=0 </dev/null 2>/dev/null | grep "Cipher is"; done',
  },
  {
    code: 'tls.cipher',
    meaning: 'Client and server have no cipher suite or key exchange group in common.',
    browserErrors: ['ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'a hardened cipher list without overlap after a change',
      'an old server that offers RC4, 3DES or export ciphers only',
      'certificate type and ciphers do not match: ECDSA key with RSA-only suites',
      'no common group, for example a server limited to one curve',
    ],
    nextSteps: [
      {
        action: 'Try with everything this library knows',
        command:
          "openssl s_client -host {address} -port {port} -servername {host} -cipher 'ALL:@SECLEVEL=0' </dev/null 2>&1 | grep -E 'Cipher is|alert'",
      },
      { action: 'Site operator: use a current recommended configuration for the server software' },
    ],
    confirmCommand: `${handshake} 2>&1 | grep -E 'Cipher is|alert'`,
  },
  {
    code: 'tls.unrecognized-name',
    meaning: 'The server rejects the name sent in SNI, or works only without it.',
    browserErrors: ['ERR_SSL_UNRECOGNIZED_NAME_ALERT'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the name is not configured on this server or CDN',
      'the CDN has not finished, or has removed, the custom domain',
      'DNS points at a server that does not serve this site',
    ],
    nextSteps: [
      {
        action: 'Compare with and without the name',
        command: `${handshake} 2>&1 | grep -E 'alert|Cipher is'; openssl s_client -host {address} -port {port} -noservername </dev/null 2>&1 | grep -E 'alert|Cipher is'`,
      },
      { action: 'Site operator: add the name (and its certificate) to the server or CDN configuration' },
      { action: 'Check that DNS points where the site is hosted', command: 'getent ahosts {host}' },
    ],
    confirmCommand: `${handshake} 2>&1 | grep -E 'alert|Cipher is'`,
  },
  {
    code: 'tls.client-cert-required',
    meaning: 'The server demands a client certificate.',
    browserErrors: ['ERR_BAD_SSL_CLIENT_AUTH_CERT'],
    degrades: false,
    side: 'client',
    likelyReasons: [
      'mutual TLS: the client has no certificate configured',
      'the client certificate expired or comes from an authority the server does not accept',
      'an origin that accepts its CDN only (authenticated origin pulls)',
    ],
    nextSteps: [
      { action: 'See which authorities it accepts', command: `${handshake} 2>/dev/null | grep -A 8 'Acceptable client certificate'` },
      { action: 'Try with your certificate', command: 'curl -sS --cert client.pem --key client.key -o /dev/null -D - {url}' },
      { action: 'Ask the operator of the service for a certificate, or renew the one in use' },
    ],
    confirmCommand: `${handshake} 2>/dev/null | grep -A 8 'Acceptable client certificate'`,
    falsePositives: ['servers that ask for a certificate and work without one'],
  },
  {
    code: 'tls.alert',
    meaning: 'The peer ends the handshake with a fatal alert that no other cause of this list covers.',
    browserErrors: ['ERR_SSL_PROTOCOL_ERROR'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'internal_error: certificate or key cannot be loaded, or a backend of the TLS terminator fails',
      'access_denied or no_application_protocol: policy or ALPN setting of the server',
      'decode_error or illegal_parameter: old software that cannot take a modern ClientHello',
    ],
    nextSteps: [
      {
        action: 'Read the name of the alert',
        command: 'openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null 2>&1 | grep -iE "alert|handshake"',
      },
      { action: 'Server operator: read the TLS error log at that second' },
      {
        action: 'Try a plainer offer',
        command: 'openssl s_client -host {address} -port {port} -servername {host} -tls1_2 </dev/null 2>&1 | grep -E "Cipher is|alert"',
      },
    ],
    confirmCommand: 'openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null 2>&1 | grep -i alert',
  },
  {
    code: 'tls.not-tls',
    meaning: 'The port answers in something that is not TLS.',
    browserErrors: ['ERR_SSL_PROTOCOL_ERROR'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'plain HTTP on this port: "listen 443" without ssl, or TLS removed at a load balancer',
      'https used with the port of a plain http service',
      'another protocol listens there (ssh, smtp), or the PROXY protocol is expected first',
    ],
    nextSteps: [
      { action: 'Ask in plain HTTP', command: 'curl -sS -D - -o /dev/null --max-time 10 http://{host}:{port}/' },
      { action: 'Server operator: turn on TLS for this port, or correct the port mapping' },
      { action: 'Client: use http:// if the service is meant to be plain' },
    ],
    confirmCommand: 'curl -sS -D - -o /dev/null --max-time 10 http://{host}:{port}/',
  },
  {
    code: 'tls.timeout',
    meaning: 'The ClientHello was sent and acknowledged, and no answer came.',
    browserErrors: ['ERR_TIMED_OUT'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the TLS terminator is overloaded or hangs: the kernel accepts, the process does not',
      'a plain service behind the port that waits for a request of its own kind',
      'a TCP forwarder whose backend is silent',
      'the full-size answer is lost on the way back (MTU)',
    ],
    nextSteps: [
      {
        action: 'See it hang after the ClientHello',
        command: 'timeout 10 openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null',
      },
      { action: 'Server operator: is the process alive, is its accept queue full?', command: 'ss -ltnp sport = :{port}' },
      { action: 'Rule out the MTU', command: 'ping -c 3 -M do -s 1452 {address}' },
    ],
    confirmCommand: 'timeout 10 openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null',
  },
  {
    code: 'tls.sni-filtered',
    meaning: 'The same address works with another name in SNI and fails with this one.',
    browserErrors: ['ERR_CONNECTION_RESET', 'ERR_TIMED_OUT'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'a firewall or provider blocks the name',
      'company policy by host name',
      'protection of the server or CDN that drops names it does not serve',
    ],
    nextSteps: [
      {
        action: 'Compare two names on one address',
        command: `timeout 10 ${handshake}; timeout 10 openssl s_client -host {address} -port {port} -servername example.org </dev/null`,
      },
      { action: 'Try from another network: works there means a filter here' },
      { action: 'Fails everywhere: site operator checks that the server or CDN serves this name' },
    ],
    confirmCommand: `timeout 10 ${handshake}; timeout 10 openssl s_client -host {address} -port {port} -servername example.org </dev/null`,
  },
  {
    code: 'tls.large-hello',
    meaning: 'A small ClientHello succeeds, and the same offer spread over more than one segment does not.',
    browserErrors: ['ERR_TIMED_OUT'],
    degrades: false,
    side: 'unknown',
    likelyReasons: [
      'server or load balancer software that reads the ClientHello in one piece: breaks with post-quantum key shares',
      'a firewall that inspects SNI and does not reassemble segments',
      'full-size segments are lost on the path (MTU)',
    ],
    nextSteps: [
      {
        action: 'Compare a small with a padded hello',
        command:
          'timeout 10 openssl s_client -host {address} -port {port} -servername {host} -alpn http/1.1 </dev/null; timeout 10 openssl s_client -host {address} -port {port} -servername {host} -alpn "http/1.1,$(seq -s, 100000 100250)" </dev/null',
      },
      { action: 'Server operator: update server, load balancer and firewall software' },
      { action: 'Stopgap: turn off hybrid key exchange (X25519MLKEM768) in the client' },
    ],
    confirmCommand:
      'timeout 10 openssl s_client -host {address} -port {port} -servername {host} -alpn "http/1.1,$(seq -s, 100000 100250)" </dev/null',
    falsePositives: ['an MTU black hole: there, large packets fail after the handshake too, and a smaller MSS heals it'],
  },
  {
    code: 'tls.aborted-encrypted',
    meaning: "One side ends the handshake after the server's flight, and the reason is encrypted in the capture.",
    browserErrors: ['varies'],
    degrades: false,
    side: 'unknown',
    likelyReasons: [
      'the client rejects the certificate: expired, wrong name, unknown issuer',
      'a client certificate is missing or refused',
      'the client program gave up for a reason of its own',
    ],
    nextSteps: [
      { action: 'Repeat the request from that client and read its error', command: 'curl -sS -v -o /dev/null {url}' },
      { action: 'Record the keys so that the alert can be read', command: 'SSLKEYLOGFILE=keys.log curl -sS -o /dev/null {url}' },
      { action: 'Look at the certificate', command: chain },
    ],
  },
  {
    code: 'tls.reset',
    meaning: 'The connection is reset after the ClientHello.',
    browserErrors: ['ERR_CONNECTION_RESET'],
    degrades: false,
    side: 'unknown',
    likelyReasons: [
      'a filter on the path that dislikes the name or the fingerprint of the hello',
      'the TLS terminator crashes or has no configuration for this name',
      'a load balancer that passes TLS through to a dead backend',
    ],
    nextSteps: [
      { action: 'See when it comes', command: 'openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null' },
      {
        action: 'Another name on the same address: works means a filter by name',
        command: 'openssl s_client -host {address} -port {port} -servername example.org </dev/null',
      },
      { action: 'Who sent the RST? Compare ttl with the SYN-ACK', command: 'sudo tcpdump -nvi any host {address} and tcp port {port}' },
      { action: 'Server operator: read the log of the terminator at that second' },
    ],
    confirmCommand: 'openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null',
  },
  {
    code: 'tls.closed',
    meaning: 'The connection is closed after the ClientHello, without an alert.',
    browserErrors: ['ERR_CONNECTION_CLOSED'],
    degrades: false,
    side: 'unknown',
    likelyReasons: [
      'a TLS passthrough balancer (SNI routing) without a route for this name, or with a dead backend',
      'a plain service that does not understand the ClientHello and closes',
      'old server software that closes on versions or extensions it does not know',
    ],
    nextSteps: [
      { action: 'See when it comes', command: 'openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null' },
      { action: 'Plain service? Ask in plain HTTP', command: 'curl -sS -D - -o /dev/null --max-time 10 http://{host}:{port}/' },
      { action: 'Server operator: check the SNI route of this name and the health of its backend' },
    ],
    confirmCommand: 'openssl s_client -host {address} -port {port} -servername {host} -msg </dev/null',
  },
];
