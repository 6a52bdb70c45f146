import type { TlsCrypto } from '../wire/tls-crypto.ts';
import { createTlsKeyLog, type TlsKeyLog } from '../wire/tls-keylog.ts';
import type { ByteArena } from './byte-arena.ts';
import { TlsInside, type TlsInsideSink } from './tls-inside.ts';

/** Connections that are opened at a time, each with a record and a message in hand; beyond that the oldest is left closed. */
const mostOpen = 512;

/** Secrets of a key log, and the connections that are being opened with them. Neither is ever written anywhere. */
export class TlsSecrets {
  private readonly keyLog: TlsKeyLog = createTlsKeyLog();
  private readonly crypto: TlsCrypto;
  private readonly arena: ByteArena;
  private readonly live = new Set<TlsInside>();

  constructor(crypto: TlsCrypto, arena: ByteArena) {
    this.crypto = crypto;
    this.arena = arena;
  }

  /** Adds lines of a key log. Says how many held a secret. */
  add(text: string): number {
    return this.keyLog.add(text).secrets;
  }

  /** What opens a connection whose ClientHello is next; null while there is no secret at all. */
  open(sink: TlsInsideSink): TlsInside | null {
    if (this.keyLog.connections === 0) return null;
    const inside = new TlsInside(this.crypto, this.keyLog, this.arena, sink, () => this.live.delete(inside));
    this.live.add(inside);
    if (this.live.size > mostOpen) this.live.values().next().value!.abandon();
    return inside;
  }
}
