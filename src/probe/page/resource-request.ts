import type { HeaderField, HttpBodyReceived } from '../../model/observations/http.ts';
import type { PageResource } from '../../model/observations/page.ts';
import type { Reference } from '../../page/reference.ts';
import { type HttpAnswer, probeHttp } from '../http.ts';
import type { Aside } from '../recorder.ts';
import { nextTarget, type Visit } from '../redirect.ts';
import { isTarget, parseUrl, type Target, targetFacts } from '../target.ts';
import type { WalkContext } from '../walk-context.ts';
import { noStopwatch } from './no-stopwatch.ts';
import type { Line, OriginPool } from './origin-pool.ts';

const redirectLimit = 5;
/** Of one request: another connection, and another version of HTTP. */
const attemptLimit = 2;

/** What came of asking for one resource. */
export interface Requested {
  outcome: Extract<PageResource['outcome'], 'received' | 'failed' | 'unfinished'>;
  /** The last answer; null when there was none. */
  answer: HttpAnswer | null;
  body: HttpBodyReceived | null;
  finalUrl: string | null;
  /** {@link Clock.nowMs} readings: first request sent out, everything received. Null when no request was made. */
  askedAtMs: number | null;
  endedAtMs: number;
  reachMs: number | null;
  roundTripMs: number | null;
  /** The origin that could not be reached; null when it is not that. */
  unreachable: OriginPool | null;
  /** The last answer leads to where nothing is sent. */
  endsElsewhere: boolean;
  /** Writes down what says why it failed, under the resource's name. */
  keepAs(resource: string): void;
}

/** The connections and limits that all requests for one page share. */
export interface Errand {
  /** The walk's context, with its waits ended when the time for the page is over. */
  context: WalkContext;
  /** The document. */
  document: Target;
  pool(target: Target): OriginPool;
  /** Options for another host: without what was stated for the document's alone. */
  contextFor(target: Target): WalkContext;
  isOver(): boolean;
  /** Whether anything may be sent there: a redirect may lead to whom nothing is to be sent. */
  mayAsk(target: Target): Promise<boolean>;
}

/** Asks for one resource as a browser would for that kind of element, redirects followed. Never rejects for what the network does. */
export async function requestResource(errand: Errand, reference: Reference, url: string): Promise<Requested> {
  const { clock } = errand.context.ports;
  const kept: Aside[] = [];
  const visited: Visit[] = [{ url, cookies: null }];
  let askedAtMs: number | null = null;
  let reachMs: number | null = null;
  let parsed = parseUrl(url);
  const result = (more: Partial<Requested> & Pick<Requested, 'outcome'>): Requested => ({
    answer: null,
    body: null,
    finalUrl: visited.length > 1 ? (visited.at(-1)?.url ?? null) : null,
    askedAtMs,
    endedAtMs: clock.nowMs(),
    reachMs,
    roundTripMs: null,
    unreachable: null,
    endsElsewhere: false,
    keepAs: (resource) => {
      for (const aside of kept) aside.keepAs(resource);
    },
    ...more,
  });
  for (let hop = 0; ; hop++) {
    // References are URLs of http and https already, and so is what is followed.
    if (!isTarget(parsed)) return result({ outcome: 'failed' });
    const target: Target = parsed;
    const asked = await ask(errand, reference, target, hop);
    if (asked === null) {
      if (errand.isOver()) return result({ outcome: 'unfinished' });
      const pool = errand.pool(target);
      const keepAs = (resource: string): void => {
        for (const aside of kept) aside.keepAs(resource);
        pool.keepFailureAs(resource);
      };
      return result({ outcome: 'failed', unreachable: hop === 0 ? pool : null, keepAs });
    }
    const { line, aside, answer, body, sentAtMs, context, isFirstUse } = asked;
    askedAtMs ??= sentAtMs;
    if (isFirstUse) reachMs = (reachMs ?? 0) + line.reachMs;
    kept.push(line.aside, aside);
    const next = answer === null ? null : nextTarget(context, target, 'GET', answer, visited);
    if (next !== null) {
      visited.push({ url: next.target.url, cookies: null });
      if (!(await errand.mayAsk(next.target))) return result({ outcome: 'received', answer, body, endsElsewhere: true });
      parsed = next.target;
      continue;
    }
    const isStopped = errand.isOver() && (answer === null || body?.end !== 'complete');
    const isWhole = answer !== null && (body?.end === 'complete' || body?.end === 'limit') && body.decodeFailure === null;
    return result({
      outcome: isStopped ? 'unfinished' : isWhole ? 'received' : 'failed',
      answer,
      body,
      roundTripMs: line.opened.connection.facts()?.rttMs ?? null,
    });
  }
}

