import { createTlsStream, type TlsStreamSummary } from '../wire/tls-stream.ts';
import type { ByteArena } from './byte-arena.ts';
import type { TlsFollower } from './tls-follower.ts';

/** Everything in clear of one TLS connection. */
export interface TlsConversation {
  client: TlsStreamSummary;
  server: TlsStreamSummary;
}

/** Decodes the records in clear that a follower kept. */
export function describeTls(follower: TlsFollower, arena: ByteArena): TlsConversation {
  const [client, server] = [createTlsStream(), createTlsStream()];
  client.push(arena.read(follower.sides[0].kept));
  server.push(arena.read(follower.sides[1].kept));
  return { client: client.summary, server: server.summary };
}
