import { ByteCursor, type DecodeError } from './byte-cursor.ts';
import { readQuicInteger } from './quic-packet.ts';

/** Frames that Initial packets may carry (RFC 9000 section 12.4), as far as they matter. */
export type QuicFrame =
  | { kind: 'crypto'; offset: number; bytes: Uint8Array }
  /** `frameType` is that of the frame at fault; null when the application closes. `reason` is text for people, without control characters. */
  | { kind: 'connection-close'; errorCode: number; frameType: number | null; reason: string }
  | { kind: 'ack'; largest: number }
  | { kind: 'ping' };

const TRANSPORT_ERRORS: readonly string[] = [
  'NO_ERROR',
  'INTERNAL_ERROR',
  'CONNECTION_REFUSED',
  'FLOW_CONTROL_ERROR',
  'STREAM_LIMIT_ERROR',
  'STREAM_STATE_ERROR',
  'FINAL_SIZE_ERROR',
  'FRAME_ENCODING_ERROR',
  'TRANSPORT_PARAMETER_ERROR',
  'CONNECTION_ID_LIMIT_ERROR',
  'PROTOCOL_VIOLATION',
  'INVALID_TOKEN',
  'APPLICATION_ERROR',
  'CRYPTO_BUFFER_EXCEEDED',
  'KEY_UPDATE_ERROR',
  'AEAD_LIMIT_REACHED',
  'NO_VIABLE_PATH',
];

/** RFC 9000 section 20.1: `CONNECTION_REFUSED`, ...; `CRYPTO_ERROR_40` carries the TLS alert 40; otherwise `0x1234`. */
export function quicErrorName(code: number): string {
  if (code === 0x11) return 'VERSION_NEGOTIATION_ERROR';
  if (code >= 0x100 && code <= 0x1ff) return `CRYPTO_ERROR_${code - 0x100}`;
  return TRANSPORT_ERRORS[code] ?? `0x${code.toString(16)}`;
}

function plainText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

function readAck(cursor: ByteCursor, withCounts: boolean): QuicFrame {
  const largest = readQuicInteger(cursor, 'ACK');
  readQuicInteger(cursor, 'ACK');
  const ranges = readQuicInteger(cursor, 'ACK');
  readQuicInteger(cursor, 'ACK');
  for (let i = 0; i < ranges && cursor.remaining > 0; i++) {
    readQuicInteger(cursor, 'ACK');
    readQuicInteger(cursor, 'ACK');
  }
  for (let i = 0; withCounts && i < 3; i++) readQuicInteger(cursor, 'ACK');
  return { kind: 'ack', largest };
}

function readFrame(cursor: ByteCursor, type: number): QuicFrame | null {
  switch (type) {
    case 0x01:
      return { kind: 'ping' };
    case 0x02:
    case 0x03:
      return readAck(cursor, type === 0x03);
    case 0x06: {
      const offset = readQuicInteger(cursor, 'CRYPTO');
      return { kind: 'crypto', offset, bytes: cursor.take(readQuicInteger(cursor, 'CRYPTO'), 'CRYPTO') };
    }
    case 0x1c:
    case 0x1d: {
      const errorCode = readQuicInteger(cursor, 'CONNECTION_CLOSE');
      const frameType = type === 0x1c ? readQuicInteger(cursor, 'CONNECTION_CLOSE') : null;
      const reason = plainText(cursor.take(readQuicInteger(cursor, 'CONNECTION_CLOSE'), 'CONNECTION_CLOSE'));
      return { kind: 'connection-close', errorCode, frameType, reason };
    }
    default:
      cursor.fail('frame is not allowed in an Initial packet');
      return null;
  }
}

/** Decodes the frames of an Initial packet. Views of `payload` are in the result. Never throws. */
export function decodeQuicInitialFrames(payload: Uint8Array): { frames: QuicFrame[]; error: DecodeError | null } {
  const cursor = new ByteCursor(payload);
  const frames: QuicFrame[] = [];
  while (cursor.remaining > 0) {
    const type = cursor.u8('frame');
    if (type === 0) continue; // PADDING
    const frame = readFrame(cursor, type);
    if (frame !== null && cursor.error === null) frames.push(frame);
  }
  return { frames, error: cursor.error };
}
