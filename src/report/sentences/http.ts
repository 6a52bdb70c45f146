import type { Detail } from '../../model/finding.ts';
import { duration, grouped, percent, plural } from '../wording.ts';
import { clause, endpointOr, list, nameOr, number, sampleText, text, within } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

/**
 * `status` is the number, `reason` the phrase sent with it, `serverHeader` who it says it is, `address` and `port` the server's.
 *
 * | cause | detail read |
 * |---|---|
 * | `http.timeout` | `address`, `port`, `waitedMs` |
 * | `http.reset`, `http.closed` | `address`, `port`, `phase`, `failure` (of HTTP/2, in words) |
 * | `http.malformed` | `address`, `port`, `rule` (as in `http.response-malformed`), `sample` (hex) |
 * | `http.truncated` | `receivedBytes`, `expectedBytes` |
 * | `http.stalled` | `receivedBytes`, `expectedBytes`, `waitedMs` |
 * | `http.bad-encoding` | `encoding`, `failure` (in words) |
 * | `http.redirect-loop` | `location`, `hops` (redirects), `outcome` (of `http.redirected`), `withCookies` |
 * | `http.redirect-broken` | `location` (where to), and the facts of the nested cause |
 * | `http.redirect-invalid` | `status`, `location` |
 * | `http.host-filtered` | `name`, `address` |
 * | `http.wrong-site` | `name`, `status`, `author`, `says` (of the answer) |
 * | `http.bad-request`, `http.unauthorized`, `http.forbidden`, `http.not-found`, `http.client-error`, `http.server-error`, `http.unavailable` | `status`, `reason`, `url`, `retryAfter` |
 * | `http.blocked` | `status`, `author`, `says`, `serverHeader` |
 * | `http.rate-limited` | `status`, `retryAfter` |
 * | `http.bad-gateway`, `http.gateway-timeout` | `status`, `author`, `edge`, `serverHeader`, `durationMs` (until the answer), `budgetMs`, `budgetOf`, `budgetSetting` (the limit it equals) |
 * | `http.edge-only` | `status`, `originAddress` |
 * | all about a status | `originAddress`, `originOutcome`, `healthUrl`, `healthOutcome`, `pastCacheOutcome`: what it was compared with |
 * | `http.origin-down` | `status`, `serverHeader` |
 * | `http.unexpected` | `status`, `expected` (statuses), `expectedText` |
 * | `http.slow` | `durationMs`, `budgetMs`, `serverMs` |
 * | `http.throttled` | `receivedBytes`, `durationMs`, `rateBytesPerSecond`, `allowedBytesPerSecond` (by the first window and the round trip), `roundTripMs` |
 * | `http.h2-failed` | `failure` (in words) |
 * | `http.h3-failed` | `failure` (in words), `silent` |
 */
