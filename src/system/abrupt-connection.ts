import type { Socket } from 'node:net';
import type { Endpoint } from '../model/observations/base.ts';
import type { ShapedConnection } from '../ports/shaped-dialer.ts';
import { SocketConnection } from './connection.ts';

/** An open connection that is reset when it is destroyed: its source port is free at once, and nothing lingers. */
export class AbruptConnection extends SocketConnection implements ShapedConnection {
  readonly #raw: Socket;
  readonly #setHopLimit: (hopLimit: number) => boolean;

  constructor(socket: Socket, remote: Endpoint, setHopLimit: (hopLimit: number) => boolean) {
    super(socket, null, { address: socket.localAddress ?? '', port: socket.localPort ?? 0 }, remote);
    this.#raw = socket;
    this.#setHopLimit = setHopLimit;
  }

  setHopLimit(hopLimit: number): boolean {
    return !this.#raw.destroyed && this.#setHopLimit(hopLimit);
  }

  protected override close(socket: Socket): void {
    if (!socket.destroyed) socket.resetAndDestroy();
  }
}
