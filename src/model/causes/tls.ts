import type { Cause } from '../cause.ts';

/** One handshake with the address in question; what it prints is picked from by what follows. */
const handshake = 'openssl s_client -host {address} -port {port} -servername {host}{authorities} -showcerts </dev/null';

/** The same, without the library's remarks, for piping the certificate on. */
const leaf = `${handshake} 2>/dev/null | openssl x509 -noout`;

/** Subject, issuer and validity of every certificate sent (lines `s:`, `i:`, `v:`; OpenSSL 3), and the verdict. */
const chain = `${handshake} 2>/dev/null | grep -E ' (s|i|v):|Verify return code'`;

/** Causes of the `tls` checkpoint, in vocabulary order. */
export const tlsCauses: readonly Cause[] = [
  {
    code: 'tls.cert-expired',
    meaning: "The server's certificate has expired.",
    browserErrors: ['ERR_CERT_DATE_INVALID'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'automatic renewal failed: challenge blocked, DNS changed, account or quota trouble',
      'it was renewed, but the server was not reloaded or the new file not deployed everywhere',
      'a certificate that somebody had to renew by hand',
    ],
    nextSteps: [
      { action: 'See the dates', command: `${leaf} -subject -dates` },
      { action: 'Site operator: renew, deploy to every server and edge, reload, and check from outside' },
      { action: 'Site operator, with certbot: why did it fail?', command: 'sudo certbot certificates; sudo certbot renew --dry-run' },
      { action: 'For the next time: alarm 14 days before the end, measured from outside' },
    ],
    confirmCommand: `${leaf} -subject -dates`,
    falsePositives: ['a clock of this host that runs ahead'],
  },
  {
    code: 'tls.cert-not-yet-valid',
    meaning: "The server's certificate is not valid yet, and the clock here is right.",
    browserErrors: ['ERR_CERT_DATE_INVALID'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'issued by an internal authority whose clock is ahead',
      'a certificate prepared for a later date was deployed early',
      'issued seconds ago without a margin',
    ],
    nextSteps: [
      { action: 'See the dates', command: `${leaf} -subject -dates; date -u` },
      { action: 'Site operator: deploy the previous certificate until then, or issue a new one' },
      { action: 'Correct the clock of the issuing authority' },
    ],
    confirmCommand: `${leaf} -dates; date -u`,
    falsePositives: ['a clock of this host that is behind'],
  },
  {
    code: 'tls.name-mismatch',
    meaning: 'No subject alternative name of the certificate matches the name asked for.',
    browserErrors: ['ERR_CERT_COMMON_NAME_INVALID'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the name is missing in the certificate: www or the bare domain forgotten, a wildcard one level too short',
      'the server has no site for this name and shows its default certificate',
      'DNS points at another server, for example a hosting default or an old CDN',
      'the site was opened by address',
    ],
    nextSteps: [
      { action: 'See which names it covers', command: `${leaf} -ext subjectAltName` },
      { action: 'Is this the right server? Check the address against what is expected', command: 'getent ahosts {host}' },
      { action: 'Site operator: add the name to the certificate, or configure the site (SNI) on this server' },
    ],
    confirmCommand: `${leaf} -ext subjectAltName`,
  },
  {
    code: 'tls.self-signed',
    meaning: 'The certificate is its own issuer and is not trusted here.',
    browserErrors: ['ERR_CERT_AUTHORITY_INVALID'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the default certificate of a fresh installation, appliance or ingress controller',
      'a test certificate that was never replaced',
      'the real certificate failed to load and the server fell back',
    ],
    nextSteps: [
      { action: 'See subject and issuer', command: `${leaf} -subject -issuer -dates` },
      { action: 'Site operator: install a certificate of a public authority' },
      { action: 'Internal service: give it to the clients as trusted', command: 'curl -sS --cacert server.pem -o /dev/null -D - {url}' },
    ],
    confirmCommand: `${leaf} -subject -issuer`,
  },
  {
    code: 'tls.unknown-ca',
    meaning: 'The chain is complete up to a root that is not trusted here.',
    browserErrors: ['ERR_CERT_AUTHORITY_INVALID'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'issued by a private company authority that this client does not have',
      'a staging certificate of a public authority',
      'an old trust store here, without a newer root',
      'an authority that browsers no longer trust',
    ],
    nextSteps: [
      { action: 'See who issued it', command: chain },
      {
        action: 'Private authority: install its root on this client, or test with it',
        command: 'curl -sS --cacert root.pem -o /dev/null -D - {url}',
      },
      { action: 'Old trust store here: update it', command: 'sudo update-ca-certificates' },
      { action: 'Public site: operator replaces the certificate by one of a trusted authority' },
    ],
    confirmCommand: chain,
  },
  {
    code: 'tls.missing-intermediate',
    meaning: 'The chain sent does not reach a trusted root, and would with an intermediate that the server fails to send.',
    browserErrors: ['ERR_CERT_AUTHORITY_INVALID', 'some clients work'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'only the leaf was installed (cert.pem in place of fullchain.pem)',
      'the issuer moved to a new intermediate at renewal and the old one is still sent',
      'a load balancer or appliance where the chain is uploaded apart',
    ],
    nextSteps: [
      { action: 'See what is sent: the last issuer must be a root', command: chain },
      { action: 'Site operator: serve the full chain, leaf first, then intermediates' },
      { action: 'Where the missing one is found', command: `${leaf} -ext authorityInfoAccess` },
    ],
    confirmCommand: chain,
    falsePositives: ['browsers hide it: they fetch or remember the intermediate, and curl, Java, Go and phones fail'],
  },
  {
    code: 'tls.chain-expired',
    meaning: 'An intermediate or root certificate in the chain in use has expired.',
    browserErrors: ['ERR_CERT_DATE_INVALID', 'works in some'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the server still sends an old cross-signed certificate',
      'the intermediate was not replaced when the leaf was renewed',
      'the client has an old trust store and no other path',
    ],
    nextSteps: [
      { action: 'See the dates of the whole chain (lines v:)', command: chain },
      { action: 'Site operator: remove the expired certificate from the file, or use the current chain of the issuer' },
      { action: 'Clients that keep failing: update their trust store; old OpenSSL 1.0 stops at the expired path' },
    ],
    confirmCommand: chain,
    falsePositives: ['an expired extra certificate that no client needs: another path is valid'],
  },
  {
    code: 'tls.intercepted',
    meaning: "The chain ends in a known or local inspection authority instead of the site's own.",
    browserErrors: ['varies'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'TLS inspection by the company proxy or firewall, whose root this program does not trust',
      'antivirus or parental control on this host',
      'a debugging proxy left running',
      'an attack on this network',
    ],
    nextSteps: [
      { action: 'See who issued it', command: `${leaf} -issuer -dates -fingerprint -sha256` },
      { action: 'Compare from another network: the fingerprint must differ' },
      { action: 'Inspection is policy: install its root for this program, or have the site exempted' },
      { action: 'Nobody knows the issuer: stop, send no secrets, report it' },
    ],
    confirmCommand: `${leaf} -issuer`,
  },
  {
    code: 'tls.revoked',
    meaning: 'A stapled or fetched OCSP response, or a revocation list, says the certificate is revoked.',
    browserErrors: ['ERR_CERT_REVOKED'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the authority revoked it: wrongly issued, or a mass revocation',
      'the key was reported as leaked',
      'it was revoked on replacement and the old one is still deployed here',
    ],
    nextSteps: [
      {
        action: 'Read the stapled response',
        command:
          'openssl s_client -host {address} -port {port} -servername {host}{authorities} -status </dev/null 2>/dev/null | grep -A 17 "OCSP response"',
      },
      { action: 'Site operator: issue a new certificate with a new key, deploy everywhere, reload' },
      { action: 'Read the mail of the authority: it says why and by when' },
    ],
    confirmCommand:
      'openssl s_client -host {address} -port {port} -servername {host}{authorities} -status </dev/null 2>/dev/null | grep -A 17 "OCSP response"',
  },
  {
    code: 'tls.weak',
    meaning: 'The key or a signature of the certificate is too weak to be accepted.',
    browserErrors: ['ERR_CERT_WEAK_KEY', 'ERR_CERT_WEAK_SIGNATURE_ALGORITHM'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'an RSA key of 1024 bits from an old appliance or private authority',
      'a SHA-1 or MD5 signature of a private authority',
      'a Diffie-Hellman key below 1024 bits in the server settings',
    ],
    nextSteps: [
      { action: 'See key and signature', command: `${leaf} -text | grep -E 'Public-Key|Signature Algorithm'` },
      { action: 'Site operator: new key (RSA 2048 or P-256), signed with SHA-256' },
      {
        action: 'Until then, for a test only: lower the security level',
        command: "curl -sS --ciphers 'DEFAULT@SECLEVEL=0' -o /dev/null -D - {url}",
      },
    ],
    confirmCommand: `${leaf} -text | grep -E 'Public-Key|Signature Algorithm'`,
  },
  {
    code: 'tls.wrong-usage',
    meaning: 'The certificate is not meant for servers, or a constraint in its chain forbids this use.',
    browserErrors: ['ERR_CERT_INVALID'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'a client, mail or code signing certificate was installed',
      'extended key usage lacks serverAuth',
      'name or path length constraints of the private authority do not cover this name',
      'an authority certificate is used as the server certificate',
    ],
    nextSteps: [
      { action: 'See what it may be used for', command: `${leaf} -purpose -ext extendedKeyUsage,keyUsage,basicConstraints` },
      { action: 'See the chain, and what forbids it (Verify return code)', command: chain },
      { action: 'Site operator: issue a certificate with extended key usage serverAuth for this name' },
    ],
    confirmCommand: `${leaf} -purpose -ext extendedKeyUsage,keyUsage,basicConstraints`,
  },
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
  {
    code: 'tls.address-differs',
    meaning: "The name's addresses present different certificates, and at least one of them is bad.",
    browserErrors: ['intermittent'],
    degrades: true,
    side: 'edge',
    likelyReasons: [
      'one server or edge was left out when the certificate was renewed',
      'one node was not reloaded',
      'an old server is still in DNS',
    ],
    nextSteps: [
      {
        action: 'See the certificate of each address',
        command:
          'for a in $(getent ahosts {host} | cut -d" " -f1 | sort -u); do echo "$a"; openssl s_client -host "$a" -port {port} -servername {host} </dev/null 2>/dev/null | openssl x509 -noout -serial -enddate; done',
      },
      { action: 'Site operator: deploy and reload on the odd one, or take it out of DNS' },
    ],
    confirmCommand:
      'for a in $(getent ahosts {host} | cut -d" " -f1 | sort -u); do echo "$a"; openssl s_client -host "$a" -port {port} -servername {host} </dev/null 2>/dev/null | openssl x509 -noout -serial -enddate; done',
    falsePositives: ['several certificates that are all valid: normal for CDNs and during renewal'],
  },
  {
    code: 'tls.expires-soon',
    meaning: 'The certificate is valid, and will expire within 14 days, or within a tenth of its life when that is short.',
    browserErrors: [],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'automatic renewal is failing in silence',
      'renewed, but not deployed or not reloaded here',
      'nobody renews it automatically',
    ],
    nextSteps: [
      { action: 'See the date', command: `${leaf} -subject -enddate` },
      {
        action: 'Site operator, with certbot: why was it not renewed?',
        command: 'sudo certbot certificates; systemctl list-timers certbot.timer',
      },
      { action: 'Site operator: renew and reload this week' },
    ],
    confirmCommand: `${leaf} -enddate -checkend 1209600`,
  },
  {
    code: 'tls.legacy',
    meaning: 'Only obsolete versions or ciphers of TLS are negotiated.',
    browserErrors: ['warning'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'old server software or appliance firmware',
      'a configuration kept for old clients',
      'an inspection proxy with old TLS',
    ],
    nextSteps: [
      { action: 'See what is negotiated', command: `${handshake} 2>/dev/null | grep -E 'Cipher is|Protocol *:'` },
      { action: 'Site operator: enable TLS 1.2 with ECDHE and AEAD ciphers, and TLS 1.3' },
    ],
    confirmCommand: `${handshake} 2>/dev/null | grep -E 'Cipher is|Protocol *:'`,
  },
  {
    code: 'tls.slow',
    meaning: 'The handshake exceeds its budget by more than the round-trip time explains.',
    browserErrors: ['slow'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'the terminator is short of CPU',
      'a hardware module, key service or OCSP fetch in the handshake',
      'a long chain that needs another round trip, or lost packets',
      'the far server is asked by TLS 1.2: two round trips',
    ],
    nextSteps: [
      {
        action: 'Measure ten times: connect, then handshake done',
        command: 'for i in $(seq 10); do curl -sk -o /dev/null -w "%{time_connect} %{time_appconnect}\\n" {url}; done',
      },
      { action: 'Server operator: look at CPU and at resumption rate; enable TLS 1.3 and session tickets' },
    ],
    confirmCommand: 'for i in $(seq 10); do curl -sk -o /dev/null -w "%{time_connect} %{time_appconnect}\\n" {url}; done',
  },
];
