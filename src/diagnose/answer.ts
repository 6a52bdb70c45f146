import type { Answer, CacheState, MatchedLimit, Preloaded, ServerTiming, TransportSecurity } from '../model/answer.ts';
import type { AnswererRole } from '../model/answerers/answerer.ts';
import type { HeaderField } from '../model/observations/http.ts';
import { type Recognised, recogniseAll } from './answer-signs.ts';
import type { Facts } from './facts.ts';
import { response } from './progress.ts';

const originRoles: ReadonlySet<AnswererRole> = new Set<AnswererRole>(['server', 'framework']);

/** Fields that carry a name to look a request up by, whoever set them. */
const commonRequestIds: ReadonlySet<string> = new Set(['x-request-id', 'request-id', 'x-correlation-id', 'x-trace-id', 'traceparent']);

const answers = new WeakMap<Facts, Answer | null>();

/** Who answered this request; null when nobody did. */
export function answerOf(facts: Facts): Answer | null {
  const known = answers.get(facts);
  if (known !== undefined) return known;
  const answer = judgeAnswer(facts);
  answers.set(facts, answer);
  return answer;
}

function judgeAnswer(facts: Facts): Answer | null {
  const received = response(facts);
  if (received === null) return null;
  const excerpt = facts.of('http.excerpt').find((one) => one.followUp === undefined) ?? null;
  const { status, headers } = received;
  const found = recogniseAll({ status, headers, marks: excerpt?.marks ?? [] });
  const edges = found.filter(({ party }) => !originRoles.has(party.role));
  const behind = found.filter(({ party }) => originRoles.has(party.role));
  const author = authorOf(found);
  // nginx and its like are proxies as well: one that says its upstream failed stands in front of something.
  const proxying = behind.filter(
    (one) => one.page !== null && (one.page.says === 'upstream-failed' || one.page.says === 'upstream-timeout'),
  );
  const edge = edges[0] ?? proxying[0] ?? null;
  const origin = behind.filter((one) => one !== edge).at(-1) ?? null;
  return {
    hop: facts.hop,
    status,
    edge: edge?.party ?? null,
    origin: origin?.party ?? null,
    parties: found.map(({ party }) => party),
    saidBy: author === null ? 'unknown' : author === edge || edges.includes(author) ? 'edge' : 'origin',
    author: author?.party ?? null,
    says: author?.page?.says ?? null,
    cache: cacheOf(headers, found),
    requestIds: requestIdsOf(headers, found),
    serverTiming: values(headers, 'server-timing').flatMap(parseServerTiming).slice(0, 32),
    via: values(headers, 'via').flatMap((value) => value.split(',').map((one) => one.trim())),
    retryAfterSeconds: retryAfterOf(headers),
    transportSecurity: transportSecurityOf(facts, headers),
    keepAliveSeconds: keepAliveOf(headers),
    upgradedBy: upgradeOf(facts),
    preloaded: preloadedOf(facts),
    limit: status >= 500 ? matchedLimit(status, received.durationMs ?? null, roundTripOf(facts), found, author) : null,
    evidence: [received.id, ...(excerpt === null ? [] : [excerpt.id])],
  };
}

/** Who made the answer: the product whose page it is, else the one whose field says so, else the only one there is, when it did not pass it on. */
function authorOf(found: readonly Recognised[]): Recognised | null {
  const withPage = found.filter((one) => one.page !== null);
  // Of two pages the one that says more: a page in general, "an error of this server", is also in the pages that it proxies.
  const telling = withPage.find((one) => one.page?.says !== 'error') ?? withPage[0];
  if (telling !== undefined) return telling;
  const own = found.find((one) => one.shows === 'own');
  if (own !== undefined) return own;
  // What came from behind a product was made by what stands behind it.
  const passing = found.findIndex((one) => one.shows === 'passed-on');
  if (passing >= 0) return found.slice(passing + 1).find((one) => originRoles.has(one.party.role)) ?? null;
  return null;
}

function values(headers: readonly HeaderField[], name: string): string[] {
  return headers.filter((field) => field.name === name).map((field) => field.value);
}

