import { isIpv6 } from '../model/address.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { ConnectionPhase, TcpFacts } from '../model/observations/tcp.ts';
import type { Contact } from '../model/walk-record.ts';
import type { Connection, DialOutcome, ReadOutcome } from '../ports/connection.ts';
import type { Http2Session } from '../wire/http2-session.ts';
import { silenceOf } from './follow-up.ts';
import { round } from './recorder.ts';
import type { WalkContext } from './walk-context.ts';

/** An open connection with the name the record knows it by. */
export interface OpenConnection {
  connection: Connection;
  id: string;
  /** {@link Clock.nowMs} readings. */
  dialedAtMs: number;
  openedAtMs: number;
  /** The protocol that TLS negotiated (RFC 7301); null without one, absent before TLS. */
  alpn?: string | null;
  /** What was said in HTTP/2 so far. */
  http2?: Http2Session;
}

/** Every address dialed at once. */
export interface Dialing {
  /** The first that opened; null when none did. */
  first: Promise<OpenConnection | null>;
  /** When every address has answered, failed or timed out. */
  all: Promise<void>;
  /**
   * Stops waiting for addresses that have not answered yet and observes them as unanswered for as long as they were waited for; resolves
   * when all are closed.
   */
  giveUp(): Promise<void>;
}

export const unknownTcpFacts: TcpFacts = {
  rttMs: null,
  synRetransmissions: null,
  retransmissions: null,
  mssBytes: null,
  bytesAcknowledged: null,
};

/** What is done with a connection that opened and does not carry the request; whoever does it closes it. Ends with the signal. */
export type BesideCarrier = (opened: OpenConnection, signal: AbortSignal) => Promise<void>;

/** Silent addresses are dialled again this long after each other, as browsers do, while nothing has opened: another flow may take another path. */
const againEveryMs = 500;
const mostAgain = 4;

