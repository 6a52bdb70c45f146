import type { EvidenceLog } from './evidence-log.ts';
import type { ObservedConnection } from './observe-tcp.ts';
import type { Reading } from './reading.ts';

/** Clients try QUIC and TCP at once, or TCP once QUIC has failed them: an attempt this long before a connection belongs to it. */
const beforeMs = 10_000;

/** States the attempts at HTTP/3 that nothing answered, and in place of which this connection was made or went on. */
export function observeQuic(log: EvidenceLog, reading: Reading, connection: ObservedConnection, host: string): void {
  const { conversation, story } = connection;
  if (story.connect !== 'open') return;
  const attempts = reading.quicTracker.attemptsBetween(conversation.startMs - beforeMs, story.lastMs, reading.now);
  const own = attempts.filter(
    ({ client, server, serverName }) =>
      client.address === conversation.client.address &&
      server.port === conversation.server.port &&
      (serverName === host || (serverName === null && server.address === conversation.server.address)),
  );
  const first = own[0];
  if (first === undefined) return;
  const refused = own.find((one) => one.refusedFrame !== null) ?? null;
  const told = refused ?? first;
  log.state(told.lastMs, [...told.frames, told.refusedFrame ?? 0], {
    kind: 'http.quic-tried',
    checkpoint: 'http',
    server: told.server,
    serverName: told.serverName,
    advertisedBy: 'client',
    attempts: told.datagrams,
    outcome: refused === null ? 'silent' : 'refused',
  });
}
