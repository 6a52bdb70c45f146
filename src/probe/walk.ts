import type { Budgets } from '../model/expectation.ts';
import { defaultBudgets } from '../model/expectation.ts';
import type { HeaderField } from '../model/observations/http.ts';
import { noTimings, type Timings } from '../model/timings.ts';
import type { Contact, WalkRecord } from '../model/walk-record.ts';
import type { Ports } from '../ports/ports.ts';
import { CookieJar, withCookies } from './cookie-jar.ts';
import { type LookupResult, probeDns } from './dns.ts';
import { type FollowUps, startFollowUps } from './follow-up.ts';
import { allFollowUps } from './follow-ups.ts';
import { loadAhead } from './head-start.ts';
import { probeHttp } from './http.ts';
import { observeUnmeasured, probeHost, probeRoutes } from './local.ts';
import { type Examine, examinationOf } from './page/examination-of.ts';
import { probePage } from './page.ts';
import { observeOwners } from './path/address-owners.ts';
import { observePreload } from './preload.ts';
import { chooseProxy } from './proxy/choice.ts';
import { lookUpProxy } from './proxy/lookup.ts';
import { openPassage, type Passage } from './proxy/passage.ts';
import { createRecorder, type ObservationListener, round } from './recorder.ts';
import { nextTarget, optionsFor, type Visit } from './redirect.ts';
import { createSpareTime, type SpareTime } from './spare-time.ts';
import { createStopwatch, type Stopwatch } from './stopwatch.ts';
import { isTarget, parseTarget, type Target, targetFacts } from './target.ts';
import { type Dialing, type OpenConnection, observeMeasured, probeTcp } from './tcp.ts';
import { probeTls, walkOffer } from './tls.ts';
import { type BesideHandshakes, handshakesBeside } from './tls-addresses.ts';
import { isInterrupted, type WalkContext } from './walk-context.ts';
import { defaultWalkOptions, type WalkOptions } from './walk-options.ts';
import { probeWarmRun } from './warm-run.ts';
import { isWebSocket, openWebSocket, probeWebSocket } from './websocket.ts';

/**
 * How long addresses that have not answered are waited for once the request is done: long enough for a second SYN (RFC 6298 section 2:
 * initial timeout one second) and its answer.
 */
const addressPatienceMs = 2200;
/** How long resolvers asked beside the lookup are waited for in all: until they were asked a second time and could answer that. */
const resolverPatienceMs = 1200;
/** A request this long under way waits for the network. */
const waitingMs = 400;

/**
 * Walks one request from target to page, on one connection, and returns everything it learned. Never throws for what the network does;
 * interruption by `options.signal` returns what was learned until then.
 *
 * @param input what the user typed
 */
export async function walk(
  input: string,
  options: Partial<WalkOptions>,
  ports: Ports,
  listener: ObservationListener = () => {},
): Promise<WalkRecord> {
  const budgets: Budgets = options.budgets ?? defaultBudgets;
  const context: WalkContext = {
    options: { ...defaultWalkOptions, budgets, ...options },
    ports,
    recorder: createRecorder(ports.clock, listener, options.onContact),
  };
  const startedAt = new Date(ports.clock.wallMs()).toISOString();
  const typed = parseTarget(input);
  const { recorder } = context;
  const timings = isTarget(typed) ? await walkChain(context, typed) : noTimings;
  if (!isTarget(typed)) recorder.observe({ kind: 'target.rejected', checkpoint: 'target', atMs: recorder.sinceStart(), input, ...typed });
  const durationMs = recorder.sinceStart();
  const { observations, contacted } = recorder.close();
  const { url, scheme, host, port } = isTarget(typed) ? targetFacts(typed) : { url: null, scheme: null, host: null, port: null };
  return {
    startedAt,
    durationMs,
    vantage: ports.host.vantage(),
    target: { input, url, scheme, host, port, expect: context.options.expect },
    context: { expect: context.options.expect, budgets, interrupted: isInterrupted(context) },
    observations,
    timings,
    contacted,
  };
}