/** Dials every address at the same time. The first to open carries the request; the others are measured and closed. */
export function probeTcp(
  context: WalkContext,
  addresses: readonly string[],
  port: number,
  purpose: Contact['purpose'],
  beside?: BesideCarrier,
): Dialing {
  let carrier: OpenConnection | null = null;
  const enough = new AbortController();
  const { signal: interrupted } = context.options;
  const signal = interrupted === null ? enough.signal : AbortSignal.any([enough.signal, interrupted]);
  const { clock } = context.ports;
  const startMs = clock.nowMs();
  /** A connection carries the request, or no attempt is under way any more: dialling again is over. */
  const carries = new AbortController();
  const untilCarried = AbortSignal.any([signal, carries.signal]);
  const pending = new Set(addresses);
  const dials = addresses.map(async (address): Promise<OpenConnection | null> => {
    const remote = { address, port };
    const id = context.recorder.nextConnection();
    context.recorder.contact({ address, port, purpose });
    const outcome = await context.ports.tcp.dial(remote, { timeoutMs: context.options.timeoutMs, signal });
    pending.delete(address);
    if (outcome.kind !== 'connected') {
      const isGivenUp = outcome.kind === 'aborted' && interrupted?.aborted !== true;
      observeFailedDial(context, id, remote, isGivenUp ? { ...outcome, kind: 'timed-out', synRetransmissions: null } : outcome);
      return null;
    }
    return take({ connection: outcome.connection, id, dialedAtMs: outcome.startMs, openedAtMs: outcome.atMs }, false);
  });

  /** The first connection to open carries the request. */
  async function take(opened: OpenConnection, again: boolean): Promise<OpenConnection | null> {
    const carried = carrier === null;
    if (carried) {
      carrier = opened;
      carries.abort();
    }
    if (carried || !again) observeConnected(context, opened, carried, again);
    if (carried) return opened;
    if (again || beside === undefined) opened.connection.destroy();
    else await beside(opened, signal);
    return null;
  }

  /** Dials what is silent once more, until something opens. What comes of it otherwise is left to the experiments. */
  async function dialAgain(): Promise<OpenConnection | null> {
    const more: Promise<OpenConnection | null>[] = [];
    let waitMs = silenceOf(context);
    for (let time = 0; time < mostAgain && pending.size > 0; time++) {
      await clock.sleep(waitMs, untilCarried);
      waitMs = againEveryMs;
      const leftMs = startMs + context.options.timeoutMs - clock.nowMs();
      if (untilCarried.aborted || leftMs <= 0) break;
      for (const address of pending) more.push(dialOnceMore({ address, port }, leftMs));
    }
    return (await Promise.all(more)).find((opened) => opened !== null) ?? null;
  }

  async function dialOnceMore(remote: Endpoint, timeoutMs: number): Promise<OpenConnection | null> {
    const outcome = await context.ports.tcp.dial(remote, { timeoutMs, signal: untilCarried });
    if (outcome.kind !== 'connected') return null;
    // What a user waits for began with the first attempt.
    const id = context.recorder.nextConnection();
    return take({ connection: outcome.connection, id, dialedAtMs: startMs, openedAtMs: outcome.atMs }, true);
  }

  const originals = Promise.all(dials).finally(() => carries.abort());
  const again = dialAgain();
  const all = Promise.all([originals, again]);
  const first = new Promise<OpenConnection | null>((resolve, reject) => {
    for (const dial of [...dials, again]) {
      dial.then((opened) => {
        if (opened !== null) resolve(opened);
      }, reject);
    }
    all.then(() => resolve(null), reject);
  });
  return {
    first,
    all: all.then(() => undefined),
    async giveUp() {
      enough.abort();
      await all;
    },
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIpv6(address) ? 'ipv6' : 'ipv4';
}

function observeConnected(context: WalkContext, opened: OpenConnection, carried: boolean, again: boolean): void {
  const { recorder } = context;
  const { connection, id } = opened;
  recorder.observe({
    kind: 'tcp.connected',
    checkpoint: 'tcp',
    atMs: recorder.sinceStart(opened.openedAtMs),
    durationMs: round(opened.openedAtMs - opened.dialedAtMs),
    connection: id,
    server: connection.remote,
    family: familyOf(connection.remote.address),
    client: connection.local,
    facts: connection.facts() ?? unknownTcpFacts,
    carried,
    ...(again ? { again } : {}),
  });
}

/** Errors that mean this host ran out of something. EADDRNOTAVAIL only for IPv4: over IPv6 it means that the host has none. */
function isExhausted(outcome: Extract<DialOutcome, { kind: 'failed' }>, address: string): boolean {
  const { name } = outcome.failure;
  return (
    name === 'too-many-open-files' ||
    name === 'no-buffer-space' ||
    name === 'address-in-use' ||
    (name === 'address-not-available' && !isIpv6(address))
  );
}

function observeFailedDial(
  context: WalkContext,
  connection: string,
  server: Endpoint,
  outcome: Exclude<DialOutcome, { kind: 'connected' }>,
): void {
  const { recorder } = context;
  const atMs = recorder.sinceStart(outcome.atMs);
  const durationMs = round(outcome.atMs - outcome.startMs);
  const base = { checkpoint: 'tcp', atMs, durationMs, connection, server, family: familyOf(server.address) } as const;
  if (outcome.kind === 'aborted') {
    recorder.observe({ ...base, kind: 'tcp.connect-abandoned', afterMs: durationMs });
  } else if (outcome.kind === 'timed-out') {
    recorder.observe({ ...base, kind: 'tcp.syn-unanswered', waitedMs: durationMs, synRetransmissions: outcome.synRetransmissions });
    if (outcome.unsent === true) {
      const refused = {
        protocol: 'tcp',
        destination: server,
        failure: { name: 'send-not-permitted' },
        shownBy: 'unsent-retransmission',
      } as const;
      recorder.observe({ kind: 'local.send-refused', checkpoint: 'local', atMs, ...refused });
    }
  } else {
    const { failure, icmp } = outcome;
    if (icmp !== undefined)
      recorder.observe({ kind: 'route.icmp-error', checkpoint: 'route', atMs, ...icmp, protocol: 'tcp', destination: server });
    observeConsequences(context, server, outcome, atMs);
    if (failure.name === 'connection-refused' && icmp === undefined) recorder.observe({ ...base, kind: 'tcp.syn-refused', ttl: null });
    // ETIMEDOUT: the kernel gave up before we did.
    else if (failure.name === 'timed-out')
      recorder.observe({ ...base, kind: 'tcp.syn-unanswered', waitedMs: durationMs, synRetransmissions: null });
    else recorder.observe({ ...base, kind: 'tcp.connect-failed', failure });
  }
}

/** What a failed attempt says about this host itself. */
function observeConsequences(
  context: WalkContext,
  server: Endpoint,
  outcome: Extract<DialOutcome, { kind: 'failed' }>,
  atMs: number,
): void {
  const { recorder } = context;
  const { failure } = outcome;
  if (failure.name === 'send-not-permitted') {
    recorder.observe({ kind: 'local.send-refused', checkpoint: 'local', atMs, protocol: 'tcp', destination: server, failure });
  }
  if (isExhausted(outcome, server.address))
    recorder.observe({ kind: 'local.resource-exhausted', checkpoint: 'local', atMs, failure, during: 'tcp' });
}

/** Writes down what the kernel says of a connection now, where it can be asked without a delay. */
export function observeMeasured(
  context: WalkContext,
  opened: OpenConnection,
  phase: ConnectionPhase,
  facts: TcpFacts | null = opened.connection.facts(),
): void {
  const { recorder } = context;
  const { connection, id } = opened;
  if (facts === null) return;
  recorder.observe({
    kind: 'tcp.measured',
    checkpoint: 'tcp',
    atMs: recorder.sinceStart(),
    connection: id,
    server: connection.remote,
    family: familyOf(connection.remote.address),
    phase,
    bytesSent: connection.bytesSent,
    bytesReceived: connection.bytesReceived,
    facts,
  });
}

/** Observes that an open connection ended, or stayed silent, where bytes were due. Nothing is observed for an interrupted read. */
export function observeEnd(
  context: WalkContext,
  opened: OpenConnection,
  phase: ConnectionPhase,
  end: Exclude<ReadOutcome, { kind: 'bytes' }>,
  waitedMs: number,
): void {
  const { recorder } = context;
  const { connection } = opened;
  const base = {
    checkpoint: 'tcp',
    atMs: recorder.sinceStart(end.atMs),
    connection: opened.id,
    server: connection.remote,
    family: familyOf(connection.remote.address),
    phase,
    sinceOpenMs: round(end.atMs - opened.openedAtMs),
    bytesSent: connection.bytesSent,
    bytesReceived: connection.bytesReceived,
    facts: connection.facts() ?? unknownTcpFacts,
  } as const;
  if (end.kind === 'end') recorder.observe({ ...base, kind: 'tcp.closed-by-peer' });
  else if (end.kind === 'timed-out') recorder.observe({ ...base, kind: 'tcp.peer-silent', waitedMs: round(waitedMs) });
  else if (end.kind === 'failed' && end.failure.name === 'timed-out')
    recorder.observe({ ...base, kind: 'tcp.peer-silent', waitedMs: round(waitedMs) });
  else if (end.kind === 'failed') recorder.observe({ ...base, kind: 'tcp.reset-received' });
}