const plainSentences: SentencesOf<'http'> = {
  'http.timeout': (detail) =>
    `${endpointOr(detail, 'The server')} took the request and did not answer${within(detail, 'waitedMs')}${clause(number(detail, 'waitedMs'), (waited) => (waited < usualLimitMs ? `: less than the ${duration(usualLimitMs)} that a proxy in front of it usually waits before it says 504` : ''))}.`,
  'http.reset': (detail) =>
    text(detail, 'failure') !== null
      ? `${endpointOr(detail, 'The server')} took the request and ended its HTTP/2 stream ${before(detail)} (${text(detail, 'failure')}).`
      : `${endpointOr(detail, 'The server')} took the request and reset the connection ${before(detail)}.`,
  'http.closed': (detail) =>
    text(detail, 'failure') !== null
      ? `${endpointOr(detail, 'The server')} took the request and gave the HTTP/2 connection up ${before(detail)} (${text(detail, 'failure')}).`
      : `${endpointOr(detail, 'The server')} took the request and closed the connection ${before(detail)}.`,
  'http.malformed': (detail) =>
    `What ${endpointOr(detail, 'the server')} answers is not valid HTTP${clause(text(detail, 'rule'), (rule) => ` (${rule.replaceAll('-', ' ')})`)}${clause(sampleText(detail.sample), (sample) => `: it begins with "${sample}"`)}.`,
  'http.truncated': (detail) => {
    const received = number(detail, 'receivedBytes');
    const expected = number(detail, 'expectedBytes');
    if (received === null) return 'The connection ended before the response was complete.';
    if (expected === null) return `The connection ended after ${plural(received, 'byte')} of the response, before its end was announced.`;
    return `The connection ended after ${grouped(received)} of ${plural(expected, 'byte')} (${Math.min(99, percent(received, expected))} %) of the response.`;
  },
  'http.stalled': (detail) => {
    const received = number(detail, 'receivedBytes');
    const expected = number(detail, 'expectedBytes');
    const after = received === null ? '' : ` after ${grouped(received)}${expected === null ? '' : ` of ${grouped(expected)}`} bytes`;
    return `The response stopped arriving${after}${clause(number(detail, 'waitedMs'), (waited) => `: nothing came for ${duration(waited)}`)}.`;
  },
  'http.bad-encoding': (detail) =>
    `The response says it is compressed${clause(text(detail, 'encoding'), (encoding) => ` with ${encoding}`)}, but it cannot be decompressed${clause(text(detail, 'failure'), (failure) => ` (${failure})`)}.`,
  'http.redirect-loop': (detail) => {
    const count = number(detail, 'hops');
    const many = clause(count, (hops) => `${plural(hops, 'redirect')} and no page`);
    if (text(detail, 'outcome') === 'too-many') return `The site redirects without end${many === '' ? '' : `: ${many}`}.`;
    return `The site redirects in a circle${clause(text(detail, 'location'), (location) => `, back to ${location}`)}${detail.withCookies === true ? ', even with the cookies that it sets' : ''}${many === '' ? '' : `: ${many}`}.`;
  },
  'http.redirect-broken': (detail) => `The site redirects to ${text(detail, 'location') ?? 'another address'}, and that fails.`,
  'http.redirect-invalid': (detail) => {
    const location = text(detail, 'location');
    return `The redirect${clause(text(detail, 'status'), (status) => ` (${status})`)} ${location === null ? 'does not say where to go: its Location is missing' : `goes to "${location}", which cannot be followed`}.`;
  },
  'http.host-filtered': (detail) =>
    `The request fails only when it asks for ${nameOr(detail, 'this name')}; ${text(detail, 'address') ?? 'the same address'} answers other names.`,
  'http.wrong-site': (detail) =>
    `Another site answers in place of ${nameOr(detail, 'the one asked for')}${clause(text(detail, 'author'), (author) => `: ${author} shows ${foreign(text(detail, 'says'))}`)}${clause(text(detail, 'status'), (status) => ` (${status})`)}.`,
  'http.bad-request': (detail) =>
    text(detail, 'says') === 'host-not-allowed'
      ? `${answered(detail)}: it does not accept the host name ${nameOr(detail, 'asked for')}.`
      : isUpgrade(detail) && text(detail, 'status') === '400'
        ? `${answered(detail)}: it did not take the request for an opening of WebSocket: the wish for it ${upgradeLost}, or it wants other fields.`
        : `${answered(detail)}: it did not accept how the request was made.`,
  'http.unauthorized': (detail) => `${answered(detail)}: it wants a login. The network is fine.`,
  'http.forbidden': (detail) => `${answered(detail)}: it refuses this request by its own rules. The network is fine.`,
  'http.blocked': (detail) =>
    text(detail, 'says') === 'challenge'
      ? `${text(detail, 'author') ?? 'A protection system'} wants proof that a person asks before it lets the request through${clause(text(detail, 'status'), (status) => ` (${status})`)}: the site itself may be well.`
      : `A protection system${clause(text(detail, 'author') ?? text(detail, 'serverHeader'), (server) => ` (${server})`)} blocks the request before it reaches the application${clause(text(detail, 'status'), (status) => ` (${status})`)}.`,
  'http.not-found': (detail) =>
    `${answered(detail)}: there is nothing at this path${clause(text(detail, 'url'), (url) => ` (${url})`)}. The network is fine.`,
  'http.rate-limited': (detail) =>
    `The server says that too many requests were made (${text(detail, 'status') ?? '429'})${clause(text(detail, 'retryAfter'), (after) => `; it asks to wait ${after}${/^\d+$/.test(after) ? ' s' : ''}`)}.`,
  'http.client-error': (detail) =>
    isUpgrade(detail) && text(detail, 'status') === '426'
      ? `${answered(detail)}: the wish for WebSocket ${upgradeLost}, or it wants another version of it.`
      : `${answered(detail)}: ${rejections[text(detail, 'status') ?? ''] ?? rejected}`,
  'http.server-error': (detail) =>
    isSuccess(detail)
      ? `${answered(detail)}, and the page is an error page${clause(text(detail, 'author'), (author) => ` (${author})`)}: the application failed after it received the request. The network is fine.`
      : `${answered(detail)}: ${serverFailures[text(detail, 'status') ?? ''] ?? 'the application failed after it received the request'}. The network is fine.`,
  'http.bad-gateway': (detail) =>
    `${proxy(detail)} got no valid answer from the server behind it (${text(detail, 'status') ?? '502'})${clause(number(detail, 'durationMs'), (waited) => (waited >= longWaitMs ? ` after ${duration(waited)}` : ''))}${clause(number(detail, 'budgetMs'), (budget) => `: ${limitWords(detail, budget)}`)}.`,
  'http.unavailable': (detail) =>
    `${answered(detail)}: ${unavailable(detail)}${clause(text(detail, 'retryAfter'), (after) => `; it asks to wait ${after}${/^\d+$/.test(after) ? ' s' : ''}`)}.`,
  'http.gateway-timeout': (detail) =>
    `${proxy(detail)} waited${clause(number(detail, 'durationMs'), (waited) => ` ${duration(waited)}`)} for the server behind it and gave up (${text(detail, 'status') ?? '504'})${clause(number(detail, 'budgetMs'), (budget) => `: ${limitWords(detail, budget)}`)}.`,
  'http.edge-only': (detail) =>
    `The edge fails${clause(text(detail, 'status'), (status) => ` (${status})`)}, while the origin${clause(text(detail, 'originAddress'), (address) => ` ${address}`)} asked directly works.`,
  'http.origin-down': (detail) =>
    `The edge${clause(text(detail, 'edge') ?? text(detail, 'serverHeader'), (server) => ` (${server})`)} works, but the origin behind it fails${clause(text(detail, 'status'), (status) => ` (${status}${clause(vendorCodes[status] ?? null, (meaning) => `: ${meaning}`)})`)}.`,
  'http.unexpected': (detail) => {
    const wanted = text(detail, 'expectedText');
    if (wanted !== null) return `The server answered, but the body does not contain "${wanted}".`;
    const statuses = list(detail, 'expected');
    if (isUpgrade(detail) && statuses.join() === '101')
      return `${answered(detail)} in place of switching to WebSocket (101): it has none at this path, or the wish for it ${upgradeLost}.`;
    return `The server answered ${clause(text(detail, 'status'), (status) => `${status} `)}against what was expected${statuses.length === 0 ? '' : ` (${statuses.join(' or ')})`}.`;
  },
  'http.slow': (detail) =>
    `The first byte took ${clause(number(detail, 'durationMs'), duration) || 'too long'}${clause(number(detail, 'serverMs'), (server) => `, of which the server spent ${duration(server)}`)}${clause(number(detail, 'budgetMs'), (budget) => ` (budget ${duration(budget)})`)}.`,
  'http.throttled': (detail) => {
    const bytes = number(detail, 'receivedBytes');
    const time = number(detail, 'durationMs');
    const allowed = number(detail, 'allowedBytesPerSecond');
    const rate = number(detail, 'rateBytesPerSecond');
    const against =
      allowed === null || rate === null
        ? ''
        : `: ${grouped(rate / 1000)} kB/s, where a round trip of ${duration(number(detail, 'roundTripMs') ?? 0)} allows ${grouped(allowed / 1000)} kB/s from the start`;
    return `The body arrives far slower than the connection allows${bytes === null || time === null ? '' : ` (${plural(bytes, 'byte')} in ${duration(time)})`}${against}.`;
  },
  'http.h2-failed': (detail) =>
    `HTTP/2 is offered and fails${clause(text(detail, 'failure'), (failure) => ` (${failure})`)}; HTTP/1.1 works.`,
  'http.h3-failed': (detail) =>
    detail.silent === true
      ? `HTTP/3 is offered, and ${text(detail, 'failure') ?? 'UDP does not answer'}: dropped on the way, by this network perhaps, or not served; browsers go on with an older version.`
      : `HTTP/3 is offered and fails${clause(text(detail, 'failure'), (failure) => ` (${failure})`)}; an older version works.`,
};

