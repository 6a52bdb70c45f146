import type { ProxyChoice } from '../proxy/choice.ts';
import { openPassage, type Passage } from '../proxy/passage.ts';
import type { Aside } from '../recorder.ts';
import type { Target } from '../target.ts';
import { type OpenConnection, probeTcp } from '../tcp.ts';
import { probeTls, walkOffer } from '../tls.ts';
import type { WalkContext } from '../walk-context.ts';
import { noStopwatch } from './no-stopwatch.ts';
import { type LookedUp, lookUpOrigin } from './origin-lookup.ts';
import { type SharedConnection, type SharedStream, shareConnection } from './shared-connection.ts';

/** Connections to one host that browsers keep open at once over HTTP/1.1. */
const connectionLimit = 6;
/** Addresses tried at once. */
const addressLimit = 4;

/** Connections over which HTTP/2 was chosen and no request was answered, after which HTTP/1.1 is used. */
const barrenLimit = 2;

/** A connection that carries one request after the other, or the share of one request in a connection of HTTP/2. */
export interface Line extends Pick<Passage, 'opened' | 'fields'> {
  /** The request target in the form the way needs. */
  toRequest(target: Target): Target;
  /** What was observed when it was opened. */
  aside: Aside;
  /** It carried a request before. */
  used: boolean;
  /** How long it took to open, lookup included. */
  reachMs: number;
  /** Null for a connection of its own. */
  stream: SharedStream | null;
}

/** A way to the origin, and how long it took. */
type Way = Omit<Line, 'used' | 'stream'>;

/** Connections to one scheme, host and port, shared by everything the page needs from there. */
export interface OriginPool {
  /** A connection that is free, or a new one; waits for one while as many are open as a browser would open. Null when the origin cannot be reached. */
  take(): Promise<Line | null>;
  /** Back to the others when it can carry another request, else closed. The share of a connection ends in any case. */
  give(line: Line, isReusable: boolean): void;
  /** Writes down, under the name of a resource, why the origin cannot be reached. */
  keepFailureAs(resource: string): void;
  /** The resource under whose name that was written down first; null before. */
  readonly failureKeptAs: string | null;
  close(): void;
}

/**
 * @param context of the walk; its options are those for this origin
 * @param target any URL of the origin
 * @param wanted how many requests are likely to be made: no more connections than half of them are opened, as opening one takes longer than a
 * small answer
 * @param seed a connection that is open already; the pool closes it
 * @param expectsHttp2 the origin is likely to choose HTTP/2: the first connection tells before others are opened
 */
