import type { TlsCrypto } from '../wire/tls-crypto.ts';
import { createTlsDecryptor, type TlsDecryptedEvent, type TlsDecryptor } from '../wire/tls-decrypt.ts';
import type { TlsCertificateMessage, TlsCertificateRequest, TlsHandshakeContent } from '../wire/tls-handshake.ts';
import type { TlsKeyLog } from '../wire/tls-keylog.ts';
import type { ByteArena } from './byte-arena.ts';
import type { HttpExchange } from './http-exchange.ts';
import { HttpFollower, type HttpSink } from './http-follower.ts';
import { beginsLikeRequest } from './http-glance.ts';
import { Http2Follower } from './http2-follower.ts';
import { StreamPiece } from './stream-order.ts';
import type { SeenTlsAlert } from './tls-follower.ts';

/** What the inside of a connection tells. */
export interface TlsInsideSink {
  requested(exchange: HttpExchange): void;
  exchange(exchange: HttpExchange): void;
  /** An alert that was encrypted, before the server had sent any content: it is about the handshake. */
  alert(alert: SeenTlsAlert): void;
}

const sides = ['client', 'server'] as const;
const closeNotify = 0;
const userCanceled = 90;
/** What protection adds to a record at the least: tag and content type (RFC 8446 section 5.2). */
const protectionBytes = 17;
/** First bytes of a client by which HTTP is told from anything else. */
const beginningBytes = 16;
/** A server of HTTP/2 may send its settings before the client has said anything (RFC 9113 section 3.4). */
const earlyServerBytes = 16_384;

/** Opens one TLS connection with the secrets of a key log and follows the HTTP inside. Bounded; never throws, whatever the bytes are. */
export class TlsInside implements HttpSink {
  /** Exchanges told so far. */
  exchanges = 0;
  /** Messages that were encrypted; null where none was read. */
  certificate: TlsCertificateMessage | null = null;
  certificateRequest: TlsCertificateRequest | null = null;
  alpn: string | null = null;
  private decryptor: TlsDecryptor | null;
  private follower: HttpFollower | Http2Follower | null = null;
  /** What is spoken inside is none of HTTP. */
  private isForeign = false;
  private hasContent: readonly [boolean, boolean] = [false, false];
  private hasOpened = false;
  private sawServerHello = false;
  /** First bytes of the client, while they are too few to tell a protocol by. */
  private early: Uint8Array<ArrayBuffer> | null = null;
  /** What the server sent before. */
  private earlyServer: Uint8Array<ArrayBuffer> | null = null;
  private readonly piece = new StreamPiece();
  private readonly keyLog: TlsKeyLog;
  private readonly arena: ByteArena;
  private readonly sink: TlsInsideSink;
  private readonly onOver: () => void;

  constructor(crypto: TlsCrypto, keyLog: TlsKeyLog, arena: ByteArena, sink: TlsInsideSink, onOver: () => void) {
    this.decryptor = createTlsDecryptor(crypto, keyLog);
    this.keyLog = keyLog;
    this.arena = arena;
    this.sink = sink;
    this.onOver = onOver;
  }

  /** The client sent content: it was content with the server's certificate. */
  get clientSpoke(): boolean {
    return this.hasContent[0];
  }

  /** Takes bytes of the connection in order; `direction` is 0 from the client. */
  take(piece: StreamPiece, direction: number): void {
    if (this.decryptor === null) return;
    const bytes = new Uint8Array(piece.view.buffer, piece.view.byteOffset + piece.offset, piece.length);
    this.note(this.decryptor.push(sides[direction]!, bytes), direction, piece.timeMs, piece.frame);
  }

  /** Bytes were never captured. */
  gap(length: number, direction: number): void {
    if (this.decryptor !== null) this.note(this.decryptor.skip(sides[direction]!, length), direction, this.piece.timeMs, this.piece.frame);
  }

  private note(events: readonly TlsDecryptedEvent[], direction: number, timeMs: number, frame: number): void {
    for (const event of events) {
      if (this.decryptor === null) return;
      if (event.kind === 'handshake') this.noteHandshake(event.content, event.encrypted, direction);
      else if (event.kind === 'application-data') this.noteContent(event.bytes, direction, timeMs, frame);
      else if (event.kind === 'alert') this.noteAlert(event.alert, event.encrypted, direction, timeMs, frame);
      else if (event.kind === 'closed-record') this.noteClosed(event.reason, event.length, direction);
      else if (event.kind === 'lost') this.abandon();
      this.hasOpened ||= event.kind === 'application-data' || (event.kind === 'handshake' && event.encrypted);
    }
  }

