import type { HeaderField, HttpRedirected } from '../model/observations/http.ts';
import type { PageDocument } from '../model/observations/page.ts';
import { isSecretField } from './request.ts';
import { isTarget, parseUrl, type Target } from './target.ts';
import type { WalkContext } from './walk-context.ts';
import type { WalkOptions } from './walk-options.ts';

/** Statuses that point elsewhere (RFC 9110 section 15.4). */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const followedSchemes: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss']);

/**
 * The options of one request of a chain: what was stated for the host typed does not go with a redirect to another. Secrets and Host would
 * tell a stranger, and the address to connect to is not the stranger's (Fetch standard, HTTP-redirect fetch, for Authorization).
 */
export function optionsFor(options: WalkOptions, typed: Target, target: Target): WalkOptions {
  const isUpgrade = target.host === typed.host && typed.scheme === 'http' && target.scheme === 'https';
  return {
    ...options,
    connectTo: target.host === typed.host ? options.connectTo : null,
    origin: target.host === typed.host ? options.origin : null,
    healthPath: target.host === typed.host ? options.healthPath : null,
    headers:
      isSameOrigin(typed, target) || isUpgrade
        ? options.headers
        : options.headers.filter((field) => !isSecretField(field.name) && !/^host$/i.test(field.name)),
  };
}

/** RFC 6454 section 5. */
function isSameOrigin(one: Target, other: Target): boolean {
  return one.scheme === other.scheme && one.host === other.host && one.port === other.port;
}

/** The part of a response that a redirect is read from. */
export interface RedirectSource {
  status: number;
  headers: readonly HeaderField[];
  connection: string;
  server: HttpRedirected['server'];
  /** Where its document sends browsers by itself; absent when nowhere. */
  refresh?: NonNullable<PageDocument['refresh']>;
}

/** A request of a chain, and the cookies that were sent with it. */
export interface Visit {
  url: string;
  /** The whole field; null without. */
  cookies: string | null;
}

/** A server that sets another cookie each time is asked so often: browsers would go on to their limit. */
const mostVisits = 4;

/**
 * Where a response sends the client, and with which method; null when it does not, or the walk does not go there. Observes which.
 *
 * @param cookies the field that a browser would send there
 */
export function nextTarget(
  context: WalkContext,
  from: Target,
  method: string,
  answer: RedirectSource,
  visited: readonly Visit[],
  cookies: (target: Target) => string | null = () => null,
): { target: Target; method: string } | null {
  const { options, recorder } = context;
  if (!redirects.has(answer.status)) return afterRefresh(context, from, method, answer, visited);
  const locations = locationsOf(answer.headers);
  const location = locations.length === 0 ? null : locations.join(', ');
  const url = locations.length === 1 ? resolve(locations[0] ?? '', from.url) : null;
  const parsed = url === null ? null : parseUrl(url);
  const next = parsed !== null && isTarget(parsed) ? parsed : null;
  const sent = next === null ? null : cookies(next);
  const before = visited.filter((visit) => visit.url === next?.url);
  const isLoop = before.length >= mostVisits || before.some((visit) => visit.cookies === sent);
  const observe = (outcome: HttpRedirected['outcome']): void =>
    recorder.observe({
      kind: 'http.redirected',
      checkpoint: 'http',
      atMs: recorder.sinceStart(),
      connection: answer.connection,
      server: answer.server,
      status: answer.status,
      location,
      url: next?.url ?? url,
      ...(from.scheme === 'https' && next?.scheme === 'http' ? { downgrade: true as const } : {}),
      ...(next !== null && isSameOrigin(from, next) && leavesOpen(context, answer) ? { reusesConnection: true as const } : {}),
      ...(before.length > 0 && sent !== null ? { cookies: isLoop ? ('sent-before' as const) : ('sent-now' as const) } : {}),
      outcome,
    });
  const refused = refusal(location, url, parsed !== null && 'reason' in parsed ? parsed.reason : null);
  const isWanted = options.expect.statuses?.includes(answer.status) === true || options.maxRedirects === 0;
  if (isWanted) observe('not-followed');
  else if (refused !== null || next === null) observe(refused ?? 'invalid-location');
  else if (!followedSchemes.has(next.scheme)) observe('forbidden-scheme');
  else if (isLoop) observe('visited-before');
  else if (visited.length > options.maxRedirects) observe('too-many');
  else {
    observe('followed');
    // Browsers keep a URL's credentials within its origin.
    const credentials = next.credentials ?? (isSameOrigin(from, next) ? from.credentials : null);
    return { target: { ...next, credentials }, method: methodAfter(answer.status, method) };
  }
  return null;
}

/** So soon nobody reads the document before it is left. */
const refreshSeconds = 1;

/** A document that sends browsers on at once is as good as a redirect. One that does not lead anywhere else stands for itself. */
function afterRefresh(
  { options, recorder }: WalkContext,
  from: Target,
  method: string,
  answer: RedirectSource,
  visited: readonly Visit[],
): { target: Target; method: string } | null {
  const { refresh } = answer;
  if (refresh === undefined || refresh.afterSeconds > refreshSeconds || answer.status !== 200 || method !== 'GET') return null;
  const isWanted = options.expect.text !== undefined && recorder.seen('page.document').at(-1)?.expectedTextFound === true;
  if (isWanted || visited.length > options.maxRedirects) return null;
  const url = resolve(refresh.url, from.url);
  const parsed = url === null ? null : parseUrl(url);
  if (parsed === null || !isTarget(parsed) || !followedSchemes.has(parsed.scheme)) return null;
  if (visited.some((visit) => visit.url === parsed.url)) return null;
  recorder.observe({
    kind: 'http.redirected',
    checkpoint: 'http',
    atMs: recorder.sinceStart(),
    connection: answer.connection,
    server: answer.server,
    status: answer.status,
    location: refresh.url,
    url: parsed.url,
    by: 'refresh',
    ...(from.scheme === 'https' && parsed.scheme === 'http' ? { downgrade: true as const } : {}),
    outcome: 'followed',
  });
  return { target: parsed, method };
}

/** Whether the connection may carry another request (RFC 9112 section 9.3). */
function leavesOpen({ recorder }: WalkContext, answer: RedirectSource): boolean {
  const body = recorder.seen('http.body-received').findLast((one) => one.connection === answer.connection);
  const closes = answer.headers.some(({ name, value }) => name.toLowerCase() === 'connection' && /\bclose\b/i.test(value));
  return body?.end === 'complete' && body.framing !== 'until-close' && !closes;
}

/** Browsers take an empty Location for none, and follow neither of two that differ. */
function locationsOf(headers: readonly HeaderField[]): string[] {
  const stated = headers.filter((header) => header.name === 'location').map((header) => header.value.trim());
  return [...new Set(stated)].filter((location) => location !== '');
}

function resolve(location: string, base: string): string | null {
  return URL.canParse(location, base) ? new URL(location, base).href : null;
}

function refusal(location: string | null, url: string | null, reason: string | null): HttpRedirected['outcome'] | null {
  if (location === null) return 'missing-location';
  if (url === null) return 'invalid-location';
  if (reason === 'unsupported-scheme') return 'forbidden-scheme';
  return reason === null ? null : 'invalid-location';
}

/** Fetch standard, HTTP-redirect fetch: 303 turns everything but HEAD into GET; 301 and 302 turn POST into GET. */
function methodAfter(status: number, method: string): string {
  if (status === 303 && method !== 'HEAD') return 'GET';
  return (status === 301 || status === 302) && method === 'POST' ? 'GET' : method;
}
