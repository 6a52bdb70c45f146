import type { DecodeError } from './byte-cursor.ts';
import { createQuicCryptoStream, type QuicCryptoStream } from './quic-crypto-stream.ts';
import { decodeQuicInitialFrames } from './quic-frame.ts';
import { type OpenedQuicPacket, openQuicInitial, type QuicInitialKeys, quicInitialKeys } from './quic-initial.ts';
import { decodeQuicDatagram, type QuicLongPacket, type QuicPacket } from './quic-packet.ts';
import type { TlsCrypto } from './tls-crypto.ts';
import { decodeTlsHandshake, type TlsHandshakeContent } from './tls-handshake.ts';
import { createTlsMessageBuffer, type TlsMessageBuffer } from './tls-message-buffer.ts';

/** What a datagram of a connection showed, in order. */
export type QuicEvent =
  /** A packet, whether or not it could be opened. `version` is null for a short header. */
  | { kind: 'packet'; type: QuicPacket['kind']; version: number | null; opened: boolean }
  | { kind: 'handshake'; typeCode: number; length: number; content: TlsHandshakeContent }
  /** See quicErrorName. */
  | { kind: 'connection-close'; errorCode: number; reason: string }
  /** Versions the server offers instead. */
  | { kind: 'version-negotiation'; versions: number[] }
  /** The datagram, or the frames of an Initial packet, break the syntax. */
  | { kind: 'malformed'; error: DecodeError };

export type QuicSide = 'client' | 'server';

export interface QuicHandshake {
  /** Takes one datagram that `from` sent; it stays the caller's. */
  push(from: QuicSide, datagram: Uint8Array): QuicEvent[];
}

interface Direction {
  largest: number;
  stream: QuicCryptoStream;
  messages: TlsMessageBuffer;
  /** More than may be kept arrived: no further message is read. */
  overflowed: boolean;
}

function newDirection(): Direction {
  return { largest: -1, stream: createQuicCryptoStream(), messages: createTlsMessageBuffer(), overflowed: false };
}

/**
 * Reads what is visible of one QUIC connection without its secrets: packet types, and the content of Initial packets, with both hellos.
 * Never throws; holds at most 64 KiB and one handshake message for each direction.
 */
export function createQuicHandshake(crypto: TlsCrypto): QuicHandshake {
  /** Destination id of the client's first packet, and the keys that follow from it, by version: a server may answer in another one. */
  let firstId: Uint8Array | null = null;
  let keysByVersion = new Map<number, QuicInitialKeys | null>();
  let directions: Record<QuicSide, Direction> = { client: newDirection(), server: newDirection() };

  const keysOf = (version: number, destinationId: Uint8Array): QuicInitialKeys | null => {
    const known = keysByVersion.get(version) ?? quicInitialKeys(crypto, version, destinationId);
    keysByVersion.set(version, known);
    return known;
  };

  /** Opens a client's packet by keys that its own destination id gives: the first, or the first behind a Retry. */
  const openAnew = (packet: QuicLongPacket): OpenedQuicPacket | null => {
    const fresh = quicInitialKeys(crypto, packet.version, packet.destinationId);
    const opened = fresh === null ? null : openQuicInitial(crypto, packet, fresh.client, -1);
    if (opened === null) return null;
    firstId = packet.destinationId.slice();
    keysByVersion = new Map([[packet.version, fresh]]);
    directions = { client: newDirection(), server: newDirection() };
    return opened;
  };

  const open = (from: QuicSide, packet: QuicLongPacket): OpenedQuicPacket | null => {
    const keys = firstId === null ? null : keysOf(packet.version, firstId);
    const opened = keys === null ? null : openQuicInitial(crypto, packet, keys[from], directions[from].largest);
    return opened ?? (from === 'client' ? openAnew(packet) : null);
  };

  const takeCrypto = (direction: Direction, offset: number, bytes: Uint8Array, events: QuicEvent[]): void => {
    const ordered = direction.overflowed ? null : direction.stream.push(offset, bytes);
    const messages = ordered === null ? null : direction.messages.push(ordered);
    direction.overflowed = messages === null;
    for (const { typeCode, body } of messages ?? []) {
      const content = decodeTlsHandshake(typeCode, body, { version: null, cipherSuite: null });
      events.push({ kind: 'handshake', typeCode, length: body.length, content });
    }
  };

  const takeInitial = (from: QuicSide, opened: OpenedQuicPacket, events: QuicEvent[]): void => {
    const direction = directions[from];
    direction.largest = Math.max(direction.largest, opened.packetNumber);
    const { frames, error } = decodeQuicInitialFrames(opened.payload);
    for (const frame of frames) {
      if (frame.kind === 'crypto') takeCrypto(direction, frame.offset, frame.bytes, events);
      if (frame.kind === 'connection-close') events.push({ kind: 'connection-close', errorCode: frame.errorCode, reason: frame.reason });
    }
    if (error !== null) events.push({ kind: 'malformed', error });
  };

  return {
    push(from, datagram) {
      const events: QuicEvent[] = [];
      const { packets, error } = decodeQuicDatagram(datagram);
      for (const packet of packets) {
        const opened = packet.kind === 'initial' ? open(from, packet) : null;
        events.push({ kind: 'packet', type: packet.kind, version: 'version' in packet ? packet.version : null, opened: opened !== null });
        if (opened !== null) takeInitial(from, opened, events);
        if (packet.kind === 'version-negotiation') events.push({ kind: 'version-negotiation', versions: packet.versions });
      }
      if (error !== null) events.push({ kind: 'malformed', error });
      return events;
    },
  };
}
