/** Captures in which tshark's answer is debatable, and why. Each line of `where`: section, capture, how many statements disagree. */
export interface KnownDisagreement {
  reason: string;
  where: readonly (readonly [section: string, capture: string, count: number])[];
}

export const knownDisagreements: readonly KnownDisagreement[] = [
  {
    reason:
      'Packets were captured twice: same addresses, numbers, IP identification and checksum. tshark calls the second sighting sent again.',
    where: [
      ['handshakes', 'arkime__wireshark-retrans.pcap', 1],
      ['handshakes', 'mercury__emix.pcap', 1],
      ['handshakes', 'ndpi__1kxun.pcap', 15],
      ['handshakes', 'ndpi__capwap_data.pcapng', 1],
      ['handshakes', 'ndpi__psiphon3.pcap', 1],
      ['tcp analysis', 'arkime__wireshark-retrans.pcap', 1],
      ['tcp analysis', 'flowlab__pcap_flow_lab_showcase.pcap', 1],
      ['tcp analysis', 'mercury__dns_packet.capture2.pcap', 107],
      ['tcp analysis', 'mercury__emix.pcap', 3],
      ['tcp analysis', 'ndpi__1kxun.pcap', 17],
      ['tcp analysis', 'ndpi__capwap_data.pcapng', 1],
      ['tcp analysis', 'ndpi__ftp-start-tls.pcap', 1],
      ['tcp analysis', 'ndpi__heuristic_tcp_ack_payload.pcap', 2],
      ['tcp analysis', 'ndpi__psiphon3.pcap', 1],
      ['tcp analysis', 'tcpdump__pptp.pcap', 1],
      ['tcp analysis', 'zeek__nflog-http.pcap', 1],
      ['tcp analysis', 'zeek__ssh-dups.pcap', 1],
      ['tcp analysis', 'zeek__ssl-to-http-server.pcap', 1],
      ['tcp analysis', 'zeek__vxlan-overlapping-http-get.pcap', 1],
      ['tls', 'mercury__dns_packet.capture2.pcap', 5],
    ],
  },
  {
    reason: 'tshark takes a handshake that lasted 0 ns for one without a time, and measures up to a later packet, which it may never find.',
    where: [
      ['handshakes', 'mercury__dns_packet.capture2.pcap', 5],
      ['handshakes', 'suricata__tcp-session-ipv6-decode-malformed__input.pcap', 1],
      ['handshakes', 'zeek__chrome-1250-tls-x25519-kyber.pcap', 1],
      ['handshakes', 'zeek__nflog-http.pcap', 1],
      ['handshakes', 'zeek__oversized-close-frame.pcapng', 1],
    ],
  },
  {
    reason: 'tshark measures a handshake up to a reset that the server sent before its SYN-ACK.',
    where: [['handshakes', 'zeek__rst-inject-rae.pcap', 1]],
  },
  {
    reason: 'Made by hand to break the rules of TCP: SYN-ACKs with other numbers, without a SYN, or twice. Either answer is a guess.',
    where: [
      ['handshakes', 'arkime__tcp_handshake_synthetic.pcap', 2],
      ['tcp analysis', 'arkime__tcp_handshake_synthetic.pcap', 4],
      ['tcp analysis', 'ndpi__KakaoTalk_talk.pcap', 1],
      ['tcp analysis', 'ndpi__tls_multiple_synack_different_seq.pcapng', 1],
    ],
  },
  {
    reason:
      'Packets were changed at random, or cut and glued together, for tests of other programs. Where headers contradict each other, answers differ.',
    where: [
      ['layers', 'suricata__transform-base64-7296__input.pcap', 1],
      ['tcp', 'suricata__transform-base64-7296__input.pcap', 2],
      ['arp', 'ndpi__fuzz-2006-06-26-2594.pcap', 1],
      ['dns', 'ndpi__fuzz-2006-06-26-2594.pcap', 11],
      ['dns', 'tcpreplay__test.rewrite_l7fuzzing.pcap', 2],
      ['http', 'ndpi__ndpi_match_string_subprotocol__error.pcapng', 1],
      ['icmp', 'suricata__ipv6-malformed-fragments-36__frag-36.pcap', 3],
      ['icmp', 'tcpreplay__test.rewrite_l7fuzzing.pcap', 1],
      ['layers', 'ndpi__fuzz-2006-06-26-2594.pcap', 2],
      ['layers', 'ndpi__reasm_crash_anon.pcapng', 1],
      ['layers', 'pcapdroid__invalid_or_unsupported.pcap', 1],
      ['layers', 'suricata__ipv6-malformed-fragments-36__frag-36.pcap', 1],
      ['tcp analysis', 'ndpi__fuzz-2006-06-26-2594.pcap', 1],
      ['tcp analysis', 'ndpi__ndpi_match_string_subprotocol__error.pcapng', 2],
      ['tcp analysis', 'ndpi__reasm_crash_anon.pcapng', 1],
      ['tcp', 'ndpi__reasm_crash_anon.pcapng', 1],
      ['tls', 'mercury__emix.pcap', 1],
      ['tls', 'ndpi__heuristic_tcp_ack_payload.pcap', 1],
      ['udp', 'ndpi__fuzz-2006-06-26-2594.pcap', 2],
    ],
  },
  {
    reason: 'Microseconds of a million and more in the packet header; tshark prints them as they are, here they are carried over.',
    where: [
      ['packets', 'pcapplusplus__clusterfuzz-testcase-minimized-FuzzTarget-5654053026791424.pcap', 1],
      ['packets', 'suricata__transform-base64-7296__input.pcap', 1],
    ],
  },
  {
    reason: 'The IP datagram is cut at capture in its first fragment; tshark takes no payload from it.',
    where: [['tcp', 'tcpdump__bgp-bgp_capabilities_print-oobr-1.pcap', 2]],
  },
  {
    reason: 'The same question with the same identification, 5 s and more after the first one. tshark forgets a question after 5 s.',
    where: [
      ['dns', 'mercury__dns_packet.capture2.pcap', 2],
      ['dns', 'ndpi__telegram.pcap', 2],
      ['dns', 'wireshark2013__dns+icmp.pcapng', 2],
      ['dns', 'zeek__dns-edns-ecs.pcap', 1],
      ['dns', 'zeek__ipv6-fragmented-dns.pcap', 2],
    ],
  },
  {
    reason: 'The name in the answer differs from the name asked for. tshark pairs by identification alone.',
    where: [
      ['dns', 'tcpreplay__test.rewrite_config.pcap', 1],
      ['dns', 'tcpreplay__test.rewrite_dltuser.pcap', 1],
      ['dns', 'tcpreplay__test.rewrite_vlan802.1ad.pcap', 1],
      ['dns', 'tcpreplay__test2.rewrite_config.pcap', 1],
      ['dns', 'tcpreplay__test2.rewrite_vlan802.1ad.pcap', 1],
      ['dns', 'tcpreplay__test__test.pcap', 1],
    ],
  },
  {
    reason: 'The name holds an octet that presentation format escapes (RFC 1035 section 5.1); tshark does not.',
    where: [['dns', 'dnscap__sll2.pcap', 1]],
  },
  {
    reason: 'Not DNS, or too short to be: tshark goes by the port.',
    where: [
      ['dns', 'compactor__malformed.pcap.xz.pcap', 1],
      ['dns', 'ndpi__someip_sd_sample.pcap', 1],
    ],
  },
  {
    reason: 'Drafts of TLS 1.3 before 22 have another ServerHello (no session id). No program speaks them any more.',
    where: [
      ['tls', 'zeek__tls-13draft19-early-data.pcap', 2],
      ['tls', 'zeek__tls13draft16-ff52.a01.pcap', 2],
    ],
  },
  {
    reason:
      'A message whose body has a hole counts here as a message that is not complete; tshark leaves it out, and pairs what follows differently.',
    where: [
      ['http', 'ndpi__instagram.pcap', 1],
      ['http', 'pcapplusplus__unidirectional_tcp_stream_with_missing_packet.gz.pcap.gz', 1],
      ['http', 'pcapplusplus__unidirectional_tcp_stream_with_missing_packet.pcap', 1],
      ['http', 'suricata__http-gap-simple__input.pcap', 1],
      ['http', 'suricata__http-pipeline-files-with-gap__input.pcap', 1],
      ['http', 'zeek__erspan.pcap', 6],
    ],
  },
  {
    reason:
      'Pipelined requests: responses come in the order of the requests (RFC 9112 section 9.3.2). tshark pairs with the latest request seen.',
    where: [
      ['http', 'suricata__http-protocol-nodup__input.modpcap.pcap', 2],
      ['http', 'suricata__http-protocol-nodup__input.pcap', 2],
    ],
  },
  {
    reason: 'tshark does not look for the response inside the tunnel.',
    where: [['http', 'suricata__http-connect-fragmented__input.pcap', 1]],
  },
  {
    reason: 'Request lines without a version or a target: no HTTP/1.1 server would answer (RFC 9112 section 3).',
    where: [['http', 'zeek__methods.pcap', 18]],
  },
  {
    reason: 'The fields of the request lie in two segments, which tshark does not put together: it misses the request.',
    where: [['http2', 'arkime__http2-nghttp2.pcap', 1]],
  },
  {
    reason: 'Made by hand: the client acknowledges settings before it has sent its own, which ends a connection (RFC 9113 section 3.4).',
    where: [['http2', 'suricata__http2-authority-mismatch__authority_and_host_2.pcap', 1]],
  },
  {
    reason:
      'The close frame is longer than a control frame may be (RFC 6455 section 5.5: 125 octets): it is none, and breaks the connection.',
    where: [['websocket', 'zeek__oversized-close-frame.pcapng', 1]],
  },
];
