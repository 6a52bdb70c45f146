import type { Cause } from '../cause.ts';
import { handshake, leaf } from './tls-commands.ts';

/** Of every address, the chain with its dates (lines `v:`; OpenSSL 3), what is stapled, and the verdict, name included. */
const eachAddress =
  'for a in $(getent ahosts {host} | cut -d" " -f1 | sort -u); do echo "$a"; openssl s_client -host "$a" -port {port} -servername {host} -verify_hostname {host}{authorities} -showcerts -status </dev/null 2>/dev/null | grep -E " (s|i|v):|Cert Status|Verify return code"; done';

/** Causes of the `tls` checkpoint that a request which works shows, in vocabulary order. */
export const tlsImpairmentCauses: readonly Cause[] = [
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
        command: eachAddress,
      },
      { action: 'Site operator: deploy and reload on the odd one, or take it out of DNS' },
    ],
    confirmCommand: eachAddress,
    falsePositives: ['several certificates that are all valid: normal for CDNs and during renewal'],
  },
  {
    code: 'tls.expires-soon',
    meaning: 'The certificate is valid, and will expire within 14 days, or within a tenth of its life when that is short (below 60 days).',
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
