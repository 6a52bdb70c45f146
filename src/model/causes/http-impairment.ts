import type { Cause } from '../cause.ts';
import { header, stages } from './http-commands.ts';

/** The request works, and users feel something of it. */
export const httpImpairmentCauses: readonly Cause[] = [
  {
    code: 'http.slow',
    meaning: "The first byte takes longer than its budget, and the larger part of it is the server's share.",
    browserErrors: ['slow'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'a slow query or remote call in the application',
      'a cold cache or cold start',
      'too little capacity: requests wait in a queue',
      'the page is not cached at the edge and the origin is far',
    ],
    nextSteps: [
      { action: 'See where the time goes', command: stages },
      { action: 'Is it always? Look at Server-Timing, Age and X-Cache', command: header },
      { action: 'Application team: trace this request; look at queue time, queries and remote calls' },
    ],
    confirmCommand: stages,
    falsePositives: ['a long round trip: the share of the network is then the larger part'],
  },
  {
    code: 'http.throttled',
    meaning: 'The body arrives far more slowly than round-trip time and window allow.',
    browserErrors: ['slow'],
    degrades: true,
    side: 'unknown',
    likelyReasons: [
      'a rate limit of the server, the plan or the provider',
      'loss on the path keeps the congestion window small',
      'the server produces or reads the body slowly',
      'a saturated access line here',
    ],
    nextSteps: [
      { action: 'Measure', command: "curl -sS -o /dev/null -w '%{size_download} bytes, %{speed_download} B/s\\n' {url}" },
      {
        action: 'While it runs, on the server: cwnd, retrans and "app_limited" tell network from application',
        command: 'ss -tin sport = :{port}',
      },
      { action: 'Compare with another site and another network to find whose limit it is' },
    ],
    confirmCommand: "curl -sS -o /dev/null -w '%{size_download} bytes, %{speed_download} B/s\\n' {url}",
  },
  {
    code: 'http.h2-failed',
    meaning: 'HTTP/2 is offered and fails, while HTTP/1.1 works.',
    browserErrors: ['ERR_HTTP2_PROTOCOL_ERROR', 'slow'],
    degrades: true,
    side: 'edge',
    likelyReasons: [
      'headers that HTTP/2 forbids (Connection, Transfer-Encoding, a bad name) sent by the application',
      'the proxy or load balancer resets streams: limits, a bug, flow control',
      'an inspection proxy that announces h2 and does not speak it',
    ],
    nextSteps: [
      { action: 'Compare the versions', command: 'curl -sS -v -o /dev/null --http2 {url}; curl -sS -v -o /dev/null --http1.1 {url}' },
      { action: 'Server operator: look for the stream error in the log; remove forbidden headers' },
      { action: 'Stopgap: take h2 out of the ALPN list of the server' },
    ],
    confirmCommand: 'curl -sS -v -o /dev/null --http2 {url}',
  },
  {
    code: 'http.h3-failed',
    meaning:
      'HTTP/3 is offered and fails, while an older version works. Where only silence meets it, a note: many networks drop UDP 443 for every site.',
    browserErrors: ['ERR_QUIC_PROTOCOL_ERROR', 'slow'],
    degrades: true,
    side: 'network',
    likelyReasons: [
      'a firewall on the way drops UDP 443',
      'the server announces h3 (Alt-Svc, HTTPS record) and does not listen on UDP',
      'path MTU below 1200 bytes, or large UDP datagrams are dropped',
    ],
    nextSteps: [
      { action: 'See what is announced', command: "curl -sS -o /dev/null -D - {url} | grep -i '^alt-svc:'; dig {host} HTTPS +short" },
      { action: 'Try it (needs a curl with HTTP/3)', command: 'curl -sS -v -o /dev/null --http3-only --max-time 10 {url}' },
      { action: 'Server operator: is UDP open?', command: 'sudo ss -lunp sport = :{port}' },
      { action: 'Network team: allow UDP 443, or reject it so that clients fall back at once' },
    ],
    confirmCommand: 'curl -sS -v -o /dev/null --http3-only --max-time 10 {url}',
  },
];
