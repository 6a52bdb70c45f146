import { type EvidenceLog, round } from './evidence-log.ts';
import type { Lease } from './lease-tracker.ts';
import type { LinkTracker, OutOfScope } from './link-tracker.ts';
import type { NeighborQuestion } from './neighbor-tracker.ts';

/** A question that gets no answer is sent three times (RFC 4861 section 10), a second apart; two may be one lost answer. */
const fewestQuestions = 3;
const shortestRunMs = 1500;
/** A host asks for its gateway and a resolver or two. Who asks for more that are not there is a router or a scanner. */
const mostWanted = 3;
/** DHCP is asked again after 3 to 4 s (RFC 2131 section 4.1); ports of switches that wake up swallow the first. */
const fewestDiscovers = 3;
const shortestDhcpMs = 5000;
/** One refusal is how a station learns that it has moved (RFC 2131 section 4.3.2). */
const fewestRefusals = 2;
const mostStated = 16;

/** States what went wrong between the stations of a link. `spoke` are addresses that were seen to send. */
export function observeLink(log: EvidenceLog, link: LinkTracker, spoke: ReadonlySet<string>): void {
  observeLeases(log, link);
  observeNeighbors(log, link, spoke);
  for (const one of [...link.outOfScope.values()].slice(0, mostStated)) observeScope(log, link, one, spoke);
}

function observeLeases(log: EvidenceLog, link: LinkTracker): void {
  const claims = link.neighbors.claims();
  const failed = link.leases.leases.flatMap((lease) => {
    const outcome = outcomeOf(lease);
    const own = claims.filter((claim) => claim.link === lease.station).map(({ address }) => address);
    // Who uses an address does not need to be given one.
    const isServed = own.some((address) => !isSelfAssigned(address) && address !== lease.declined && address !== lease.refused);
    return outcome === null || isServed ? [] : [{ lease, outcome, selfAssigned: own.filter(isSelfAssigned) }];
  });
  for (const { lease, outcome, selfAssigned } of failed.slice(0, mostStated)) {
    log.state(lease.lastMs, lease.frames, {
      kind: 'local.dhcp-failed',
      checkpoint: 'local',
      durationMs: round(lease.lastMs - lease.firstMs),
      station: lease.station,
      outcome,
      attempts: Math.max(1, lease.attempts),
      address: outcome === 'declined' ? lease.declined : lease.refused,
      selfAssigned,
      ipv6InUse: link.ipv6InUse,
    });
  }
}

function outcomeOf(lease: Lease): 'unanswered' | 'refused' | 'declined' | null {
  if (lease.address !== null || lease.hasAddress) return null;
  if (lease.declined !== null) return 'declined';
  if (lease.refusals >= fewestRefusals && lease.offers <= lease.refusals) return 'refused';
  const isPatient = lease.lastMs - lease.firstMs >= shortestDhcpMs;
  return lease.discovers >= fewestDiscovers && lease.offers === 0 && lease.refusals === 0 && isPatient ? 'unanswered' : null;
}

function observeNeighbors(log: EvidenceLog, link: LinkTracker, spoke: ReadonlySet<string>): void {
  const { neighbors } = link;
  const alive = new Set([...spoke, ...neighbors.claims().map(({ address }) => address)]);
  const inVain = neighbors.unanswered.filter(
    (question) =>
      question.attempts >= fewestQuestions && question.lastMs - question.firstMs >= shortestRunMs && !alive.has(question.address),
  );
  const ofAsker = grouped(neighbors.unanswered, ({ asker }) => asker.address);
  const forAddress = grouped(inVain, ({ address }) => address);
  const stated = inVain.filter(({ asker, address }) => {
    if (isSelfAssigned(asker.address) || (ofAsker.get(asker.address) ?? 0) > mostWanted) return false;
    // A router asks for whom others want, and who gives out addresses asks for those that are free. Nobody needs what is at such an address (the services
    // that clouds have there are asked for everywhere).
    if (link.isRouter(asker.address) || link.leases.servers.has(asker.address)) return false;
    if (hasRoutersPlace(asker.address) && !hasRoutersPlace(address)) return false;
    if (link.leases.offered.has(address) || isSelfAssigned(address)) return false;
    // Among several stations, of which one alone asks and is told nothing, answers may pass elsewhere, and the questions be how it watches another.
    return neighbors.wasTold(asker.address) || neighbors.askerCount === 1 || (forAddress.get(address) ?? 0) > 1;
  });
  for (const question of stated.slice(0, mostStated)) {
    const { asker, address, attempts, firstMs, lastMs, frames } = question;
    const isIpv6 = address.includes(':');
    log.state(lastMs, frames, {
      kind: 'local.neighbor-unanswered',
      checkpoint: 'local',
      durationMs: round(lastMs - firstMs),
      protocol: isIpv6 ? 'ndp' : 'arp',
      asker: asker.address,
      address,
      role: link.isRouter(address) ? 'gateway' : link.knowsRouters(isIpv6) ? 'neighbor' : 'unknown',
      attempts,
      othersAnswered: neighbors.wasTold(asker.address),
    });
  }
}

/** How many questions there are of each kind. */
function grouped(questions: readonly NeighborQuestion[], keyOf: (question: NeighborQuestion) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const question of questions) counts.set(keyOf(question), (counts.get(keyOf(question)) ?? 0) + 1);
  return counts;
}

/** States what a router said about the source address that a station sent from; nothing for null. */
export function observeScope(log: EvidenceLog, link: LinkTracker, seen: OutOfScope | null, spoke: ReadonlySet<string>): void {
  if (seen === null) return;
  const { address, destination, router, timeMs, frames } = seen;
  const addresses = [...spoke, ...link.neighbors.claims().map((claim) => claim.address)];
  log.state(timeMs, frames, {
    kind: 'local.source-out-of-scope',
    checkpoint: 'local',
    address,
    destination,
    router,
    ipv4InUse: link.sawIpv4 ? addresses.some((one) => one.includes('.') && one !== '0.0.0.0' && !isSelfAssigned(one)) : null,
  });
}

/** The first or last address of a network is a router's more often than not. */
function hasRoutersPlace(address: string): boolean {
  return /(\.1|\.254|::1)$/.test(address);
}

/** 169.254/16 (RFC 3927). */
function isSelfAssigned(address: string): boolean {
  return address.startsWith('169.254.');
}
