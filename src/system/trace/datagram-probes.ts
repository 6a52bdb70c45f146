import type { Failure } from '../../model/failure.ts';
import type { Endpoint } from '../../model/observations/base.ts';
import type { Wait } from '../../ports/connection.ts';
import type { ProbeChannel, ProbeOutcome } from '../../ports/path-tracer.ts';
import { answerOf } from './icmp-answer.ts';
import { PendingProbes } from './pending-probes.ts';
import { type Received, type SocketCalls, socketAddress, socketKind } from './socket-calls.ts';

/** First port of traceroute(8). Each probe goes to a port of its own, by which its answer is known. */
const firstPort = 33_434;
const ports = 65_536 - firstPort;
const protocolIcmp = { ipv4: 1, ipv6: 58 } as const;
/** Echo request and reply (RFC 792, RFC 4443 section 4). */
const echo = { ipv4: { request: 8, reply: 0 }, ipv6: { request: 128, reply: 129 } } as const;
const sequences = 65_536;
/** What traceroute(8) sends: routers see many of them. */
const payloadBytes = 32;

/** What distinguishes the two kinds of datagrams. */
interface Kind {
  kind: number;
  protocol: number;
  /** Payload and destination port of the probe of this number. */
  probe(number: number): { bytes: Uint8Array; port: number };
  /** The number of the probe that an error is about; null when it cannot be told. */
  numberOfError(error: Received): number | null;
  /** The same for what came back by itself. */
  numberOfReply(reply: Received): number | null;
}

/** Datagrams to ports that nobody uses: the destination says "port unreachable". One socket sends them all. */
export function udpProbes(calls: SocketCalls, destination: Endpoint): ProbeChannel | Failure {
  return datagramProbes(calls, destination, {
    kind: socketKind.datagram,
    protocol: 0,
    probe: (number) => ({ bytes: new Uint8Array(payloadBytes), port: firstPort + (number % ports) }),
    numberOfError: (error) => (error.port === null ? null : error.port - firstPort),
    numberOfReply: () => null,
  });
}

/** Echo requests, on a socket that the kernel gives to groups of `net.ipv4.ping_group_range`. The kernel owns identifier and checksum. */
export function icmpProbes(calls: SocketCalls, destination: Endpoint): ProbeChannel | Failure {
  const family = destination.address.includes(':') ? 'ipv6' : 'ipv4';
  return datagramProbes(calls, destination, {
    kind: socketKind.datagram,
    protocol: protocolIcmp[family],
    probe(number) {
      const bytes = new Uint8Array(8 + payloadBytes);
      bytes[0] = echo[family].request;
      new DataView(bytes.buffer).setUint16(6, number % sequences);
      return { bytes, port: 0 };
    },
    numberOfError: (error) => sequenceOf(error.data, echo[family].request),
    numberOfReply: (reply) => sequenceOf(reply.data, echo[family].reply),
  });
}

function sequenceOf(message: Uint8Array, type: number): number | null {
  if (message.length < 8 || message[0] !== type) return null;
  return ((message[6] ?? 0) << 8) | (message[7] ?? 0);
}

function datagramProbes(calls: SocketCalls, destination: Endpoint, kind: Kind): ProbeChannel | Failure {
  const family = destination.address.includes(':') ? 'ipv6' : 'ipv4';
  if (socketAddress(destination.address, 0) === null) return { name: 'invalid-argument' };
  const descriptor = calls.open(family, kind.kind, kind.protocol);
  if (typeof descriptor !== 'number') return descriptor;
  const sentAt = new Map<number, number>();
  const pending = new PendingProbes<number>(look);
  let sent = 0;
  let closed = false;

  function look(): void {
    if (closed) return;
    for (let error = calls.receiveError(descriptor as number); error !== null; error = calls.receiveError(descriptor as number)) {
      const number = kind.numberOfError(error);
      const sentAtMs = number === null ? undefined : sentAt.get(number);
      const answer = sentAtMs === undefined ? null : answerOf(error, sentAtMs);
      if (number !== null && answer !== null) pending.settle(number, { kind: 'answered', answer });
    }
    for (let reply = calls.receiveDatagram(descriptor as number); reply !== null; reply = calls.receiveDatagram(descriptor as number)) {
      const number = kind.numberOfReply(reply);
      const sentAtMs = number === null ? undefined : sentAt.get(number);
      if (number === null || sentAtMs === undefined) continue;
      const rttMs = reply.receivedAtMs === null ? null : Math.max(0, reply.receivedAtMs - sentAtMs);
      pending.settle(number, {
        kind: 'answered',
        answer: {
          from: reply.address ?? destination.address,
          what: 'echo-reply',
          rttMs,
          ...(reply.ttl === null ? {} : { replyTtl: reply.ttl }),
        },
      });
    }
  }

  return {
    async send(ttl: number, wait: Wait): Promise<ProbeOutcome> {
      if (closed) return { kind: 'silent' };
      const number = sent++ % Math.min(ports, sequences);
      const { bytes, port } = kind.probe(number);
      const address = socketAddress(destination.address, port) ?? new Uint8Array(0);
      calls.setIpOption(descriptor, family, 'ttl', ttl);
      let failure: Failure | null = null;
      // An error that waits on the socket is reported to whoever sends next, and the datagram stays: send it again.
      for (let attempt = 0; attempt < 3; attempt += 1) {
        sentAt.set(number, calls.realtimeMs());
        failure = calls.sendTo(descriptor, bytes, address);
        if (failure === null || !isEarlierError(failure)) break;
        look();
      }
      if (failure !== null) return { kind: 'failed', failure };
      return pending.wait(number, wait, () => sentAt.delete(number));
    },
    close() {
      if (closed) return;
      pending.settleAll({ kind: 'silent' });
      closed = true;
      calls.close(descriptor);
    },
  };
}

/** Errors that the network reported about an earlier probe, as against those about this one. */
function isEarlierError(failure: Failure): boolean {
  return ['host-unreachable', 'network-unreachable', 'connection-refused', 'send-not-permitted', 'message-too-long'].includes(failure.name);
}