export function createOriginPool(
  context: WalkContext,
  target: Target,
  wanted: number,
  seed: OpenConnection | null,
  expectsHttp2: boolean,
): OriginPool {
  const { clock } = context.ports;
  const lookupAside = context.recorder.aside();
  const limit = Math.max(1, Math.min(connectionLimit, Math.ceil(wanted / 2)));
  const idle: Line[] = [];
  const waiting: ((line: Line | null) => void)[] = [];
  const shares = new Set<Share>();
  /** The one that takes requests. */
  let share: Share | null = null;
  let speaks: 'unknown' | 'http/1.1' | 'h2' = 'unknown';
  let barren = 0;
  /** Connections of one request at a time. */
  let open = 0;
  let opening = 0;
  let isDead = false;
  let isClosed = false;
  let lastFailure: Aside | null = null;
  let keptAs: string | null = null;
  let lookedUp: Promise<LookedUp> | null = null;
  let raced: Promise<OpenConnection | null> | null = null;
  if (seed !== null) {
    const way = { opened: seed, fields: [], toRequest: (one: Target) => one, aside: context.recorder.aside(), reachMs: 0 };
    if (seed.alpn === 'h2') startSharing(way, true);
    else {
      speaks = 'http/1.1';
      idle.push({ ...way, used: true, stream: null });
      open = 1;
    }
  }

  function lookUp(): Promise<LookedUp> {
    lookedUp ??= lookUpOrigin({ ...context, recorder: lookupAside.recorder }, target);
    return lookedUp;
  }

  async function openWay(): Promise<Way | null> {
    const startMs = clock.nowMs();
    const aside = context.recorder.aside();
    const asideContext = { ...context, recorder: aside.recorder };
    const { choice, addresses, destination, port } = await lookUp();
    const [first] = addresses;
    if (first === undefined || destination === null) return null;
    // The first attempt races all addresses; the others take the preferred one at once, and what won when that fails.
    const isFirst = raced === null;
    const race = raced ?? dial(asideContext, addresses.slice(0, addressLimit), port);
    raced = race;
    let opened = isFirst ? await race : await dial(asideContext, [first], port);
    const winner = opened === null && !isFirst ? ((await race)?.connection.remote.address ?? null) : null;
    if (winner !== null && winner !== first) opened = await dial(asideContext, [winner], port);
    if (opened === null) {
      lastFailure = aside;
      return null;
    }
    const way = await passAndSecure(asideContext, opened, choice, destination);
    if (way === null) {
      opened.connection.destroy();
      lastFailure = aside;
      return null;
    }
    return { ...way, aside, reachMs: clock.nowMs() - startMs };
  }

  async function passAndSecure(
    asideContext: WalkContext,
    opened: OpenConnection,
    choice: ProxyChoice,
    destination: string,
  ): Promise<Pick<Line, 'opened' | 'fields' | 'toRequest'> | null> {
    let way: Pick<Line, 'opened' | 'fields' | 'toRequest'> = { opened, fields: [], toRequest: (one) => one };
    if (choice.kind === 'proxy') {
      const step = { context: asideContext, proxy: choice.proxy, opened, host: destination, port: target.port };
      const passage = await openPassage(step, target);
      if (passage === null) return null;
      const isForwarded = passage.target !== target;
      way = {
        opened: passage.opened,
        fields: passage.fields,
        toRequest: (one) => (isForwarded ? { ...one, requestTarget: one.url } : one),
      };
    }
    if (target.scheme !== 'https') return way;
    const secured = await probeTls(asideContext, target, way.opened, noStopwatch, offered());
    return secured === null ? null : { ...way, opened: secured };
  }

  /** Where HTTP/2 broke, or was not asked for, HTTP/1.1 is what is offered. */
  function offered(): readonly string[] {
    return speaks === 'http/1.1' ? ['http/1.1'] : walkOffer(target).alpn;
  }

  /** Opens one more connection for whoever waits. */
  async function grow(): Promise<void> {
    opening += 1;
    const way = await openWay();
    opening -= 1;
    if (way === null) {
      if (open + opening > 0 || share !== null) return;
      isDead = true;
      for (const wake of waiting.splice(0)) wake(null);
      return;
    }
    const isShared = way.opened.alpn === 'h2';
    // Those that were opened before the first said that one is enough, or that is no use.
    if (isClosed || (isShared && (share !== null || speaks === 'http/1.1'))) way.opened.connection.destroy();
    else if (isShared) startSharing(way, false);
    else {
      if (speaks === 'unknown') speaks = 'http/1.1';
      open += 1;
      idle.push({ ...way, used: false, stream: null });
    }
    serve();
  }

  function startSharing(way: Way, isSeed: boolean): void {
    const started: Share = { way, isSeed, used: isSeed, connection: shareConnection(context, way.opened, () => onChange(started)) };
    speaks = 'h2';
    share = started;
    shares.add(started);
  }

  function onChange(changed: Share): void {
    if (changed.connection.isOver && changed === share) share = null;
    if (changed.connection.isOver && changed.connection.active === 0 && shares.delete(changed)) {
      if (changed.connection.answered === 0 && !changed.isSeed) barren += 1;
      if (barren >= barrenLimit) leaveHttp2();
    }
    serve();
  }

  function leaveHttp2(): void {
    speaks = 'http/1.1';
    share = null;
  }

  /** Gives whoever waits what there is, and opens more where that is not enough. */
  function serve(): void {
    while (waiting.length > 0 && !isClosed) {
      const line = idle.shift() ?? nextStream();
      if (line === null) break;
      waiting.shift()?.(line);
    }
    if (isClosed || share !== null) return;
    const most = speaks === 'h2' || (speaks === 'unknown' && expectsHttp2) ? 1 : limit;
    while (open + opening < most && opening < waiting.length) void grow();
  }

  function nextStream(): Line | null {
    const stream = share?.connection.open() ?? null;
    if (share === null || stream === null) return null;
    const { way, used } = share;
    share.used = true;
    return { ...way, opened: stream.opened, used, stream };
  }

  function destroy(line: Line): void {
    open -= 1;
    line.opened.connection.destroy();
  }

  return {
    take() {
      if (isDead || isClosed) return Promise.resolve(null);
      return new Promise((resolve) => {
        waiting.push(resolve);
        serve();
      });
    },
    give(line, isReusable) {
      line.used = true;
      if (line.stream !== null) {
        line.stream.release();
        if (line.stream.fate === 'http11-required') leaveHttp2();
      } else if (isReusable && !isClosed) idle.push(line);
      else destroy(line);
      serve();
    },
    keepFailureAs(resource) {
      keptAs ??= resource;
      lookupAside.keepAs(resource);
      lastFailure?.keepAs(resource);
    },
    get failureKeptAs() {
      return keptAs;
    },
    close() {
      isClosed = true;
      for (const line of idle.splice(0)) destroy(line);
      for (const { connection } of shares) connection.close();
      for (const wake of waiting.splice(0)) wake(null);
    },
  };
}

/** A connection of HTTP/2. */
interface Share {
  way: Way;
  /** It carried the document. */
  isSeed: boolean;
  used: boolean;
  connection: SharedConnection;
}

/** The first address that opens; what is not open by then is given up. */
async function dial(context: WalkContext, addresses: readonly string[], port: number): Promise<OpenConnection | null> {
  const dialing = probeTcp(context, addresses, port, 'subresource');
  const first = await dialing.first;
  if (first !== null) void dialing.giveUp();
  return first;
}