const cacheWords: readonly [pattern: RegExp, state: CacheState['state']][] = [
  [/\b(stale|updating)\b/i, 'stale'],
  [/\b(revalidated|refresh_?hit|tcp_refresh_hit|refreshhit)\b|^refresh/i, 'refreshed'],
  [/\b(tcp_)?(mem_|ims_|negative_|remote_)?hit\b/i, 'hit'],
  [/\b(bypass|dynamic|pass|uncacheable|none\/unknown|private|prerender)\b/i, 'bypass'],
  [/\b(error|denied)\b/i, 'error'],
  [/\b(tcp_)?(refresh_)?miss\b|\bexpired\b/i, 'miss'],
];

/** The state by Cache-Status (RFC 9211: the last entry is the cache nearest to the client), else by the vendor's field, else by X-Cache and Age. */
function cacheOf(headers: readonly HeaderField[], found: readonly Recognised[]): CacheState | null {
  const age = values(headers, 'age')[0];
  const ageSeconds = age !== undefined && /^\d{1,10}$/.test(age.trim()) ? Number(age) : null;
  const standard = values(headers, 'cache-status').join(', ');
  if (standard !== '') return { state: stateOfStandard(standard), ageSeconds, field: 'cache-status' };
  const names = [...found.flatMap(({ answerer }) => answerer.cacheField ?? []), 'x-cache', 'x-cache-status', 'x-proxy-cache'];
  for (const name of names) {
    const value = values(headers, name)[0];
    if (value === undefined) continue;
    // Fastly and Varnish write the state at each node, the one nearest to the client last.
    const nearest = value.split(',').at(-1) ?? value;
    const state = cacheWords.find(([pattern]) => pattern.test(nearest))?.[1];
    if (state !== undefined) return { state, ageSeconds, field: name };
  }
  // RFC 9111 section 5.1: "The presence of an Age header field implies that the response was not generated or validated by the origin server".
  if (ageSeconds !== null && ageSeconds > 0) return { state: 'hit', ageSeconds, field: 'age' };
  return null;
}

function stateOfStandard(value: string): CacheState['state'] {
  const nearest = value.split(',').at(-1) ?? '';
  if (/;\s*hit\b/i.test(nearest)) return /;\s*ttl\s*=\s*-/i.test(nearest) ? 'stale' : 'hit';
  const forward = /;\s*fwd\s*=\s*"?([a-z-]+)/i.exec(nearest)?.[1]?.toLowerCase();
  if (forward === 'stale' && /;\s*fwd-status\s*=\s*304/i.test(nearest)) return 'refreshed';
  if (forward === 'bypass' || forward === 'method' || forward === 'request') return 'bypass';
  return forward === undefined ? 'unknown' : 'miss';
}

function requestIdsOf(headers: readonly HeaderField[], found: readonly Recognised[]): Answer['requestIds'] {
  const wanted = new Set([...found.flatMap(({ answerer }) => answerer.requestIds ?? []), ...commonRequestIds]);
  return headers
    .filter((field) => wanted.has(field.name) && field.value !== '')
    .map(({ name, value }) => ({ name, value: value.slice(0, 200) }));
}

