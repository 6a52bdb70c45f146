import type { Cause } from '../cause.ts';
import { chain, leaf } from './tls-commands.ts';

/** Causes of the `tls` checkpoint that certificates show, in vocabulary order. */
export const tlsCertificateCauses: readonly Cause[] = [
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
      {
        action: "Compare with the authority's list (code 23: it is on it)",
        command:
          "openssl s_client -host {address} -port {port} -servername {host}{authorities} -crl_check -crl_download </dev/null 2>/dev/null | grep 'Verify return code'",
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
];