interface Asked {
  line: Line;
  isFirstUse: boolean;
  aside: Aside;
  context: WalkContext;
  answer: HttpAnswer | null;
  body: HttpBodyReceived | null;
  sentAtMs: number;
}

/** One request over a connection of the origin's pool; null when none could be opened. */
async function ask(errand: Errand, reference: Reference, target: Target, hop: number): Promise<Asked | null> {
  const pool = errand.pool(target);
  const base = errand.contextFor(target);
  for (let attempt = 0; ; attempt++) {
    const line = await pool.take();
    if (line === null || errand.isOver()) {
      if (line !== null) pool.give(line, true);
      return null;
    }
    const isFirstUse = !line.used;
    const aside = base.recorder.aside();
    const recorder = aside.recorder.forHop(hop);
    const headers = [...resourceFields(errand.document, reference, target), ...line.fields, ...base.options.headers.filter(isForAll)];
    const context = { ...base, recorder, options: { ...base.options, headers, maxRedirects: redirectLimit } };
    recorder.observe({ kind: 'target.parsed', checkpoint: 'target', atMs: recorder.sinceStart(), ...targetFacts(target) });
    const sentAtMs = context.ports.clock.nowMs();
    const answer = await probeHttp(context, line.toRequest(target), 'GET', line.opened, noStopwatch);
    const body = recorder.seen('http.body-received')[0] ?? null;
    pool.give(line, answer !== null && body !== null && isReusable(answer, body));
    if (answer !== null || attempt >= attemptLimit || !isToBeRepeated(line, isFirstUse, attempt, recorder))
      return { line, isFirstUse, aside, context, answer, body, sentAtMs };
  }
}

/** Whether no answer says nothing of the resource, so that it is asked for anew. */
function isToBeRepeated(line: Line, isFirstUse: boolean, attempt: number, recorder: WalkContext['recorder']): boolean {
  const fate = line.stream?.fate ?? null;
  if (fate === 'http11-required') return true;
  if (attempt > 0) return false;
  // Of many requests on one connection that ended, the server looked at few (RFC 9113 section 8.7).
  if (fate !== null) return fate === 'unanswered';
  // A server may close a connection just when it is used again (RFC 9112 section 9.3.1).
  return !isFirstUse && endedSilently(recorder);
}

function endedSilently(recorder: WalkContext['recorder']): boolean {
  return recorder.seen('tcp.peer-silent').length === 0 && recorder.seen('http.response-malformed').length === 0;
}

function isReusable(answer: HttpAnswer, body: HttpBodyReceived): boolean {
  const connection = answer.headers.find((field) => field.name.toLowerCase() === 'connection')?.value ?? '';
  return body.end === 'complete' && body.framing !== 'until-close' && !/\bclose\b/i.test(connection);
}

/** What the user gave for the document goes with what it needs, but for fields about the document itself. */
function isForAll(field: HeaderField): boolean {
  return !/^(?:accept|host|range|if-[a-z-]+|content-[a-z-]+|referer|origin|upgrade|connection)$/i.test(field.name);
}

const accepted: Readonly<Partial<Record<Reference['element'], string>>> = {
  stylesheet: 'text/css,*/*;q=0.1',
  import: 'text/css,*/*;q=0.1',
  image: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  icon: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  frame: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
};

/** Fields a browser would send for this kind of element: many servers answer images and fonts only to their own pages. */
function resourceFields(document: Target, reference: Reference, target: Target): HeaderField[] {
  const page = new URL(document.url);
  const isSameOrigin = page.origin === new URL(target.url).origin;
  const isDowngrade = page.protocol === 'https:' && target.scheme === 'http';
  // Referrer Policy, section 3: strict-origin-when-cross-origin is the default.
  const referer = isDowngrade ? [] : [{ name: 'Referer', value: isSameOrigin ? document.url : `${page.origin}/` }];
  const origin = reference.crossOrigin !== null && !isSameOrigin ? [{ name: 'Origin', value: page.origin }] : [];
  return [{ name: 'Accept', value: accepted[reference.element] ?? '*/*' }, ...referer, ...origin];
}
