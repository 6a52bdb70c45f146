import type { PacketCursor } from '../wire/packet-cursor.ts';
import type { ByteArena } from './byte-arena.ts';
import { foundHello, mayBeBeginning, passProxyHeader, protocolOf } from './first-bytes.ts';
import type { HttpExchange } from './http-exchange.ts';
import { HttpFollower, type HttpSink } from './http-follower.ts';
import { beginsLikeServerPreface, emptyPiece, Http2Follower } from './http2-follower.ts';
import { type StreamConsumer, type StreamOrder, StreamPiece, StreamSide } from './stream-order.ts';
import { type SeenTlsAlert, TlsFollower } from './tls-follower.ts';
import type { TlsInside, TlsInsideSink } from './tls-inside.ts';

/** What a connection speaks, as far as its bytes told. */
export type ConnectionProtocol = 'unknown' | 'http' | 'http2' | 'tls' | 'dns' | 'websocket' | 'other';

/** What followers of one connection tell. */
export interface ConnectionSink {
  /** What opens a TLS connection whose ClientHello is next; null where no secrets were given. */
  openTls(sink: TlsInsideSink): TlsInside | null;
  /** Whom the connection is for is known from what the client said: the hash of that host, as `hashHost` says. */
  named(hash: number, connection: ConnectionFollower): void;
  http(exchange: HttpExchange, connection: ConnectionFollower): void;
  /** A DNS message over TCP; the bytes are valid during the call. */
  dns(bytes: Uint8Array<ArrayBuffer>, timeMs: number, frame: number, connection: ConnectionFollower): void;
  /**
   * The bytes show that what was taken for the server is the client. Exchanges the two where no SYN says otherwise; false when one does.
   */
  isReversed(connection: ConnectionFollower): boolean;
}

/** Pieces of each direction in which a protocol is sought before the connection is left alone. */
const piecesLookedAt = 1024;
const dnsPort = 53;
const dnsHeaderBytes = 12;

/**
 * Follows what is spoken on one TCP connection. The protocol is found from the bytes, not from ports (except DNS), and may change: a proxy's tunnel,
 * STARTTLS, an upgrade.
 */
export class ConnectionFollower implements StreamConsumer, HttpSink, TlsInsideSink {
  /** Base of the conversation's record. */
  base = 0;
  readonly sides: readonly [StreamSide, StreamSide] = [new StreamSide(), new StreamSide()];
  protocol: ConnectionProtocol = 'unknown';
  /** The protocol before the present one: a proxy's, or the one upgraded from; null when there was none. */
  outer: ConnectionProtocol | null = null;
  /** Null unless the connection speaks it now. */
  httpFollower: HttpFollower | null = null;
  tlsFollower: TlsFollower | null = null;
  http2Follower: Http2Follower | null = null;
  /** What TLS hides, where its secrets were given. */
  inside: TlsInside | null = null;
  /** Of the host that the connection is for; 0 while it is not known, and for a proxy, of which requests do not tell the name. */
  nameHash = 0;
  /** Whom it is for is known, or will not be. */
  private isNamed = false;
  /** Exchanges told so far. */
  httpExchanges = 0;
  /** Segments with payload, while anything was sought or followed in them. */
  segments = 0;
  private sawBeginning = false;
  private piecesSeen = 0;
  /** 1 when the direction taken for the client's was the server's. */
  private swapped = 0;
  /** First bytes of each direction while they are too few to tell a protocol by. */
  private readonly early: [Uint8Array | null, Uint8Array | null] = [null, null];
  /** What the server said before a protocol was known; null when it was silent, or what came before belongs to another protocol. */
  private greeting: Greeting | null = null;
  private clientSpoke = false;
  private readonly arena: ByteArena;
  private readonly sink: ConnectionSink;
  private dnsSides: [DnsSide, DnsSide] | null = null;
  /** Kept from one connection to the next. */
  private ownHttp: HttpFollower | null = null;
  /** Shared with other followers. */
  private readonly idleTls: TlsFollower[];

  /** `idleTls`: followers of TLS that are not in use. */
  constructor(arena: ByteArena, sink: ConnectionSink, idleTls: TlsFollower[]) {
    this.arena = arena;
    this.sink = sink;
    this.idleTls = idleTls;
  }

  /** Starts to follow the conversation at `base`. `sawBeginning`: its handshake was captured. */
  begin(base: number, sawBeginning: boolean): void {
    this.base = base;
    this.sawBeginning = sawBeginning;
    this.sides[0].reset();
    this.sides[1].reset();
    this.protocol = 'unknown';
    this.outer = null;
    this.nameHash = 0;
    this.isNamed = false;
    this.httpExchanges = 0;
    this.segments = 0;
    this.piecesSeen = 0;
    this.swapped = 0;
    this.early[0] = null;
    this.early[1] = null;
    this.greeting = null;
    this.clientSpoke = false;
  }

