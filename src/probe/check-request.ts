import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { HeaderField } from '../model/observations/http.ts';
import type { LocalCheckAnswered } from '../model/observations/local.ts';
import type { Connection } from '../ports/connection.ts';
import { round } from './recorder.ts';
import { exchangeSmall, type SmallAnswer, titleIn } from './small-exchange.ts';
import { parseUrl, type Target } from './target.ts';
import { isProven } from './tls.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** A small request beside the walk. */
export interface Check {
  asked: LocalCheckAnswered['asked'];
  /** http or https, written out with a literal host or a name. */
  url: string;
  /** Where the host is; null when that has to be looked up. */
  address: string | null;
  /** The answer known in advance: status, and how the content begins. */
  known?: { status: number; text: string };
  /** The longest it may take in all; default: the whole time there is. */
  timeoutMs?: number;
}

export type CheckAnswer = Extract<SmallAnswer, { kind: 'answered' }>;

/** Enough for the title of a page, and for the answers known in advance. */
const contentBytes = 8192;

/**
 * Makes the request, without credentials and without the user's own header fields, and observes what came of it. Certificates are not required to
 * prove anything, and what they prove is written down.
 */
export async function check(context: WalkContext, asked: Check): Promise<CheckAnswer | null> {
  const target = parseUrl(asked.url);
  if (!('url' in target)) return null;
  const { clock } = context.ports;
  const overMs = clock.nowMs() + Math.min(asked.timeoutMs ?? context.options.timeoutMs, context.options.timeoutMs);
  const address = asked.address ?? (await lookUp(context, target, overMs));
  if (typeof address !== 'string') return unanswered(context, asked, null, address);
  const server = { address, port: target.port };
  context.recorder.contact({ ...server, purpose: 'follow-up' });
  const dialed = await context.ports.tcp.dial(server, waitOf(context, overMs - clock.nowMs()));
  if (dialed.kind !== 'connected')
    return unanswered(context, asked, server, dialed.kind === 'failed' ? dialed.failure : { name: dialed.kind });
  const secured =
    target.scheme === 'https' ? await secure(context, target, dialed.connection, overMs) : { connection: dialed.connection, proven: null };
  if ('name' in secured) return unanswered(context, asked, server, secured);
  try {
    const sentMs = clock.nowMs();
    const request = { method: 'GET', target: target.requestTarget, headers: fieldsOf(context, target) };
    const answer = await exchangeSmall(context, secured.connection, request, overMs, contentBytes);
    if (answer.kind === 'failed') return unanswered(context, asked, server, answer.failure);
    observeAnswer(context, asked, server, secured.proven, answer, (sentMs + answer.atMs) / 2);
    return answer;
  } finally {
    secured.connection.destroy();
  }
}

async function lookUp(context: WalkContext, target: Target, overMs: number): Promise<string | Failure> {
  if (target.hostKind !== 'name') return target.host;
  const wait = waitOf(context, overMs - context.ports.clock.nowMs());
  const outcome = await context.ports.names.lookup(target.host, context.options.family, wait);
  if (outcome.kind !== 'found') return outcome.kind === 'failed' ? outcome.failure : { name: outcome.kind };
  return outcome.addresses[0]?.address ?? { name: 'name-not-found' };
}

async function secure(
  context: WalkContext,
  target: Target,
  connection: Connection,
  overMs: number,
): Promise<{ connection: Connection; proven: boolean } | Failure> {
  const offer = { serverName: target.hostKind === 'name' ? target.host : null, alpn: ['http/1.1'] };
  const outcome = await context.ports.tls.handshake(connection, offer, waitOf(context, overMs - context.ports.clock.nowMs()));
  if (outcome.kind === 'completed') return { connection: outcome.connection, proven: isProven(outcome.record, target) };
  connection.destroy();
  if (outcome.kind === 'failed') return outcome.failure;
  const names = { closed: 'connection-aborted', reset: 'connection-reset', 'timed-out': 'timed-out', aborted: 'aborted' } as const;
  return { name: names[outcome.kind] };
}

function fieldsOf(context: WalkContext, target: Target): HeaderField[] {
  return [
    { name: 'Host', value: new URL(target.url).host },
    { name: 'User-Agent', value: context.options.userAgent },
    { name: 'Accept', value: '*/*' },
    { name: 'Connection', value: 'close' },
  ];
}

function unanswered(context: WalkContext, asked: Check, server: Endpoint | null, failure: Failure): null {
  const { recorder } = context;
  const atMs = recorder.sinceStart();
  if (failure.name === 'aborted') return null;
  recorder.observe({ kind: 'local.check-unanswered', checkpoint: 'local', atMs, asked: asked.asked, url: asked.url, server, failure });
  return null;
}

/** @param middleMs {@link Clock.nowMs} in the middle between request and answer: the best guess of when the server looked at its clock */
function observeAnswer(
  context: WalkContext,
  asked: Check,
  server: Endpoint,
  proven: boolean | null,
  answer: CheckAnswer,
  middleMs: number,
): void {
  const { recorder, ports } = context;
  const { head, body, atMs } = answer;
  const serverMs = timeOf(head.fields);
  const wallMs = ports.clock.wallMs() - (ports.clock.nowMs() - middleMs);
  const { known } = asked;
  const captive = asked.asked === 'portal-api' ? captiveIn(body) : null;
  recorder.observe({
    kind: 'local.check-answered',
    checkpoint: 'local',
    atMs: recorder.sinceStart(atMs),
    asked: asked.asked,
    url: asked.url,
    server,
    proven,
    status: head.status,
    location: locationOf(head.fields, asked.url),
    asKnown: known === undefined ? null : head.status === known.status && new TextDecoder().decode(body).startsWith(known.text),
    clockAheadMs: serverMs === null ? null : round(wallMs - serverMs),
    title: titleIn(body),
    ...(captive === null ? {} : { captive }),
  });
}

function fieldIn(fields: readonly HeaderField[], name: string): string | null {
  return fields.find((field) => field.name.toLowerCase() === name)?.value ?? null;
}

/** Where an answer points, resolved; null when it does not point anywhere. */
export function locationOf(fields: readonly HeaderField[], base: string): string | null {
  const location = fieldIn(fields, 'location');
  return location !== null && URL.canParse(location, base) ? new URL(location, base).href : null;
}

/** The server's time: Date, and Age for an answer that a cache kept (RFC 9111 section 4.2.3). Half a second is the middle of what Date leaves out. */
function timeOf(fields: readonly HeaderField[]): number | null {
  const date = Date.parse(fieldIn(fields, 'date') ?? '');
  const age = fieldIn(fields, 'age') ?? '0';
  return Number.isNaN(date) || !/^\d{1,9}$/.test(age) ? null : date + Number(age) * 1000 + 500;
}

/** RFC 8908 section 5: an object with `captive`; null when it is something else. */
function captiveIn(body: Uint8Array): boolean | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const captive = typeof value === 'object' && value !== null && 'captive' in value ? value.captive : null;
    return typeof captive === 'boolean' ? captive : null;
  } catch {
    return null;
  }
}
