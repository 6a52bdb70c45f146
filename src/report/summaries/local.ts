import { failureWords } from '../fact-words.ts';
import { endpointText, listed, plural } from '../wording.ts';
import type { Seen } from './seen.ts';

/** This host's way to the target in a few words; what is broken about it first. Null when nothing is known. */
export function summarizeLocal(seen: Seen): string | null {
  return trouble(seen) ?? wayToTarget(seen) ?? links(seen);
}

function trouble(seen: Seen): string | null {
  // Over IPv6 what a router forbids comes to programs as what this host forbids itself.
  const own = new Set<string | null>([null, ...seen.all('local.address').map((one) => one.address)]);
  const errors = seen.all('route.icmp-error').filter((error) => !own.has(error.from));
  const others = new Set(errors.map((error) => error.destination.address));
  const refused = seen.all('local.send-refused').find((one) => one.protocol !== 'tcp' || !others.has(one.destination.address));
  if (refused !== undefined) {
    return `sending to ${endpointText(refused.destination.address, refused.destination.port)} refused here (${failureWords(refused.failure)})`;
  }
  const exhausted = seen.first('local.resource-exhausted');
  if (exhausted !== null) return `out of resources (${failureWords(exhausted.failure)})`;
  const dead = seen.all('local.neighbor').find((neighbor) => neighbor.state === 'failed' || neighbor.state === 'incomplete');
  if (dead !== undefined && seen.first('tcp.connected') === null) {
    return `${dead.role === 'gateway' ? 'gateway ' : ''}${dead.address} does not answer on ${dead.interface} (${dead.state})`;
  }
  const broken = seen.all('local.proxy-failed').find((failed) => failed.failure.name !== 'aborted');
  if (broken !== undefined) return `proxy ${broken.proxy}: ${failureWords(broken.failure)}`;
  const missing = seen.all('local.route').filter((route) => !route.found && route.purpose !== 'default');
  if (missing.length > 0 && seen.first('tcp.connected') === null) return `no route to ${listed(missing.map((route) => route.destination))}`;
  return null;
}

function wayToTarget(seen: Seen): string | null {
  const carried = seen.all('tcp.connected').find((connected) => connected.carried);
  const routes = seen.all('local.route').filter((route) => route.found && route.purpose !== 'default');
  const route =
    routes.find((candidate) => candidate.destination === carried?.server.address) ??
    routes.find((candidate) => candidate.purpose === 'target') ??
    // The tables were read before the address was known: not the way to the resolver, which may be on this link.
    (carried === undefined
      ? undefined
      : seen.all('local.route').find((one) => one.found && one.purpose === 'default' && one.family === carried.family)) ??
    routes[0] ??
    seen.all('local.route').find((candidate) => candidate.found);
  if (route === undefined || route.interface === null) return null;
  const from = route.sourceAddress ?? carried?.client?.address ?? null;
  const source = from === null ? '' : ` ${from}`;
  const next = route.gateway === null ? (route.interface === 'lo' ? '' : ', on this link') : `, gateway ${route.gateway}`;
  const tunnel = seen.all('local.link').some((link) => link.name === route.interface && link.medium === 'tunnel') ? ' (a tunnel)' : '';
  return `${route.interface}${tunnel}${source}${next}${proxyWords(seen)}`;
}

function proxyWords(seen: Seen): string {
  const [configured] = seen.all('local.proxy-configured');
  if (configured === undefined) return '';
  return configured.bypassed ? `; proxy ${configured.url} not used for this target` : `; through the proxy ${configured.url}`;
}

function links(seen: Seen): string | null {
  const outside = seen.all('local.link').filter((link) => !link.loopback);
  if (seen.all('local.link').length === 0) return null;
  const up = outside.filter((link) => link.up && link.carrier !== false);
  if (up.length === 0)
    return outside.length === 0 ? 'no interface but loopback' : `${plural(outside.length, 'interface')}, none with a link`;
  const addresses = seen
    .all('local.address')
    .filter((address) => up.some((link) => link.name === address.interface) && address.scope !== 'link');
  return `${listed(up.map((link) => link.name))} up, ${addresses.length === 0 ? 'no address' : listed(addresses.map((address) => address.address))}`;
}