/** The request typed, and every request its redirects lead to. */
async function walkChain(context: WalkContext, typed: Target): Promise<Timings> {
  const visited: Visit[] = [{ url: typed.url, cookies: null }];
  const jar = new CookieJar();
  let { keepsCookies } = context.options;
  let target = typed;
  let method = context.options.method;
  for (let hop = 0; ; hop++) {
    const options = optionsFor(context.options, typed, target);
    const headers = withCookies(options.headers, keepsCookies ? jar.fieldFor(target) : null);
    const hopContext = { ...context, options: { ...options, headers }, recorder: context.recorder.forHop(hop) };
    const startMs = context.recorder.sinceStart();
    const { answer, timings } = await walkRequest(hopContext, target, method, hop === 0 ? 'target' : 'redirect');
    await jar.take(target, answer?.headers ?? [], context.ports.clock.wallMs());
    const cookies = (to: Target): string | null => jar.fieldFor(to)?.value ?? null;
    const next = answer === null ? null : nextTarget(hopContext, target, method, answer, visited, cookies);
    if (next === null) {
      if (context.options.browser !== null) await (await import('./page/browser-visit.ts')).visitInBrowser(hopContext, typed);
      if (hop === 0) return timings;
      return { ...timings, redirectMs: startMs, totalMs: timings.totalMs === null ? null : round(startMs + timings.totalMs) };
    }
    // Where a site sends round until its cookie comes back, a walk without cookies would call a loop what no browser meets.
    keepsCookies ||= visited.some((visit) => visit.url === next.target.url);
    visited.push({ url: next.target.url, cookies: keepsCookies ? cookies(next.target) : null });
    target = next.target;
    method = next.method;
  }
}

type Answer = NonNullable<Awaited<ReturnType<typeof probeHttp>>>;

/** One request: name, connection, TLS, request and page on the critical path; everything else beside it. */
async function walkRequest(
  context: WalkContext,
  target: Target,
  method: string,
  purpose: Contact['purpose'],
): Promise<{ answer: Answer | null; timings: Timings }> {
  const { recorder } = context;
  const startMs = recorder.sinceStart();
  const stopwatch = createStopwatch(context, isSecure(target));
  recorder.observe({ kind: 'target.parsed', checkpoint: 'target', atMs: recorder.sinceStart(), ...targetFacts(target) });
  const followUps = startFollowUps(context, allFollowUps);
  const spare = createSpareTime(context.ports.clock);
  void loadAhead(context, target, method, spare);
  const carried = carry(context, target, method, purpose, watchedBy(spare, stopwatch), followUps, spare);
  const examining = carried.then(({ examine, handshakes }) => examine?.(handshakes?.take ?? null) ?? null);
  // The request needs no processor once it is over, or once it waits.
  const idle = waitAtMost(
    context,
    examining.then((one) => one?.asked),
    waitingMs,
  ).finally(spare.free);
  const host = idle.then(() => probeHost(context));
  // A port that throws does so through `carried`; said twice, the second time would have nobody to hear it.
  host.catch(() => undefined);
  const { answer, lookup, dialing, handshakes, examine } = await carried;
  // Without a page there is nothing to compare over them.
  if (examine === null) handshakes?.close();
  const timings = stopwatch.timings(answer !== null);
  if (answer === null) {
    await followUps.whileWaiting(Promise.all([host, lookup.beside, dialing?.all]));
    await probeRoutes(context);
  } else {
    const patience = [waitForResolvers(context, startMs, lookup), dialing === null ? undefined : waitForAddresses(context, dialing)];
    await followUps.whileWaiting(Promise.all([host, ...patience, examining.then((one) => one?.ended)]));
  }
  handshakes?.close();
  await followUps.finish(answer === null ? 'failed' : 'answered');
  await observePreload(context, target, answer?.headers ?? null);
  await observeOwners(context);
  return { answer, timings };
}

/** The critical path of one request, with what goes on beside it. */
interface Carried {
  answer: Answer | null;
  lookup: LookupResult;
  dialing: Dialing | null;
  /** With the addresses that do not carry the request; to be closed. */
  handshakes: BesideHandshakes | null;
  /** Asks for what the page needs; null where there is no page. To be called, as it closes the connection. */
  examine: Examine | null;
}

async function carry(
  context: WalkContext,
  target: Target,
  method: string,
  purpose: Contact['purpose'],
  stopwatch: Stopwatch,
  followUps: FollowUps,
  spare: SpareTime,
): Promise<Carried> {
  const { options, recorder } = context;
  const port = options.connectTo !== null && options.connectTo.port !== 0 ? options.connectTo.port : target.port;
  const choice = chooseProxy(context, target);
  if (choice.kind === 'unusable') return { ...nothingCarried, lookup: nothingLookedUp };
  if (choice.kind === 'proxy') {
    const { proxy } = choice;
    const lookup = await followUps.whileWaiting(lookUpProxy(context, proxy, target));
    const [host] = lookup.destinations;
    if (lookup.addresses.length === 0 || host === undefined) return { ...nothingCarried, lookup };
    stopwatch.lookedUp(lookup.asked);
    const dialing = probeTcp(context, lookup.addresses, proxy.port, 'proxy');
    const open = (opened: OpenConnection): Promise<Passage | null> => openPassage({ context, proxy, opened, host, port }, target);
    const carried = await followUps.whileWaiting(carryRequest(context, target, method, dialing, stopwatch, open));
    return { ...nothingCarried, ...carried, lookup, dialing };
  }
  const lookup = await followUps.whileWaiting(probeDns(context, target));
  if (lookup.addresses.length === 0) return { ...nothingCarried, lookup };
  stopwatch.lookedUp(recorder.seen('dns.addresses-chosen').some((chosen) => chosen.durationMs !== undefined));
  const offer = { ...walkOffer(target), alpn: offeredProtocols(context, target) };
  const handshakes = isSecure(target) ? handshakesBeside(context, target, offer, spare, options.page !== 'none') : null;
  const dialing = probeTcp(context, lookup.addresses, port, purpose, handshakes?.carrier);
  const carried = await followUps.whileWaiting(carryRequest(context, target, method, dialing, stopwatch));
  return { ...carried, lookup, dialing, handshakes };
}

