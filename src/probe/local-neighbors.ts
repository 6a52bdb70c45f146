import type { LocalNeighbor } from '../model/observations/local.ts';
import type { NeighborFacts } from '../ports/host.ts';
import type { FollowUp } from './follow-up.ts';
import { isFailure, observeUnmeasured } from './local.ts';
import type { WalkContext } from './walk-context.ts';

/** How often the entries are read while what they lead to stays silent: more often than a neighbour can be asked again. */
const intervalMs = 250;

interface Place {
  address: string;
  interface: string;
  role: LocalNeighbor['role'];
}

/** The next hops on the link towards everything the request used, as the routes read so far name them. */
function placesOf(context: WalkContext): Place[] {
  const places = new Map<string, Place>();
  const routes = context.recorder.seen('local.route').filter((route) => route.found && route.interface !== null);
  const used = routes.filter((route) => route.purpose !== 'default');
  for (const route of used.length > 0 ? used : routes) {
    if (route.interface === null || (route.gateway === null && route.purpose === 'default')) continue;
    const address = route.gateway ?? route.destination;
    const key = `${route.interface} ${address}`;
    const role = route.gateway !== null ? 'gateway' : route.purpose === 'target' || route.purpose === 'resolver' ? route.purpose : 'other';
    // A home router is gateway and resolver at once: without it nothing leaves, so it counts as the gateway.
    if (places.get(key)?.role !== 'gateway') places.set(key, { address, interface: route.interface, role });
  }
  return [...places.values()];
}

/** Whether everything the stage waits for has ended. */
function isSettled({ recorder }: WalkContext): boolean {
  const { seen } = recorder;
  const ended = [
    ...seen('tcp.syn-unanswered'),
    ...seen('tcp.connect-failed'),
    ...seen('tcp.connect-abandoned'),
    ...seen('tcp.connected'),
    ...seen('dns.unanswered'),
    ...seen('dns.undeliverable'),
    ...seen('dns.system-lookup').filter((lookup) => lookup.failure !== undefined),
    ...seen('local.proxy-resolved'),
  ];
  return ended.length > 0;
}

/** What makes an entry worth writing down again: what it says, not how long ago it was confirmed. */
function meaningOf(neighbor: NeighborFacts): string {
  const isSilent = neighbor.state === 'failed' || neighbor.state === 'incomplete';
  return `${isSilent ? 'silent' : neighbor.state === 'absent' ? 'absent' : 'there'} ${neighbor.linkAddress ?? ''}`;
}

/**
 * The neighbour entries of the next hops towards what does not answer, read while the silence lasts: one that is incomplete or failed says that
 * nothing left this link (RFC 4861 section 7.3.2), and a link-layer address that changes says that two machines claim one address.
 */
export const neighborsOfSilence: FollowUp = {
  name: 'neighbors-of-silence',
  startsEarly: true,
  isWanted: isSilent,
  async run(context) {
    const { ports, recorder, options } = context;
    const overMs = ports.clock.nowMs() + options.timeoutMs;
    const known = new Map<string, string>();
    for (;;) {
      await Promise.all(placesOf(context).map((place) => readEntry(context, place, known)));
      if (isSettled(context) || ports.clock.nowMs() + intervalMs > overMs || recorder.seen('local.route').length === 0) return;
      await ports.clock.sleep(intervalMs, options.signal ?? undefined);
      if (options.signal?.aborted === true) return;
    }
  },
};

async function readEntry(context: WalkContext, place: Place, known: Map<string, string>): Promise<void> {
  const { ports, recorder } = context;
  const key = `${place.interface} ${place.address}`;
  const neighbor = await ports.host.neighbor(place.address, place.interface);
  if (isFailure(neighbor)) {
    if (!known.has(key)) observeUnmeasured(context, 'neighbors', neighbor);
    known.set(key, '');
    return;
  }
  const meaning = meaningOf(neighbor);
  if (known.get(key) === meaning) return;
  known.set(key, meaning);
  recorder.observe({ kind: 'local.neighbor', checkpoint: 'local', atMs: recorder.sinceStart(), role: place.role, ...neighbor });
}

/** Whether what the request needs next has not come back so far, and this host's tables were read. */
function isSilent({ recorder }: WalkContext): boolean {
  const { seen } = recorder;
  if (seen('local.route').length === 0 || seen('tcp.connected').length > 0 || seen('tcp.syn-refused').length > 0) return false;
  return seen('dns.addresses-chosen').length > 0 || seen('dns.answered').length === 0;
}

/** The entries once more when the request is over: what was being asked for then is known or has failed. */
export const nextHopsAfterFailure: FollowUp = {
  name: 'next-hops-after-failure',
  isWanted: isSilent,
  async run(context) {
    await Promise.all(placesOf(context).map((place) => readEntry(context, place, new Map())));
  },
};

/** Interfaces on which addresses are resolved by asking everybody on the link. */
const sharedMedia: ReadonlySet<string> = new Set(['ethernet', 'wifi', 'virtual']);

/** A first SYN that was lost, or silence beyond a gateway that is there: do two machines claim the gateway's address, or this host's? */
export const addressConflict: FollowUp = {
  name: 'address-conflict',
  startsEarly: true,
  afterSuccess: true,
  isWanted(context) {
    const { seen } = context.recorder;
    const connected = seen('tcp.connected');
    const lostSyn = connected.some((one) => one.carried && (one.facts.synRetransmissions ?? 0) > 0);
    const silentFamily = seen('tcp.syn-unanswered').some((one) => one.family === 'ipv4') && connected.every((one) => one.family !== 'ipv4');
    return isSilent(context) || lostSyn || silentFamily;
  },
  async run(context) {
    const { ports, recorder } = context;
    const shared = new Set(
      recorder
        .seen('local.link')
        .filter((link) => sharedMedia.has(link.medium))
        .map((link) => link.name),
    );
    const routes = recorder
      .seen('local.route')
      .filter((route) => route.family === 'ipv4' && route.interface !== null && shared.has(route.interface));
    const asked = new Map<string, { address: string; interfaceName: string }>();
    for (const { gateway, sourceAddress, interface: interfaceName } of routes) {
      for (const address of [gateway, sourceAddress]) {
        if (address !== null && interfaceName !== null) asked.set(`${interfaceName} ${address}`, { address, interfaceName });
      }
    }
    await Promise.all(
      [...asked.values()].map(async ({ address, interfaceName }) => {
        const linkAddresses = await ports.host.arpAnswers(address, interfaceName);
        // Where ordinary users may not ask, nothing is known, which is the usual case and no news.
        if (isFailure(linkAddresses)) return;
        const atMs = recorder.sinceStart();
        recorder.observe({ kind: 'local.arp-answered', checkpoint: 'local', atMs, interface: interfaceName, address, linkAddresses });
      }),
    );
  },
};
