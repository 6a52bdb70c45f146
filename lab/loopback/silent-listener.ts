import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** An address and port whose SYNs nobody answers. */
export interface SilentListener {
  readonly address: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * The thread listens and then blocks, so that nothing is ever accepted. It is CommonJS text because a worker cannot load the TypeScript of the
 * thread that starts it.
 */
const listenerThread = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const server = createServer();
server.on('error', (error) => parentPort.postMessage({ error: error.code }));
server.listen({ host: workerData.address, port: workerData.port, backlog: 1 }, () => {
  parentPort.postMessage({ port: server.address().port });
  setImmediate(() => {
    Atomics.wait(new Int32Array(workerData.gate), 0, 0);
    server.close();
  });
});
`;

/** Connections that fit a backlog of 1 on Linux are 2; more than this says that the system queues differently. */
const mostFillers = 16;
const fillerWaitMs = 100;

/**
 * Makes an address that swallows SYNs, on loopback and without privileges: a listener that never accepts, its accept queue filled by connections of
 * our own. Linux drops every further SYN without an answer while the queue is full (tcp_conn_request in net/ipv4/tcp_input.c), which a
 * client cannot tell from a dead host. Rejects where the system does otherwise, or when the port is taken.
 */
export async function startSilentListener(address = '127.0.0.1', port = 0): Promise<SilentListener> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(listenerThread, { eval: true, workerData: { address, port, gate } });
  const fillers: Socket[] = [];
  const stop = async (): Promise<void> => {
    for (const socket of fillers) socket.destroy();
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    await worker.terminate();
  };
  try {
    const chosen = await new Promise<number>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: { port: number } | { error: string }) => {
        if ('port' in message) resolve(message.port);
        else reject(new Error(`cannot listen on ${address} port ${port}: ${message.error}`));
      });
    });
    while (await opens(address, chosen, fillers)) {
      if (fillers.length > mostFillers) throw new Error('this system answers SYNs although the accept queue is full');
    }
    return { address, port: chosen, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether one more connection opens; keeps it open either way. On loopback a SYN-ACK comes at once or never. */
function opens(address: string, port: number, fillers: Socket[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    fillers.push(socket);
    // Looked at again after one turn of the event loop: a process kept busy meets its timers before its sockets.
    const timer = setTimeout(
      () =>
        setImmediate(() => {
          if (socket.connecting) socket.destroy();
          resolve(!socket.destroyed);
        }),
      fillerWaitMs,
    );
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
