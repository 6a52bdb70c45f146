import { createServer, type Socket } from 'node:net';
import type { ProxyBehavior } from '../../scenario/change.ts';
import type { HitCounter } from './hit-counter.ts';

const answers: Record<Exclude<ProxyBehavior, 'silent' | { policyPage: string }>, string> = {
  'auth-required':
    'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="Company proxy"\r\nContent-Length: 0\r\n\r\n',
  denied: 'HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n\r\nDestination forbidden',
  'bad-gateway': 'HTTP/1.1 502 Bad Gateway\r\nVia: 1.1 company-proxy\r\nContent-Length: 0\r\n\r\n',
  'gateway-timeout': 'HTTP/1.1 504 Gateway Timeout\r\nVia: 1.1 company-proxy\r\nContent-Length: 0\r\n\r\n',
};

/** A forward proxy that refuses in one of the ways real ones do; the tunnels of a working one are squid's. */
export function serveProxy(fd: number, behavior: ProxyBehavior, hits: HitCounter): void {
  createServer((socket: Socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      hits.hit();
      if (behavior === 'silent') return;
      const page = typeof behavior === 'object' ? behavior.policyPage : null;
      const text =
        page === null
          ? answers[behavior as keyof typeof answers]
          : `HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: ${Buffer.byteLength(page)}\r\n\r\n${page}`;
      socket.end(text);
    });
  }).listen({ fd });
}
