import { createTlsStream, type TlsStreamSummary } from '../wire/tls-stream.ts';
import type { ByteArena } from './byte-arena.ts';
import type { TlsFollower } from './tls-follower.ts';
import type { TlsInside } from './tls-inside.ts';

/** Everything readable of one TLS connection: in clear, or opened with its secrets. */
export interface TlsConversation {
  client: TlsStreamSummary;
  server: TlsStreamSummary;
}

/** Decodes the records in clear that a follower kept, and adds what `inside` has read behind them. */
export function describeTls(follower: TlsFollower, arena: ByteArena, inside: TlsInside | null): TlsConversation {
  const [client, server] = [createTlsStream(), createTlsStream()];
  client.push(arena.read(follower.sides[0].kept));
  server.push(arena.read(follower.sides[1].kept));
  const { summary } = server;
  if (inside !== null && inside.certificate !== null) {
    summary.certificate ??= inside.certificate;
    summary.certificateRequest ??= inside.certificateRequest;
  }
  if (inside !== null && inside.alpn !== null && summary.serverHello !== null)
    summary.serverHello = { ...summary.serverHello, alpn: inside.alpn };
  return { client: client.summary, server: server.summary };
}
