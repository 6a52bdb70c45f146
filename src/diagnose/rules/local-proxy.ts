import type { Detail } from '../../model/finding.ts';
import type { Observation, ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { proxyUnresolved } from '../local-evidence.ts';
import { failedAttempts, lookupFailed, peerProven, proxyInUse, response } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Answered = ObservationOf<'local.proxy-answered'>;
type Failed = ObservationOf<'local.proxy-failed'>;
type Response = ObservationOf<'http.response-received'>;

/** RFC 1928 section 6. */
const socks = {
  general: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  expired: 6,
  command: 7,
  addressType: 8,
} as const;
const socksUpstream: ReadonlySet<number> = new Set([
  socks.general,
  socks.networkUnreachable,
  socks.hostUnreachable,
  socks.refused,
  socks.expired,
]);
/** RFC 1928 section 3: no acceptable methods. */
const noAcceptableMethod = 0xff;

/** What the proxy said to the request for a way, of the connection that was to carry the request. */
function answers(facts: Facts, ...steps: readonly Answered['step'][]): readonly Answered[] {
  return facts.of('local.proxy-answered').filter((answer) => answer.followUp === undefined && steps.includes(answer.step));
}

/** A response to a plain request that the proxy was to forward: it may be the proxy's own. Inside a tunnel it never is. */
function forwarded(facts: Facts): Response | null {
  const isTunnelled = answers(facts, 'tunnel', 'socks-connect').some((answer) => answer.code < 300);
  return proxyInUse(facts) === null || isTunnelled ? null : response(facts);
}

function fieldOf(headers: Response['headers'], name: string): string | null {
  return headers.find((header) => header.name === name)?.value ?? null;
}

/** What the proxy says about an error of its own: Squid's field, or the error parameter of Proxy-Status (RFC 9209 section 2.1.1); null when it is silent. */
function ownError(headers: Response['headers']): string | null {
  const status = fieldOf(headers, 'proxy-status');
  const named = status === null ? null : (/;\s*error="?([a-z_]+)/i.exec(status)?.[1] ?? null);
  return named ?? fieldOf(headers, 'x-squid-error');
}

/** The names of RFC 9209 section 2.3 and of Squid's error pages for "you may not". */
const denials = /^(http_request_denied|destination_ip_prohibited|ERR_ACCESS_DENIED|ERR_SQUID_ACCESS_DENIED|ERR_TOO_BIG|ERR_FORBIDDEN)/i;
/** ... and for "I cannot get there". */
const troubles =
  /^(dns_|destination_(not_found|unavailable|ip_unroutable)|connection_|tls_|proxy_loop|ERR_(CONNECT_FAIL|DNS_FAIL|CANNOT_FORWARD|READ_TIMEOUT|READ_ERROR|SECURE_CONNECT_FAIL|ZERO_SIZE_OBJECT|LIFETIME_EXP|GATEWAY_FAILURE))/i;

function detailOf(facts: Facts, more: Detail): Detail {
  const proxy = proxyInUse(facts);
  return {
    proxy: proxy?.url ?? null,
    variable: proxy?.variable ?? null,
    host: facts.target?.host ?? null,
    port: facts.target?.port ?? null,
    ...more,
  };
}

/** A claim about the proxy: that its connection opened, or that it answered, is part of it and clears nothing. */
function claimed(
  facts: Facts,
  evidence: readonly Observation[],
  more: Detail,
  confidence: Claim['confidence'] = 'proven',
): readonly Claim[] {
  if (evidence.length === 0 || peerProven(facts)) return none();
  return failure([proxyInUse(facts), ...evidence], detailOf(facts, more), { confidence, persists: true });
}

/** Shows that the proxy itself is there, although it said nothing about the way asked for. */
function signsOfLife(facts: Facts): readonly Answered[] {
  return facts.of('local.proxy-answered').filter((answer) => answer.step === 'itself' || answer.step === 'socks-greeting');
}

/** Silence after the way was asked for: the proxy may be waiting for somebody. */
function waitingFor(facts: Facts): readonly Failed[] {
  return facts
    .of('local.proxy-failed')
    .filter(({ step, failure: reason }) => (step === 'tunnel' || step === 'socks-connect') && reason.name === 'timed-out');
}

/** Failures of the proxy itself: a step that broke, but for silence of one that shows signs of life. */
function brokenSteps(facts: Facts): readonly Failed[] {
  const waiting = signsOfLife(facts).length > 0 ? waitingFor(facts) : [];
  return facts.of('local.proxy-failed').filter((failed) => failed.followUp === undefined && !waiting.includes(failed));
}

export const localProxyRules: readonly Rule[] = [
  {
    cause: 'local.proxy-unreachable',
    supersedes: [
      'tcp.timeout',
      'tcp.filtered',
      'tcp.refused',
      'tcp.reset',
      'tcp.closed',
      'tcp.stall',
      'route.unreachable',
      'route.filtered',
      'route.black-hole',
    ],
    judge(facts) {
      if (proxyInUse(facts) === null) return none();
      const unresolved = proxyUnresolved(facts);
      if (unresolved !== null) return claimed(facts, [unresolved], { failure: unresolved.failure?.name ?? null });
      const failed = failedAttempts(facts);
      const [first] = failed;
      if (first !== undefined) {
        const why =
          first.kind === 'tcp.connect-failed' ? first.failure.name : first.kind === 'tcp.syn-refused' ? 'connection-refused' : 'timed-out';
        return claimed(facts, failed, { address: first.server.address, failure: why });
      }
      const [broken] = brokenSteps(facts);
      if (broken === undefined) return none();
      // A connection that ends without a word may be how this proxy says no.
      const confidence = broken.failure.name === 'connection-aborted' || broken.failure.name === 'connection-reset' ? 'likely' : 'proven';
      return claimed(facts, brokenSteps(facts), { failure: broken.failure.name, step: broken.step }, confidence);
    },
  },
  {
    cause: 'local.proxy-auth',
    supersedes: ['http.unauthorized', 'http.client-error'],
    judge(facts) {
      const refused = [
        ...answers(facts, 'tunnel').filter((answer) => answer.code === 407),
        ...answers(facts, 'socks-greeting').filter((answer) => answer.code === noAcceptableMethod),
        ...answers(facts, 'socks-authentication').filter((answer) => answer.code !== 0),
      ];
      const plain = forwarded(facts);
      const evidence = [...refused, ...(plain?.status === 407 ? [plain] : [])];
      const isHttp = evidence.some((one) => one.kind === 'http.response-received' || one.step === 'tunnel');
      return claimed(facts, evidence, { status: isHttp ? 407 : null });
    },
  },
  {
    cause: 'local.proxy-denied',
    supersedes: ['http.forbidden', 'http.blocked', 'http.client-error', 'http.server-error', 'http.unavailable', 'http.redirect-broken'],
    judge(facts) {
      const tunnel = answers(facts, 'tunnel').filter((answer) => answer.code >= 300 && answer.code < 500 && answer.code !== 407);
      const request = answers(facts, 'socks-connect').filter((answer) =>
        [socks.notAllowed, socks.command, socks.addressType].some((code) => code === answer.code),
      );
      const plain = forwarded(facts);
      const isOwn = plain !== null && denials.test(ownError(plain.headers) ?? '');
      const evidence = [...tunnel, ...request, ...(isOwn ? [plain] : [])];
      const said = evidence[0];
      const code = said === undefined ? null : said.kind === 'http.response-received' ? said.status : said.code;
      // 403 to CONNECT, and SOCKS's "not allowed by ruleset", say just this; other refusals say no for reasons of their own.
      const isPlainNo = isOwn || code === 403 || (request.length > 0 && code === socks.notAllowed);
      return claimed(
        facts,
        evidence,
        { status: request.length > 0 ? null : code, title: tunnel[0]?.title ?? null },
        isPlainNo ? 'proven' : 'likely',
      );
    },
  },
  {
    cause: 'local.proxy-required',
    supersedes: [
      'dns.nxdomain',
      'dns.no-data',
      'dns.servfail',
      'dns.refused',
      'dns.timeout',
      'dns.resolver-unreachable',
      'dns.filtered',
      'route.unreachable',
      'route.filtered',
      'route.black-hole',
      'tcp.timeout',
      'tcp.filtered',
      'tcp.refused',
      'tcp.reset',
      'tcp.closed',
      'tls.reset',
      'tls.closed',
      'tls.timeout',
      'tls.sni-filtered',
    ],
    judge(facts) {
      const reached = facts.of('local.proxy-tried').filter((tried) => tried.outcome !== 'failed');
      const [first] = reached;
      const isBlocked = lookupFailed(facts) || failedAttempts(facts).length > 0 || endedEarly(facts).length > 0;
      if (first === undefined || proxyInUse(facts) !== null || response(facts) !== null || !isBlocked) return none();
      const isProven = reached.some((tried) => tried.outcome === 'proven');
      return failure(
        [...reached, ...facts.of('local.proxy-configured'), ...failedAttempts(facts), ...endedEarly(facts)],
        { proxy: first.proxy, variable: first.variable },
        { confidence: isProven ? 'proven' : 'likely', persists: true },
      );
    },
  },
  {
    cause: 'route.proxy-upstream',
    supersedes: ['http.bad-gateway', 'http.unavailable', 'http.gateway-timeout', 'http.server-error'],
    judge(facts) {
      const tunnel = answers(facts, 'tunnel').filter((answer) => answer.code >= 500);
      const request = answers(facts, 'socks-connect').filter((answer) => socksUpstream.has(answer.code));
      const plain = forwarded(facts);
      const isOwn = plain !== null && troubles.test(ownError(plain.headers) ?? '');
      const evidence = [...tunnel, ...request, ...(isOwn ? [plain] : [])];
      const [said] = evidence;
      if (said === undefined) {
        const waiting = signsOfLife(facts).length > 0 ? waitingFor(facts) : [];
        return claimed(
          facts,
          waiting.length > 0 ? [...waiting, ...signsOfLife(facts)] : [],
          { status: null, failure: 'timed-out' },
          'likely',
        );
      }
      const code = said.kind === 'http.response-received' ? said.status : said.code;
      const isSaid = isOwn || request.length > 0 || code === 502 || code === 504 || troubles.test(ownError(said.headers) ?? '');
      return claimed(facts, evidence, { status: request.length > 0 ? null : code }, isSaid ? 'proven' : 'likely');
    },
  },
];

/** Connections that opened and ended, or stayed silent, before an answer: filters that let the handshake pass look so. */
function endedEarly(facts: Facts): readonly Observation[] {
  return [...facts.of('tcp.reset-received'), ...facts.of('tcp.closed-by-peer'), ...facts.of('tcp.peer-silent')].filter(
    (ended) => ended.followUp === undefined && ended.bytesReceived === 0,
  );
}
