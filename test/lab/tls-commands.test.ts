import { describeCommands } from './recommended-commands.ts';

await describeCommands('a certificate', {
  'tls-cert-expired': [/notAfter=/],
  'tls-not-yet-valid': [/notBefore=|NotBefore: /],
  'tls-name-mismatch': [/DNS:www\.neighbour\.example/],
  'tls-self-signed': [/subject=CN = www\.shop\.example\n?.*issuer=CN = www\.shop\.example/s],
  'tls-unknown-ca': [/i:O = Shop Ltd, CN = Shop Ltd Internal CA/, /Verify return code: 19/],
  'tls-missing-intermediate': [/Verify return code: (20|21)/, /CA Issuers - URI:http:\/\/ca\.other\.example\/public-intermediate\.cer/],
  'tls-chain-expired': [/s:O = Practice Trust Services, CN = Practice Public CA 0/, /Verify return code: 10/],
  'tls-chain-expired-old-client': [/s:O = Practice Trust Services, CN = Practice Old Root/, /Verify return code: 10/],
  'tls-intercepted': [/issuer=O = Fortinet, CN = FortiGate CA/],
  'tls-revoked': [/Cert Status: revoked/, /Response verify OK|OCSP Response Status: successful/],
  'tls-revoked-by-list': [/Verify return code: 23/],
  'tls-wrong-usage': [/TLS Web Client Authentication|unsuitable certificate purpose|Verify return code: 26/],
  'tls-constrained': [/Practice Constrained CA|permitted subtree violation|Verify return code: 47/],
  'tls-given-authority-refuses': [/-CAfile \/run\/wirewalk-lab\/authorities\/old-root\.pem/, /Verify return code: (2|19|20|21)/],
  'tls-name-mismatch-address': [/-noservername/, /DNS:edge\.hosting\.example/],
  'tls-address-differs': [/Verify return code: 10/, /Verify return code: 0 \(ok\)/],
  'tls-address-differs-incomplete': [/Verify return code: (20|21)/, /Verify return code: 0 \(ok\)/],
  'tls-address-differs-revoked': [/Cert Status: revoked/],
});
