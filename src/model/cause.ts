import type { CheckpointId } from './checkpoint.ts';

/**
 * Every cause code, in the order in which ties are settled. Codes are a contract: append, never rename, never reuse.
 * What each one means is data in `causes/`.
 */
export const causeCodes = [
  'target.invalid-url',
  'target.unsupported-scheme',
  'target.unsafe-port',
  'local.no-link',
  'local.no-address',
  'local.no-route',
  'local.gateway-unresolved',
  'local.no-resolver',
  'local.firewall',
  'local.neighbor-unresolved',
  'local.address-conflict',
  'local.resource-limit',
  'local.captive-portal',
  'local.proxy-unreachable',
  'local.proxy-auth',
  'local.proxy-denied',
  'local.proxy-required',
  'local.clock-wrong',
  'dns.nxdomain',
  'dns.no-data',
  'dns.servfail',
  'dns.dnssec-bogus',
  'dns.authority-unreachable',
  'dns.lame-delegation',
  'dns.not-delegated',
  'dns.refused',
  'dns.error-rcode',
  'dns.filtered',
  'dns.no-usable-address',
  'dns.search-domain',
  'dns.timeout',
  'dns.resolver-unreachable',
  'dns.malformed',
  'dns.truncated',
  'dns.edns-broken',
  'dns.cname-loop',
  'dns.cname-dangling',
  'dns.wrong-address',
  'dns.bogus-address',
  'dns.hosts-override',
  'dns.split-horizon',
  'dns.inconsistent',
  'dns.intercepted',
  'dns.flaky',
  'dns.one-resolver-broken',
  'dns.aaaa-broken',
  'dns.slow',
  'route.unreachable',
  'route.filtered',
  'route.black-hole',
  'route.loop',
  'route.mtu-black-hole',
  'route.return-path',
  'route.one-path-dead',
  'route.proxy-upstream',
  'route.loss',
  'route.latency',
  'tcp.timeout',
  'tcp.filtered',
  'tcp.refused',
  'tcp.reset',
  'tcp.closed',
  'tcp.stall',
  'tcp.idle-drop',
  'tcp.reset-by-middlebox',
  'tcp.some-addresses-fail',
  'tcp.ipv6-broken',
  'tcp.ipv4-broken',
  'tcp.slow',
  'tls.cert-expired',
  'tls.cert-not-yet-valid',
  'tls.name-mismatch',
  'tls.self-signed',
  'tls.unknown-ca',
  'tls.missing-intermediate',
  'tls.chain-expired',
  'tls.intercepted',
  'tls.revoked',
  'tls.weak',
  'tls.wrong-usage',
  'tls.version',
  'tls.cipher',
  'tls.unrecognized-name',
  'tls.client-cert-required',
  'tls.alert',
  'tls.not-tls',
  'tls.timeout',
  'tls.sni-filtered',
  'tls.large-hello',
  'tls.aborted-encrypted',
  'tls.reset',
  'tls.closed',
  'tls.address-differs',
  'tls.expires-soon',
  'tls.legacy',
  'tls.slow',
  'http.timeout',
  'http.reset',
  'http.closed',
  'http.malformed',
  'http.truncated',
  'http.stalled',
  'http.bad-encoding',
  'http.redirect-loop',
  'http.redirect-broken',
  'http.redirect-invalid',
  'http.host-filtered',
  'http.wrong-site',
  'http.bad-request',
  'http.unauthorized',
  'http.forbidden',
  'http.blocked',
  'http.not-found',
  'http.rate-limited',
  'http.client-error',
  'http.server-error',
  'http.bad-gateway',
  'http.unavailable',
  'http.gateway-timeout',
  'http.edge-only',
  'http.origin-down',
  'http.unexpected',
  'http.slow',
  'http.throttled',
  'http.h2-failed',
  'http.h3-failed',
  'page.subresource-failed',
  'page.mixed-content',
  'page.blank',
  'page.policy-blocked',
  'page.stale',
  'page.slow',
] as const;

export type CauseCode = (typeof causeCodes)[number];

/** Whose side a cause lies on: who has to act. */
export type Side = 'client' | 'network' | 'dns' | 'edge' | 'origin' | 'unknown';

/** One thing to do, with the command that does or shows it. `command` may hold placeholders, see {@link CausePlaceholder}. */
export interface CauseAction {
  action: string;
  command?: string;
}

/**
 * Placeholders a registry command may use; the report fills them in from the walk and quotes them for a shell:
 * `{url}`, `{host}` (name or address, no brackets), `{port}`, `{address}` (the address in question), `{resolver}` (the resolver in question),
 * `{authorities}` directly behind another word (` -CAfile FILE` for a walk with --ca, nothing otherwise).
 */
export type CausePlaceholder = 'url' | 'host' | 'port' | 'address' | 'resolver' | 'authorities';

/** What is known about a cause before any walk: the registry's entry. Plain data; commands run with public tools. */
export interface Cause {
  code: CauseCode;
  /** The claim in one sentence, without facts of a particular walk. */
  meaning: string;
  /** What a browser shows (`ERR_...` or a few words), as `causes.md` gives it; the first is what the verdict quotes. */
  browserErrors: readonly string[];
  /** True for a cause that by itself impairs and does not break: `(d)` in the vocabulary. */
  degrades: boolean;
  side: Side;
  /** Likely reasons, most likely first, each one short clause. */
  likelyReasons: readonly string[];
  /** What to do next, in order; the first is the fastest. */
  nextSteps: readonly CauseAction[];
  /** The fastest command with public tools that shows the same fact; absent where no command can. */
  confirmCommand?: string;
  /** What looks like this cause and is not: false positives to think of. */
  falsePositives?: readonly string[];
}

/** The checkpoint a cause belongs to: the part of its code before the dot. */
export function checkpointOf(code: CauseCode): CheckpointId {
  return code.slice(0, code.indexOf('.')) as CheckpointId;
}
