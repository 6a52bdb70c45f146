import type { HeaderField, HttpRedirected } from '../model/observations/http.ts';
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
}

/** Where a response sends the client, and with which method; null when it does not, or the walk does not go there. Observes which. */
export function nextTarget(
  context: WalkContext,
  from: Target,
  method: string,
  answer: RedirectSource,
  visited: readonly string[],
): { target: Target; method: string } | null {
  const { options, recorder } = context;
  if (!redirects.has(answer.status)) return null;
  const location = answer.headers.find((header) => header.name === 'location')?.value ?? null;
  const url = location === null ? null : resolve(location, from.url);
  const parsed = url === null ? null : parseUrl(url);
  const next = parsed !== null && isTarget(parsed) ? parsed : null;
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
      outcome,
    });
  const refused = refusal(location, url, parsed !== null && 'reason' in parsed ? parsed.reason : null);
  const isWanted = options.expect.statuses?.includes(answer.status) === true || options.maxRedirects === 0;
  if (isWanted) observe('not-followed');
  else if (refused !== null || next === null) observe(refused ?? 'invalid-location');
  else if (!followedSchemes.has(next.scheme)) observe('forbidden-scheme');
  else if (visited.includes(next.url)) observe('visited-before');
  else if (visited.length > options.maxRedirects) observe('too-many');
  else {
    observe('followed');
    // Browsers keep a URL's credentials within its origin.
    const credentials = next.credentials ?? (isSameOrigin(from, next) ? from.credentials : null);
    return { target: { ...next, credentials }, method: methodAfter(answer.status, method) };
  }
  return null;
}

/** Whether the connection may carry another request (RFC 9112 section 9.3). */
function leavesOpen({ recorder }: WalkContext, answer: RedirectSource): boolean {
  const body = recorder.seen('http.body-received').findLast((one) => one.connection === answer.connection);
  const closes = answer.headers.some(({ name, value }) => name.toLowerCase() === 'connection' && /\bclose\b/i.test(value));
  return body?.end === 'complete' && body.framing !== 'until-close' && !closes;
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
