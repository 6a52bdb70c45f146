import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ServedCertificate } from '../../authority/authorities.ts';
import { type ConnectionScript, playScript } from '../../loopback/connection-script.ts';
import type { HelloBehavior, OldServerBehavior, RequestBehavior, ScriptBehavior } from '../../scenario/change.ts';
import { clientHelloOf } from './client-hello.ts';
import type { HitCounter } from './hit-counter.ts';

/** What a client gets that meets no fault. */
const plainPage: ConnectionScript = [
  { await: 'request' },
  {
    send: [
      'HTTP/1.1 200 OK',
      'content-type: text/html; charset=utf-8',
      'content-length: 84',
      'connection: close',
      '',
      '<!doctype html><html lang="en"><title>Shop</title><h1>The shop is open</h1></html>\r\n',
    ].join('\r\n'),
  },
  { finish: 'close' },
];

/** Plays the script on every connection, inside TLS where a certificate is given. */
export function serveScript(fd: number, behavior: ScriptBehavior, secure: ServedCertificate | undefined, hits: HitCounter): void {
  serve(fd, (socket) => {
    hits.hit();
    if (!secure) {
      void playScript(behavior.steps, socket, socket);
      return;
    }
    setTimeout(() => {
      const transport = behavior.stallAfterBytes === undefined ? socket : new Throttled(socket, Buffer.alloc(0), behavior.stallAfterBytes);
      playInsideTls(behavior.steps, secure, transport, socket);
    }, behavior.handshakeAfterMs ?? 0);
  });
}

/** Reads the ClientHello and decides by it. */
export function serveHello(fd: number, behavior: HelloBehavior, secure: ServedCertificate, hits: HitCounter): void {
  const { serverName, named, aboveBytes } = behavior.when;
  serve(fd, (socket) => {
    let seen = Buffer.alloc(0);
    const onData = (bytes: Buffer): void => {
      seen = Buffer.concat([seen, bytes]);
      const hello = clientHelloOf(seen);
      if (hello === null) return;
      socket.off('data', onData);
      socket.pause();
      const matches =
        (serverName === undefined || hello.serverName === serverName) &&
        (named === undefined || (hello.serverName !== null) === named) &&
        (aboveBytes === undefined || hello.recordBytes > aboveBytes);
      if (matches) {
        hits.hit();
        // The script may wait for the hello itself.
        socket.unshift(seen);
        void playScript(behavior.steps, socket, socket);
        socket.resume();
      } else {
        playInsideTls(plainPage, secure, new Throttled(socket, seen, Number.POSITIVE_INFINITY), socket);
      }
    };
    socket.on('data', onData);
  });
}

/** Reads the ClientHello and answers as an old server would. */
export function serveOld(fd: number, { version, suites }: OldServerBehavior, hits: HitCounter): void {
  serve(fd, (socket) => {
    let seen = Buffer.alloc(0);
    const onData = (bytes: Buffer): void => {
      seen = Buffer.concat([seen, bytes]);
      const hello = clientHelloOf(seen);
      if (hello === null) return;
      socket.off('data', onData);
      hits.hit();
      const chosen = suites.find((suite) => hello.suites.includes(suite));
      const steps: ConnectionScript =
        chosen === undefined
          ? [{ send: Uint8Array.from([21, 3, version & 0xff, 0, 2, 2, 40]) }, { finish: 'close' }]
          : [{ send: serverHello(version, chosen) }, { finish: 'hold' }];
      void playScript(steps, socket, socket);
    };
    socket.on('data', onData);
  });
}

/** A ServerHello without extensions in a record of its own (RFC 5246 section 7.4.1.3, RFC 6101 section 5.6.1.3). */
function serverHello(version: number, suite: number): Uint8Array {
  const [major, minor] = [version >> 8, version & 0xff];
  return Uint8Array.from([22, major, minor, 0, 42, 2, 0, 0, 38, major, minor, ...randomBytes(32), 0, suite >> 8, suite & 0xff, 0]);
}

/** Reads the request and decides by it. */
export function serveRequest(fd: number, behavior: RequestBehavior, secure: ServedCertificate | undefined, hits: HitCounter): void {
  const pattern = new RegExp(behavior.when, 'i');
  serve(fd, (socket) => {
    const decide = (stream: Duplex): void => {
      let seen = '';
      const onData = (bytes: Buffer): void => {
        seen += bytes.toString('latin1');
        if (!seen.includes('\r\n\r\n')) return;
        stream.off('data', onData);
        stream.pause();
        const matches = pattern.test(seen);
        if (matches) hits.hit();
        stream.unshift(Buffer.from(seen, 'latin1'));
        void playScript(matches ? behavior.steps : plainPage, stream, socket);
        stream.resume();
      };
      stream.on('data', onData);
    };
    if (!secure) decide(socket);
    else onSecure(secure, socket, socket, decide);
  });
}

function playInsideTls(script: ConnectionScript, certificate: ServedCertificate, transport: Duplex, socket: Socket): void {
  onSecure(certificate, transport, socket, (stream) => void playScript(script, stream, socket));
}

function onSecure({ certificatePem, keyPem }: ServedCertificate, transport: Duplex, socket: Socket, then: (stream: Duplex) => void): void {
  if (socket.destroyed) return;
  const secure = new TLSSocket(transport as Socket, {
    isServer: true,
    cert: certificatePem,
    key: keyPem,
    ALPNProtocols: ['http/1.1'],
    // Weak certificates are served too.
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  secure.on('error', () => socket.destroy());
  secure.on('secure', () => then(secure));
}

function serve(fd: number, onConnection: (socket: Socket) => void): Server {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    // What a client does to a connection that is broken on purpose is not this server's trouble.
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  return server.listen({ fd });
}

/** A transport that was read from before, and that may stop sending after so many bytes as if the rest were lost in the server. */
class Throttled extends Duplex {
  readonly #socket: Socket;
  #left: number;

  constructor(socket: Socket, alreadyRead: Buffer, bytesAllowed: number) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#left = bytesAllowed;
    if (alreadyRead.length > 0) this.push(alreadyRead);
    socket.on('data', (bytes: Buffer) => this.push(bytes));
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
    socket.resume();
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const allowed = bytes.subarray(0, Math.min(bytes.length, this.#left));
    this.#left -= allowed.length;
    if (allowed.length === 0) done();
    else this.#socket.write(allowed, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }
}