/** W3C Server Timing section 3: `name;dur=1.5;desc="text"`, several by comma. */
function parseServerTiming(value: string): ServerTiming[] {
  const metric = /([!#$%&'*+.^_`|~\w-]{1,64})((?:\s*;\s*[\w-]{1,32}(?:\s*=\s*(?:"[^"]{0,256}"|[^\s;,"]{0,256}))?){0,8})/g;
  return Array.from(value.slice(0, 4096).matchAll(metric)).map(([, name = '', parameters = '']) => {
    const duration = /;\s*dur\s*=\s*"?(\d{1,9}(?:\.\d{1,6})?)/i.exec(parameters)?.[1];
    const description = /;\s*desc\s*=\s*(?:"([^"]*)"|([^\s;,]*))/i.exec(parameters);
    return {
      name,
      durationMs: duration === undefined ? null : Number(duration),
      description: description?.[1] ?? description?.[2] ?? null,
    };
  });
}

/** RFC 9110 section 10.2.3: seconds, or a date against the answer's own. */
function retryAfterOf(headers: readonly HeaderField[]): number | null {
  const value = values(headers, 'retry-after')[0]?.trim();
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const until = Date.parse(value);
  const now = Date.parse(values(headers, 'date')[0] ?? '');
  return Number.isNaN(until) || Number.isNaN(now) ? null : Math.max(0, Math.round((until - now) / 1000));
}

/** RFC 6797 section 8.1: only over TLS, and not for addresses; of several fields the first counts. */
function transportSecurityOf(facts: Facts, headers: readonly HeaderField[]): TransportSecurity | null {
  const value = values(headers, 'strict-transport-security')[0];
  const { target } = facts;
  if (value === undefined || target === null || target.hostKind !== 'name' || (target.scheme !== 'https' && target.scheme !== 'wss'))
    return null;
  const directives = value.split(';').map((one) => one.trim().toLowerCase());
  const age = directives.map((one) => /^max-age\s*=\s*"?(\d{1,12})"?$/.exec(one)?.[1]).find((one) => one !== undefined);
  if (age === undefined) return null;
  return {
    maxAgeSeconds: Number(age),
    includeSubDomains: directives.includes('includesubdomains'),
    preload: directives.includes('preload'),
    preloaded: preloadedOf(facts),
  };
}

function keepAliveOf(headers: readonly HeaderField[]): number | null {
  const timeout = /\btimeout\s*=\s*(\d{1,6})/i.exec(values(headers, 'keep-alive')[0] ?? '')?.[1];
  return timeout === undefined ? null : Number(timeout);
}

/** Of http alone: what is https already needs no upgrade. */
function upgradeOf(facts: Facts): Answer['upgradedBy'] {
  const { target } = facts;
  if (target === null || target.hostKind !== 'name' || (target.scheme !== 'http' && target.scheme !== 'ws')) return null;
  const entry = preloadedOf(facts)?.entry ?? null;
  return entry === null ? null : entry.includes('.') ? 'name' : 'top-level-domain';
}

function preloadedOf(facts: Facts): Preloaded | null {
  const [stated] = facts.of('target.preload');
  return stated === undefined ? null : { entry: stated.entry, list: stated.list, listDate: stated.listDate };
}

function roundTripOf(facts: Facts): number {
  const carried = facts.of('tcp.connected').find((one) => one.carried) ?? null;
  return carried?.facts.rttMs ?? carried?.durationMs ?? 0;
}

/** Limits that people set: whole and round. */
const roundSeconds: readonly number[] = [1, 2, 3, 5, 10, 15, 20, 25, 30, 45, 50, 60, 90, 100, 120, 180, 240, 300, 600, 900];
/** Statuses that come of waiting. */
const waitingStatuses: ReadonlySet<number> = new Set([502, 503, 504, 522, 524, 408]);
/** A limit ends the wait a little late: timers are coarse, and the answer still has to travel. */
const latestMs = 600;
const earliestMs = 60;

/** The time limit that a wait equals: of the product that gave up, of another one seen on the way, or by the round number alone. */
function matchedLimit(
  status: number,
  waitedMs: number | null,
  roundTripMs: number,
  found: readonly Recognised[],
  author: Recognised | null,
): MatchedLimit | null {
  if (waitedMs === null || !waitingStatuses.has(status)) return null;
  const ownMs = waitedMs - roundTripMs;
  const fits = (seconds: number, slackMs: number): boolean => ownMs >= seconds * 1000 - earliestMs && ownMs <= seconds * 1000 + slackMs;
  const inOrder = author === null ? found : [author, ...found.filter((one) => one !== author)];
  for (const { answerer } of inOrder) {
    const limit = answerer.limits?.find((one) => one.statuses.includes(status) && fits(one.seconds, latestMs + one.seconds * 10));
    if (limit !== undefined) return { seconds: limit.seconds, answerer: answerer.name, setting: limit.setting };
  }
  const round = status === 504 || status === 524 || status === 522 ? roundSeconds.find((seconds) => fits(seconds, 250)) : undefined;
  return round === undefined ? null : { seconds: round, answerer: null, setting: null };
}
