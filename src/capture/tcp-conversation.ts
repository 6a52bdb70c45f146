import type { Endpoint } from '../model/observations/base.ts';
import type { TcpState } from '../model/read-report.ts';
import { atFirstFrame, atFirstTime, atLastFrame, atLastTime, atNumber } from './conversation-table.ts';
import { endpointsOf } from './endpoint.ts';
import { type TcpAnomalyName, tcpAnomalyNames } from './tcp-anomalies.ts';
import { historyText } from './tcp-history.ts';
import {
  knowsRoundTrip,
  resetFirstByServer,
  sawClientFin,
  sawClientReset,
  sawOpen,
  sawPortReuse,
  sawServerFin,
  sawServerReset,
  sawSyn,
  sawSynAck,
  sideBytes,
  sideFins,
  sideMss,
  sidePackets,
  sidePayloadPackets,
  sideResets,
  sideSynAcks,
  sideSyns,
  sideTtl,
  sideWords,
  tcpAnomalies,
  tcpDuplicates,
  tcpFlagsSeen,
  tcpInitialRoundTripMs,
  tcpResetFrame,
  tcpResetTime,
  tcpResetTtl,
  tcpSides,
} from './tcp-record.ts';
import type { TcpTracker } from './tcp-tracker.ts';

/** What one direction of a TCP conversation sent. */
export interface TcpDirection extends Record<TcpAnomalyName, number> {
  packets: number;
  payloadPackets: number;
  /** Payload, as the headers say, sent again included. */
  payloadBytes: number;
  syn: number;
  synAck: number;
  fin: number;
  rst: number;
  /** Of its SYN; null when it was not seen or had none. */
  mssBytes: number | null;
  /** Time to live of its first packet. */
  ttl: number;
}

/** One TCP conversation, complete as far as it was captured. Times are milliseconds since the reading's origin. */
export interface TcpConversation {
  protocol: 'tcp';
  number: number;
  client: Endpoint;
  server: Endpoint;
  startMs: number;
  endMs: number;
  firstFrame: number;
  lastFrame: number;
  toServer: TcpDirection;
  toClient: TcpDirection;
  /** From the latest SYN to the acknowledgement that opens the connection; null when that was not captured. */
  handshakeMs: number | null;
  state: TcpState;
  history: string;
  /** The ports carried another connection before, in the same capture. */
  portsReused: boolean;
  /** Sightings of packets seen before on another interface. */
  duplicates: number;
  resetFrame: number | null;
  resetTtl: number | null;
  /** Who reset it first; null for nobody. */
  resetBy: 'client' | 'server' | null;
  /** When, from its first packet. */
  resetAfterMs: number | null;
}

/** Describes the conversation at `base`. */
export function describeTcp(tracker: TcpTracker, base: number): TcpConversation {
  const { words, doubles } = tracker.table;
  const seen = words[base + tcpFlagsSeen]!;
  const wasReset = (seen & (sawClientReset | sawServerReset)) !== 0;
  return {
    protocol: 'tcp',
    number: words[base + atNumber]!,
    ...endpointsOf(words, base),
    startMs: doubles[(base + atFirstTime) >> 1]!,
    endMs: doubles[(base + atLastTime) >> 1]!,
    firstFrame: words[base + atFirstFrame]!,
    lastFrame: words[base + atLastFrame]!,
    toServer: describeDirection(tracker, base, 0),
    toClient: describeDirection(tracker, base, 1),
    handshakeMs: seen & knowsRoundTrip ? doubles[(base + tcpInitialRoundTripMs) >> 1]! : null,
    state: stateOf(seen),
    history: historyText(words, base),
    portsReused: (seen & sawPortReuse) !== 0,
    duplicates: words[base + tcpDuplicates]!,
    resetFrame: wasReset ? words[base + tcpResetFrame]! : null,
    resetTtl: wasReset ? words[base + tcpResetTtl]! : null,
    resetBy: wasReset ? resetBy(seen) : null,
    resetAfterMs: wasReset ? doubles[(base + tcpResetTime) >> 1]! - doubles[(base + atFirstTime) >> 1]! : null,
  };
}

function describeDirection(tracker: TcpTracker, base: number, direction: number): TcpDirection {
  const { words, doubles } = tracker.table;
  const side = base + tcpSides + direction * sideWords;
  const handle = words[base + tcpAnomalies]!;
  const anomalies = Object.fromEntries(
    tcpAnomalyNames.map((name, index) => [name, tracker.sequence.anomalies.get(handle, direction, index)]),
  ) as Record<TcpAnomalyName, number>;
  return {
    packets: words[side + sidePackets]!,
    payloadPackets: words[side + sidePayloadPackets]!,
    payloadBytes: doubles[(side + sideBytes) >> 1]!,
    syn: words[side + sideSyns]!,
    synAck: words[side + sideSynAcks]!,
    fin: words[side + sideFins]!,
    rst: words[side + sideResets]!,
    mssBytes: words[side + sideMss]! > 0 ? words[side + sideMss]! : null,
    ttl: words[side + sideTtl]!,
    ...anomalies,
  };
}

/** Of a conversation that was reset: by whom first. `seen` are its flags. */
export function resetBy(seen: number): 'client' | 'server' {
  return seen & resetFirstByServer ? 'server' : 'client';
}

/** How a conversation went, from its flags. */
export function stateOf(seen: number): TcpState {
  const clientReset = (seen & sawClientReset) !== 0;
  const serverReset = (seen & sawServerReset) !== 0;
  const clientFin = (seen & sawClientFin) !== 0;
  const serverFin = (seen & sawServerFin) !== 0;
  if ((seen & sawSyn) === 0) {
    if ((seen & sawSynAck) === 0) return 'OTH';
    if (serverReset) return 'RSTRH';
    return serverFin ? 'SHR' : 'OTH';
  }
  if ((seen & sawSynAck) === 0 && (seen & sawOpen) === 0) {
    if (serverReset) return 'REJ';
    if (clientReset) return 'RSTOS0';
    return clientFin ? 'SH' : 'S0';
  }
  if (clientReset) return 'RSTO';
  if (serverReset) return 'RSTR';
  if (clientFin && serverFin) return 'SF';
  if (clientFin) return 'S2';
  return serverFin ? 'S3' : 'S1';
}
