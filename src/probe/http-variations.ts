import type { Endpoint } from '../model/observations/base.ts';
import type { HeaderField, HttpVariation, HttpVariationTried } from '../model/observations/http.ts';
import type { FollowUp } from './follow-up.ts';
import { type HttpAnswer, probeHttp } from './http.ts';
import { noStopwatch } from './page/no-stopwatch.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { isSecretField } from './request.ts';
import { parseUrl, type Target } from './target.ts';
import type { OpenConnection } from './tcp.ts';
import { isProven, walkOffer } from './tls.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

// A thorough walk runs every experiment; these make sense only where they are wanted, and look again before they begin.

/** The walk's request again, with one thing changed. */
interface Variation {
  variation: HttpVariation;
  server: Endpoint;
  target: Target;
  /** Added to, or in place of, fields of the request. */
  headers?: readonly HeaderField[];
  /** Offered in TLS; default: as the walk offers. */
  protocols?: readonly string[];
}

/** Enough to judge an answer by. */
const bodyLimitBytes = 65_536;
/** A name that no server is likely to serve, and no filter to stop (RFC 2606). */
const otherName = 'example.org';
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function targetOf(context: WalkContext): Target | null {
  const parsed = context.recorder.seen('target.parsed')[0];
  const target = parsed === undefined ? null : parseUrl(parsed.url);
  return target !== null && 'url' in target ? target : null;
}

function statusOf(context: WalkContext): number | null {
  return context.recorder.seen('http.response-received').find((one) => one.followUp === undefined)?.status ?? null;
}

/** The address that carried the request. */
function serverOf(context: WalkContext): Endpoint | null {
  return context.recorder.seen('tcp.connected').find((one) => one.carried && one.followUp === undefined)?.server ?? null;
}

/** A redirect leads to another request, which is compared in its place. */
function isRedirect(context: WalkContext): boolean {
  const status = statusOf(context);
  return status !== null && redirectStatuses.has(status);
}

/** Edge against origin: the same request to the address given, Host and SNI kept. */
export const askOrigin: FollowUp = {
  name: 'origin',
  afterSuccess: true,
  startsEarly: true,
  isWanted: (context) => context.options.origin !== null && !isRedirect(context),
  async run(context) {
    if (!this.isWanted(context)) return;
    const target = targetOf(context);
    const { origin } = context.options;
    if (target === null || origin === null) return;
    const port = origin.port === 0 ? target.port : origin.port;
    await tryVariation(context, { variation: 'origin', server: { ...origin, port }, target });
  },
};

/** Health path against failing path, at the address that carried the request. */
export const askHealthPath: FollowUp = {
  name: 'health-path',
  afterSuccess: true,
  isWanted: (context) => context.options.healthPath !== null && serverOf(context) !== null && !isRedirect(context) && !isProxied(context),
  async run(context) {
    if (!this.isWanted(context)) return;
    const target = targetOf(context);
    const server = serverOf(context);
    const { healthPath } = context.options;
    if (target === null || server === null || healthPath === null) return;
    const url = new URL(healthPath, target.url);
    await tryVariation(context, {
      variation: 'health-path',
      server,
      target: { ...target, url: url.href, requestTarget: `${url.pathname}${url.search}` },
    });
  },
};

/** An error that a cache kept: the same request past it (RFC 9111 section 5.2.1.4). */
export const askPastCache: FollowUp = {
  name: 'past-cache',
  afterSuccess: true,
  isWanted(context) {
    const received = context.recorder.seen('http.response-received').find((one) => one.followUp === undefined);
    if (received === undefined || received.status < 400 || isProxied(context)) return false;
    return received.headers.some(({ name, value }) =>
      name === 'age'
        ? Number(value) > 0
        : /^(cache-status|x-cache|cf-cache-status|x-.*-cache(-status)?|cdn-cache)$/.test(name) && /\bhit\b/i.test(value),
    );
  },
  async run(context) {
    if (!this.isWanted(context)) return;
    const target = targetOf(context);
    const server = serverOf(context);
    if (target === null || server === null) return;
    const headers = [
      { name: 'Cache-Control', value: 'no-cache' },
      { name: 'Pragma', value: 'no-cache' },
    ];
    await tryVariation(context, { variation: 'past-cache', server, target, headers });
  },
};

/** In clear a box on the way can read the Host field: the same request once more, and the same with another name. */
export const askOtherHost: FollowUp = {
  name: 'other-host',
  isWanted: (context) => isInClear(context) && isCutShort(context) && !isProxied(context),
  async run(context) {
    if (!this.isWanted(context)) return;
    const target = targetOf(context);
    const server = serverOf(context);
    if (target === null || server === null) return;
    await Promise.all([
      tryVariation(context, { variation: 'again', server, target }),
      tryVariation(context, { variation: 'other-host', server, target, headers: [{ name: 'Host', value: otherName }] }),
    ]);
  },
};

function isInClear(context: WalkContext): boolean {
  const scheme = context.recorder.seen('target.parsed')[0]?.scheme;
  return scheme === 'http' || scheme === 'ws';
}

/** The connection ended after the request, before an answer. */
function isCutShort(context: WalkContext): boolean {
  const { recorder } = context;
  return (
    statusOf(context) === null &&
    [...recorder.seen('tcp.reset-received'), ...recorder.seen('tcp.closed-by-peer')].some(
      (end) => end.followUp === undefined && (end.phase === 'request-sent' || end.phase === 'response-header'),
    )
  );
}

