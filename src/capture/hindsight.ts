import type { Observation } from '../model/observation.ts';
import type { ReadExchange } from '../model/read-record.ts';
import { EvidenceLog, type EvidenceNumbers } from './evidence-log.ts';
import type { LinkTracker } from './link-tracker.ts';
import type { NeighborConflict } from './neighbor-tracker.ts';
import { observeScope } from './observe-link.ts';

/** What is known of an exchange only once all of them are. */

/** Handshakes further apart than this have nothing to do with each other. */
const togetherMs = 60_000;

/** Alerts about what the client offered: handshake_failure, protocol_version, insufficient_security, unrecognized_name (RFC 8446 section 6.2). */
const aboutTheOffer: ReadonlySet<number> = new Set([40, 70, 71, 112]);

/** Addresses that two machines claim are a matter of everybody who was told so, and of the one whose address it is. */
export function noteConflicts(exchanges: readonly ReadExchange[], conflicts: readonly NeighborConflict[], numbers: EvidenceNumbers): void {
  for (const { address, links, told, frame, timeMs } of conflicts) {
    for (const { clientAddresses, observations } of exchanges) {
      if (!clientAddresses.includes(told) && !clientAddresses.includes(address)) continue;
      observations.push({
        kind: 'local.arp-answered',
        checkpoint: 'local',
        id: numbers.next(),
        hop: 0,
        atMs: numbers.at(timeMs),
        frames: [frame],
        interface: '',
        address,
        linkAddresses: [...links],
      });
    }
  }
}

/** What was sent from a link-local address and got nowhere for that is a matter of whoever sends from it. */
export function noteScopes(exchanges: readonly ReadExchange[], link: LinkTracker, numbers: EvidenceNumbers): void {
  if (link.outOfScope.size === 0) return;
  for (const { clientAddresses, observations } of exchanges) {
    const log = new EvidenceLog(numbers);
    for (const address of clientAddresses) observeScope(log, link, link.outOfScope.get(address) ?? null, new Set());
    observations.push(...log.observations);
  }
}

/**
 * A client whose handshake with a server is refused for what it offered, and completed around the same time, tried another offer: nobody is kept out by
 * that. What it tried is an experiment, and marked as such.
 */
export function markExperiments(exchanges: readonly ReadExchange[]): void {
  const completed = new Map<string, number[]>();
  for (const exchange of exchanges) {
    if (!exchange.observations.some((observation) => observation.kind === 'tls.handshake-completed')) continue;
    const key = pairOf(exchange);
    completed.set(key, [...(completed.get(key) ?? []), exchange.startMs]);
  }
  for (const exchange of exchanges) {
    const worked = (completed.get(pairOf(exchange)) ?? []).some((startMs) => Math.abs(startMs - exchange.startMs) <= togetherMs);
    if (!worked) continue;
    if (!exchange.observations.some(isAboutOffer)) continue;
    for (const observation of exchange.observations) if (isRefusal(observation)) observation.followUp = 'another-offer';
  }
}

/**
 * A client that gets no answer over HTTP/2 and asks the same over HTTP/1.1 around the same time: the later answer belongs to the earlier request, as it does
 * where one walk asks twice.
 */
export function joinOlderVersions(exchanges: readonly ReadExchange[], numbers: EvidenceNumbers): void {
  for (const exchange of exchanges) {
    const { observations } = exchange;
    if (
      !observations.some(({ kind }) => kind === 'http.stream-ended') ||
      observations.some(({ kind }) => kind === 'http.response-received')
    )
      continue;
    const asked = observations.find((one) => one.kind === 'http.request-sent');
    const again = exchanges.find((other) => asked !== undefined && asksAgain(exchange, asked.url, other));
    const answer = again?.observations.find((one) => one.kind === 'http.response-received');
    if (answer !== undefined) observations.push({ ...answer, id: numbers.next() });
  }
}

function asksAgain(first: ReadExchange, url: string, other: ReadExchange): boolean {
  const sinceMs = other.startMs - first.startMs;
  if (other === first || other.client.address !== first.client.address || sinceMs < 0 || sinceMs > togetherMs) return false;
  return other.observations.some((one) => one.kind === 'http.request-sent' && one.version === '1.1' && one.url === url);
}

function pairOf({ client, server }: ReadExchange): string {
  return `${client.address} ${server.address} ${server.port}`;
}

/** What refuses an offer: the alert, and the end of the connection behind it. */
function isRefusal(observation: Observation): boolean {
  return isAboutOffer(observation) || observation.kind === 'tcp.closed-by-peer' || observation.kind === 'tcp.reset-received';
}

function isAboutOffer(observation: Observation): boolean {
  return observation.kind === 'tls.alert-received' && aboutTheOffer.has(observation.alert);
}
