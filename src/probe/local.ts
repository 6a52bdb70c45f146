import { parseAddress } from '../model/address.ts';
import type { Failure } from '../model/failure.ts';
import type { LocalNotMeasured, LocalRoute } from '../model/observations/local.ts';
import type { WalkContext } from './walk-context.ts';

/** Tells a failure from lists and facts, none of which has a name without a state. */
export function isFailure(result: object): result is Failure {
  return 'name' in result && !('state' in result) && !('links' in result);
}

/** Writes down that something about this host could not be asked. */
export function observeUnmeasured(context: WalkContext, what: LocalNotMeasured['what'], failure: Failure): void {
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
  // What a resolver of this host itself asks is as far as a lookup goes.
  const servers = recorder.seen('local.resolvers').flatMap(({ servers: own, upstream = [] }) => [...own, ...upstream]);
  const wanted = [
    ...chosen.map((destination) => ({ destination, purpose: 'target' as const })),
    ...servers.map(({ address }) => ({ destination: address, purpose: 'resolver' as const })),
    ...proxyAddresses(context).map((destination) => ({ destination, purpose: 'proxy' as const })),
  ].filter(
    ({ destination }, index, all) => !known.has(destination) && all.findIndex((other) => other.destination === destination) === index,
  );
  await Promise.all(wanted.map(({ destination, purpose }) => probeRoute(context, destination, purpose)));
}

/** Where the proxy is that carries the request. */
function proxyAddresses({ recorder }: WalkContext): string[] {
  const [proxy] = recorder.seen('local.proxy-configured').filter((configured) => !configured.bypassed);
  const host = proxy !== undefined && URL.canParse(proxy.url) ? new URL(proxy.url).hostname.replace(/^\[|\]$/g, '') : '';
  const literal = parseAddress(host) === null ? [] : [host];
  return [...literal, ...recorder.seen('local.proxy-resolved').flatMap((resolved) => resolved.addresses)];
}

async function probeRoute(context: WalkContext, destination: string, purpose: LocalRoute['purpose']): Promise<void> {
  const { ports, recorder } = context;
  const route = await ports.host.route(destination);
  if (isFailure(route)) observeUnmeasured(context, 'routes', route);
  else recorder.observe({ kind: 'local.route', checkpoint: 'local', atMs: recorder.sinceStart(), purpose, ...route });
}