/** Causes whose sentence goes on with what the request was compared with. */
const compared: ReadonlySet<string> = new Set([
  'http.forbidden',
  'http.not-found',
  'http.client-error',
  'http.server-error',
  'http.bad-gateway',
  'http.unavailable',
  'http.gateway-timeout',
  'http.origin-down',
  'http.unauthorized',
  'http.bad-request',
  'http.rate-limited',
]);

export const httpSentences: SentencesOf<'http'> = Object.fromEntries(
  Object.entries(plainSentences).map(([cause, sentence]) => [
    cause,
    compared.has(cause) ? (detail: Detail) => `${sentence(detail)}${comparison(detail)}` : sentence,
  ]),
) as SentencesOf<'http'>;

/** What came of the same request to the origin, for the health path, and past the cache. */
function comparison(detail: Detail): string {
  const origin = text(detail, 'originOutcome');
  const health = text(detail, 'healthOutcome');
  const past = text(detail, 'pastCacheOutcome');
  return [
    ...(origin === null ? [] : [` The origin ${text(detail, 'originAddress') ?? ''} asked directly: ${outcomeWords(origin)}.`]),
    ...(health === null
      ? []
      : [
          ` ${text(detail, 'healthUrl') ?? 'The health path'}: ${outcomeWords(health)}${/^[23]/.test(health) ? ', so only this path fails' : ''}.`,
        ]),
    ...(past === null ? [] : [` It comes from a cache; asked past it: ${outcomeWords(past)}.`]),
  ].join('');
}

