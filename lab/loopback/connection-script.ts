import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * One thing a scripted server does to a connection, in order:
 * - `await`: do nothing until the client has sent this much (`client-hello`: one complete TLS record; `request`: a complete HTTP/1 header; a number:
 *   that many bytes since the connection opened);
 * - `send`: hand bytes to the kernel;
 * - `pauseMs`: do nothing for so long;
 * - `finish`: `reset` sends RST (SO_LINGER 0); `close` ends our direction properly (inside TLS with close_notify) and drains what still comes, so that
 *   the client never sees a RST for it; `cut` ends the transport by FIN without close_notify; `hold` stays silent until the server is stopped.
 *
 * A script without `finish` holds.
 */
export type ConnectionStep =
  | { await: 'client-hello' | 'request' | number }
  | { send: string | Uint8Array }
  | { pauseMs: number }
  | { finish: 'reset' | 'close' | 'cut' | 'hold' };

export type ConnectionScript = readonly ConnectionStep[];

/**
 * Plays a script on one accepted connection. `stream` is what the script reads and writes (the transport itself, or TLS over it). Resolves when the
 * script is done or the client is gone; never rejects. The transport stays the caller's to destroy.
 */
export async function playScript(script: ConnectionScript, stream: Duplex, transport: Socket): Promise<void> {
  const inbox = new Inbox(stream);
  for (const step of script) {
    if (stream.destroyed) return;
    if ('await' in step) {
      if (!(await inbox.until(step.await))) return;
    } else if ('send' in step) {
      await written(stream, step.send);
    } else if ('pauseMs' in step) {
      await pause(step.pauseMs, stream);
    } else {
      finish(step.finish, stream, transport);
      return;
    }
  }
}

/** Reads everything, always, so that an unread byte never turns our FIN into a RST; keeps the first 64 KiB to look at. */
class Inbox {
  readonly #stream: Duplex;
  #seen: Buffer = Buffer.alloc(0);
  #total = 0;
  #over = false;
  #wake: () => void = () => {};

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      this.#total += bytes.length;
      if (this.#seen.length < 65_536) this.#seen = Buffer.concat([this.#seen, bytes]);
      this.#wake();
    });
    for (const event of ['end', 'close'] as const) {
      stream.on(event, () => {
        this.#over = true;
        this.#wake();
      });
    }
  }

  /** True when it came; false when the client ended before. */
  async until(what: 'client-hello' | 'request' | number): Promise<boolean> {
    while (!this.#has(what)) {
      if (this.#over || this.#stream.destroyed) return false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return true;
  }

  #has(what: 'client-hello' | 'request' | number): boolean {
    if (typeof what === 'number') return this.#total >= what;
    if (what === 'request') return this.#seen.includes('\r\n\r\n');
    // A TLS record: type, two bytes of version, two bytes of length (RFC 8446 section 5.1).
    return this.#seen.length >= 5 && this.#seen.length >= 5 + this.#seen.readUInt16BE(3);
  }
}

function written(stream: Duplex, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.write(bytes, () => resolve());
  });
}

function pause(ms: number, stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    stream.once('close', done);
    function done(): void {
      clearTimeout(timer);
      stream.off('close', done);
      resolve();
    }
  });
}

function finish(how: 'reset' | 'close' | 'cut' | 'hold', stream: Duplex, transport: Socket): void {
  if (how === 'reset') transport.resetAndDestroy();
  else if (how === 'close') stream.end();
  else if (how === 'cut') transport.end();
}
