import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { Wait } from '../ports/connection.ts';
import type { ConnectionShape, ShapedDialOutcome } from '../ports/shaped-dialer.ts';
import { AbruptConnection } from './abrupt-connection.ts';
import { systemClock } from './clock.ts';
import type { KernelSockets } from './kernel-socket.ts';
import { rememberSynRetransmissions, tcpInfoOf } from './tcp-info.ts';

/** linux/tcp_states.h */
const stateEstablished = 1;
const stateSynSent = 2;
/** How often a socket that is connecting is looked at. */
const pollMs = 1;
const restingPollMs = 5;
/** After so long an answer that comes is slow anyway, and is looked for less often. */
const briskMs = 200;

/**
 * Connects a socket of the kernel's own, with its error queue open until the connection is, and gives it to Node.js then. A failure in place of an
 * outcome means that the socket could not be made so; nothing was sent.
 */
export async function dialByKernel(
  sockets: KernelSockets,
  remote: Endpoint,
  address: Uint8Array,
  shape: ConnectionShape,
  wait: Wait,
): Promise<ShapedDialOutcome | Failure> {
  const family = address.length === 4 ? 4 : 6;
  const descriptor = sockets.open(family, 'stream');
  if (typeof descriptor !== 'number') return descriptor;
  let isOurs = true;
  try {
    if (!sockets.set(descriptor, family, 'receiveErrors', 1)) return { name: 'unknown', raw: 'the error queue cannot be opened' };
    if (shape.hopLimit !== undefined && !sockets.set(descriptor, family, 'hopLimit', shape.hopLimit)) return { name: 'invalid-argument' };
    if (shape.maxSegmentBytes !== undefined && !sockets.set(descriptor, family, 'maxSegment', shape.maxSegmentBytes))
      return { name: 'invalid-argument' };
    const startMs = performance.now();
    const refused = sockets.connect(descriptor, address, remote.port);
    if (refused !== null) return { kind: 'failed', failure: refused, startMs, atMs: performance.now() };
    for (;;) {
      const icmp = sockets.nextIcmpError(descriptor);
      const info = tcpInfoOf(descriptor);
      const atMs = performance.now();
      if (info?.state === stateEstablished) {
        // Left open, the queue turns any later ICMP error into the end of the connection.
        sockets.set(descriptor, family, 'receiveErrors', 0);
        const socket = new Socket({ fd: descriptor, readable: true, writable: true, allowHalfOpen: true });
        isOurs = false;
        socket.setNoDelay(true);
        rememberSynRetransmissions(socket, atMs - startMs);
        const setHopLimit = (hopLimit: number): boolean => sockets.set(descriptor, family, 'hopLimit', hopLimit);
        return { kind: 'connected', connection: new AbruptConnection(socket, remote, setHopLimit), startMs, atMs };
      }
      if (icmp !== null || info?.state !== stateSynSent) {
        const late = icmp ?? sockets.nextIcmpError(descriptor);
        const failure: Failure = sockets.pendingError(descriptor) ?? { name: 'host-unreachable' };
        if (failure.name === 'timed-out') return { kind: 'timed-out', startMs, atMs, synRetransmissions: null };
        return { kind: 'failed', failure, startMs, atMs, ...(late === null ? {} : { icmp: late }) };
      }
      if (wait.signal?.aborted) return { kind: 'aborted', startMs, atMs };
      if (atMs - startMs >= wait.timeoutMs) return { kind: 'timed-out', startMs, atMs, synRetransmissions: info.retransmits };
      await systemClock.sleep(atMs - startMs < briskMs ? pollMs : restingPollMs, wait.signal);
    }
  } finally {
    if (isOurs) sockets.close(descriptor);
  }
}