function outcomeWords(outcome: string): string {
  if (/^\d/.test(outcome)) return `answers ${outcome}`;
  switch (outcome) {
    case 'refused':
      return 'refuses the connection';
    case 'unreachable':
      return 'cannot be reached from here';
    case 'tls-failed':
      return 'the TLS handshake fails';
    case 'silent':
      return 'does not answer';
    case 'broken':
      return 'answers in part';
    default:
      return `ends the connection (${outcome})`;
  }
}

function answered(detail: Detail): string {
  const status = text(detail, 'status');
  const reason = text(detail, 'reason');
  const code = text(detail, 'closeCode');
  if (code !== null)
    return `The server accepted the WebSocket and closed it with code ${code}${clause(text(detail, 'closeReason'), (why) => ` ("${why}")`)}`;
  return status === null ? 'The server answered with an error' : `The server answered ${status}${reason === null ? '' : ` ${reason}`}`;
}

function proxy(detail: Detail): string {
  const name = text(detail, 'author') ?? text(detail, 'edge') ?? text(detail, 'serverHeader');
  return `A proxy or load balancer${clause(name, (server) => ` (${server})`)}`;
}

/** The request asked for WebSocket. */
function isUpgrade(detail: Detail): boolean {
  return /^wss?:/i.test(text(detail, 'url') ?? '');
}

