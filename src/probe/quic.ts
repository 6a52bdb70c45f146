import type { Endpoint } from '../model/observations/base.ts';
import type { HttpQuicTried } from '../model/observations/http.ts';
import type { Datagrams } from '../ports/datagram.ts';
import { encodeQuicInitial } from '../wire/quic-encode.ts';
import { quicErrorName } from '../wire/quic-frame.ts';
import { createQuicHandshake, type QuicEvent } from '../wire/quic-handshake.ts';
import { quicVersionName } from '../wire/quic-packet.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** Sent again after so long without an answer, and then after twice as long each: one lost datagram says nothing. */
const firstWaitMs = 250;
const attempts = 4;
/** ... and never sooner than so many round trips. */
const roundTrips = 3;
const idBytes = 8;
const randomBytes = idBytes * 2 + 32 + 32;

/** An offer of HTTP/3: where, and who made it. */
interface Offer {
  port: number;
  by: HttpQuicTried['advertisedBy'];
}

/** HTTP/3 is offered: does UDP answer there? A first packet with a whole ClientHello, and what comes back. */
export const tryQuic: FollowUp = {
  name: 'quic',
  afterSuccess: true,
  isWanted: (context) => !isProxied(context) && offerOf(context) !== null,
  async run(context) {
    const offer = offerOf(context);
    const carried = context.recorder.seen('tcp.connected').find((one) => one.carried && one.followUp === undefined);
    const target = context.recorder.seen('target.parsed')[0];
    if (offer === null || carried === undefined || target === undefined) return;
    const serverName = target.hostKind === 'name' ? target.host : null;
    await tryServer(context, { address: carried.server.address, port: offer.port }, serverName, offer.by);
  },
};

/** Alt-Svc of the answer (RFC 7838 section 3), or the HTTPS record where one was asked for (RFC 9460). */
function offerOf(context: WalkContext): Offer | null {
  const { recorder } = context;
  const received = recorder.seen('http.response-received').find((one) => one.followUp === undefined);
  const scheme = recorder.seen('target.parsed')[0]?.scheme;
  if (received === undefined || scheme !== 'https') return null;
  for (const field of received.headers.filter(({ name }) => name === 'alt-svc')) {
    // Another host is another story.
    const port = /(?:^|[\s,])h3\s*=\s*"?:(\d{1,5})"?/.exec(field.value)?.[1];
    if (port !== undefined && Number(port) > 0 && Number(port) <= 65535) return { port: Number(port), by: 'alt-svc' };
  }
  const records = recorder.seen('dns.answered').flatMap((answer) => answer.answers.filter((record) => record.type === 'HTTPS'));
  const offered = records.some((record) => /\balpn="?[^"\s]*\bh3\b/.test(record.data));
  return offered ? { port: carriedPort(context), by: 'https-record' } : null;
}

function carriedPort(context: WalkContext): number {
  return context.recorder.seen('target.parsed')[0]?.port ?? 443;
}

type Came = Pick<HttpQuicTried, 'outcome' | 'errorName' | 'versions'>;

async function tryServer(
  context: WalkContext,
  server: Endpoint,
  serverName: string | null,
  advertisedBy: HttpQuicTried['advertisedBy'],
): Promise<void> {
  const { recorder, ports } = context;
  const { clock } = ports;
  recorder.contact({ ...server, purpose: 'follow-up' });
  const startMs = clock.nowMs();
  const observe = (came: Came, sent: number): void =>
    recorder.observe({
      kind: 'http.quic-tried',
      checkpoint: 'http',
      atMs: recorder.sinceStart(),
      durationMs: round(clock.nowMs() - startMs),
      server,
      serverName,
      advertisedBy,
      attempts: sent,
      ...came,
    });
  const opened = await ports.datagrams.open(server);
  if ('name' in opened) return;
  try {
    const random = ports.randomBytes(randomBytes);
    const destinationId = random.subarray(0, idBytes);
    const sourceId = random.subarray(idBytes, idBytes * 2);
    const handshake = createQuicHandshake(ports.packetCrypto);
    const rttMs = recorder.seen('tcp.connected').find((one) => one.carried)?.facts.rttMs ?? 0;
    let waitMs = Math.max(firstWaitMs, rttMs * roundTrips);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const datagram = encodeQuicInitial(ports.packetCrypto, {
        destinationId,
        sourceId,
        serverName,
        random: random.subarray(idBytes * 2, idBytes * 2 + 32),
        keyShare: random.subarray(idBytes * 2 + 32),
        alpn: ['h3'],
        packetNumber: attempt,
      });
      handshake.push('client', datagram);
      const refused = await opened.send(datagram);
      if (refused !== null) {
        // Our own host does not send it: nothing is known of theirs.
        if (refused.name === 'connection-refused') observe({ outcome: 'refused' }, attempt + 1);
        return;
      }
      const came = await answerWithin(context, opened, handshake, waitMs);
      if (came === 'interrupted') return;
      if (came !== null) return observe(came, attempt + 1);
      waitMs = Math.min(waitMs * 2, 1000);
    }
    observe({ outcome: 'silent' }, attempts);
  } finally {
    opened.close();
  }
}

async function answerWithin(
  context: WalkContext,
  opened: Datagrams,
  handshake: ReturnType<typeof createQuicHandshake>,
  waitMs: number,
): Promise<Came | 'interrupted' | null> {
  const { clock } = context.ports;
  const overMs = clock.nowMs() + waitMs;
  for (;;) {
    const outcome = await opened.receive(waitOf(context, overMs - clock.nowMs()));
    if (outcome.kind === 'timed-out') return null;
    if (outcome.kind === 'failed') return outcome.failure.name === 'connection-refused' ? { outcome: 'refused' } : 'interrupted';
    if (outcome.kind !== 'bytes') return 'interrupted';
    const came = meaningOf(handshake.push('server', outcome.bytes));
    if (came !== null) return came;
    if (clock.nowMs() >= overMs) return null;
  }
}

/** What a datagram says; null when it is none of QUIC, which anybody may send. */
function meaningOf(events: readonly QuicEvent[]): Came | null {
  for (const event of events) {
    if (event.kind === 'connection-close') return { outcome: 'closed', errorName: quicErrorName(event.errorCode) };
    if (event.kind === 'version-negotiation')
      return { outcome: 'version-negotiation', versions: event.versions.slice(0, 16).map(quicVersionName) };
  }
  if (events.some((event) => event.kind === 'handshake' && event.content.type === 'server-hello')) return { outcome: 'handshake' };
  if (events.some((event) => event.kind === 'packet' && event.type === 'retry')) return { outcome: 'retry' };
  // An acknowledgement alone: the server is there and still thinks.
  return events.some((event) => event.kind === 'packet' && event.opened) ? { outcome: 'handshake' } : null;
}
