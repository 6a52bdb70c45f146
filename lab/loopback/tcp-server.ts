import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Leaf } from '../certificates.ts';
import { type ConnectionScript, playScript } from './connection-script.ts';

export interface ScriptedServerOptions {
  script: ConnectionScript;
  /** Play the script inside TLS with this certificate; without it, on the bare connection. */
  tls?: Leaf;
  /** Leave the ClientHello unanswered for so long. */
  handshakeAfterMs?: number;
  /** Default 127.0.0.1; any address of 127.0.0.0/8, or ::1. */
  address?: string;
  /** Default 0: the kernel chooses. */
  port?: number;
}

/** A listener that plays one script on every connection: for what no real server can be configured into. */
export interface ScriptedServer {
  readonly address: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Ends every connection and the listener. */
  stop(): Promise<void>;
}

/** Rejects when the address or port cannot be listened on. */
export async function startScriptedServer(options: ScriptedServerOptions): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // What the client does to a connection that is broken on purpose is not this server's trouble.
    socket.on('error', () => {});
    const { tls } = options;
    if (tls) setTimeout(() => playInsideTls(options.script, tls, socket), options.handshakeAfterMs ?? 0);
    else void playScript(options.script, socket, socket);
  });
  await listening(server, options.port ?? 0, options.address ?? '127.0.0.1');
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    get connections(): number {
      return connections;
    },
    stop: () => stopped(server, sockets),
  };
}

function playInsideTls(script: ConnectionScript, leaf: Leaf, transport: Socket): void {
  if (transport.destroyed) return;
  const secure = new TLSSocket(transport, { isServer: true, cert: leaf.chainPem, key: leaf.keyPem, ALPNProtocols: ['http/1.1'] });
  secure.on('error', () => transport.destroy());
  secure.on('secure', () => void playScript(script, secure, transport));
}

/** Resolves when `server` listens; rejects when it cannot. */
export function listening(server: Server, port: number, address: string, backlog?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address, ...(backlog === undefined ? {} : { backlog }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Destroys the sockets and resolves when the listener is gone. */
export function stopped(server: Server, sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Below the ports that systems hand out, so that no listener or client that asks for any port gets one that is to stay closed. */
const closedPorts = { first: 20_000, count: 12_000 };
const closedPortTries = 20;

/** A port of the address on which nobody listens. Rejects when none of a few is free. */
export async function closedPort(address = '127.0.0.1'): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const server = createServer();
    const port = closedPorts.first + Math.floor(Math.random() * closedPorts.count);
    try {
      await listening(server, port, address);
      await stopped(server, []);
      return port;
    } catch (error) {
      if (attempt === closedPortTries) throw error;
    }
  }
}