/** RFC 9110 section 7.8: Upgrade is for one connection alone, and a proxy passes it on only where it is told to. */
const upgradeLost = 'may not have reached it, as a proxy on the way drops the Upgrade field unless it is told to pass it on';

function isSuccess(detail: Detail): boolean {
  return /^2/.test(text(detail, 'status') ?? '');
}

const rejected = 'it rejects the request. The network is fine.';

/** What statuses of 400 and above say more than that: RFC 9110 section 15.5 and the IANA registry. */
const rejections: Readonly<Record<string, string>> = {
  402: 'it wants to be paid, or the account behind it is used up. The network is fine.',
  405: 'the path exists, and not for this method. The network is fine.',
  406: 'it has nothing in a form that was asked for, or a filter rejects the client. The network is fine.',
  // The request may have been lost or held up on the way as well.
  408: 'the request did not reach it whole in time.',
  409: 'the request contradicts the state of what it is about. The network is fine.',
  412: 'a condition of the request does not hold. The network is fine.',
  413: 'the body is larger than it accepts. The network is fine.',
  414: 'the URL is longer than it accepts. The network is fine.',
  415: 'it does not accept the media type. The network is fine.',
  422: 'the application understood the request and rejects its content. The network is fine.',
  425: 'it wants the request again, after the handshake of TLS is complete. The network is fine.',
  426: 'it speaks another protocol at this path, such as WebSocket, or a newer one. The network is fine.',
  451: 'it is withheld for legal reasons. The network is fine.',
};

const serverFailures: Readonly<Record<string, string>> = {
  501: 'it does not know this method',
  505: 'it does not speak this version of HTTP',
  507: 'its storage is full',
  508: 'its resource limit is used up, or it goes round in a circle',
  509: 'the bandwidth of its account is used up',
  529: 'it is overloaded',
  999: 'a status of its own, with which some sites turn automatic clients away',
};

/** What nginx, Apache, Varnish and AWS load balancers wait for what is behind them, unless they are told otherwise: see model/answerers. */
const usualLimitMs = 60_000;

/** A wait worth telling: the server behind was reached and slow, not refused. */
const longWaitMs = 950;

/** What the vendor's codes mean: developers.cloudflare.com, 5xx errors. */
const vendorCodes: Readonly<Record<string, string>> = {
  520: 'it answered with something that is no valid answer',
  521: 'it refuses connections',
  522: 'connections to it time out',
  523: 'it cannot be reached',
  524: 'it took the connection and did not answer in time',
  525: 'the TLS handshake with it fails',
  526: 'its certificate is not valid',
  530: 'its name does not resolve, or the edge cannot reach it',
};

function limitWords(detail: Detail, budgetMs: number): string {
  const of = text(detail, 'budgetOf');
  if (of === null) return `the time limit there seems to be ${duration(budgetMs)}`;
  return `that equals a time limit of ${of}, ${duration(budgetMs)}${clause(text(detail, 'budgetSetting'), (setting) => ` (${setting})`)}`;
}

function unavailable(detail: Detail): string {
  const author = text(detail, 'author');
  const by = author === null ? '' : ` (${author} says so)`;
  switch (text(detail, 'says')) {
    case 'no-backend':
      return `no working server behind it${by}`;
    case 'upstream-failed':
      return `the server behind it fails${by}`;
    case 'upstream-timeout':
      return `the server behind it takes too long${by}`;
    case 'maintenance':
      return `in maintenance or suspended${by}`;
    default:
      return 'overloaded, in maintenance, or no working server behind it';
  }
}

function foreign(says: string | null): string {
  switch (says) {
    case 'default-page':
      return 'the default page of a fresh installation';
    case 'parked':
      return 'a parking page';
    default:
      return 'that it serves no site of this name';
  }
}

function before(detail: Detail): string {
  if (text(detail, 'phase') === 'websocket') return 'soon after it had accepted the WebSocket';
  return text(detail, 'phase') === 'response-header' ? 'in the middle of the response header' : 'without answering';
}