const nothingCarried: Omit<Carried, 'lookup'> = { answer: null, dialing: null, handshakes: null, examine: null };

/** The stopwatch of a request, with which spare time sees what the request does. */
function watchedBy(spare: SpareTime, stopwatch: Stopwatch): Stopwatch {
  const { watch } = spare;
  return {
    ...stopwatch,
    connected(opened) {
      stopwatch.connected(opened);
      watch.connected(opened);
    },
    secured(atMs, roundTrips) {
      stopwatch.secured(atMs, roundTrips);
      watch.secured();
    },
    requestSent(atMs) {
      stopwatch.requestSent(atMs);
      watch.requestSent();
    },
    firstByte(atMs) {
      stopwatch.firstByte(atMs);
      watch.firstByte();
    },
  };
}

const nothingLookedUp: LookupResult = { addresses: [], beside: Promise.resolve(), giveUp() {} };

/** The way from an open connection to one that ends at the target; null when it does not get there. */
type OpenWay = (opened: OpenConnection) => Promise<Passage | null>;

/** Protocols as browsers offer them. WebSocket is negotiated within HTTP/1.1, and fields of one connection exist in it alone. */
function offeredProtocols(context: WalkContext, target: Target): readonly string[] {
  const isUpgrade = target.scheme === 'ws' || target.scheme === 'wss';
  const isOfConnection = context.options.headers.some(({ name }) => /^(connection|upgrade|transfer-encoding|keep-alive)$/i.test(name));
  return isUpgrade || isOfConnection ? ['http/1.1'] : walkOffer(target).alpn;
}

/** RFC 9113 section 7. */
const http2NoError = 0;
const http2RefusedStream = 7;

/** Methods that may be sent again without harm (RFC 9110 section 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Connection, TLS, request and page, each on what the one before it opened; and again with HTTP/1.1 where HTTP/2 was chosen and broke. */
async function carryRequest(
  context: WalkContext,
  target: Target,
  method: string,
  dialing: Dialing,
  stopwatch: Stopwatch,
  openWay?: OpenWay,
): Promise<Pick<Carried, 'answer' | 'examine'>> {
  const opened = await dialing.first;
  if (opened === null) return unanswered;
  const protocols = offeredProtocols(context, target);
  const first = await requestOver(context, target, method, opened, stopwatch, protocols, openWay);
  if (first.answer !== null || !brokeSecond(context, method, opened)) return first;
  const again = async (offered: readonly string[]): Promise<[OpenConnection | null, Pick<Carried, 'answer' | 'examine'>]> => {
    const { address, port } = opened.connection.remote;
    const reopened = await probeTcp(context, [address], port, openWay === undefined ? 'target' : 'proxy').first;
    if (reopened === null) return [null, unanswered];
    return [reopened, await requestOver(context, target, method, reopened, sentAgain(stopwatch), offered, openWay)];
  };
  if (wasInvited(context, opened)) {
    const [reopened, second] = await again(protocols);
    if (reopened === null || second.answer !== null || !brokeSecond(context, method, reopened)) return second;
  }
  return (await again(['http/1.1']))[1];
}

/** HTTP/2 was chosen on a connection, no answer came, and the request may be sent once more. */
function brokeSecond(context: WalkContext, method: string, opened: OpenConnection): boolean {
  const { recorder } = context;
  const wasSecond = recorder.seen('http.request-sent').some((sent) => sent.connection === opened.id && sent.version === '2');
  const wasSilent = recorder.seen('tcp.peer-silent').some((silent) => silent.connection === opened.id);
  return wasSecond && !wasSilent && safeMethods.has(method) && !isInterrupted(context);
}

/** The server did not look at the request, and says so: browsers send it once more over the same version (RFC 9113 section 8.7). */
function wasInvited({ recorder }: WalkContext, opened: OpenConnection): boolean {
  return recorder
    .seen('http.stream-ended')
    .some(
      (ended) =>
        ended.connection === opened.id &&
        (ended.how === 'goaway' ? ended.errorCode === http2NoError : ended.errorCode === http2RefusedStream),
    );
}

const unanswered: Pick<Carried, 'answer' | 'examine'> = { answer: null, examine: null };

