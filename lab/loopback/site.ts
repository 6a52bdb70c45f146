import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Leaf } from '../certificates.ts';
import { listening, stopped } from './tcp-server.ts';

/** One page of a site, as data. */
export interface Page {
  /** Default 200. */
  status?: number;
  /** Default `text/html; charset=utf-8`; null sends none. */
  contentType?: string | null;
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Default a small HTML document; null sends no body and no content type. */
  body?: string | Uint8Array | null;
  /** Send the body gzip-encoded. */
  gzip?: boolean;
  /** Send the body in this many pieces, chunked, so that its length is not stated. */
  chunks?: number;
  /** Wait before each piece of the body. */
  betweenChunksMs?: number;
  /** Wait before the response header. */
  afterMs?: number;
  /** What HEAD gets; default what the standard says. `closed`: the connection ends without a response. */
  head?: 'closed' | 'not-allowed';
}

/** Pages by path; `*` stands for every path not listed, which else is 404. */
export type Pages = Readonly<Record<string, Page>>;

export interface SiteOptions {
  /** Without it the site speaks plain HTTP. */
  tls?: Leaf;
  /** Further options of the TLS server: versions, ciphers, client certificates. */
  tlsOptions?: Pick<ServerOptions, 'minVersion' | 'maxVersion' | 'ciphers' | 'requestCert' | 'rejectUnauthorized' | 'SNICallback'>;
  /** Default: a healthy page at every path. */
  pages?: Pages;
  /** Default 127.0.0.1; any address of 127.0.0.0/8, or ::1. */
  address?: string;
  /** Default 0: the kernel chooses. */
  port?: number;
}

/** A site served by Node.js's own HTTP/1.1 server. */
export interface Site {
  readonly address: string;
  readonly port: number;
  /** `METHOD path` of every request in order of arrival. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** A document with a title, text and an image, so that nobody can call it blank. */
export const healthyDocument = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A healthy page</title></head>
<body><h1>It works</h1><p>This page is served on a loopback address for practice.</p>
<img alt="a dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="></body></html>
`;

/** Rejects when the address or port cannot be listened on. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const requests: string[] = [];
  const pages = options.pages ?? { '*': {} };
  return startHttpServer(options, requests, (request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    const page = (Object.hasOwn(pages, path) ? pages[path] : pages['*']) ?? { status: 404, body: '<h1>Not Found</h1>' };
    void servePage(page, request, response);
  });
}

/** The listener behind sites and proxies: Node.js's HTTP server, plain or inside TLS, with its connections kept so that it can be stopped. */
export async function startHttpServer(
  options: Pick<SiteOptions, 'tls' | 'tlsOptions' | 'address' | 'port'>,
  requests: string[],
  listener: RequestListener,
): Promise<Site> {
  const sockets = new Set<Socket>();
  const recorded: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  };
  const { tls } = options;
  const server: Server = tls
    ? createHttpsServer({ cert: tls.chainPem, key: tls.keyPem, ...options.tlsOptions }, recorded)
    : createHttpServer(recorded);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await listening(server, options.port ?? 0, options.address ?? '127.0.0.1');
  const { address, port } = server.address() as AddressInfo;
  return { address, port, requests, stop: () => stopped(server, sockets) };
}

async function servePage(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  if (request.method === 'HEAD' && page.head === 'closed') {
    request.socket.destroy();
    return;
  }
  if (page.afterMs !== undefined) await sleep(page.afterMs);
  const method = request.method === 'HEAD' && page.head === 'not-allowed' ? 405 : undefined;
  const plain = page.body === undefined ? healthyDocument : page.body;
  const body = plain === null || method ? null : page.gzip ? gzipSync(plain) : Buffer.from(plain);
  const contentType = page.contentType === undefined ? 'text/html; charset=utf-8' : page.contentType;
  for (const [name, value] of Object.entries(page.headers ?? {})) response.setHeader(name, typeof value === 'string' ? value : [...value]);
  if (body !== null && contentType !== null) response.setHeader('content-type', contentType);
  if (body !== null && page.gzip) response.setHeader('content-encoding', 'gzip');
  if (page.chunks === undefined && page.status !== 204 && page.status !== 304) response.setHeader('content-length', body?.length ?? 0);
  response.writeHead(method ?? page.status ?? 200);
  if (body === null || request.method === 'HEAD') {
    response.end();
    return;
  }
  await sendBody(body, page, response);
}

async function sendBody(body: Uint8Array, page: Page, response: ServerResponse): Promise<void> {
  const pieces = page.chunks ?? 1;
  const pieceBytes = Math.max(1, Math.ceil(body.length / pieces));
  for (let offset = 0; offset < body.length; offset += pieceBytes) {
    if (page.betweenChunksMs !== undefined) await sleep(page.betweenChunksMs);
    response.write(body.subarray(offset, offset + pieceBytes));
  }
  response.end();
}