  /** Bytes that a direction expects next and of which only the number matters; the last of them ends something. */
  opaqueBytes(physical: number): number {
    if (this.inside !== null) return 0;
    const direction = physical ^ this.swapped;
    if (this.tlsFollower !== null) return this.tlsFollower.opaqueBytes(direction);
    return this.httpFollower === null ? 0 : this.httpFollower.opaqueBytes(direction);
  }

  /** Of the bytes that were opaque `left` are still to come; the others came in so many segments, the last of them at `timeMs`. */
  pass(physical: number, left: number, segments: number, timeMs: number, frame: number): void {
    const direction = physical ^ this.swapped;
    const stream = this.sides[physical]!;
    const bytes = stream.opaque - left;
    stream.next = (stream.next + bytes) | 0;
    this.segments += segments;
    if (this.tlsFollower !== null) this.tlsFollower.pass(direction, bytes);
    else this.httpFollower?.pass(direction, bytes, timeMs, frame);
  }

  /** Takes the payload at the cursor; see {@link StreamOrder.segment}. */
  segment(order: StreamOrder, cursor: PacketCursor, direction: number, acknowledged: number | null): void {
    if (this.protocol === 'other') return;
    if (this.piecesSeen === 0 && this.protocol === 'unknown' && isDns(cursor)) this.beginDns();
    const physical = direction ^ this.swapped;
    this.segments++;
    order.segment(this.sides[physical]!, cursor, physical, acknowledged, this);
  }

  take(received: StreamPiece, physical: number): void {
    let piece = received;
    if (this.protocol === 'unknown') piece = this.recognise(received, physical);
    const direction = physical ^ this.swapped;
    if (this.tlsFollower !== null) {
      this.tlsFollower.take(piece, direction);
      if (!this.isNamed && direction === 0) this.name(this.tlsFollower.serverNameHash);
      if (this.inside !== null) this.inside.take(piece, direction);
    } else if (this.httpFollower !== null) this.httpFollower.take(piece, direction);
    else if (this.http2Follower !== null) this.http2Follower.take(piece, direction);
    else if (this.dnsSides !== null) this.takeDns(this.dnsSides[direction]!, piece);
  }

  gap(length: number, physical: number): void {
    const direction = physical ^ this.swapped;
    this.early[direction] = null;
    if (this.tlsFollower !== null) {
      this.tlsFollower.gap(length, direction);
      this.inside?.gap(length, direction);
    } else if (this.httpFollower !== null) this.httpFollower.gap(length, direction);
    else if (this.http2Follower !== null) this.http2Follower.gap(length, direction);
    else if (this.dnsSides !== null) this.dnsSides[direction]!.lose();
  }

  /** Looks for the protocol in a piece; returns the piece, with what was too short to tell before in front of it. */
  private recognise(received: StreamPiece, physical: number): StreamPiece {
    const piece = this.withEarly(received, physical ^ this.swapped);
    passProxyHeader(piece);
    const { view, offset, length } = piece;
    const direction = physical ^ this.swapped;
    const found = protocolOf(view, offset, length);
    if (found === null) {
      if (direction === 0) this.clientSpoke = true;
      else this.greeting ??= greetingOf(piece);
      if (mayBeBeginning(view, offset, length) || (direction === 1 && beginsLikeServerPreface(piece))) this.keepEarly(piece, direction);
      if (++this.piecesSeen > piecesLookedAt) this.protocol = 'other';
      return piece;
    }
    // Who begins is the client, unless a SYN has shown otherwise.
    if (found.direction !== -1 && found.direction !== direction && this.sink.isReversed(this)) this.swapped ^= 1;
    else if (found.direction !== -1 && found.direction !== direction) return piece;
    this.protocol = found.protocol;
    if (found.protocol === 'tls') {
      this.tlsFollower = this.idleTls.pop() ?? new TlsFollower(this.arena);
      if (found === foundHello) this.inside = this.sink.openTls(this);
      // A server that speaks first does not speak TLS, unless the client asked it to change over (STARTTLS).
      if (this.greeting !== null && !this.clientSpoke && found === foundHello && this.outer === null)
        this.tlsFollower.greeted(this.greeting);
    } else if (found.protocol === 'http') {
      this.ownHttp ??= new HttpFollower(this.arena, this);
      this.httpFollower = this.ownHttp;
      this.httpFollower.begin(!this.sawBeginning && found.direction === 0);
    } else if (found.protocol === 'http2') {
      this.http2Follower = new Http2Follower(this);
      // A server may send its preface first.
      if (this.early[1] !== null) this.http2Follower.take(this.withEarly(emptyPiece(piece), 1), 1);
    }
    return piece;
  }

  alert(alert: SeenTlsAlert): void {
    this.tlsFollower?.noteOpenedAlert(alert);
  }

  private withEarly(piece: StreamPiece, direction: number): StreamPiece {
    const early = this.early[direction] ?? null;
    if (early === null) return piece;
    this.early[direction] = null;
    const bytes = new Uint8Array(early.length + piece.length);
    bytes.set(early);
    bytes.set(new Uint8Array(piece.view.buffer, piece.view.byteOffset + piece.offset, piece.length), early.length);
    const joined = new StreamPiece();
    joined.view = new DataView(bytes.buffer);
    joined.length = bytes.length;
    joined.timeMs = piece.timeMs;
    joined.frame = piece.frame;
    return joined;
  }

