import type { Endpoint } from '../model/observations/base.ts';
import { atFirstFrame, atFirstTime, atLastFrame, atLastTime, atNumber } from './conversation-table.ts';
import { endpointsOf } from './endpoint.ts';
import { type UdpTracker, udpBytes, udpPackets } from './udp-tracker.ts';

/** One pair of UDP endpoints. The sender of the first datagram is the client. Times are milliseconds since the reading's origin. */
export interface UdpConversation {
  protocol: 'udp';
  number: number;
  client: Endpoint;
  server: Endpoint;
  startMs: number;
  endMs: number;
  firstFrame: number;
  lastFrame: number;
  packetsToServer: number;
  packetsToClient: number;
  /** Payload, as the headers say. */
  bytesToServer: number;
  bytesToClient: number;
}

/** Describes the conversation at `base`. */
export function describeUdp(tracker: UdpTracker, base: number): UdpConversation {
  const { words, doubles } = tracker.table;
  return {
    protocol: 'udp',
    number: words[base + atNumber]!,
    ...endpointsOf(words, base),
    startMs: doubles[(base + atFirstTime) >> 1]!,
    endMs: doubles[(base + atLastTime) >> 1]!,
    firstFrame: words[base + atFirstFrame]!,
    lastFrame: words[base + atLastFrame]!,
    packetsToServer: words[base + udpPackets]!,
    packetsToClient: words[base + udpPackets + 1]!,
    bytesToServer: doubles[(base + udpBytes) >> 1]!,
    bytesToClient: doubles[(base + udpBytes + 2) >> 1]!,
  };
}
