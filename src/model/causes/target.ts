import type { Cause } from '../cause.ts';

/** Causes of the `target` checkpoint, in vocabulary order. */
export const targetCauses: readonly Cause[] = [
  {
    code: 'target.invalid-url',
    meaning: 'The input is not a URL, host, host:port or address.',
    browserErrors: ['ERR_INVALID_URL'],
    degrades: false,
    side: 'client',
    likelyReasons: [
      'a typing or copying mistake: a space, a stray quote, a missing slash',
      'a port outside 1 to 65535',
      'an IPv6 address without its brackets before the port',
      'a host label longer than 63 bytes, empty, or with characters no host name may have',
    ],
    nextSteps: [
      { action: 'Copy the address again from where it works, for example a browser address bar' },
      { action: 'Write an IPv6 address in brackets when a port follows: [2001:db8::1]:443' },
      { action: 'If a program built the URL: percent-encode path and query, and log the final string' },
    ],
  },
  {
    code: 'target.unsupported-scheme',
    meaning: 'The scheme of the URL is none of http, https, ws and wss.',
    browserErrors: ['ERR_UNKNOWN_URL_SCHEME'],
    degrades: false,
    side: 'client',
    likelyReasons: [
      'a URL for another protocol: ftp, ssh, mailto, file',
      'a mistyped scheme: htps, http;, https without its colon',
      'a link meant for an app that is not installed',
    ],
    nextSteps: [
      { action: 'Use the http, https, ws or wss URL of the service' },
      { action: 'For another protocol, use a client that speaks it' },
    ],
  },
  {
    code: 'target.unsafe-port',
    meaning: 'Browsers refuse to connect to this port: it is on the bad-port list of the Fetch standard.',
    browserErrors: ['ERR_UNSAFE_PORT'],
    degrades: true,
    side: 'origin',
    likelyReasons: [
      'the service was put on a port reserved for another protocol: 6000 (X11), 6667 (IRC), 2049 (NFS), 5060 (SIP)',
      'a port number mistyped in the URL or in a published container port',
    ],
    nextSteps: [
      { action: 'Site operator: move the service to a port browsers accept, for example 443, 8080 or 8443' },
      { action: 'Show that the service itself answers there: only browsers refuse', command: 'curl -sS -D - -o /dev/null {url}' },
    ],
    falsePositives: ['programs other than browsers use the port without trouble'],
  },
];