  private noteHandshake(content: TlsHandshakeContent, encrypted: boolean, direction: number): void {
    if (content.type === 'client-hello' && this.keyLog.secretsOf(content.random) === null) this.abandon();
    if (content.type === 'server-hello' && !content.helloRetryRequest) this.sawServerHello = true;
    if (!encrypted || direction !== 1) return;
    if (content.type === 'certificate') this.certificate ??= content;
    else if (content.type === 'certificate-request') this.certificateRequest ??= content;
    else if (content.type === 'encrypted-extensions') this.alpn = content.alpn;
  }

  /** What stays closed: with early data that does no harm, and of a record that was not captured whole its length is known. */
  private noteClosed(reason: string, length: number, direction: number): void {
    if (reason === 'bytes-missing') this.follower?.gap(Math.max(0, length - protectionBytes), direction);
    else if (this.sawServerHello && (reason !== 'does-not-open' || this.hasOpened)) this.abandon();
  }

  private noteAlert(description: number, encrypted: boolean, direction: number, timeMs: number, frame: number): void {
    if (!encrypted || this.hasContent[1] || description === closeNotify) return;
    // In TLS 1.3 all others end the connection, whatever level they give (RFC 8446 section 6).
    this.sink.alert({ direction, level: description === userCanceled ? 1 : 2, description, timeMs, frame, opened: true });
  }

  private noteContent(bytes: Uint8Array, direction: number, timeMs: number, frame: number): void {
    if (bytes.length === 0) return;
    this.hasContent = direction === 0 ? [true, this.hasContent[1]] : [this.hasContent[0], true];
    if (this.isForeign) return;
    if (this.follower === null && direction === 1) {
      this.earlyServer = joined(this.earlyServer, bytes);
      if (this.earlyServer.length > earlyServerBytes) this.isForeign = true;
      return;
    }
    if (this.follower === null) {
      const content = joined(this.early, bytes);
      this.early = null;
      this.recognise(content);
      if (this.follower !== null) this.give(content, 0, timeMs, frame);
      if (this.follower !== null && this.earlyServer !== null) this.give(this.earlyServer, 1, timeMs, frame);
      if (this.follower !== null) this.earlyServer = null;
      return;
    }
    this.give(bytes, direction, timeMs, frame);
  }

  private give(content: Uint8Array, direction: number, timeMs: number, frame: number): void {
    const { piece } = this;
    piece.view = new DataView(content.buffer, content.byteOffset, content.length);
    piece.offset = 0;
    piece.length = content.length;
    piece.timeMs = timeMs;
    piece.frame = frame;
    this.follower?.take(piece, direction);
  }

  private recognise(content: Uint8Array): void {
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    if (content.length < beginningBytes) this.early = content.slice();
    else if (view.getUint32(0) === 0x50524920 && view.getUint32(4) === 0x2a204854) this.follower = new Http2Follower(this);
    else if (beginsLikeRequest(view, 0, content.length)) {
      const follower = new HttpFollower(this.arena, this);
      follower.begin(false);
      this.follower = follower;
    } else this.isForeign = true;
  }

  requested(exchange: HttpExchange): void {
    this.sink.requested(exchange);
  }

  exchange(exchange: HttpExchange): void {
    this.exchanges++;
    this.sink.exchange(exchange);
  }

  upgraded(): void {}

  /** What follows another upgrade is not followed. */
  switched(): void {
    this.isForeign = true;
  }

  /** Nothing more can be read: what is open stays open, and says nothing. */
  abandon(): void {
    if (this.decryptor === null) return;
    this.follower?.abandon();
    this.close();
  }

  /** The connection is over; `serverClosed` by a FIN. */
  finish(serverClosed: boolean): void {
    if (serverClosed) this.follower?.end(1);
    this.follower?.finish();
    this.close();
  }

  private close(): void {
    this.decryptor = null;
    this.follower = null;
    this.early = null;
    this.earlyServer = null;
    this.onOver();
  }
}

function joined(first: Uint8Array | null, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((first?.length ?? 0) + second.length);
  if (first !== null) bytes.set(first);
  bytes.set(second, first?.length ?? 0);
  return bytes;
}
