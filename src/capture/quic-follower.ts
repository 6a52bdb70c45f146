import { createQuicHandshake, type QuicEvent, type QuicHandshake } from '../wire/quic-handshake.ts';
import { quicVersionName } from '../wire/quic-packet.ts';
import type { TlsCrypto } from '../wire/tls-crypto.ts';
import type { TlsClientHello } from '../wire/tls-hello.ts';

/** Datagrams of a conversation in which hellos are sought: a ClientHello takes a few, each sent again some times. */
const datagramsLookedAt = 64;

/** What is visible of QUIC in one UDP conversation. Times are milliseconds since the reading's origin. */
export class QuicFollower {
  /** Packets while it was followed, whatever they held. */
  packets = 0;
  /** Version of the last long header that counts: the server's where it answered. Null before one of a known version. */
  version: string | null = null;
  clientHello: TlsClientHello | null = null;
  /** The server's hello was read. */
  serverHello = false;
  /** Versions that the server offered instead. */
  offeredVersions: string[] | null = null;
  /** Datagrams of the client with the start of a handshake, and nothing that shows an answer. */
  attempts = 0;
  firstAttemptMs: number = Number.NaN;
  firstAttemptFrame = 0;
  lastAttemptMs: number = Number.NaN;
  lastAttemptFrame = 0;
  /** Something showed that the client was answered: a datagram from there, or a packet whose keys follow from an answer. */
  answered = false;
  /** Null once everything in clear was read. */
  private handshake: QuicHandshake | null;
  private datagrams = 0;

  constructor(crypto: TlsCrypto | null) {
    this.handshake = crypto === null ? null : createQuicHandshake(crypto);
  }

  /** Still holds what it takes to read hellos. */
  get isReading(): boolean {
    return this.handshake !== null;
  }

  /** Nothing more is read; what was stays. */
  stopReading(): void {
    this.handshake = null;
  }

  /** Takes a datagram that has a long header at its start; `direction` is 0 from the client. */
  take(datagram: Uint8Array, direction: number, timeMs: number, frame: number): void {
    if (direction === 0) this.noteAttempt(timeMs, frame);
    else this.answered = true;
    if (this.handshake === null) {
      this.version ??= versionOf(datagram);
      return;
    }
    for (const event of this.handshake.push(direction === 0 ? 'client' : 'server', datagram)) this.note(event, direction);
    if (++this.datagrams >= datagramsLookedAt || (this.clientHello !== null && this.serverHello)) this.handshake = null;
  }

  private noteAttempt(timeMs: number, frame: number): void {
    this.attempts++;
    if (Number.isNaN(this.firstAttemptMs)) {
      this.firstAttemptMs = timeMs;
      this.firstAttemptFrame = frame;
    }
    this.lastAttemptMs = timeMs;
    this.lastAttemptFrame = frame;
  }

  private note(event: QuicEvent, direction: number): void {
    if (event.kind === 'version-negotiation') this.offeredVersions ??= event.versions.slice(0, 16).map(quicVersionName);
    else if (event.kind === 'handshake') {
      if (event.content.type === 'client-hello' && direction === 0) this.clientHello ??= event.content;
      if (event.content.type === 'server-hello' && direction === 1) this.serverHello = true;
    } else if (event.kind === 'packet') {
      if (event.version !== null && (this.version === null || event.opened)) this.version = quicVersionName(event.version);
      // Their keys follow from an answer alone (RFC 9001 section 5).
      if (event.type === 'handshake' || event.type === 'one-rtt') this.answered = true;
    }
  }
}

function versionOf(datagram: Uint8Array): string | null {
  if (datagram.length < 5 || (datagram[0]! & 0x80) === 0) return null;
  return quicVersionName(new DataView(datagram.buffer, datagram.byteOffset, datagram.length).getUint32(1));
}
