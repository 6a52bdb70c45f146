import { isIpv6, parseAddress } from '../model/address.ts';
import type { TlsHelloTried } from '../model/observations/tls.ts';
import type { HandshakeOutcome, TlsOffer } from '../ports/tls-client.ts';
import { tlsCipherSuiteName } from '../wire/tls-cipher-suites.ts';
import { tlsAlertName } from '../wire/tls-names.ts';
import { holdBack } from './held-connection.ts';
import { round } from './recorder.ts';
import type { SpareTime } from './spare-time.ts';
import type { Target } from './target.ts';
import type { BesideCarrier, OpenConnection } from './tcp.ts';
import { isProven, observeCompletedHandshake } from './tls.ts';
import { isInterrupted, type WalkContext, waitOf } from './walk-context.ts';

/** Names may have any number of addresses; more than these of one family are of one kind. */
const addressLimit = 8;

/** Secured connections to the addresses that do not carry the request. */
export interface BesideHandshakes {
  /** Shakes hands on a connection, closes it unless it is of use, and observes what came of it, marked `every-address`. */
  readonly carrier: BesideCarrier;
  /**
   * The connection to an address, once its handshake is over, for whoever closes it; null when the peer did not prove its name, or was not asked, or
   * the connection was taken before.
   */
  take(address: string): Promise<OpenConnection | null>;
  /** Closes what nobody took, now and later. */
  close(): void;
}

/**
 * Handshakes with the addresses that do not carry the request, on the connections that the walk opens to them anyway, all at the same time. What
 * they take of the processor, some milliseconds each, would show in the times of the one that matters: so hellos are sent and answers are read when
 * there is spare time for it, and an answer that arrives before is held back.
 *
 * @param keeps whether secured connections are wanted for anything else
 */
export function handshakesBeside(
  context: WalkContext,
  target: Target,
  offer: TlsOffer,
  spare: SpareTime,
  keeps: boolean,
): BesideHandshakes {
  const begun = { ipv4: 0, ipv6: 0 };
  const secured = new Map<string, Promise<OpenConnection | null>>();
  const open = new Set<OpenConnection>();
  let isClosed = !keeps;

  async function secure(opened: OpenConnection, signal: AbortSignal): Promise<OpenConnection | null> {
    const outcome = await shakeHands(context, opened, offer, spare, signal);
    if (outcome?.kind !== 'completed') return null;
    const { connection, record } = outcome;
    if (isClosed || !isProven(record, target)) {
      connection.destroy();
      return null;
    }
    const kept = { ...opened, connection, alpn: record.alpn };
    open.add(kept);
    return kept;
  }

  return {
    async carrier(opened, signal) {
      const { address } = opened.connection.remote;
      const family = isIpv6(address) ? 'ipv6' : 'ipv4';
      begun[family] += 1;
      const handshake = begun[family] > addressLimit ? Promise.resolve(null) : secure(opened, signal);
      secured.set(canonical(address), handshake);
      const kept = await handshake.catch(() => null);
      if (kept === null) opened.connection.destroy();
      await handshake;
    },
    async take(address) {
      const connection = (await secured.get(canonical(address))) ?? null;
      return connection !== null && open.delete(connection) ? connection : null;
    },
    close() {
      isClosed = true;
      for (const { connection } of open) connection.destroy();
      open.clear();
    },
  };
}

function canonical(address: string): string {
  const value = parseAddress(address);
  return value === null ? address : `${value.bits} ${value.value}`;
}

/** Null when there was no time for it. */
async function shakeHands(
  context: WalkContext,
  opened: OpenConnection,
  offer: TlsOffer,
  spare: SpareTime,
  signal: AbortSignal,
): Promise<HandshakeOutcome | null> {
  const { clock, tls } = context.ports;
  const marked = { ...context, recorder: context.recorder.forFollowUp('every-address') };
  await spare.turn('sending');
  if (isInterrupted(context) || signal.aborted) return null;
  const held = holdBack(
    opened.connection,
    () => spare.turn('reading'),
    () => clock.nowMs(),
  );
  const outcome = await tls.handshake(held, offer, { ...waitOf(context), signal });
  // Time that answers were held back is ours; and what we did not look at was no silence.
  const timed = { ...outcome, startMs: outcome.startMs + held.heldMs };
  if (timed.kind === 'completed') observeCompletedHandshake(marked, opened, offer.serverName, timed);
  else if (!held.isHolding && (timed.kind !== 'aborted' || !isInterrupted(context)))
    observeFailure(marked, opened, offer.serverName, timed);
  return outcome;
}
function observeFailure(
  context: WalkContext,
  opened: OpenConnection,
  serverName: string | null,
  outcome: Exclude<HandshakeOutcome, { kind: 'completed' }>,
): void {
  const { recorder } = context;
  const { connection } = opened;
  const { wire } = outcome;
  const fatal = wire.alerts.find((alert) => alert.sentBy === 'peer' && alert.level === 'fatal');
  recorder.observe({
    kind: 'tls.hello-tried',
    checkpoint: 'tls',
    atMs: recorder.sinceStart(outcome.atMs),
    connection: opened.id,
    server: connection.remote,
    serverName,
    variant: 'as-walked',
    helloBytes: wire.offered?.helloBytes ?? null,
    outcome: outcomeOf(outcome, fatal !== undefined),
    afterMs: round(outcome.atMs - outcome.startMs),
    version: wire.version,
    cipher: wire.cipherSuite === null ? null : tlsCipherSuiteName(wire.cipherSuite),
    group: null,
    alert: fatal?.alert ?? null,
    alertName: fatal === undefined ? null : tlsAlertName(fatal.alert),
    bytesAcknowledged: connection.facts()?.bytesAcknowledged ?? null,
    bytesReceived: connection.bytesReceived,
  });
}

function outcomeOf(outcome: Exclude<HandshakeOutcome, { kind: 'completed' }>, hasAlert: boolean): TlsHelloTried['outcome'] {
  if (outcome.wire.foreignBytes !== null) return 'not-tls';
  if (hasAlert) return 'alert';
  switch (outcome.kind) {
    case 'reset':
    case 'closed':
    case 'failed':
      return outcome.kind;
    default:
      // Given up because nothing more is waited for: it was silent until then.
      return 'silent';
  }
}
