import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Leaf } from '../../lab/certificates.ts';
import { listening, stopped } from '../../lab/loopback/tcp-server.ts';

export interface ForwardProxyOptions {
  /** The proxy itself speaks TLS. */
  tls?: Leaf;
  /** `user:password` it wants; default: none. */
  login?: string;
}

/** A proxy on loopback. Every name leads to 127.0.0.1: it is the one that looks up names here. */
export interface ForwardProxy {
  readonly port: number;
  /** What was asked for: `CONNECT host:port`, `GET url`, `SOCKS host:port`. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

const here = '127.0.0.1';

/** A proxy of HTTP: CONNECT and requests in absolute form. */
export async function startHttpProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const isAllowed = (request: IncomingMessage): boolean =>
    options.login === undefined || request.headers['proxy-authorization'] === `Basic ${Buffer.from(options.login).toString('base64')}`;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${request.method} ${request.url}`);
    if (!isAllowed(request)) response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
    else if (!request.url?.startsWith('http://')) response.writeHead(400).end();
    else forward(request, response);
  };
  const server = options.tls
    ? createTlsServer({ cert: options.tls.chainPem, key: options.tls.keyPem }, onRequest)
    : createServer(onRequest);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    requests.push(`CONNECT ${request.url}`);
    socket.on('error', () => socket.destroy());
    if (!isAllowed(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tunnel(socket, Number(/:(\d+)$/.exec(request.url ?? '')?.[1]), {
      opened: () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
      failed: () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'),
    });
  });
  return serve(server, sockets, requests);
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '');
  const { 'proxy-authorization': _, ...headers } = request.headers;
  const outgoing = httpRequest({
    host: here,
    port: url.port || 80,
    method: request.method,
    path: url.pathname + url.search,
    headers,
    agent: false,
  });
  outgoing.on('response', (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, { ...incoming.headers, via: '1.1 test-proxy' });
    incoming.pipe(response);
  });
  outgoing.on('error', () => response.writeHead(502, { 'proxy-status': 'test-proxy; error=connection_refused' }).end());
  request.pipe(outgoing);
}

function tunnel(socket: Socket, port: number, on: { opened(): void; failed(): void }): void {
  const upstream = connect({ host: here, port });
  let isOpen = false;
  upstream.once('connect', () => {
    isOpen = true;
    on.opened();
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.once('error', () => {
    if (isOpen) socket.destroy();
    else on.failed();
  });
  socket.on('close', () => upstream.destroy());
}

/** A proxy of SOCKS5 (RFC 1928, RFC 1929), or one that answers the request with this reply. */
export async function startSocksProxy(options: { login?: string; reply?: number } = {}): Promise<ForwardProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    void talkSocks(socket, options, requests);
  });
  return serve(server, sockets, requests);
}

async function talkSocks(socket: Socket, options: { login?: string; reply?: number }, requests: string[]): Promise<void> {
  const greeting = await next(socket);
  const wanted = options.login === undefined ? 0 : 2;
  const isOffered = greeting.subarray(2).includes(wanted);
  socket.write(Uint8Array.of(5, isOffered ? wanted : 0xff));
  if (!isOffered) return;
  if (options.login !== undefined) {
    const login = await next(socket);
    const name = login.subarray(2, 2 + login[1]!);
    const word = login.subarray(3 + login[1]!);
    const isRight = `${name}:${word}` === options.login;
    socket.write(Uint8Array.of(1, isRight ? 0 : 1));
    if (!isRight) return;
  }
  const request = await next(socket);
  const isName = request[3] === 3;
  const host = isName ? request.subarray(5, 5 + request[4]!).toString() : [...request.subarray(4, 8)].join('.');
  const port = request.readUInt16BE(request.length - 2);
  requests.push(`SOCKS ${host}:${port}`);
  const reply = (code: number): boolean => socket.write(Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));
  if (options.reply !== undefined) reply(options.reply);
  else tunnel(socket, port, { opened: () => reply(0), failed: () => reply(5) });
}

/** The next message: clients send each in one piece. */
function next(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => socket.once('data', resolve));
}

async function serve(server: Server, sockets: Set<Socket>, requests: string[]): Promise<ForwardProxy> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await listening(server, 0, here);
  const { port } = server.address() as AddressInfo;
  return { port, requests, stop: () => stopped(server, sockets) };
}
