import type { Cause } from '../cause.ts';

/** Causes of the `dns` checkpoint in asking itself: no answer, or none that can be read, in vocabulary order. */
export const dnsExchangeCauses: readonly Cause[] = [
  {
    code: 'dns.timeout',
    meaning: 'The configured resolvers do not answer at all.',
    browserErrors: ['ERR_NAME_NOT_RESOLVED'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'the resolver is down or its network is cut off',
      'a firewall between here and there drops UDP 53',
      'a resolver reachable only inside the VPN or office',
      'the resolver waits in vain for its own upstream',
    ],
    nextSteps: [
      { action: 'Ask it once, with a short wait', command: 'dig @{resolver} {host} A +tries=1 +time=3' },
      { action: 'Ask over TCP: an answer now means UDP is dropped', command: 'dig @{resolver} {host} A +tcp +tries=1 +time=3' },
      { action: 'See whether the host itself is there', command: 'ping -c 3 {resolver}' },
      { action: 'Use another resolver meanwhile; tell those who run this one' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +tries=1 +time=3',
    falsePositives: ['a resolver that answers other names and hangs on this one: its upstream is the fault'],
  },
  {
    code: 'dns.resolver-unreachable',
    meaning: "The resolver's host or port actively refuses: an ICMP unreachable came back.",
    browserErrors: ['ERR_NAME_NOT_RESOLVED'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'the resolver service is stopped or crashed (port unreachable)',
      'it listens on another address or port only',
      'a firewall rejects UDP 53',
      'no route to its network any more, for example after the VPN dropped',
    ],
    nextSteps: [
      { action: 'See the refusal ("connection refused" or "unreachable", at once)', command: 'dig @{resolver} {host} A +tries=1 +time=3' },
      { action: 'On the resolver: is anything listening?', command: 'sudo ss -lunp sport = :53' },
      { action: 'Resolver operator: start the service; on a stub such as 127.0.0.53, restart systemd-resolved' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +tries=1 +time=3',
  },
  {
    code: 'dns.malformed',
    meaning: 'The answer cannot be parsed, or does not match the question.',
    browserErrors: ['ERR_DNS_MALFORMED_RESPONSE'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'a broken DNS forwarder, often in a home router',
      'a middlebox that rewrites answers',
      'something other than a DNS server listens there',
      'forged answers from somebody guessing the query id',
    ],
    nextSteps: [
      { action: 'See what dig makes of it', command: 'dig @{resolver} {host} A +tries=1 +time=3' },
      { action: 'Ask over TCP, which middleboxes rarely touch', command: 'dig @{resolver} {host} A +tcp' },
      { action: 'Bypass the forwarder: use the resolver it forwards to, and update its firmware' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +tries=1 +time=3',
  },
  {
    code: 'dns.truncated',
    meaning: 'The answer over UDP is truncated, and the same question over TCP does not work.',
    browserErrors: ['ERR_NAME_NOT_RESOLVED'],
    degrades: false,
    side: 'dns',
    likelyReasons: [
      'a firewall allows DNS over UDP only',
      'the resolver or forwarder does not listen on TCP 53',
      'a record set too large for UDP: many addresses, long TXT, DNSSEC',
    ],
    nextSteps: [
      { action: 'See TCP fail', command: 'dig @{resolver} {host} A +tcp +tries=1 +time=3' },
      { action: 'See the truncated answer (flag tc)', command: 'dig @{resolver} {host} A +ignore +noall +comments' },
      { action: 'Network team: allow TCP 53; resolver operator: listen on it (RFC 7766 requires it)' },
      { action: 'DNS operator: make the record set smaller' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +tcp +tries=1 +time=3',
  },
  {
    code: 'dns.edns-broken',
    meaning: 'The resolver fails or stays silent when the query carries EDNS, and answers without it.',
    browserErrors: ['slow'],
    degrades: true,
    side: 'dns',
    likelyReasons: [
      'an old firewall drops DNS messages with an OPT record or above 512 bytes',
      'a home router forwarder without EDNS',
      'fragments of large answers are lost on the path',
    ],
    nextSteps: [
      {
        action: 'Compare with and without',
        command: 'dig @{resolver} {host} A +tries=1 +time=3; dig @{resolver} {host} A +noedns +nocookie +tries=1 +time=3',
      },
      { action: 'Only large answers fail? Ask with a small buffer', command: 'dig @{resolver} {host} A +bufsize=1232 +tries=1 +time=3' },
      { action: 'Network team: turn off DNS inspection that predates EDNS; resolver operator: buffer size 1232' },
    ],
    confirmCommand: 'dig @{resolver} {host} A +tries=1 +time=3; dig @{resolver} {host} A +noedns +nocookie +tries=1 +time=3',
    falsePositives: ['one lost packet: repeat before believing it'],
  },
];