/** Of a request that is sent again, what comes before is part of sending it. */
function sentAgain(stopwatch: Stopwatch): Stopwatch {
  return { ...stopwatch, connected: () => undefined, passed: () => undefined, secured: () => undefined };
}

async function requestOver(
  context: WalkContext,
  target: Target,
  method: string,
  opened: OpenConnection,
  stopwatch: Stopwatch,
  protocols: readonly string[],
  openWay?: OpenWay,
): Promise<Pick<Carried, 'answer' | 'examine'>> {
  let examine: Carried['examine'] = null;
  let refresh: Answer['refresh'];
  try {
    stopwatch.connected(opened);
    const way = openWay === undefined ? { opened, target, fields: [], roundTrips: 0 } : await openWay(opened);
    if (way === null) return unanswered;
    if (way.roundTrips > 0) stopwatch.passed(context.ports.clock.nowMs(), way.roundTrips);
    const secured = await secure(context, target, way.opened, stopwatch, protocols);
    if (secured === null) return unanswered;
    if (secured !== way.opened) observeMeasured(context, secured, 'secured');
    const opening = isWebSocket(target) ? openWebSocket(context, target) : null;
    const fields = [...way.fields, ...(opening?.fields ?? [])];
    const answer = await probeHttp(withFields(context, fields), way.target, method, secured, stopwatch);
    if (opening !== null && answer?.status === 101) await probeWebSocket(context, secured, opening.key, answer);
    if (answer !== null) await measureAtEnd(context, secured);
    if (answer !== null) await probeWarmRun(withFields(context, way.fields), way.target, method, secured, answer);
    if (answer?.body !== undefined && answer.body !== null) {
      const document = probePage(context, { url: target.url, headers: answer.headers, body: answer.body });
      ({ refresh } = document);
      examine = examinationOf(context, target, method, answer, document, openWay === undefined ? secured : null);
    }
    return { answer: refresh === undefined || answer === null ? answer : { ...answer, refresh }, examine };
  } finally {
    // The page's other parts come over the same connection.
    if (examine === null || openWay !== undefined) opened.connection.destroy();
  }
}

/** The request is over and nothing is being timed: what the kernel counted on its connection, or why that is not known. */
async function measureAtEnd(context: WalkContext, opened: OpenConnection): Promise<void> {
  const isComplete = context.recorder.seen('http.body-received').at(-1)?.end === 'complete';
  const measured = await opened.connection.measure();
  if ('name' in measured) observeUnmeasured(context, 'kernel-sockets', measured);
  else observeMeasured(context, opened, isComplete ? 'answered' : 'response-body', measured);
}

function withFields(context: WalkContext, fields: readonly HeaderField[]): WalkContext {
  return fields.length === 0 ? context : { ...context, options: { ...context.options, headers: [...context.options.headers, ...fields] } };
}

function isSecure(target: Target): boolean {
  return target.scheme === 'https' || target.scheme === 'wss';
}

async function secure(
  context: WalkContext,
  target: Target,
  opened: OpenConnection,
  stopwatch: Stopwatch,
  protocols: readonly string[],
): Promise<OpenConnection | null> {
  return isSecure(target) ? probeTls(context, target, opened, stopwatch, protocols) : opened;
}

/** The request is answered: resolvers that are silent so far get time for a second question. */
async function waitForResolvers(context: WalkContext, startMs: number, lookup: LookupResult): Promise<void> {
  const patienceMs = Math.min(context.options.timeoutMs, resolverPatienceMs);
  await waitAtMost(context, lookup.beside, patienceMs - (context.recorder.sinceStart() - startMs));
  lookup.giveUp();
  await lookup.beside;
}

/** The request is answered: other addresses get time for a second SYN. */
async function waitForAddresses(context: WalkContext, dialing: Dialing): Promise<void> {
  const { options, recorder } = context;
  const carried = recorder.seen('tcp.connected')[0];
  const connectMs = carried?.durationMs ?? 0;
  const patienceMs = Math.min(options.timeoutMs, Math.max(addressPatienceMs, connectMs * 4));
  await waitAtMost(context, dialing.all, patienceMs - (recorder.sinceStart() - ((carried?.atMs ?? 0) - connectMs)));
  // What arrived in time while this process was busy is read before anything is called silent.
  await context.ports.clock.sleep(0);
  await dialing.giveUp();
}

/** Waits for work to end, for a time at most, or until the walk is interrupted. */
async function waitAtMost(context: WalkContext, work: Promise<unknown>, patienceMs: number): Promise<void> {
  const ended = new AbortController();
  const { signal } = context.options;
  const sleep = context.ports.clock.sleep(
    Math.max(0, patienceMs),
    signal === null ? ended.signal : AbortSignal.any([ended.signal, signal]),
  );
  await Promise.race([work, sleep]);
  ended.abort();
}
