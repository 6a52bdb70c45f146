import type { Endpoint } from '../model/observations/base.ts';
import type { HandshakeOutcome, TlsOffer, TlsSession } from '../ports/tls-client.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { roundTripsOf } from './tls.ts';
import { carriedBy } from './tls-hellos.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** Servers of TLS 1.3 send tickets right behind the handshake. */
const ticketPatienceMs = 800;

/**
 * Does the server let a session be taken up again, and what does that save? Two connections of their own: the walk's own stays as it is. Only when
 * everything is wanted, or what the next visit costs: a site works without.
 */
export const tlsResumption: FollowUp = {
  name: 'resumption',
  isWanted: (context) => context.options.warmRun,
  afterSuccess: true,
  async run(context) {
    const { recorder } = context;
    const completed = recorder.seen('tls.handshake-completed').find((one) => one.followUp === undefined);
    const server = carriedBy(context)?.server;
    if (completed === undefined || server === undefined || isProxied(context)) return;
    const offer: TlsOffer = { serverName: completed.serverName, alpn: ['http/1.1'] };
    const first = await shakeHands(context, server, offer);
    if (first === null) return;
    const session = await first.session(waitOf(context, ticketPatienceMs));
    first.connection.destroy();
    const second = session === null ? null : await shakeHands(context, server, { ...offer, resume: session });
    second?.connection.destroy();
    observe(context, server, offer, first, session, second);
  },
};

type Completed = Extract<HandshakeOutcome, { kind: 'completed' }>;

async function shakeHands(context: WalkContext, server: Endpoint, offer: TlsOffer): Promise<Completed | null> {
  const { ports, recorder } = context;
  recorder.contact({ ...server, purpose: 'follow-up' });
  const dialed = await ports.tcp.dial(server, waitOf(context));
  if (dialed.kind !== 'connected') return null;
  const outcome = await ports.tls.handshake(dialed.connection, offer, waitOf(context));
  return outcome.kind === 'completed' ? outcome : null;
}

function observe(
  context: WalkContext,
  server: Endpoint,
  offer: TlsOffer,
  first: Completed,
  session: TlsSession | null,
  second: Completed | null,
): void {
  const { recorder } = context;
  const outcome = session === null ? 'no-ticket' : second === null ? 'failed' : second.record.resumed ? 'resumed' : 'refused';
  recorder.observe({
    kind: 'tls.resumption-tried',
    checkpoint: 'tls',
    atMs: recorder.sinceStart(second?.atMs ?? first.atMs),
    connection: recorder.nextConnection(),
    server,
    serverName: offer.serverName,
    outcome,
    version: first.record.version,
    lifetimeSeconds: session?.lifetimeSeconds ?? null,
    earlyDataBytes: session?.earlyDataBytes ?? null,
    fullMs: round(first.atMs - first.startMs),
    resumedMs: second?.record.resumed === true ? round(second.atMs - second.startMs) : null,
    roundTripsSaved:
      second?.record.resumed === true
        ? Math.max(0, roundTripsOf(first.record, first.wire) - roundTripsOf(second.record, second.wire))
        : null,
  });
}
