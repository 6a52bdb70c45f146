import type { AddressFamily, Endpoint } from '../model/observations/base.ts';
import type { ConnectionPhase, TcpFacts } from '../model/observations/tcp.ts';
import type { ConnectionEnd, ConnectionStory } from './connection-story.ts';
import { type EvidenceLog, round } from './evidence-log.ts';
import { failureOfIcmp } from './icmp-failure.ts';
import type { SeenIcmp } from './icmp-tracker.ts';
import type { TcpConversation } from './tcp-conversation.ts';

/** The connection that an exchange is about. */
export interface ObservedConnection {
  /** `c0`, ... as observations name it. */
  id: string;
  conversation: TcpConversation;
  story: ConnectionStory;
  frames: ConnectionFrames;
  /** An earlier request had used it already. */
  isWarm: boolean;
  icmp: SeenIcmp | null;
}

/** Frames that show how the connection began and ended; 0 where there is none. */
export interface ConnectionFrames {
  syn: number;
  synAck: number;
  open: number;
  fin: number;
  reset: number;
}

export function familyOf(endpoint: Endpoint): AddressFamily {
  return endpoint.address.includes(':') ? 'ipv6' : 'ipv4';
}

function factsOf(connection: ObservedConnection): TcpFacts {
  const { story, conversation, isWarm } = connection;
  return {
    rttMs: Number.isNaN(story.roundTripMs) ? null : round(story.roundTripMs),
    synRetransmissions: story.hasSyn && !isWarm ? story.synRetransmissions : null,
    retransmissions: conversation.toServer.retransmissions + conversation.toClient.retransmissions,
    mssBytes: conversation.toClient.mssBytes,
    bytesAcknowledged: story.acknowledgedBytes < 0 ? null : story.acknowledgedBytes,
  };
}

/** States how connecting went. */
export function observeConnect(log: EvidenceLog, connection: ObservedConnection): void {
  const { story, conversation, id, frames, icmp } = connection;
  const common = { checkpoint: 'tcp', connection: id, server: conversation.server, family: familyOf(conversation.server) } as const;
  switch (story.connect) {
    case 'open':
      log.state(Number.isNaN(story.openMs) ? conversation.startMs : story.openMs, [frames.syn, frames.synAck, frames.open], {
        kind: 'tcp.connected',
        ...common,
        // Of a connection that was open before, how it was opened is not this request's matter.
        ...(story.hasSyn && !connection.isWarm ? { durationMs: round(story.openMs - story.firstSynMs) } : {}),
        client: conversation.client,
        facts: factsOf(connection),
        carried: true,
      });
      break;
    case 'unanswered':
      log.state(story.watchedUntilMs, [frames.syn, conversation.lastFrame], {
        kind: 'tcp.syn-unanswered',
        ...common,
        waitedMs: round(story.watchedUntilMs - story.firstSynMs),
        synRetransmissions: story.synRetransmissions,
      });
      break;
    case 'refused':
      log.state(story.serverEndMs, [frames.syn, frames.reset], {
        kind: 'tcp.syn-refused',
        ...common,
        durationMs: round(story.serverEndMs - story.firstSynMs),
        ttl: conversation.resetTtl,
      });
      break;
    case 'icmp':
      if (icmp !== null) observeIcmp(log, id, conversation.server, [frames.syn], icmp);
      break;
    case 'unheard':
      log.state(story.watchedUntilMs, [frames.syn, frames.synAck, conversation.lastFrame], {
        kind: 'tcp.syn-ack-unheard',
        ...common,
        waitedMs: round(story.watchedUntilMs - story.firstSynMs),
        synRetransmissions: story.synRetransmissions,
        synAcks: conversation.toClient.synAck,
      });
      break;
    case 'unknown':
      log.state(story.lastMs, [frames.syn, conversation.lastFrame], {
        kind: 'tcp.connect-abandoned',
        ...common,
        afterMs: round(story.lastMs - conversation.startMs),
      });
      break;
  }
}

/** States that an ICMP error answered an attempt to connect. */
export function observeIcmp(log: EvidenceLog, connection: string, server: Endpoint, frames: readonly number[], icmp: SeenIcmp): void {
  const shown = [...frames, icmp.frame];
  log.state(icmp.timeMs, shown, {
    kind: 'route.icmp-error',
    checkpoint: 'route',
    from: icmp.from,
    version: icmp.version,
    type: icmp.type,
    code: icmp.code,
    protocol: 'tcp',
    destination: server,
    ...(icmp.mtuBytes === null ? {} : { mtuBytes: icmp.mtuBytes }),
  });
  const failure = failureOfIcmp(icmp.version, icmp.type, icmp.code);
  if (failure === null) return;
  log.state(icmp.timeMs, shown, {
    kind: 'tcp.connect-failed',
    checkpoint: 'tcp',
    connection,
    server,
    family: familyOf(server),
    failure,
  });
}

/** States that a large segment of the server never arrived. */
export function observeLostSegment(log: EvidenceLog, connection: ObservedConnection): void {
  const { story, conversation, id } = connection;
  if (story.lostSegmentBytes === 0) return;
  log.state(story.lastMs, [conversation.lastFrame], {
    kind: 'tcp.segment-never-arrived',
    checkpoint: 'tcp',
    connection: id,
    server: conversation.server,
    family: familyOf(conversation.server),
    segmentBytes: story.lostSegmentBytes,
    sentTimes: story.lostSegmentTimes,
  });
}

/** Where the reset came from, and where the server's other packets came from. */
function ttlsOf({ resetTtl, toClient }: TcpConversation): { ttl?: number; serverTtl?: number } {
  return resetTtl === null || toClient.packets <= toClient.rst ? {} : { ttl: resetTtl, serverTtl: toClient.ttl };
}

/** States that the server ended the connection, or that it stayed silent, in a phase where more was due. */
export function observeEnd(
  log: EvidenceLog,
  connection: ObservedConnection,
  end: ConnectionEnd,
  phase: ConnectionPhase,
  silentSinceMs: number,
): void {
  if (end === 'none') return;
  const { story, conversation, id, frames } = connection;
  const openMs = Number.isNaN(story.openMs) ? conversation.startMs : story.openMs;
  const atMs = end === 'silent' ? (Number.isNaN(story.clientEndMs) ? story.watchedUntilMs : story.clientEndMs) : story.serverEndMs;
  const common = {
    checkpoint: 'tcp',
    connection: id,
    server: conversation.server,
    family: familyOf(conversation.server),
    phase,
    sinceOpenMs: round(atMs - openMs),
    bytesSent: story.bytesToServer,
    bytesReceived: story.bytesToClient,
    facts: factsOf(connection),
  } as const;
  if (end === 'reset') log.state(atMs, [frames.reset], { kind: 'tcp.reset-received', ...common, ...ttlsOf(conversation) });
  else if (end === 'closed') log.state(atMs, [frames.fin], { kind: 'tcp.closed-by-peer', ...common });
  else log.state(atMs, [conversation.lastFrame], { kind: 'tcp.peer-silent', ...common, waitedMs: round(atMs - silentSinceMs) });
}
