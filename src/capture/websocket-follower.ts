import { createWebSocketReader, type WebSocketEvent, type WebSocketReader } from '../wire/websocket.ts';
import type { HttpExchange, SeenSocket } from './http-exchange.ts';
import type { StreamPiece } from './stream-order.ts';

/** Follows the WebSocket protocol (RFC 6455) on one connection: who ends it, and with which code. Of content nothing is kept. */
export class WebSocketFollower {
  private readonly readers: readonly [WebSocketReader, WebSocketReader] = [
    createWebSocketReader({ side: 'client' }),
    createWebSocketReader({ side: 'server' }),
  ];
  private readonly socket: SeenSocket;
  /** Bytes of a direction are missing: what comes behind them cannot be told. */
  private readonly isLost: [boolean, boolean] = [false, false];

  /** `exchange` was answered by the switch of protocols, and stays with whoever tells it. */
  constructor(exchange: HttpExchange, accepted: boolean, protocol: string | null) {
    this.socket = {
      accepted,
      protocol,
      sent: 0,
      received: 0,
      closedBy: null,
      closeCode: null,
      closeReason: '',
      closedMs: exchange.responseHeadMs,
      closedFrame: exchange.responseHeadFrame,
    };
    exchange.socket = this.socket;
  }

  take(piece: StreamPiece, direction: number): void {
    if (this.isLost[direction]) return;
    const bytes = new Uint8Array(piece.view.buffer, piece.view.byteOffset + piece.offset, piece.length);
    for (const event of this.readers[direction]!.push(bytes)) this.note(event, direction);
    if (this.socket.closedBy !== null && this.isEnded) return;
    this.socket.closedMs = piece.timeMs;
    this.socket.closedFrame = piece.frame;
    this.isEnded = this.socket.closedBy !== null;
  }

  /** Its end was seen, and is not put off by what comes behind it. */
  private isEnded = false;

  private note(event: WebSocketEvent, direction: number): void {
    const { socket } = this;
    if (direction === 1) socket.received++;
    else socket.sent++;
    if (event.kind === 'malformed') {
      this.isLost[direction] = true;
      if (direction === 1) socket.closedBy ??= 'broken';
    }
    if (event.kind !== 'close') return;
    socket.closedBy ??= direction === 0 ? 'us' : 'close-frame';
    if (direction === 0 || socket.closedBy !== 'close-frame') return;
    socket.closeCode = event.code;
    socket.closeReason = event.reason;
  }

  gap(length: number, direction: number): void {
    const events = this.readers[direction]!.skip(Math.max(1, length));
    if (events.some(({ kind }) => kind === 'malformed')) this.isLost[direction] = true;
  }

  abandon(): void {
    this.isLost.fill(true);
  }

  finish(): void {}
}
