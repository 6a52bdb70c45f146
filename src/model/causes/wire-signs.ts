import type { CauseCode } from '../cause.ts';

/** How a cause looks in a capture taken at the client, and what is mistaken for it. */
export interface WireSign {
  /** What the packets show, in one or two sentences. */
  packets: string;
  /** What looks like it and is not, where the registry's entry has no false positives of its own. */
  mistakenFor?: string;
}

/** Every cause on the wire. Data for `wirewalk explain`; display filters are those of Wireshark. */
export const wireSigns: Readonly<Record<CauseCode, WireSign>> = {
  'target.invalid-url': {
    packets: 'Nothing: no packet is sent.',
    mistakenFor: 'a host name with characters that another program encodes first',
  },
  'target.unsupported-scheme': {
    packets: 'Nothing: no packet is sent.',
    mistakenFor: 'a port number that stands where the scheme should be',
  },
  'target.unsafe-port': { packets: 'From a browser nothing; from other programs an ordinary connection to that port.' },
  'local.no-link': { packets: 'Nothing leaves or arrives on any interface; the interface is down or has no carrier.' },
  'local.no-address': {
    packets:
      'DHCP Discover repeated without an Offer or nothing but NAKs (dhcp), ARP probes for 169.254.x.x addresses, or packets to far addresses from fe80:: that a router answers with "beyond scope of source address" (icmpv6.type == 1 && icmpv6.code == 2).',
    mistakenFor:
      'an interface that is meant to have no address, such as the member of a bridge; a host that does without IPv4; a router that looks for other DHCP servers',
  },
  'local.no-route': {
    packets: 'Nothing to that destination: the kernel refuses before a packet is made.',
    mistakenFor: 'a VPN that is just being rebuilt',
  },
  'local.gateway-unresolved': {
    packets:
      'ARP requests (arp) or neighbour solicitations (icmpv6.type == 135) for the gateway, once a second, without an answer; no IP packet follows.',
    mistakenFor:
      'an entry that has grown stale and is asked again when it is next used; a machine that watches its gateway by asking for it, where the answers pass elsewhere',
  },
  'local.no-resolver': {
    packets: 'No DNS query at all, not even to 127.0.0.53.',
    mistakenFor: 'a program that brings its own resolver and works',
  },
  'local.firewall': {
    packets: 'Nothing leaves: connect fails at once with EPERM, or SYNs are counted by the kernel and never seen on the interface.',
  },
  'local.neighbor-unresolved': {
    packets: 'ARP requests or neighbour solicitations for the target itself, without an answer.',
    mistakenFor: 'a wrong netmask that makes a far address look near',
  },
  'local.address-conflict': {
    packets: 'Two different link-layer addresses answer ARP for one IP address (arp.duplicate-address-detected), or a DHCP Decline.',
  },
  'local.resource-limit': {
    packets: 'No SYN is sent; connect or socket fails with EADDRNOTAVAIL, EMFILE or ENOBUFS.',
    mistakenFor: 'a limit of the program alone (ulimit -n)',
  },
  'local.captive-portal': {
    packets:
      'A plain http request is answered by a redirect to a private or unknown host, or every name resolves to one address of the access network.',
  },
  'local.proxy-unreachable': {
    packets: 'A query for the proxy name or a SYN to the proxy port that fails; none to the target.',
    mistakenFor: 'a proxy that the environment names and the browser does not use',
  },
  'local.proxy-auth': { packets: 'CONNECT, then HTTP 407 with Proxy-Authenticate.', mistakenFor: 'a 401 of the site itself' },
  'local.proxy-denied': { packets: 'CONNECT or GET to the proxy, then 403 or a policy page from the proxy address.' },
  'local.proxy-required': {
    packets: 'SYNs to the target without an answer, while CONNECT through the proxy is answered 200.',
    mistakenFor: 'a target that is down for a moment while the direct way is tried',
  },
  'local.clock-wrong': {
    packets:
      'Nothing wrong; the handshake ends with an alert from the client (bad_certificate, certificate_expired) though others accept it.',
  },
  'dns.nxdomain': { packets: 'An answer with rcode 3 and the SOA of the zone that denies it (dns.flags.rcode == 3).' },
  'dns.no-data': {
    packets: 'An answer with rcode 0, no answer record of the type, and the SOA of the zone.',
    mistakenFor: 'a name that exists for mail only (MX)',
  },
  'dns.servfail': {
    packets: 'An answer with rcode 2 (dns.flags.rcode == 2), often after seconds.',
    mistakenFor: 'a resolver that is just starting',
  },
  'dns.dnssec-bogus': {
    packets: 'rcode 2, with an extended error 6 to 12 where the resolver says so; the same query with the CD bit is answered.',
  },
  'dns.authority-unreachable': {
    packets: 'From the client rcode 2 after a long wait; from the resolver, queries to the name servers without answers.',
  },
  'dns.lame-delegation': {
    packets: 'An answer of the name server without the AA bit: rcode 5, or a referral upwards.',
    mistakenFor: 'a server asked with recursion that answers from its cache',
  },
  'dns.not-delegated': { packets: 'A name server of the parent zone answers rcode 3 for the domain itself, with its own SOA.' },
  'dns.refused': {
    packets: 'An answer with rcode 5 (dns.flags.rcode == 5), at once.',
    mistakenFor: 'an authoritative server that was asked as a resolver',
  },
  'dns.error-rcode': { packets: 'An answer with rcode 1, 4 or another unusual one.', mistakenFor: 'a server that dislikes EDNS alone' },
  'dns.filtered': {
    packets:
      'The configured resolver answers rcode 3, 0.0.0.0 or an address of its own; others answer with the real address. Extended errors 15 to 18 say so.',
  },
  'dns.no-usable-address': {
    packets: 'Answers of one type only (AAAA), and no route of that family here.',
    mistakenFor: 'a network whose IPv6 is just coming up',
  },
  'dns.search-domain': {
    packets: 'A query for the name with a suffix that answers, after one for the name itself that does not.',
    mistakenFor: 'a short name that is meant to be completed',
  },
  'dns.timeout': { packets: 'The same query repeated, to one resolver after the other, without any answer.' },
  'dns.resolver-unreachable': {
    packets: 'A query, then ICMP port, host or network unreachable for it.',
    mistakenFor: 'a resolver on this host that is restarting',
  },
  'dns.malformed': {
    packets: 'An answer that Wireshark marks as malformed, or with another id or question than asked.',
    mistakenFor: 'an answer to an earlier query that arrives late',
  },
  'dns.truncated': {
    packets: 'An answer with the TC bit (dns.flags.truncated == 1), then SYNs to port 53 without success.',
    mistakenFor: 'a small EDNS buffer with TCP that works: then it is only slower',
  },
  'dns.edns-broken': { packets: 'A query with an OPT record is answered FORMERR or not at all; without OPT it is answered.' },
  'dns.cname-loop': { packets: 'CNAME records that lead back to a name already seen, or rcode 2.', mistakenFor: 'a long chain that ends' },
  'dns.cname-dangling': {
    packets: 'A CNAME in the answer section and rcode 3 for the name it leads to.',
    mistakenFor: 'an alias that was set before its target, minutes ago',
  },
  'dns.wrong-address': {
    packets: 'Answers from different resolvers with different addresses, one of them serving something else or nothing.',
  },
  'dns.bogus-address': { packets: 'An A or AAAA record with 0.0.0.0, 127.0.0.1, :: or a private address; then SYNs to it, or none.' },
  'dns.hosts-override': {
    packets: 'No query for the name at all, and a SYN to an address that DNS does not give.',
    mistakenFor: 'an answer from the cache of this host',
  },
  'dns.split-horizon': { packets: 'The inside resolver answers with a private address, a public one with a public address.' },
  'dns.inconsistent': { packets: "The zone's name servers answer the same question with other data, or SOA with another serial." },
  'dns.intercepted': {
    packets: 'An answer from an address where no resolver is, or answers whose flags and times do not fit the resolver asked.',
    mistakenFor: 'a resolver that many networks announce (anycast)',
  },
  'dns.flaky': {
    packets: 'The same query answered sometimes, and sometimes not or with rcode 2.',
    mistakenFor: 'packet loss on the way to the resolver',
  },
  'dns.one-resolver-broken': {
    packets: 'A query to the first resolver without an answer, the same to the second seconds later, answered.',
    mistakenFor: 'a resolver meant for inside names alone',
  },
  'dns.aaaa-broken': {
    packets: 'The A query is answered at once; the AAAA query is not, or with rcode 2.',
    mistakenFor: 'an AAAA answer without records, which is in order',
  },
  'dns.slow': { packets: 'The answer comes late (dns.time > 0.3).' },
  'route.unreachable': {
    packets: 'A packet of ours, then ICMP type 3 code 0 or 1, or ICMPv6 type 1 code 0 or 3, from a router.',
    mistakenFor: 'one answer during a change of routes',
  },
  'route.filtered': {
    packets: 'ICMP type 3 code 9, 10 or 13, or ICMPv6 type 1 code 1 or 5, from a router.',
    mistakenFor: 'a REJECT rule of the server itself',
  },
  'route.black-hole': {
    packets: 'SYNs, datagrams and echoes without any answer; with smaller TTLs, time exceeded up to one hop and nothing after.',
  },
  'route.loop': { packets: 'ICMP time exceeded from the same two or three routers again and again (icmp.type == 11).' },
  'route.mtu-black-hole': {
    packets: 'Small segments are acknowledged; full ones are sent again and again, and no ICMP type 3 code 4 comes.',
  },
  'route.return-path': {
    packets: 'At the client SYNs without an answer; at the server the same SYNs arrive and SYN-ACKs leave.',
    mistakenFor: 'a filter near the client that drops answers',
  },
  'route.one-path-dead': {
    packets: 'Connections from some source ports open at once, from others never, and each keeps to its behaviour.',
  },
  'route.proxy-upstream': { packets: 'CONNECT is answered 502, 503 or 504, or SOCKS with reply 1 or 3 to 6.' },
  'route.loss': {
    packets: 'Retransmissions (tcp.analysis.retransmission) and duplicate acknowledgements in both long and short connections.',
  },
  'route.latency': { packets: 'SYN-ACKs come late and evenly so (tcp.analysis.initial_rtt), without retransmissions.' },
  'tcp.timeout': { packets: 'A SYN sent again after 1, 3, 7 seconds, never answered.' },
  'tcp.filtered': {
    packets: 'SYNs to this port without an answer, while another port answers with SYN-ACK or RST or an echo comes back.',
    mistakenFor: 'a server whose accept queue is full for a moment',
  },
  'tcp.refused': { packets: 'SYN, then RST-ACK after one round trip (tcp.flags.reset == 1).' },
  'tcp.reset': {
    packets: 'SYN, SYN-ACK, ACK, then RST before any payload came back.',
    mistakenFor: 'a load balancer without a healthy server behind it, which is one reason for it',
  },
  'tcp.closed': {
    packets: 'SYN, SYN-ACK, ACK, then FIN from the server without payload.',
    mistakenFor: 'a server that waits for a client certificate or proxy header',
  },
  'tcp.stall': {
    packets: 'The handshake, then the first segment of the client again and again; no acknowledgement.',
    mistakenFor: 'a server that acknowledges and says nothing: tls.timeout or http.timeout',
  },
  'tcp.idle-drop': {
    packets: 'After minutes of silence a segment that is not acknowledged, or answered by RST.',
    mistakenFor: 'a keep-alive limit that the server states in a header',
  },
  'tcp.reset-by-middlebox': {
    packets: 'An RST whose TTL, IP id or sequence number does not fit the other packets of the server; often real payload follows it.',
  },
  'tcp.some-addresses-fail': {
    packets: 'SYNs to one address without an answer or with RST, to another answered.',
    mistakenFor: 'an address that is being taken out of service: see its TTL',
  },
  'tcp.ipv6-broken': {
    packets: 'SYNs over IPv6 without an answer; 250 ms later SYNs over IPv4, answered.',
    mistakenFor: 'a host without IPv6, which sends no such SYN',
  },
  'tcp.ipv4-broken': { packets: 'SYNs over IPv4 without an answer; over IPv6 answered.', mistakenFor: 'a host without IPv4 (NAT64)' },
  'tcp.slow': {
    packets: 'The SYN is sent twice before its answer (tcp.analysis.retransmission && tcp.flags.syn == 1), or the SYN-ACK is late.',
    mistakenFor: 'a server far away',
  },
  'tls.cert-expired': {
    packets:
      'TLS 1.2: the certificate is readable and its notAfter is past; then an alert of the client. TLS 1.3: a short encrypted record of the client, then FIN.',
  },
  'tls.cert-not-yet-valid': { packets: 'As with an expired certificate; notBefore is ahead.' },
  'tls.name-mismatch': {
    packets: 'The name in the ClientHello is not among the names of the certificate; the client ends with an alert or RST.',
    mistakenFor: 'a client that sends no SNI and gets the default certificate',
  },
  'tls.self-signed': {
    packets: 'One certificate whose issuer is its subject; then the alert unknown_ca of the client.',
    mistakenFor: 'an inspection product on this network: tls.intercepted',
  },
  'tls.unknown-ca': {
    packets: 'A chain that ends in an issuer nobody here knows; then the alert unknown_ca (48).',
    mistakenFor: 'a store of this host that is out of date',
  },
  'tls.missing-intermediate': {
    packets: 'The Certificate message holds the leaf alone, and its issuer is no root; then unknown_ca of some clients only.',
  },
  'tls.chain-expired': { packets: 'A certificate of the chain other than the leaf has a notAfter that is past.' },
  'tls.intercepted': {
    packets: 'The chain is issued by an inspection product; SYN-ACK times and TTL fit a box nearby.',
    mistakenFor: 'an internal site with a certificate of the organisation',
  },
  'tls.revoked': {
    packets: 'A CertificateStatus with an OCSP answer "revoked", or the alert certificate_revoked (44).',
    mistakenFor: 'a responder that cannot be reached',
  },
  'tls.weak': {
    packets: 'An RSA key below 2048 bits or a signature with SHA-1 or MD5 in the Certificate message.',
    mistakenFor: 'a root signed with SHA-1, which no client checks',
  },
  'tls.wrong-usage': {
    packets: 'A certificate without serverAuth in its extended key usage, or outside of a name constraint above it.',
    mistakenFor: 'a client certificate offered for both',
  },
  'tls.version': {
    packets: 'ClientHello, then the alert protocol_version (70), or a ServerHello with a version the client refuses.',
    mistakenFor: 'a server that does not speak TLS: tls.not-tls',
  },
  'tls.cipher': {
    packets: 'ClientHello, then the alert handshake_failure (40) or insufficient_security (71).',
    mistakenFor: 'a server that wants a client certificate, or another SNI',
  },
  'tls.unrecognized-name': {
    packets: 'ClientHello with SNI, then the alert unrecognized_name (112); without SNI a ServerHello.',
    mistakenFor: 'the same alert as a warning, after which it goes on',
  },
  'tls.client-cert-required': {
    packets: 'CertificateRequest of the server; after an empty Certificate of the client the alert 116, 42 or 40.',
  },
  'tls.alert': {
    packets: 'An alert record (tls.record.content_type == 21) of level fatal.',
    mistakenFor: 'close_notify, which ends every connection in order',
  },
  'tls.not-tls': {
    packets: 'After the ClientHello bytes that begin as text: "HTTP/1.1 400", "SSH-2.0", "220 ".',
    mistakenFor: 'a proxy that asks for its own protocol first',
  },
  'tls.timeout': {
    packets: 'The ClientHello is acknowledged, and nothing follows.',
    mistakenFor: 'a ClientHello of which only the first segment arrived: tls.large-hello',
  },
  'tls.sni-filtered': {
    packets: 'A ClientHello with this name is met by RST or silence, with another name by a ServerHello, on the same address.',
    mistakenFor: 'a server that answers unknown names by closing',
  },
  'tls.large-hello': {
    packets: 'A ClientHello over two segments: the first is acknowledged, the second is sent again; a small one is answered.',
  },
  'tls.aborted-encrypted': {
    packets: "After the server's flight one encrypted record, then FIN or RST: the alert inside is not readable without keys.",
    mistakenFor: 'a handshake that ended in order, and a request that followed',
  },
  'tls.reset': { packets: 'ClientHello, then RST.', mistakenFor: 'a server that is restarted at this moment' },
  'tls.closed': {
    packets: 'ClientHello, then FIN without an alert.',
    mistakenFor: 'a port of another protocol that closes on what it does not know',
  },
  'tls.address-differs': { packets: 'Handshakes with the addresses of one name bring different certificates.' },
  'tls.expires-soon': {
    packets: 'An ordinary handshake; notAfter is days ahead.',
    mistakenFor: 'a certificate that lives for days by intent and is renewed in time',
  },
  'tls.legacy': {
    packets: 'A ServerHello with version 0x0301 or 0x0302, or with a cipher such as 3DES or RC4.',
    mistakenFor: 'a record version of 0x0301, which every ClientHello has',
  },
  'tls.slow': {
    packets: 'Several round trips or a long wait between ClientHello and Finished.',
    mistakenFor: 'a chain so long that it takes a second window',
  },
  'http.timeout': { packets: 'The request is acknowledged, and no payload comes back.' },
  'http.reset': { packets: 'The request, then RST; or, after TLS, application data, then RST.' },
  'http.closed': {
    packets: 'The request, then FIN without a response.',
    mistakenFor: 'a kept connection that the server had closed already: sent again, it works',
  },
  'http.malformed': {
    packets: 'Payload that does not begin with "HTTP/", or header lines that break the syntax.',
    mistakenFor: 'HTTP/2 that was agreed on by ALPN',
  },
  'http.truncated': {
    packets: 'FIN or RST before Content-Length bytes, or before the last chunk "0".',
    mistakenFor: 'a client that stops reading on purpose',
  },
  'http.stalled': { packets: 'Payload stops; the window is open, no FIN comes, keep-alives at most.' },
  'http.bad-encoding': { packets: 'Content-Encoding names a format that the body does not have.', mistakenFor: 'a body compressed twice' },
  'http.redirect-loop': { packets: '3xx answers whose Location leads back to a URL already asked for.' },
  'http.redirect-broken': {
    packets: 'A 3xx answer, then a new name, address or port that fails.',
    mistakenFor: 'a redirect to an inside host, which works from inside',
  },
  'http.redirect-invalid': {
    packets: 'A 3xx answer without Location, or with one that is no http URL.',
    mistakenFor: '300 or 304, which need none',
  },
  'http.host-filtered': {
    packets: 'A request with this Host is met by RST, silence or a block page; with another Host it is answered.',
    mistakenFor: 'a server that does not know the name',
  },
  'http.wrong-site': {
    packets: 'An answer with the certificate or content of another site, or 421.',
    mistakenFor: 'a redesign of the site itself',
  },
  'http.bad-request': {
    packets: 'An answer 400, 431 or 421 right after the request.',
    mistakenFor: 'an application that answers 400 to what it does not like in the content',
  },
  'http.unauthorized': { packets: '401 with WWW-Authenticate, or 407.', mistakenFor: 'a session that ended' },
  'http.forbidden': { packets: 'An answer 403 of the application.', mistakenFor: 'a block by an edge or firewall: http.blocked' },
  'http.blocked': { packets: 'An answer 403, 429 or 503 with the marks of an edge or firewall in headers or body.' },
  'http.not-found': { packets: 'An answer 404 or 410.', mistakenFor: 'a request that reached another virtual host' },
  'http.rate-limited': {
    packets: 'An answer 429, often with Retry-After.',
    mistakenFor: 'a shared address (NAT, VPN) whose others are too many',
  },
  'http.client-error': {
    packets: 'An answer with a status of 400 to 499.',
    mistakenFor: 'a proxy that answers in place of the application',
  },
  'http.server-error': {
    packets: 'An answer 5xx other than 502, 503 and 504, after a complete request.',
    mistakenFor: 'an edge with its own 5xx (520 to 527)',
  },
  'http.bad-gateway': { packets: 'An answer 502 at once; behind the proxy a refused or reset connection.' },
  'http.unavailable': {
    packets: 'An answer 503, often at once, often with Retry-After.',
    mistakenFor: 'a challenge page of an edge with status 503',
  },
  'http.gateway-timeout': {
    packets: 'An answer 504 after a round number of seconds: 30, 60, 100.',
    mistakenFor: 'a cache asked with only-if-cached',
  },
  'http.edge-only': {
    packets: 'From the edge address 5xx or nothing; from the origin address, with the same SNI and Host, an ordinary answer.',
    mistakenFor: 'an origin that answers only its edge',
  },
  'http.origin-down': {
    packets: '502, 504 or 52x with the marks of an edge; the origin address refuses or is silent.',
    mistakenFor: 'an origin whose firewall admits the edge alone',
  },
  'http.unexpected': {
    packets: 'An ordinary exchange; the content is not what was expected.',
    mistakenFor: 'an expectation that is out of date',
  },
  'http.slow': { packets: 'A long gap between the acknowledged request and the first payload of the answer.' },
  'http.throttled': {
    packets: 'Payload at an even low rate, with open windows and without loss.',
    mistakenFor: 'loss, which shows as retransmissions, or a small window',
  },
  'http.h2-failed': {
    packets: 'ALPN h2, then GOAWAY, RST_STREAM or a reset; over http/1.1 an answer.',
    mistakenFor: 'a GOAWAY with NO_ERROR at the end of a connection',
  },
  'http.h3-failed': {
    packets: 'QUIC Initial packets to UDP port 443 without an answer, then TCP.',
    mistakenFor: 'a network that forbids UDP, where browsers do without',
  },
  'page.subresource-failed': {
    packets: 'An answer 200 for the page, then a failing lookup, connection or status for something else.',
    mistakenFor: 'an advertisement or counter that a blocker removes',
  },
  'page.mixed-content': { packets: 'From a browser nothing to port 80; the page names http:// addresses.' },
  'page.blank': { packets: 'An answer 200 with Content-Length 0, or with markup that shows nothing.' },
  'page.policy-blocked': {
    packets: 'Everything arrives with 200; the browser alone refuses to use it.',
    mistakenFor: 'a policy that only reports (Content-Security-Policy-Report-Only)',
  },
  'page.stale': {
    packets: 'The same URL from two addresses with other ETag, length or content.',
    mistakenFor: 'a test of two versions on purpose',
  },
  'page.slow': {
    packets: 'One request of the page begins or ends long after the others.',
    mistakenFor: 'a download that nobody waits for',
  },
};
