import type { CauseCode } from '../../src/model/cause.ts';

/**
 * The look-alike table of the vocabulary: causes that are the same at first sight. `null` stands for nothing being wrong. Every two of a row must be
 * told apart, both ways.
 */
export const lookAlikes: Readonly<Record<string, readonly (CauseCode | null)[]>> = {
  'lookup fails': ['dns.timeout', 'local.firewall', 'local.gateway-unresolved', 'local.no-route'],
  NXDOMAIN: ['dns.nxdomain', 'dns.filtered', 'dns.cname-dangling', 'dns.not-delegated'],
  SERVFAIL: ['dns.dnssec-bogus', 'dns.authority-unreachable', 'dns.lame-delegation', 'dns.servfail'],
  'answers differ': ['dns.wrong-address', 'dns.split-horizon', null],
  'slow lookup': ['dns.slow', 'dns.aaaa-broken', 'dns.one-resolver-broken'],
  'SYN silence': ['tcp.filtered', 'route.black-hole', 'tcp.timeout', 'route.one-path-dead'],
  refused: ['tcp.refused', 'tcp.reset-by-middlebox', 'local.firewall'],
  'silence after connect': ['tls.timeout', 'route.mtu-black-hole', 'tls.large-hello', 'tls.sni-filtered', 'tcp.stall'],
  'date error': ['tls.cert-expired', 'local.clock-wrong'],
  'unknown issuer': ['tls.missing-intermediate', 'tls.unknown-ca', 'tls.intercepted'],
  reset: ['tcp.reset', 'tls.reset', 'http.reset', 'tls.sni-filtered', 'http.host-filtered'],
  'HEAD fails': [null, 'http.reset'],
  'body stalls': ['http.stalled', 'route.mtu-black-hole'],
  '502 or 403 through a proxy': ['http.bad-gateway', 'route.proxy-upstream', 'local.proxy-denied'],
};
