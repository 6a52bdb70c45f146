import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Leaf } from '../certificates.ts';
import { type Site, startHttpServer } from './site.ts';

export interface ProxyOptions {
  /** Where requests go, in plain HTTP. */
  upstream: { address: string; port: number };
  /** Without it the proxy speaks plain HTTP itself. */
  tls?: Leaf;
  /** How long the upstream may take until its response header; default 60 s. */
  upstreamTimeoutMs?: number;
  /** Ask before each request whether the upstream accepts connections, and answer 503 when it does not, as load balancers with health checks do. */
  healthChecked?: boolean;
  /** Default 127.0.0.1. */
  address?: string;
  /** Default 0: the kernel chooses. */
  port?: number;
}

/**
 * A reverse proxy that forwards every request to one upstream and says what proxies say when that fails: 502 when it refuses, resets, closes or
 * answers no HTTP; 504 when it does not answer in time; 503 when its health check fails.
 */
export function startProxy(options: ProxyOptions): Promise<Site> {
  return startHttpServer(options, [], (request, response) => {
    void forward(options, request, response);
  });
}

async function forward(options: ProxyOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (options.healthChecked && !(await accepts(options.upstream))) {
    answer(response, 503, 'Service Unavailable', '<p>No server is available to handle this request.</p>');
    return;
  }
  const { address, port } = options.upstream;
  const outgoing = httpRequest({
    host: address,
    port,
    method: request.method,
    path: request.url,
    headers: { ...request.headers, 'x-forwarded-for': request.socket.remoteAddress ?? '', via: '1.1 lab-proxy' },
    agent: false,
  });
  const timer = setTimeout(() => {
    answer(response, 504, 'Gateway Time-out');
    outgoing.destroy();
  }, options.upstreamTimeoutMs ?? 60_000);
  outgoing.on('response', (incoming) => {
    clearTimeout(timer);
    response.writeHead(incoming.statusCode ?? 502, { ...incoming.headers, via: '1.1 lab-proxy' });
    incoming.pipe(response);
    // A body that breaks off upstream breaks off here as well.
    incoming.on('error', () => response.destroy());
  });
  outgoing.on('error', () => {
    clearTimeout(timer);
    answer(response, 502, 'Bad Gateway');
  });
  response.on('close', () => {
    clearTimeout(timer);
    outgoing.destroy();
  });
  request.pipe(outgoing);
}

function answer(response: ServerResponse, status: number, reason: string, more = ''): void {
  if (response.headersSent) return;
  const body = `<html><head><title>${status} ${reason}</title></head><body><h1>${status} ${reason}</h1>${more}<hr>lab-proxy</body></html>\n`;
  response.writeHead(status, reason, {
    server: 'lab-proxy',
    'content-type': 'text/html',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function accepts(upstream: { address: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: upstream.address, port: upstream.port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
