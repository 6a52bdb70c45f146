import type { Failure } from '../model/failure.ts';
import type { LocalNeighbor, LocalNotMeasured, LocalRoute } from '../model/observations/local.ts';
import type { Target } from './target.ts';
import type { WalkContext } from './walk-context.ts';

function isFailure(result: object): result is Failure {
  return 'name' in result && !('state' in result) && !('links' in result);
}

function observeUnmeasured(context: WalkContext, what: LocalNotMeasured['what'], failure: Failure): void {
  const { recorder } = context;
  recorder.observe({ kind: 'local.not-measured', checkpoint: 'local', atMs: recorder.sinceStart(), what, failure });
}

/**
 * What this host looks like before anything is sent: links, addresses, default routes with their gateways, proxies.
 * Runs beside the request; nothing waits for it.
 */
export async function probeHost(context: WalkContext, target: Target): Promise<void> {
  const { ports, recorder } = context;
  const proxy = ports.host.proxyFor(target.url);
  if (proxy !== null) recorder.observe({ kind: 'local.proxy-configured', checkpoint: 'local', atMs: recorder.sinceStart(), ...proxy });
  await Promise.all([probeLinks(context), probeDefaultRoutes(context)]);
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

/** What the routing table says about addresses that are about to be used. */
export async function probeRoutes(context: WalkContext, purpose: LocalRoute['purpose'], addresses: readonly string[]): Promise<void> {
  const { ports, recorder } = context;
  await ports.clock.sleep(0);
  await Promise.all(
    addresses.map(async (address) => {
      const route = await ports.host.route(address);
      if (isFailure(route)) {
        observeUnmeasured(context, 'routes', route);
        return;
      }
      recorder.observe({ kind: 'local.route', checkpoint: 'local', atMs: recorder.sinceStart(), purpose, ...route });
    }),
  );
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
    wanted.set(route.gateway ?? route.destination, { role, interfaceName: route.interface ?? '' });
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
