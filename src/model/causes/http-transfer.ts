import type { Cause } from '../cause.ts';
import { conversation, stages } from './http-commands.ts';

/** The answer does not come, or not whole. */
export const httpTransferCauses: readonly Cause[] = [
  {
    code: 'http.timeout',
    meaning: 'The request was sent and acknowledged, and no response came within the budget.',
    browserErrors: ['ERR_TIMED_OUT', 'ERR_EMPTY_RESPONSE'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the application hangs: a slow query, a lock, an exhausted thread or connection pool',
      'a dependency behind it does not answer, and nobody set a timeout',
      'the proxy waits for an upstream with a longer timeout than ours',
    ],
    nextSteps: [
      { action: 'Measure with a longer wait: does an answer come at all?', command: `${stages} --max-time 120` },
      { action: 'Does a static or health path answer? Then the application hangs, not the server' },
      { action: 'Application team: look at threads, pools and slow queries at that minute' },
    ],
    confirmCommand: stages,
    falsePositives: ['long polling and event streams, which answer late by design'],
  },
  {
    code: 'http.reset',
    meaning: 'The connection is reset after the request, before a complete response header.',
    browserErrors: ['ERR_CONNECTION_RESET'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the application process crashed or was killed while handling the request',
      'a reload or deployment cut running requests',
      'a firewall (WAF, intrusion prevention) reset it because of URL or header',
    ],
    nextSteps: [
      { action: 'Repeat it; always, or only this path?', command: conversation },
      { action: 'Who sent the RST? Compare ttl with the SYN-ACK', command: 'sudo tcpdump -nvi any host {address} and tcp port {port}' },
      { action: 'Server operator: look for crashes, restarts and out-of-memory kills', command: 'journalctl -p err -n 50 --no-pager' },
    ],
    confirmCommand: conversation,
    falsePositives: ['HEAD refused by a server that answers GET'],
  },
  {
    code: 'http.closed',
    meaning: 'The connection is closed after the request, before a complete response header.',
    browserErrors: ['ERR_EMPTY_RESPONSE'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the server process ended, or its worker was recycled in the middle of the request',
      'a rule that closes without an answer (nginx return 444)',
      'a forwarder whose backend refused',
      'a server that expects another protocol on this port',
    ],
    nextSteps: [
      { action: 'See "Empty reply from server"', command: conversation },
      { action: 'Server operator: read error log and worker restarts at that second' },
      {
        action: 'Try another path and a common User-Agent: rules often look at these',
        command: "curl -sS -A 'Mozilla/5.0' -D - -o /dev/null {url}",
      },
    ],
    confirmCommand: conversation,
  },
  {
    code: 'http.malformed',
    meaning: 'The answer is not HTTP, or breaks its syntax.',
    browserErrors: ['ERR_INVALID_HTTP_RESPONSE'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'another protocol listens on this port, or TLS was asked in plain http',
      'an application or CGI that writes its header by hand',
      'two conflicting Content-Length values, or a length together with chunks',
      'a middlebox that injects bytes',
    ],
    nextSteps: [
      { action: 'See the raw bytes', command: 'curl -sS --raw -i --http0.9 --max-time 10 {url} | head -c 400 | od -c | head -30' },
      { action: 'TLS on this port?', command: 'openssl s_client -host {address} -port {port} -servername {host} </dev/null' },
      { action: 'Application team: let the framework write the header' },
    ],
    confirmCommand: 'curl -sS -i --http0.9 --max-time 10 {url} | head -c 400 | od -c | head -30',
  },
  {
    code: 'http.truncated',
    meaning: 'The body ends before its stated length or its last chunk.',
    browserErrors: ['ERR_CONTENT_LENGTH_MISMATCH', 'ERR_INCOMPLETE_CHUNKED_ENCODING'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'the application failed in the middle of the answer',
      'a proxy gave up on its upstream while sending: read timeout, buffer disk full',
      'a worker was killed or reloaded during the transfer',
      'a Content-Length computed before compression or in characters instead of bytes',
    ],
    nextSteps: [
      { action: 'See the shortfall ("transfer closed with ... bytes remaining")', command: 'curl -sS -o /dev/null -D - {url}' },
      { action: 'Always the same number of bytes means length or buffer, different each time means timeout or crash' },
      { action: 'Server operator: read error logs of proxy and application at that second, check free disk space', command: 'df -h' },
    ],
    confirmCommand: "curl -sS -o /dev/null -w '%{size_download} bytes\\n' -D - {url}",
  },
  {
    code: 'http.stalled',
    meaning: 'The body stops arriving without ending.',
    browserErrors: ['hangs'],
    degrades: false,
    side: 'unknown',
    likelyReasons: [
      'the application waits for something in the middle of the answer',
      'a proxy buffers, or its upstream hangs',
      'full-size packets are lost on the way back (MTU)',
    ],
    nextSteps: [
      {
        action: 'See where it stops',
        command: "curl -sS -o /dev/null --speed-limit 1 --speed-time 10 -w '%{size_download} bytes in %{time_total} s\\n' {url}",
      },
      { action: 'Rule out the MTU', command: 'tracepath -n {address}' },
      { action: 'Application team: what is done after that many bytes?' },
    ],
    confirmCommand: "curl -sS -o /dev/null --speed-limit 1 --speed-time 10 -w '%{size_download} bytes in %{time_total} s\\n' {url}",
    falsePositives: ['event streams and long polling, which pause by design'],
  },
  {
    code: 'http.bad-encoding',
    meaning: 'The content encoding of the body cannot be decoded.',
    browserErrors: ['ERR_CONTENT_DECODING_FAILED'],
    degrades: false,
    side: 'origin',
    likelyReasons: [
      'a Content-Encoding header on a body that is not compressed, or compressed twice',
      'a proxy or cache that stored one variant and serves it under the header of another (Vary missing)',
      'the compressed stream was cut',
    ],
    nextSteps: [
      { action: 'See decoding fail', command: 'curl -sS --compressed -o /dev/null -D - {url}' },
      {
        action: 'Look at the first bytes: gzip begins with 1f 8b',
        command: "curl -sS -H 'Accept-Encoding: gzip' {url} | head -c 16 | od -An -tx1",
      },
      { action: 'Server operator: compress in one place only, send Vary: Accept-Encoding, purge the cache' },
    ],
    confirmCommand: 'curl -sS --compressed -o /dev/null -D - {url}',
  },
];