  private keepEarly(piece: StreamPiece, direction: number): void {
    this.early[direction] = new Uint8Array(piece.view.buffer, piece.view.byteOffset + piece.offset, piece.length).slice();
  }

  requested(exchange: HttpExchange): void {
    if (this.isNamed) return;
    if (exchange.isProxied) this.isNamed = true;
    else this.name(exchange.hostHash);
  }

  private name(hash: number): void {
    if (hash === 0) return;
    this.isNamed = true;
    this.nameHash = hash;
    this.sink.named(hash, this);
  }

  exchange(exchange: HttpExchange): void {
    this.httpExchanges++;
    this.sink.http(exchange, this);
  }

  /** Behind CONNECT or an upgrade anything may follow. */
  switched(exchange: HttpExchange): void {
    this.outer = this.protocol;
    this.httpFollower?.finish();
    this.httpFollower = null;
    this.protocol = exchange.isConnect ? 'unknown' : 'other';
    this.piecesSeen = 1;
  }

  upgraded(protocol: 'http2' | 'websocket'): void {
    this.protocol = protocol;
  }

  private beginDns(): void {
    this.protocol = 'dns';
    this.dnsSides = [new DnsSide(), new DnsSide()];
  }

  /** Messages over TCP are preceded by their length (RFC 1035 section 4.2.2). */
  private takeDns(side: DnsSide, piece: StreamPiece): void {
    let at = 0;
    if (side.lost) {
      if (!beginsLikeDnsMessage(piece)) return;
      side.lost = false;
    }
    while (at < piece.length) {
      if (side.lengthOctets < 2) {
        side.wanted = side.wanted * 256 + piece.view.getUint8(piece.offset + at++);
        if (++side.lengthOctets === 2) side.bytes = new Uint8Array(side.wanted);
        if (side.lengthOctets < 2 || side.wanted > 0) continue;
      }
      const used = Math.min(side.wanted - side.have, piece.length - at);
      side.bytes.set(new Uint8Array(piece.view.buffer, piece.view.byteOffset + piece.offset + at, used), side.have);
      side.have += used;
      at += used;
      if (side.have < side.wanted) return;
      if (side.wanted > 0) this.sink.dns(side.bytes, piece.timeMs, piece.frame, this);
      side.lengthOctets = 0;
      side.wanted = 0;
      side.have = 0;
    }
  }

  /** The stream of a direction as the conversation counts them. */
  sideOf(direction: number): StreamSide {
    return this.sides[direction ^ this.swapped]!;
  }

  /**
   * The connection is over; `serverClosed` by a FIN. So many bytes at the end of each direction were sent and not captured.
   */
  finish(order: StreamOrder, serverClosed: boolean, missingFromClient: number, missingFromServer: number): void {
    order.finish(this.sides[0], 0, this);
    order.finish(this.sides[1], 1, this);
    if (missingFromClient > 0) this.gap(missingFromClient, this.swapped);
    if (missingFromServer > 0) this.gap(missingFromServer, 1 ^ this.swapped);
    if (serverClosed) this.httpFollower?.end(1);
    this.httpFollower?.finish();
    this.http2Follower?.finish();
    this.inside?.finish(serverClosed);
  }

  /** Gives memory back. */
  release(): void {
    this.inside = null;
    this.http2Follower = null;
    if (this.tlsFollower !== null) {
      this.tlsFollower.reset();
      this.idleTls.push(this.tlsFollower);
      this.tlsFollower = null;
    }
    this.httpFollower = null;
    this.dnsSides = null;
  }
}

/** First bytes of a server that speaks before it is spoken to. */
export interface Greeting {
  bytes: Uint8Array;
  timeMs: number;
  frame: number;
}

const greetingBytes = 64;

function greetingOf({ view, offset, length, timeMs, frame }: StreamPiece): Greeting {
  return { bytes: new Uint8Array(view.buffer, view.byteOffset + offset, Math.min(greetingBytes, length)).slice(), timeMs, frame };
}

class DnsSide {
  lengthOctets = 0;
  wanted = 0;
  have = 0;
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Bytes are missing: the next message is sought at the start of a segment. */
  lost = false;

  lose(): void {
    this.lost = true;
    this.lengthOctets = 0;
    this.wanted = 0;
    this.have = 0;
  }
}

/** Whether a length comes first, alone (some resolvers write it so) or with all of the message. */
function beginsLikeDnsMessage({ view, offset, length }: StreamPiece): boolean {
  if (length < 2) return false;
  const wanted = view.getUint16(offset);
  return wanted >= dnsHeaderBytes && (length === 2 || wanted + 2 <= length);
}

function isDns(cursor: PacketCursor): boolean {
  return (cursor.ports & 0xffff) === dnsPort || cursor.ports >>> 16 === dnsPort;
}
