import type { Endpoint } from '../model/observations/base.ts';
import type { ReportedTcpConversation, ReportedUdpConversation } from '../model/read-report.ts';
import { tlsAlertName, tlsVersionName } from '../wire/tls-names.ts';
import { clientServerName } from './client-server-name.ts';
import { round } from './evidence-log.ts';
import { isoTime } from './exchange-writer.ts';
import { versionOf } from './observe-tls.ts';
import type { Reading } from './reading.ts';
import { describeTcp } from './tcp-conversation.ts';
import { describeTls } from './tls-conversation.ts';
import type { TlsFollower } from './tls-follower.ts';
import type { TlsInside } from './tls-inside.ts';
import { describeUdp } from './udp-conversation.ts';

/** Address and port as text, IPv6 in brackets (RFC 3986 section 3.2.2). */
export function endpointText(endpoint: Endpoint): string {
  return endpoint.address.includes(':') ? `[${endpoint.address}]:${endpoint.port}` : `${endpoint.address}:${endpoint.port}`;
}

function wallClock(reading: Reading, timeMs: number): string {
  return isoTime(reading.packetTracker.originSeconds * 1000 + timeMs);
}

/** What TLS told of a TCP conversation. */
export type ReportedTls = Pick<ReportedTcpConversation, 'sni' | 'tlsVersion' | 'alerts'>;

/** Of a conversation without TLS. */
export const noTls: ReportedTls = { sni: null, tlsVersion: null, alerts: [] };

export function reportTls(reading: Reading, tls: TlsFollower, inside: TlsInside | null): ReportedTls {
  const alerts =
    tls.alerts.length === 0 ? noAlerts : tls.alerts.filter((alert) => alert.level >= 0).map((alert) => tlsAlertName(alert.description));
  const { kept } = tls.sides[0];
  const { arena } = reading;
  let sni = clientServerName(arena.memory, arena.startOf(kept), arena.bytesInFirst(kept));
  if (sni === undefined && kept.length > arena.bytesInFirst(kept)) sni = clientServerName(hello, 0, arena.copyTo(kept, hello));
  if (sni !== undefined) return { sni, tlsVersion: tlsVersionName(tls.glance().version), alerts };
  const clear = describeTls(tls, reading.arena, inside);
  return { sni: clear.client.clientHello?.serverName ?? null, tlsVersion: versionOf(clear.server.serverHello), alerts };
}

const noAlerts: string[] = [];
/** Longer hellos are left to the full decoder. */
const hello: Uint8Array<ArrayBuffer> = new Uint8Array(4096);

/** A TCP conversation as the document shows it. */
export function reportTcp(reading: Reading, base: number, tls: ReportedTls): ReportedTcpConversation {
  const conversation = describeTcp(reading.tcpTracker, base);
  const { toServer, toClient } = conversation;
  const sum = (
    name: 'fin' | 'rst' | 'retransmissions' | 'fastRetransmissions' | 'keepAlives' | 'outOfOrder' | 'duplicateAcks' | 'zeroWindows',
  ): number => toServer[name] + toClient[name];
  return {
    id: `t${conversation.number}`,
    protocol: 'tcp',
    client: endpointText(conversation.client),
    server: endpointText(conversation.server),
    startAt: wallClock(reading, conversation.startMs),
    durationMs: round(conversation.endMs - conversation.startMs),
    packetsToServer: toServer.packets,
    packetsToClient: toClient.packets,
    bytesToServer: toServer.payloadBytes,
    bytesToClient: toClient.payloadBytes,
    syn: toServer.syn,
    synAck: toClient.synAck,
    fin: sum('fin'),
    rst: sum('rst'),
    synRetransmissions: Math.max(0, toServer.syn - 1),
    retransmissions: sum('retransmissions'),
    outOfOrder: sum('outOfOrder'),
    duplicateAcks: sum('duplicateAcks'),
    zeroWindows: sum('zeroWindows'),
    handshakeMs: conversation.handshakeMs === null ? null : round(conversation.handshakeMs),
    history: conversation.history,
    ...tls,
    state: conversation.state,
    fastRetransmissions: sum('fastRetransmissions'),
    keepAlives: sum('keepAlives'),
    resetBy: conversation.resetBy,
    resetAfterMs: conversation.resetAfterMs === null ? null : round(conversation.resetAfterMs),
  };
}

/** A UDP conversation as the document shows it. */
export function reportUdp(reading: Reading, base: number): ReportedUdpConversation {
  const conversation = describeUdp(reading.udpTracker, base);
  const quic = reading.quicTracker.of(base);
  return {
    id: `u${conversation.number}`,
    protocol: 'udp',
    client: endpointText(conversation.client),
    server: endpointText(conversation.server),
    startAt: wallClock(reading, conversation.startMs),
    durationMs: round(conversation.endMs - conversation.startMs),
    packetsToServer: conversation.packetsToServer,
    packetsToClient: conversation.packetsToClient,
    bytesToServer: conversation.bytesToServer,
    bytesToClient: conversation.bytesToClient,
    sni: quic?.clientHello?.serverName ?? null,
    quicVersion: quic?.version ?? null,
  };
}
