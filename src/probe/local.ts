import type { Failure } from '../model/failure.ts';
import type { LocalNeighbor, LocalNotMeasured, LocalRoute } from '../model/observations/local.ts';
import type { WalkContext } from './walk-context.ts';

function isFailure(result: object): result is Failure {
  return 'name' in result && !('state' in result) && !('links' in result);
}

function observeUnmeasured(context: WalkContext, what: LocalNotMeasured['what'], failure: Failure): void {
  const { recorder } = context;
  recorder.observe({ kind: 'local.not-measured', checkpoint: 'local', atMs: recorder.sinceStart(), what, failure });
}

/**
 * What this host looks like: links, addresses, default routes with their gateways, routes to what was used. Reading it takes
 * processor time and no waiting, so it runs when the request needs none: time taken in the middle would be measured as the network's.
 */
export async function probeHost(context: WalkContext): Promise<void> {
  await Promise.all([probeLinks(context), probeDefaultRoutes(context), probeRoutes(context)]);
}

async function probeLinks(context: WalkContext): Promise<void> {
  const { ports, recorder } = context;
  const result = await ports.host.links();
  if (isFailure(result)) {
    observeUnmeasured(context, 'links', result);
    return;
  }
  const atMs = recorder.sinceStart();
  for (const link of result.links) recorder.observe({ kind: 'local.link', checkpoint: 'local', atMs, ...link });
  for (const address of result.addresses) recorder.observe({ kind: 'local.address', checkpoint: 'local', atMs, ...address });
}

async function probeDefaultRoutes(context: WalkContext): Promise<void> {
  const { ports, recorder } = context;
  await Promise.all(
    (['ipv4', 'ipv6'] as const).map(async (family) => {
      const routes = await ports.host.defaultRoutes(family);
      if (isFailure(routes)) {
        observeUnmeasured(context, 'routes', routes);
        return;
      }
      for (const route of routes)
        recorder.observe({ kind: 'local.route', checkpoint: 'local', atMs: recorder.sinceStart(), purpose: 'default', ...route });
    }),
  );
}

/** What the routing table says about every address and resolver used so far that it was not asked about yet. */
export async function probeRoutes(context: WalkContext): Promise<void> {
  const { recorder } = context;
  const known = new Set(recorder.seen('local.route').map((route) => route.destination));
  const chosen = recorder.seen('dns.addresses-chosen').flatMap((observation) => observation.addresses);
  const servers = recorder.seen('local.resolvers').flatMap((observation) => observation.servers.map((server) => server.address));
  const wanted = [
    ...chosen.map((destination) => ({ destination, purpose: 'target' as const })),
    ...servers.map((destination) => ({ destination, purpose: 'resolver' as const })),
  ].filter(({ destination }) => !known.has(destination));
  await Promise.all(wanted.map(({ destination, purpose }) => probeRoute(context, destination, purpose)));
}

async function probeRoute(context: WalkContext, destination: string, purpose: LocalRoute['purpose']): Promise<void> {
  const { ports, recorder } = context;
  const route = await ports.host.route(destination);
  if (isFailure(route)) observeUnmeasured(context, 'routes', route);
  else recorder.observe({ kind: 'local.route', checkpoint: 'local', atMs: recorder.sinceStart(), purpose, ...route });
}

/**
 * The neighbour entries of the next hops towards what did not answer, read while the silence lasts or right after: an entry that is
 * incomplete or failed then says that nothing left this link (RFC 4861 section 7.3.2).
 */
export async function probeNeighbors(context: WalkContext): Promise<void> {
  const { recorder } = context;
  const routes = recorder.seen('local.route').filter((route) => route.found && route.interface !== null);
  const wanted = new Map<string, { role: LocalNeighbor['role']; interfaceName: string }>();
  for (const route of routes) {
    const isOnLink = route.gateway === null;
    if (isOnLink && route.purpose === 'default') continue;
    const role = isOnLink ? (route.purpose === 'target' ? 'target' : 'resolver') : 'gateway';
    const address = route.gateway ?? route.destination;
    // A home router is gateway and resolver at once: without it nothing leaves, so it counts as the gateway.
    if (wanted.get(address)?.role !== 'gateway') wanted.set(address, { role, interfaceName: route.interface ?? '' });
  }
  await Promise.all([...wanted].map(([address, { role, interfaceName }]) => probeNeighbor(context, address, role, interfaceName)));
}

async function probeNeighbor(context: WalkContext, address: string, role: LocalNeighbor['role'], interfaceName: string): Promise<void> {
  const { ports, recorder } = context;
  const neighbor = await ports.host.neighbor(address, interfaceName);
  if (isFailure(neighbor)) {
    observeUnmeasured(context, 'neighbors', neighbor);
    return;
  }
  recorder.observe({ kind: 'local.neighbor', checkpoint: 'local', atMs: recorder.sinceStart(), role, ...neighbor });
}
