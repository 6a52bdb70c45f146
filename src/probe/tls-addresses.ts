import { isIpv6 } from '../model/address.ts';
import type { TlsHelloTried } from '../model/observations/tls.ts';
import type { HandshakeOutcome } from '../ports/tls-client.ts';
import { tlsCipherSuiteName } from '../wire/tls-cipher-suites.ts';
import { tlsAlertName } from '../wire/tls-names.ts';
import { round } from './recorder.ts';
import type { Target } from './target.ts';
import type { BesideCarrier, OpenConnection } from './tcp.ts';
import { observeCompletedHandshake, walkOffer } from './tls.ts';
import { isInterrupted, type WalkContext, waitOf } from './walk-context.ts';

/** Names may have any number of addresses; more than these of one family are of one kind. */
const addressLimit = 8;

/**
 * Handshakes with the addresses that do not carry the request, on the connections that the walk opens to them anyway, all at the same time.
 * They begin when the request needs no processor any more (`idle`): a handshake takes milliseconds of it, which would show in the times of the
 * one that matters. What they observe is marked `every-address`.
 */
export function handshakesBeside(context: WalkContext, target: Target, idle: Promise<unknown>): BesideCarrier {
  const begun = { ipv4: 0, ipv6: 0 };
  const marked = { ...context, recorder: context.recorder.forFollowUp('every-address') };
  return async (opened, signal) => {
    const family = isIpv6(opened.connection.remote.address) ? 'ipv6' : 'ipv4';
    begun[family] += 1;
    if (begun[family] > addressLimit) return;
    await idle;
    if (isInterrupted(context) || signal.aborted) return;
    const offer = walkOffer(target);
    const { connection } = opened;
    const outcome = await context.ports.tls.handshake(connection, offer, { ...waitOf(context), signal });
    if (outcome.kind === 'completed') {
      observeCompletedHandshake(marked, opened, offer.serverName, outcome);
      outcome.connection.destroy();
    } else if (outcome.kind !== 'aborted' || !isInterrupted(context)) observeFailure(marked, opened, offer.serverName, outcome);
  };
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
