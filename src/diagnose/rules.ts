import type { Rule } from './rule.ts';
import { dnsRules } from './rules/dns.ts';
import { httpRules } from './rules/http.ts';
import { localRules } from './rules/local.ts';
import { pageRules } from './rules/page.ts';
import { routeRules } from './rules/route.ts';
import { targetRules } from './rules/target.ts';
import { tcpRules } from './rules/tcp.ts';
import { tlsCertificateRules } from './rules/tls-certificate.ts';
import { tlsHandshakeRules } from './rules/tls-handshake.ts';

/** Every rule. Their order means nothing: precedence is data, in `precedence.ts` and in each rule's `supersedes`. */
export const allRules: readonly Rule[] = [
  ...targetRules,
  ...localRules,
  ...dnsRules,
  ...routeRules,
  ...tcpRules,
  ...tlsHandshakeRules,
  ...tlsCertificateRules,
  ...httpRules,
  ...pageRules,
];
