import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Cause, type CauseCode, causeCodes, checkpointOf } from '../cause.ts';
import { type CheckpointId, checkpointIds } from '../checkpoint.ts';
import { dnsAnswerCauses } from './dns-answer.ts';
import { dnsComparisonCauses } from './dns-comparison.ts';
import { dnsExchangeCauses } from './dns-exchange.ts';
import { httpAnswerCauses } from './http-answer.ts';
import { httpImpairmentCauses } from './http-impairment.ts';
import { httpRedirectCauses } from './http-redirect.ts';
import { httpTransferCauses } from './http-transfer.ts';
import { localCauses } from './local.ts';
import { pageCauses } from './page.ts';
import { causeOf, causes } from './registry.ts';
import { routeCauses } from './route.ts';
import { targetCauses } from './target.ts';
import { tcpCauses } from './tcp.ts';
import { tlsCertificateCauses } from './tls-certificate.ts';
import { tlsHandshakeCauses } from './tls-handshake.ts';
import { tlsImpairmentCauses } from './tls-impairment.ts';
import { wireSigns } from './wire-signs.ts';

/** The vocabulary as published: code, what a browser shows (alternatives between `/`, `or`, `,`), and whether it is marked (d). */
const vocabulary: readonly (readonly [code: CauseCode, browserText: string, degrades: boolean])[] = [
  ['target.invalid-url', 'ERR_INVALID_URL', false],
  ['target.unsupported-scheme', 'ERR_UNKNOWN_URL_SCHEME', false],
  ['target.unsafe-port', 'ERR_UNSAFE_PORT', true],
  ['local.no-link', 'ERR_INTERNET_DISCONNECTED', false],
  ['local.no-address', 'ERR_INTERNET_DISCONNECTED', false],
  ['local.no-route', 'ERR_ADDRESS_UNREACHABLE or ERR_INTERNET_DISCONNECTED', false],
  ['local.gateway-unresolved', 'ERR_NAME_NOT_RESOLVED or ERR_CONNECTION_TIMED_OUT', false],
  ['local.no-resolver', 'ERR_NAME_NOT_RESOLVED', false],
  ['local.firewall', 'ERR_NETWORK_ACCESS_DENIED', false],
  ['local.neighbor-unresolved', 'ERR_ADDRESS_UNREACHABLE', false],
  ['local.address-conflict', 'intermittent', true],
  ['local.resource-limit', 'ERR_ADDRESS_IN_USE / ERR_INSUFFICIENT_RESOURCES', false],
  ['local.captive-portal', 'portal page', false],
  ['local.proxy-unreachable', 'ERR_PROXY_CONNECTION_FAILED', false],
  ['local.proxy-auth', 'status page', false],
  ['local.proxy-denied', 'ERR_TUNNEL_CONNECTION_FAILED / status page', false],
  ['local.proxy-required', 'ERR_CONNECTION_TIMED_OUT', false],
  ['local.clock-wrong', 'ERR_CERT_DATE_INVALID', false],
  ['dns.nxdomain', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.no-data', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.servfail', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.dnssec-bogus', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.authority-unreachable', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.lame-delegation', 'ERR_NAME_NOT_RESOLVED', true],
  ['dns.not-delegated', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.refused', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.error-rcode', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.filtered', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.no-usable-address', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.search-domain', 'varies', false],
  ['dns.timeout', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.resolver-unreachable', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.malformed', 'ERR_DNS_MALFORMED_RESPONSE', false],
  ['dns.truncated', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.edns-broken', 'slow', true],
  ['dns.cname-loop', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.cname-dangling', 'ERR_NAME_NOT_RESOLVED', false],
  ['dns.wrong-address', 'varies', false],
  ['dns.bogus-address', 'ERR_ADDRESS_INVALID / ERR_CONNECTION_REFUSED', false],
  ['dns.hosts-override', 'varies', true],
  ['dns.split-horizon', 'none', true],
  ['dns.inconsistent', 'intermittent', true],
  ['dns.intercepted', 'varies', true],
  ['dns.flaky', 'intermittent', true],
  ['dns.one-resolver-broken', 'slow, intermittent', true],
  ['dns.aaaa-broken', 'slow', true],
  ['dns.slow', 'slow', true],
  ['route.unreachable', 'ERR_ADDRESS_UNREACHABLE', false],
  ['route.filtered', 'ERR_ADDRESS_UNREACHABLE / ERR_CONNECTION_TIMED_OUT', false],
  ['route.black-hole', 'ERR_CONNECTION_TIMED_OUT', false],
  ['route.loop', 'ERR_CONNECTION_TIMED_OUT', false],
  ['route.mtu-black-hole', 'hangs, ERR_TIMED_OUT', false],
  ['route.return-path', 'ERR_CONNECTION_TIMED_OUT', false],
  ['route.one-path-dead', 'intermittent', true],
  ['route.proxy-upstream', 'ERR_TUNNEL_CONNECTION_FAILED', false],
  ['route.loss', 'slow, intermittent', true],
  ['route.latency', 'slow', true],
  ['tcp.timeout', 'ERR_CONNECTION_TIMED_OUT', false],
  ['tcp.filtered', 'ERR_CONNECTION_TIMED_OUT', false],
  ['tcp.refused', 'ERR_CONNECTION_REFUSED', false],
  ['tcp.reset', 'ERR_CONNECTION_RESET', false],
  ['tcp.closed', 'ERR_CONNECTION_CLOSED', false],
  ['tcp.stall', 'ERR_TIMED_OUT', false],
  ['tcp.idle-drop', 'intermittent', true],
  ['tcp.reset-by-middlebox', 'ERR_CONNECTION_RESET', false],
  ['tcp.some-addresses-fail', 'intermittent, slow', true],
  ['tcp.ipv6-broken', 'slow', true],
  ['tcp.ipv4-broken', 'slow', true],
  ['tcp.slow', 'slow', true],
  ['tls.cert-expired', 'ERR_CERT_DATE_INVALID', false],
  ['tls.cert-not-yet-valid', 'ERR_CERT_DATE_INVALID', false],
  ['tls.name-mismatch', 'ERR_CERT_COMMON_NAME_INVALID', false],
  ['tls.self-signed', 'ERR_CERT_AUTHORITY_INVALID', false],
  ['tls.unknown-ca', 'ERR_CERT_AUTHORITY_INVALID', false],
  ['tls.missing-intermediate', 'ERR_CERT_AUTHORITY_INVALID (some clients work)', false],
  ['tls.chain-expired', 'ERR_CERT_DATE_INVALID / works in some', false],
  ['tls.intercepted', 'varies', false],
  ['tls.revoked', 'ERR_CERT_REVOKED', false],
  ['tls.weak', 'ERR_CERT_WEAK_KEY / ERR_CERT_WEAK_SIGNATURE_ALGORITHM', false],
  ['tls.wrong-usage', 'ERR_CERT_INVALID', false],
  ['tls.version', 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH', false],
  ['tls.cipher', 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH', false],
  ['tls.unrecognized-name', 'ERR_SSL_UNRECOGNIZED_NAME_ALERT', false],
  ['tls.client-cert-required', 'ERR_BAD_SSL_CLIENT_AUTH_CERT', false],
  ['tls.alert', 'ERR_SSL_PROTOCOL_ERROR', false],
  ['tls.not-tls', 'ERR_SSL_PROTOCOL_ERROR', false],
  ['tls.timeout', 'ERR_TIMED_OUT', false],
  ['tls.sni-filtered', 'ERR_CONNECTION_RESET / ERR_TIMED_OUT', false],
  ['tls.large-hello', 'ERR_TIMED_OUT', false],
  ['tls.aborted-encrypted', 'varies', false],
  ['tls.reset', 'ERR_CONNECTION_RESET', false],
  ['tls.closed', 'ERR_CONNECTION_CLOSED', false],
  ['tls.address-differs', 'intermittent', true],
  ['tls.expires-soon', 'none', true],
  ['tls.legacy', 'warning', true],
  ['tls.slow', 'slow', true],
  ['http.timeout', 'ERR_TIMED_OUT / ERR_EMPTY_RESPONSE', false],
  ['http.reset', 'ERR_CONNECTION_RESET', false],
  ['http.closed', 'ERR_EMPTY_RESPONSE', false],
  ['http.malformed', 'ERR_INVALID_HTTP_RESPONSE', false],
  ['http.truncated', 'ERR_CONTENT_LENGTH_MISMATCH / ERR_INCOMPLETE_CHUNKED_ENCODING', false],
  ['http.stalled', 'hangs', false],
  ['http.bad-encoding', 'ERR_CONTENT_DECODING_FAILED', false],
  ['http.redirect-loop', 'ERR_TOO_MANY_REDIRECTS', false],
  ['http.redirect-broken', 'varies', false],
  ['http.redirect-invalid', 'ERR_INVALID_REDIRECT', false],
  ['http.host-filtered', 'ERR_CONNECTION_RESET', false],
  ['http.wrong-site', 'foreign page', false],
  ['http.bad-request', 'status page', false],
  ['http.unauthorized', 'status page', false],
  ['http.forbidden', 'status page', false],
  ['http.blocked', 'challenge page', false],
  ['http.not-found', 'status page', false],
  ['http.rate-limited', 'status page', false],
  ['http.client-error', 'status page', false],
  ['http.server-error', 'status page', false],
  ['http.bad-gateway', 'status page', false],
  ['http.unavailable', 'status page', false],
  ['http.gateway-timeout', 'status page', false],
  ['http.edge-only', 'status page', false],
  ['http.origin-down', 'status page', false],
  ['http.unexpected', 'wrong page', false],
  ['http.slow', 'slow', true],
  ['http.throttled', 'slow', true],
  ['http.h2-failed', 'ERR_HTTP2_PROTOCOL_ERROR, slow', true],
  ['http.h3-failed', 'ERR_QUIC_PROTOCOL_ERROR, slow', true],
  ['page.subresource-failed', 'broken page', true],
  ['page.mixed-content', 'blocked content', true],
  ['page.blank', 'blank page', false],
  ['page.policy-blocked', 'blocked content', true],
  ['page.stale', 'intermittent', true],
  ['page.slow', 'slow', true],
];

const byFile: Readonly<Record<CheckpointId, readonly Cause[]>> = {
  target: targetCauses,
  local: localCauses,
  dns: [...dnsAnswerCauses, ...dnsExchangeCauses, ...dnsComparisonCauses],
  route: routeCauses,
  tcp: tcpCauses,
  tls: [...tlsCertificateCauses, ...tlsHandshakeCauses, ...tlsImpairmentCauses],
  http: [...httpTransferCauses, ...httpRedirectCauses, ...httpAnswerCauses, ...httpImpairmentCauses],
  page: pageCauses,
};

const all = Object.values(causes);

/** Browser texts in the registry's order: error names before words, otherwise as written. */
function browserErrorsOf(text: string): string[] {
  const parts = text === 'none' ? [] : text.replace(/[()]/g, ',').split(/\s*(?:\/|,|\bor\b)\s*/);
  const named = parts.filter((part) => part !== '');
  return [...named.filter((part) => part.startsWith('ERR_')), ...named.filter((part) => !part.startsWith('ERR_'))];
}

function commandsOf(cause: Cause): string[] {
  const steps = cause.nextSteps.flatMap((step) => step.command ?? []);
  return cause.confirmCommand === undefined ? steps : [...steps, cause.confirmCommand];
}

const placeholders: readonly string[] = ['url', 'host', 'port', 'address', 'resolver', 'authorities'];
const commands = all.flatMap((cause) => commandsOf(cause).map((command) => ({ code: cause.code, command })));

/** What a shell gets: every placeholder replaced by a quoted value that needs its quotes. */
function filled(command: string): string {
  return command.replaceAll('{authorities}', " -CAfile 'a b;c'").replace(/(?<!%)\{(url|host|port|address|resolver)\}/g, "'a b;c'");
}

/** The command without what stands in quotes; quotes within quotes are literal. */
function outsideQuotes(command: string): string {
  return command.replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, ' ');
}

/** Parses without running: null when the shell accepts it, its complaint otherwise. */
function shellComplaint(script: string): string | null {
  const result = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  return result.status === 0 ? null : result.stderr;
}

describe('the cause registry', () => {
  it('is complete, and every entry stands under its own code', () => {
    expect(all).toHaveLength(causeCodes.length);
    expect(Object.keys(causes)).toEqual([...causeCodes]);
    for (const code of causeCodes) expect(causeOf(code).code).toBe(code);
  });

  it('holds each cause once, in the file of its checkpoint', () => {
    expect(Object.keys(byFile)).toEqual([...checkpointIds]);
    for (const id of checkpointIds)
      expect(byFile[id].map((cause) => cause.code)).toEqual(causeCodes.filter((code) => checkpointOf(code) === id));
  });

  it('agrees with the vocabulary on browser errors and on what degrades', () => {
    expect(vocabulary.map(([code]) => code)).toEqual([...causeCodes]);
    for (const [code, browserText, degrades] of vocabulary) {
      expect({ code, shows: causeOf(code).browserErrors, degrades: causeOf(code).degrades }).toEqual({
        code,
        shows: browserErrorsOf(browserText),
        degrades,
      });
    }
  });

  it('says enough, shortly, and in one style', () => {
    for (const cause of all) {
      const { code } = cause;
      expect(cause.meaning, code).toMatch(/^\S.*\.$/);
      expect(cause.likelyReasons.length, code).toBeGreaterThanOrEqual(2);
      expect(cause.likelyReasons.length, code).toBeLessThanOrEqual(5);
      expect(cause.nextSteps.length, code).toBeGreaterThanOrEqual(2);
      const clauses = [...cause.likelyReasons, ...cause.nextSteps.map((step) => step.action), ...(cause.falsePositives ?? [])];
      expect(new Set(clauses).size, code).toBe(clauses.length);
      for (const clause of clauses) {
        expect(clause, code).toMatch(/[^.\s]$/);
        expect(clause.length, `${code}: ${clause}`).toBeLessThanOrEqual(160);
      }
    }
  });
});

describe('commands of the registry', () => {
  it('are there for nearly every cause', () => {
    const without = all.filter((cause) => cause.confirmCommand === undefined).map((cause) => cause.code);
    expect(without).toEqual([
      'target.invalid-url',
      'target.unsupported-scheme',
      'target.unsafe-port',
      'tcp.idle-drop',
      'tls.aborted-encrypted',
    ]);
  });

  it('use no unknown placeholder, and only curl write-out variables after %', () => {
    for (const { code, command } of commands) {
      for (const [, percent, name] of command.matchAll(/(%?)\{(\w+)\}/g)) {
        const isPlaceholder = placeholders.includes(name ?? '');
        expect(isPlaceholder, `${code}: {${name}} in ${command}`).toBe(percent === '');
        if (!isPlaceholder) expect(command, code).toContain('curl');
      }
    }
  });

  it('keep placeholders out of quotes, because what is filled in brings its own', () => {
    for (const { code, command } of commands) {
      const count = (text: string): number => [...text.matchAll(/(?<!%)\{(?:url|host|port|address|resolver|authorities)\}/g)].length;
      expect(count(outsideQuotes(command)), `${code}: ${command}`).toBe(count(command));
    }
  });

  it('leave no placeholder in what is not a command', () => {
    for (const cause of all) {
      for (const text of [cause.meaning, ...cause.likelyReasons, ...cause.nextSteps.map((step) => step.action)]) {
        expect(text, cause.code).not.toMatch(/\{\w+\}/);
      }
    }
  });

  it('parse as shell', () => {
    expect(shellComplaint('echo "unbalanced')).not.toBeNull();
    expect(shellComplaint('for a in x; do echo "$a"')).not.toBeNull();
    const unique = [...new Set(commands.map(({ command }) => command))];
    const together = unique.map((command, index) => `c${index}() {\n${filled(command)}\n}`).join('\n');
    const culprits = shellComplaint(together) === null ? [] : unique.filter((command) => shellComplaint(filled(command)) !== null);
    expect(culprits).toEqual([]);
    expect(shellComplaint(together)).toBeNull();
  });

  it('begin with a public tool', () => {
    const tools = /^(?:sudo )?(?:timeout \d+ )?(?:SSLKEYLOGFILE=\S+ )?([a-z0-9-]+)/;
    const known = new Set(
      'arping cat chronyc curl date delv df dig dmesg env for getent grep ip iptables journalctl ls mtr nc nft nstat openssl ping resolvectl ss sysctl systemctl tail tcpdump timedatectl traceroute tracepath certbot update-ca-certificates ulimit'.split(
        ' ',
      ),
    );
    for (const { code, command } of commands) expect(known, `${code}: ${command}`).toContain(tools.exec(command)?.[1]);
  });
});

describe('signs on the wire', () => {
  it('are told for every cause, and what is mistaken for it', () => {
    for (const code of causeCodes) {
      const { packets, mistakenFor } = wireSigns[code];
      expect(packets, code).toMatch(/^.{15,}\.$/);
      const traps = [...(causeOf(code).falsePositives ?? []), ...(mistakenFor === undefined ? [] : [mistakenFor])];
      expect(traps.length, code).toBeGreaterThan(0);
    }
  });
});
