import type { TcpConversation, TcpDirection } from '../../src/capture/tcp-conversation.ts';
import { type CaptureReading, conversationKey, endpointText, keyOf } from './reading-of.ts';
import { isSure, type Truth, type TruthDirection, type TruthTcpStream } from './truth.ts';

interface Pair {
  mine: TcpConversation;
  stream: TruthTcpStream;
  /** What `a` and `b` of the truth sent. */
  fromA: TcpDirection;
  fromB: TcpDirection;
}

function pairs(read: CaptureReading, truth: Truth): { pairs: Pair[]; missing: TruthTcpStream[] } {
  const mine = new Map(read.tcp.map((conversation) => [keyOf(conversation), conversation]));
  const found: Pair[] = [];
  const missing: TruthTcpStream[] = [];
  for (const stream of truth.tcp.streams ?? []) {
    const conversation = mine.get(conversationKey(stream.first_frame, stream.a, stream.b));
    if (conversation === undefined) missing.push(stream);
    else {
      const isA = endpointText(conversation.client) === stream.a;
      const [fromA, fromB] = isA ? [conversation.toServer, conversation.toClient] : [conversation.toClient, conversation.toServer];
      found.push({ mine: conversation, stream, fromA, fromB });
    }
  }
  return { pairs: found, missing };
}

/** Streams, their clients, packets and bytes per direction, flags. A conversation of which packets were seen twice is compared by all sightings. */
export function compareTcp(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const found: string[] = [];
  const { pairs: matched, missing } = pairs(read, truth);
  if (read.tcp.length !== (truth.tcp.streams ?? []).length) found.push(`${read.tcp.length} streams, ${(truth.tcp.streams ?? []).length}`);
  for (const stream of missing) found.push(`stream ${stream.stream} missing`);
  for (const { mine, stream, fromA, fromB } of matched) {
    if (stream.client !== null && stream.client !== endpointText(mine.client))
      found.push(`stream ${stream.stream}: client ${endpointText(mine.client)}`);
    const packets = fromA.packets + fromB.packets + mine.duplicates;
    if (packets !== stream.packets) found.push(`stream ${stream.stream}: ${packets} packets, ${stream.packets}`);
    if (mine.duplicates > 0) continue;
    found.push(...compareCounts(stream.stream, 'a', fromA, stream.a_to_b), ...compareCounts(stream.stream, 'b', fromB, stream.b_to_a));
  }
  return found;
}

function compareCounts(stream: number, side: string, mine: TcpDirection, theirs: TruthDirection): string[] {
  const counts: Readonly<Record<string, readonly [number, number]>> = {
    packets: [mine.packets, theirs.packets],
    'payload packets': [mine.payloadPackets, theirs.payload_packets],
    'payload bytes': [mine.payloadBytes, theirs.payload_bytes],
    SYN: [mine.syn, theirs.syn],
    'SYN-ACK': [mine.synAck, theirs.syn_ack],
    FIN: [mine.fin, theirs.fin],
    RST: [mine.rst, theirs.rst],
  };
  return Object.entries(counts).flatMap(([name, [one, other]]) =>
    one === other ? [] : [`stream ${stream} ${side}: ${name} ${one}, ${other}`],
  );
}

/**
 * Retransmissions and their kin by class: out of order against sent again is a guess from timing, so their sum counts. Acknowledgements of what was not
 * captured are compared as there or not, as tshark tells only some of them.
 */
export function compareTcpAnalysis(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  return pairs(read, truth).pairs.flatMap(({ mine, stream, fromA, fromB }) => {
    if (mine.duplicates > 0) return [`stream ${stream.stream}: ${mine.duplicates} packets seen twice`];
    return [...compareAnalysis(stream.stream, 'a', fromA, stream.a_to_b), ...compareAnalysis(stream.stream, 'b', fromB, stream.b_to_a)];
  });
}

function compareAnalysis(stream: number, side: string, mine: TcpDirection, theirs: TruthDirection): string[] {
  const of = (name: string): number => theirs.analysis[name] ?? 0;
  const counts: Readonly<Record<string, readonly [number, number]>> = {
    'sent again or out of order': [mine.retransmissions + mine.outOfOrder, of('retransmission') + of('out_of_order')],
    'duplicate ACKs': [mine.duplicateAcks, of('duplicate_ack')],
    'zero windows': [mine.zeroWindows, of('zero_window')],
    'zero window probes': [mine.zeroWindowProbes, of('zero_window_probe')],
    'keep-alives': [mine.keepAlives, of('keep_alive')],
    'keep-alive ACKs': [mine.keepAliveAcks, of('keep_alive_ack')],
    'window updates': [mine.windowUpdates, of('window_update')],
    'window full': [mine.windowFull, of('window_full')],
    'lost segments': [mine.lostSegments, of('lost_segment')],
    'unseen acknowledged': [Math.sign(mine.unseenAcked), Math.sign(of('ack_lost_segment'))],
  };
  return Object.entries(counts).flatMap(([name, [one, other]]) =>
    one === other ? [] : [`stream ${stream} ${side}: ${name} ${one}, ${other}`],
  );
}

/** Times are in microseconds, and the difference of two rounded ones may be one off. */
const toleranceMs = 0.0011;

/** The time from the SYN to the first acknowledgement after it. A reset is none, whatever tshark says. */
export function compareHandshakes(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  return pairs(read, truth).pairs.flatMap(({ mine, stream }) => {
    const wantedMs = stream.initial_rtt === null ? null : Number(stream.initial_rtt) * 1000;
    const refused = mine.state === 'REJ';
    if (refused && mine.handshakeMs === null) return [];
    const isSame =
      wantedMs === null || mine.handshakeMs === null ? wantedMs === mine.handshakeMs : Math.abs(wantedMs - mine.handshakeMs) <= toleranceMs;
    return isSame ? [] : [`stream ${stream.stream}: ${mine.handshakeMs} ms, ${wantedMs} ms`];
  });
}

/** UDP pairs, packets and bytes. */
export function compareUdp(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const mine = new Map(read.udp.map((one) => [[endpointText(one.client), endpointText(one.server)].sort().join(' '), one]));
  const wanted = truth.udp.conversations ?? [];
  const found = wanted.length === read.udp.length ? [] : [`${read.udp.length} pairs, ${wanted.length}`];
  for (const theirs of wanted) {
    const one = mine.get([theirs.a, theirs.b].sort().join(' '));
    if (one === undefined) {
      found.push(`${theirs.a} ${theirs.b} missing`);
      continue;
    }
    const counts = [one.packetsToServer, one.packetsToClient, one.bytesToServer, one.bytesToClient];
    const [p0, p1, b0, b1] = endpointText(one.client) === theirs.a ? counts : [counts[1], counts[0], counts[3], counts[2]];
    const text = `${p0} ${p1} ${b0} ${b1}`;
    const other = `${theirs.packets.join(' ')} ${theirs.payload_bytes.join(' ')}`;
    if (text !== other) found.push(`${theirs.a} ${theirs.b}: ${text}, ${other}`);
  }
  return found;
}
