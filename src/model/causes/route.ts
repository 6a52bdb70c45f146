import type { Cause } from '../cause.ts';

/** Causes of the `route` checkpoint, in vocabulary order. */
export const routeCauses: readonly Cause[] = [
  {
    code: 'route.unreachable',
    meaning: 'A router answers that the network or the host is unreachable.',
    browserErrors: ['ERR_ADDRESS_UNREACHABLE'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'the target host is off: its last router gets no ARP or neighbour answer (host unreachable)',
      'the prefix is not announced, or was withdrawn (network unreachable)',
      'a VPN or tunnel on the way is down',
      'this network has no IPv6 beyond its own router',
    ],
    nextSteps: [
      { action: 'See who answers (!H host, !N network)', command: 'sudo traceroute -n -T -p {port} {address}' },
      { action: 'Without root', command: 'traceroute -n {address}' },
      { action: 'Send the answering router and the time to the network it belongs to' },
    ],
    confirmCommand: 'traceroute -n {address}',
  },
  {
    code: 'route.filtered',
    meaning: 'A router or firewall answers that the traffic is administratively prohibited.',
    browserErrors: ['ERR_ADDRESS_UNREACHABLE', 'ERR_CONNECTION_TIMED_OUT'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'an access list on the way out of this network',
      "the target's firewall rejects this source or port",
      'a security group or network policy of the cloud',
      'geographic or reputation blocking at the border',
    ],
    nextSteps: [
      { action: 'See which hop says so (!X, !A)', command: 'sudo traceroute -n -T -p {port} {address}' },
      { action: 'Ask the operator of that hop to allow this source, destination and port' },
      { action: 'Try from another network to see whether the source matters' },
    ],
    confirmCommand: 'sudo traceroute -n -T -p {port} {address}',
  },
  {
    code: 'route.black-hole',
    meaning: 'Every kind of probe dies beyond the same hop, which is outside the network of the target.',
    browserErrors: ['ERR_CONNECTION_TIMED_OUT'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'a routing fault at or after that hop: withdrawn prefix, wrong static route, failed link without failover',
      'the prefix is blackholed against an attack',
      'a broken tunnel that still attracts traffic',
      'the way back is missing: the answers take another path',
    ],
    nextSteps: [
      {
        action: 'Show that all protocols end at the same hop',
        command: 'sudo traceroute -n -T -p {port} {address}; traceroute -n {address}; sudo traceroute -n -I {address}',
      },
      { action: 'Look at the prefix from elsewhere: looking glasses, routing collectors' },
      { action: 'Open a ticket with the network of the last hop that answers; attach both traces and the time in UTC' },
    ],
    confirmCommand: 'sudo traceroute -n -T -p {port} {address}',
    falsePositives: [
      'routers that do not answer probes: silent hops in the middle mean nothing while the target answers',
      'a firewall of the target that drops every probe looks the same from afar',
    ],
  },
  {
    code: 'route.loop',
    meaning: 'The path visits the same routers again until the time to live runs out.',
    browserErrors: ['ERR_CONNECTION_TIMED_OUT'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'a default route and a missing more specific one: customer and provider send it to each other',
      'routing that has not converged after a change or failure',
      'two static routes that point at each other',
    ],
    nextSteps: [
      { action: 'See the repeating pair', command: 'traceroute -n {address}' },
      { action: 'Repeat after a minute: a loop that stays is a configuration fault' },
      { action: 'Tell the operator of the two routers; the owner of the prefix should route unused parts to null' },
    ],
    confirmCommand: 'traceroute -n {address}',
    falsePositives: ['one address twice in a row: a router that forwards without lowering the time to live, or load sharing'],
  },
  {
    code: 'route.mtu-black-hole',
    meaning: 'Small packets pass, and full-size ones vanish without an ICMP message.',
    browserErrors: ['ERR_TIMED_OUT', 'hangs'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'a tunnel (VPN, PPPoE, GRE, overlay network) with a smaller MTU, and a firewall that drops ICMP "fragmentation needed" or "packet too big"',
      'interface MTUs that do not match: jumbo frames on one side of a link',
      'MSS clamping missing after a change of tunnel or provider',
    ],
    nextSteps: [
      { action: 'Find the largest packet that passes', command: 'tracepath -n {address}' },
      {
        action: 'Compare a full-size with a small packet, fragmentation forbidden',
        command: 'ping -c 3 -M do -s 1452 {address}; ping -c 3 -M do -s 1200 {address}',
      },
      {
        action: 'Clamp the MSS on the router in front of the tunnel',
        command:
          "sudo nft 'add table inet clamp; add chain inet clamp forward { type filter hook forward priority mangle; }; add rule inet clamp forward tcp flags syn tcp option maxseg size set rt mtu'",
      },
      { action: 'Let ICMP type 3 code 4 and ICMPv6 type 2 pass every firewall on the path' },
      { action: 'Stopgap on the sending host', command: 'sudo sysctl -w net.ipv4.tcp_mtu_probing=1' },
    ],
    confirmCommand: 'ping -c 3 -M do -s 1452 {address}; ping -c 3 -M do -s 1200 {address}',
    falsePositives: [
      'a server that stalls by itself after some bytes: a smaller MSS does not heal that',
      'a target that answers no ping at all',
    ],
  },
  {
    code: 'route.return-path',
    meaning: 'The request arrives and the answer is sent, but the answer never comes back.',
    browserErrors: ['ERR_CONNECTION_TIMED_OUT'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'asymmetric routing through a stateful firewall that never saw the request',
      'the server answers through another interface or a wrong default gateway',
      "no route back to this client's prefix, or reverse-path filtering drops it",
      'address translation is missing on the way back',
    ],
    nextSteps: [
      { action: 'Capture on the server: request in, answer out?', command: 'sudo tcpdump -ni any tcp port {port}' },
      { action: 'Capture here at the same time', command: 'sudo tcpdump -ni any host {address} and tcp port {port}' },
      {
        action: "On the server: which way would the answer go? Use this client's public address",
        command: 'ip route get "$CLIENT_ADDRESS"',
      },
      { action: 'Network team of the server: compare both directions at each firewall' },
    ],
    confirmCommand: 'sudo tcpdump -ni any host {address} and tcp port {port}',
  },
  {
    code: 'route.one-path-dead',
    meaning: 'Whether it works depends on the flow: one of several parallel paths is dead.',
    browserErrors: ['intermittent'],
    degrades: true,
    side: 'network',
    likelyReasons: [
      'one member of a link bundle or of equal-cost paths drops traffic',
      'one line card or one firewall of a cluster is broken',
      'one load balancer node of several',
    ],
    nextSteps: [
      {
        action: 'Try fixed source ports; the same ones must fail each time',
        command:
          'for p in $(seq 50001 50016); do curl -s -o /dev/null --connect-timeout 3 --local-port "$p" -w "$p %{http_code} %{time_connect}\\n" {url}; done',
      },
      { action: 'Trace along a port that fails and one that works', command: 'sudo traceroute -n -T -p {port} --sport=50001 {address}' },
      { action: 'Give the operator the failing five-tuples: they lead to the member link' },
    ],
    confirmCommand:
      'for p in $(seq 50001 50016); do curl -s -o /dev/null --connect-timeout 3 --local-port "$p" -w "$p %{http_code} %{time_connect}\\n" {url}; done',
    falsePositives: ['random loss: the failing ports change from run to run'],
  },
  {
    code: 'route.proxy-upstream',
    meaning: 'The proxy was reached, and cannot itself reach the destination.',
    browserErrors: ['ERR_TUNNEL_CONNECTION_FAILED'],
    degrades: false,
    side: 'network',
    likelyReasons: [
      'the destination is down or refuses the network of the proxy',
      'the proxy cannot resolve the name, or uses another resolver',
      'the firewall behind the proxy blocks the destination port',
    ],
    nextSteps: [
      { action: "See the proxy's answer to CONNECT", command: 'curl -sS -v -o /dev/null {url}' },
      { action: 'Try without the proxy, where allowed', command: "curl -sS -o /dev/null --noproxy '*' --connect-timeout 5 -D - {url}" },
      { action: 'Proxy operator: run the same request on the proxy host' },
    ],
    confirmCommand: 'curl -sS -v -o /dev/null {url}',
    falsePositives: ['a 502 of the site itself, which arrives inside the tunnel'],
  },
  {
    code: 'route.loss',
    meaning: 'At least one percent of the packets to the destination are lost, over enough samples.',
    browserErrors: ['slow', 'intermittent'],
    degrades: true,
    side: 'network',
    likelyReasons: [
      'weak Wi-Fi or a saturated access line here',
      'a congested link or peering on the way',
      'a bad cable, optic or port',
      'rate limiting or attack protection in front of the target',
    ],
    nextSteps: [
      {
        action: 'Count along the path; only loss that persists to the last line is real',
        command: 'sudo mtr -n -r -w -T -P {port} -i 0.2 -c 100 {address}',
      },
      { action: 'Rule out this end: the first hop', command: 'ip route show default' },
      { action: 'Send the report, from both ends if possible, to the network where the loss begins' },
    ],
    confirmCommand: 'sudo mtr -n -r -w -T -P {port} -i 0.2 -c 100 {address}',
    falsePositives: ['routers that limit their own replies: loss at one hop that the hops behind it do not show'],
  },
  {
    code: 'route.latency',
    meaning: 'Latency jumps at one point of the path and stays up to the destination, beyond the budget or the baseline.',
    browserErrors: ['slow'],
    degrades: true,
    side: 'network',
    likelyReasons: [
      'a detour: traffic leaves the region after a routing change or a cable fault',
      'a full queue on a congested link',
      'a VPN or proxy in another region',
      'DNS sent this client to a far edge',
    ],
    nextSteps: [
      { action: 'Find the hop where it jumps and stays', command: 'mtr -n -r -w -c 20 {address}' },
      { action: 'Compare with another resolver or another network: is the edge the nearest one?' },
      { action: 'Send the report to the network where it begins' },
    ],
    confirmCommand: 'mtr -n -r -w -c 20 {address}',
    falsePositives: [
      'a router that is slow to answer probes: the hops behind it are faster',
      'plain distance: 1 ms per 100 km there and back',
    ],
  },
];
