import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Endpoint } from '../model/observations/base.ts';
import type { Wait } from '../ports/connection.ts';
import type { ConnectionShape, ShapedDialer, ShapedDialOutcome } from '../ports/shaped-dialer.ts';
import { AbruptConnection } from './abrupt-connection.ts';
import { addressBytes } from './address-bytes.ts';
import { failureOf } from './errno.ts';
import { dialByKernel } from './kernel-dial.ts';
import { loadKernelSockets } from './kernel-socket.ts';
import { isFailure } from './network-tables.ts';
import { isDialable } from './tcp-dialer.ts';
import { rememberSynRetransmissions } from './tcp-info.ts';
import { limitWait } from './wait-limit.ts';

/**
 * Connections of a chosen shape. A source port alone is a matter of `net.Socket`; the rest takes a socket of the kernel's own, which is given to
 * Node.js once it is open. Links with a zone are not dialled so.
 */
export const systemShapedDialer: ShapedDialer = {
  async dial(remote, shape, wait) {
    const startMs = performance.now();
    const address = addressBytes(remote.address);
    if (address === null || !isDialable(remote) || remote.address.includes('%')) return { name: 'invalid-argument' };
    if (wait.signal?.aborted) return { kind: 'aborted', startMs, atMs: startMs };
    if (shape.maxSegmentBytes === undefined && shape.hopLimit === undefined) return dialByNode(remote, shape, wait, startMs);
    if (shape.localPort !== undefined) return { name: 'invalid-argument' };
    const sockets = await loadKernelSockets();
    return isFailure(sockets) ? sockets : dialByKernel(sockets, remote, address, shape, wait);
  },
};

function dialByNode(remote: Endpoint, shape: ConnectionShape, wait: Wait, startMs: number): Promise<ShapedDialOutcome> {
  return new Promise((resolve) => {
    const socket = new Socket({ allowHalfOpen: true });
    const settle = (outcome: ShapedDialOutcome): void => {
      release();
      socket.removeAllListeners('connect');
      socket.off('error', onError);
      if (outcome.kind !== 'connected') {
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(outcome);
    };
    const onError = (error: Error): void => {
      const atMs = performance.now();
      const failure = failureOf(error);
      if (failure.name === 'timed-out') settle({ kind: 'timed-out', startMs, atMs, synRetransmissions: null });
      else settle({ kind: 'failed', failure, startMs, atMs });
    };
    const release = limitWait(wait, (why) => {
      const atMs = performance.now();
      settle(why === 'aborted' ? { kind: why, startMs, atMs } : { kind: why, startMs, atMs, synRetransmissions: null });
    });
    socket.once('connect', () => {
      const atMs = performance.now();
      rememberSynRetransmissions(socket, atMs - startMs);
      settle({ kind: 'connected', connection: new AbruptConnection(socket, remote, () => false), startMs, atMs });
    });
    socket.on('error', onError);
    socket.setNoDelay(true);
    const port = shape.localPort === undefined ? {} : { localPort: shape.localPort };
    try {
      socket.connect({ host: remote.address, port: remote.port, ...port });
    } catch (error) {
      // A source port beyond 65,535 is refused by a throw.
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