/** The content broke over HTTP/2: the same request over HTTP/1.1. */
export const askOlderVersion: FollowUp = {
  name: 'http-1.1',
  afterSuccess: true,
  isWanted(context) {
    const received = context.recorder.seen('http.response-received').find((one) => one.followUp === undefined);
    const body = context.recorder.seen('http.body-received').find((one) => one.followUp === undefined);
    return received?.version === '2' && body?.end === 'cut-off' && !isProxied(context);
  },
  async run(context) {
    if (!this.isWanted(context)) return;
    const target = targetOf(context);
    const server = serverOf(context);
    if (target === null || server === null) return;
    await tryVariation(context, { variation: 'http-1.1', server, target, protocols: ['http/1.1'] }, context.options.maxBodyBytes);
  },
};

/** Makes the request on a connection of its own and observes what came of it, with the header that answered. */
async function tryVariation(context: WalkContext, asked: Variation, maxBodyBytes: number = bodyLimitBytes): Promise<void> {
  const { recorder, ports, options } = context;
  const { variation, server, target } = asked;
  const startMs = ports.clock.nowMs();
  const observe = (
    facts: Omit<HttpVariationTried, 'id' | 'hop' | 'atMs' | 'kind' | 'checkpoint' | 'variation' | 'server' | 'url' | 'host'>,
  ): void =>
    recorder.observe({
      kind: 'http.variation-tried',
      checkpoint: 'http',
      atMs: recorder.sinceStart(),
      durationMs: round(ports.clock.nowMs() - startMs),
      variation,
      server,
      url: target.url,
      host: asked.headers?.find((field) => field.name === 'Host')?.value ?? new URL(target.url).host,
      ...facts,
    });
  recorder.contact({ ...server, purpose: 'follow-up' });
  const dialed = await ports.tcp.dial(server, waitOf(context));
  if (dialed.kind === 'aborted') return;
  if (dialed.kind !== 'connected') {
    const refused = dialed.kind === 'failed' && dialed.failure.name === 'connection-refused';
    observe({ outcome: refused ? 'refused' : 'unreachable', status: null, proven: null });
    return;
  }
  try {
    const opened: OpenConnection = {
      connection: dialed.connection,
      id: recorder.nextConnection(),
      dialedAtMs: dialed.startMs,
      openedAtMs: dialed.atMs,
    };
    const secured = await secure(context, target, opened, asked.protocols);
    if (secured === null) {
      observe({ outcome: 'tls-failed', status: null, proven: null });
      return;
    }
    const { recorder: aside } = recorder.aside();
    // What the user gave in confidence goes only to a peer that proved its name.
    const kept = secured.proven === false ? options.headers.filter((field) => !isSecretField(field.name)) : options.headers;
    const own = new Set(asked.headers?.map((field) => field.name.toLowerCase()));
    const headers = [...kept.filter((field) => !own.has(field.name.toLowerCase())), ...(asked.headers ?? [])];
    const request = { ...context, recorder: aside, options: { ...options, headers, maxBodyBytes } };
    const answer = await probeHttp(request, target, methodOf(context), secured.opened, noStopwatch);
    const received = aside.seen('http.response-received')[0];
    if (answer === null || received === undefined) {
      observe({ outcome: endOf(aside), status: null, proven: secured.proven });
      return;
    }
    const { id: _, hop: __, ...response } = received;
    recorder.observe(response);
    observe({
      outcome: isWhole(aside, answer) ? 'answered' : 'broken',
      status: answer.status,
      proven: secured.proven,
      firstByteMs: received.durationMs ?? null,
    });
  } finally {
    dialed.connection.destroy();
  }
}

/** Only what may be asked twice is asked twice (RFC 9110 section 9.2.1). */
function methodOf(context: WalkContext): string {
  return /^(GET|HEAD|OPTIONS)$/.test(context.options.method) ? context.options.method : 'GET';
}

function endOf(aside: WalkContext['recorder']): HttpVariationTried['outcome'] {
  if (aside.seen('tcp.reset-received').length > 0 || aside.seen('http.stream-ended').length > 0) return 'reset';
  if (aside.seen('tcp.closed-by-peer').length > 0) return 'closed';
  return aside.seen('tcp.peer-silent').length > 0 ? 'silent' : 'broken';
}

function isWhole(aside: WalkContext['recorder'], answer: HttpAnswer): boolean {
  const body = aside.seen('http.body-received')[0];
  return answer.status > 0 && (body?.end === 'complete' || body?.end === 'limit');
}

async function secure(
  context: WalkContext,
  target: Target,
  opened: OpenConnection,
  protocols: readonly string[] | undefined,
): Promise<{ opened: OpenConnection; proven: boolean | null } | null> {
  if (target.scheme !== 'https' && target.scheme !== 'wss') return { opened, proven: null };
  const offer = walkOffer(target);
  const outcome = await context.ports.tls.handshake(opened.connection, { ...offer, alpn: protocols ?? offer.alpn }, waitOf(context));
  if (outcome.kind !== 'completed') return null;
  const secured = { ...opened, connection: outcome.connection, alpn: outcome.record.alpn };
  return { opened: secured, proven: isProven(outcome.record, target) };
}
