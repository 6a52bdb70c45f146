import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { decodeDnsMessage } from '../../src/wire/dns-message.ts';
import { answerQuery, type DnsZone, type PreparedAnswer } from './dns-zone.ts';
import { listening, stopped } from './tcp-server.ts';

export interface DnsServerOptions {
  zone: DnsZone;
  /** Default 127.0.0.1; any address of 127.0.0.0/8, or ::1. */
  address?: string;
  /** What TCP does: `serve` (default), or nothing listens there. */
  tcp?: 'serve' | 'closed';
}

/** One question that arrived. */
export interface ReceivedQuery {
  name: string;
  type: string;
  transport: 'udp' | 'tcp';
}

/** A resolver on a loopback address, UDP and TCP on one port chosen by the kernel. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
  /** `address:port`, brackets around IPv6, as `--resolver` takes it. */
  readonly endpoint: string;
  /** Every question in order of arrival, retransmissions included. */
  readonly queries: readonly ReceivedQuery[];
  stop(): Promise<void>;
}

const attemptsToFindPort = 20;

/** Rejects when the address cannot be bound. */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const address = options.address ?? '127.0.0.1';
  const queries: ReceivedQuery[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const connections = new Set<Socket>();

  const later = (answer: PreparedAnswer, send: (bytes: Uint8Array) => void): void => {
    const { bytes } = answer;
    if (bytes === null) return;
    if (answer.delayMs === 0) {
      send(bytes);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      send(bytes);
    }, answer.delayMs);
    timers.add(timer);
  };
  const answer = (bytes: Uint8Array, transport: 'udp' | 'tcp', send: (bytes: Uint8Array) => void): void => {
    const { message } = decodeDnsMessage(bytes);
    const question = message?.questions[0];
    if (message === null || question === undefined || message.response) return;
    queries.push({ name: question.name, type: question.type, transport });
    later(answerQuery(options.zone, message, transport), send);
  };

  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => {});
    readFrames(socket, (query) =>
      answer(query, 'tcp', (bytes) => {
        if (!socket.destroyed) socket.write(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]));
      }),
    );
  });
  const udp = await bindBoth(address, options.tcp === 'closed' ? null : tcp);
  udp.on('message', (query, from) => {
    answer(query, 'udp', (bytes) => {
      // The sender may have gone: an ICMP error that comes back is its trouble.
      udp.send(bytes, from.port, from.address, () => {});
    });
  });
  udp.on('error', () => {});

  const { port } = udp.address();
  return {
    address,
    port,
    endpoint: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    queries,
    async stop(): Promise<void> {
      for (const timer of timers) clearTimeout(timer);
      await new Promise<void>((resolve) => {
        udp.close(() => resolve());
      });
      if (options.tcp !== 'closed') await stopped(tcp, connections);
    },
  };
}

/** A UDP port whose TCP twin is free as well, both bound; the kernel chooses the first, so the second is tried a few times. */
async function bindBoth(address: string, tcp: ReturnType<typeof createServer> | null): Promise<DatagramSocket> {
  for (let attempt = 1; ; attempt++) {
    const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.bind(0, address, () => {
        udp.off('error', reject);
        resolve();
      });
    });
    if (tcp === null) return udp;
    try {
      await listening(tcp, udp.address().port, address);
      return udp;
    } catch (error) {
      udp.close();
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === attemptsToFindPort) throw error;
    }
  }
}

/** Messages over TCP carry a two-byte length (RFC 1035 section 4.2.2). */
function readFrames(socket: Socket, onMessage: (bytes: Uint8Array) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      onMessage(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
  });
}
