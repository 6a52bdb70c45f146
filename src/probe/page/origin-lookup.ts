import { firstWithAddresses } from '../dns/old-style.ts';
import { lookUpAt, probeDns } from '../dns.ts';
import { chooseProxy, type ProxyChoice } from '../proxy/choice.ts';
import { lookUpProxy } from '../proxy/lookup.ts';
import { round } from '../recorder.ts';
import { type Target, targetFacts } from '../target.ts';
import { type WalkContext, waitOf } from '../walk-context.ts';

/** The way to an origin: what is dialled, and what is asked for there. */
export interface LookedUp {
  choice: ProxyChoice;
  addresses: readonly string[];
  destination: string | null;
  port: number;
}

/** Finds the way to an origin, its proxy's where there is one. */
export async function lookUpOrigin(context: WalkContext, target: Target): Promise<LookedUp> {
  const { connectTo } = context.options;
  const { recorder } = context;
  recorder.observe({ kind: 'target.parsed', checkpoint: 'target', atMs: recorder.sinceStart(), ...targetFacts(target) });
  const choice = chooseProxy(context, target);
  if (choice.kind === 'unusable') return { choice, addresses: [], destination: null, port: target.port };
  if (choice.kind === 'proxy') {
    const lookup = await lookUpProxy(context, choice.proxy, target);
    lookup.giveUp();
    return { choice, addresses: lookup.addresses, destination: lookup.destinations[0] ?? null, port: choice.proxy.port };
  }
  const port = connectTo !== null && connectTo.port !== 0 ? connectTo.port : target.port;
  const addresses = (await quickLookup(context, target)) ?? (await fullLookup(context, target));
  return { choice, addresses, destination: target.host, port };
}

/**
 * Lookups that the system does at the same time. Others wait for them: libuv keeps half of its four threads for what is quicker than asking a resolver.
 */
const systemLookupLimit = 2;
let systemLookups = 0;

/** As applications look names up, and no more: asking the resolvers beside says nothing that is needed when it works. Null when that is not enough. */
async function quickLookup(context: WalkContext, target: Target): Promise<string[] | null> {
  const { options, recorder } = context;
  if (target.hostKind !== 'name' || options.connectTo !== null || options.resolvers.length > 0) return null;
  const startMs = recorder.sinceStart();
  const isCrowded = systemLookups >= systemLookupLimit;
  const system = lookUpBySystem(context, target, startMs);
  const enough = new AbortController();
  const addresses = isCrowded ? await firstWithAddresses([system, lookUpDirectly(context, target, enough.signal)]) : await system;
  enough.abort();
  if (addresses.length === 0) return null;
  const atMs = recorder.sinceStart();
  recorder.observe({
    kind: 'dns.addresses-chosen',
    checkpoint: 'dns',
    atMs,
    durationMs: round(atMs - startMs),
    name: target.host,
    addresses,
    source: recorder.seen('dns.system-lookup').length > 0 ? 'system' : 'resolver',
  });
  return addresses;
}

async function lookUpBySystem(context: WalkContext, target: Target, startMs: number): Promise<string[]> {
  const { options, ports, recorder } = context;
  systemLookups += 1;
  const outcome = await ports.names.lookup(target.host, options.family, waitOf(context)).finally(() => {
    systemLookups -= 1;
  });
  if (outcome.kind !== 'found') return [];
  const addresses = outcome.addresses.map(({ address }) => address);
  const atMs = recorder.sinceStart();
  const durationMs = round(atMs - startMs);
  recorder.observe({ kind: 'dns.system-lookup', checkpoint: 'dns', atMs, durationMs, name: target.host, addresses });
  return addresses;
}

/** Names that are not for resolvers (RFC 6761, RFC 6762), or not for them alone. */
const specialName = /^[^.]*$|\.(?:local|localhost|onion)$/i;

/** Resolvers that are asked for every name alike. */
const fromFiles: ReadonlySet<string> = new Set(['resolv.conf', 'systemd-resolved', 'networkmanager']);

/**
 * As browsers do it that do not wait for the system: by the first resolver that is configured, for names that the hosts file does not know. Empty where
 * that gives nothing, or is not how this host looks names up.
 */
async function lookUpDirectly(context: WalkContext, target: Target, enough: AbortSignal): Promise<string[]> {
  const { host } = context.ports;
  if (specialName.test(target.host)) return [];
  const [entries, configured] = await Promise.all([host.hostsEntries(target.host), host.resolvers()]);
  if (!('addresses' in entries) || entries.addresses.length > 0 || !('servers' in configured)) return [];
  // Where names have resolvers of their own (macOS, Windows), the system alone knows which.
  if (!fromFiles.has(configured.source)) return [];
  const [server] = configured.servers;
  return server === undefined ? [] : lookUpAt(context, target, { ...server, transport: 'udp', role: 'configured' }, enough).addresses;
}

async function fullLookup(context: WalkContext, target: Target): Promise<string[]> {
  const lookup = await probeDns(context, target);
  if (lookup.addresses.length > 0) lookup.giveUp();
  return lookup.addresses;
}
