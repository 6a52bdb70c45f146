import { parseAddress } from '../../model/address.ts';
import type { LookupResult } from '../dns.ts';
import { probeDns } from '../dns.ts';
import type { Target } from '../target.ts';
import { type WalkContext, waitOf } from '../walk-context.ts';
import { looksUpNames, type ProxyServer } from './proxy-server.ts';

/** Where the proxy is, and where it is to be asked to go. */
export interface ProxyLookup extends LookupResult {
  /** Names or addresses of the target, to be asked for in this order. */
  destinations: readonly string[];
  /** The proxy's name had to be looked up. */
  asked: boolean;
}

const settled: Pick<LookupResult, 'beside' | 'giveUp'> = { beside: Promise.resolve(), giveUp() {} };

/** Addresses of the proxy, as applications get them. The target's name is the proxy's business, but for SOCKS5 with local names. */
export async function lookUpProxy(context: WalkContext, proxy: ProxyServer, target: Target): Promise<ProxyLookup> {
  const { connectTo } = context.options;
  const ofTarget = looksUpNames(proxy) || connectTo !== null ? null : await probeDns(context, target);
  const destinations = ofTarget?.addresses ?? [connectTo?.address ?? target.host];
  const beside = ofTarget ?? settled;
  if (destinations.length === 0) return { ...beside, addresses: [], destinations, asked: true };
  if (parseAddress(proxy.host) !== null) return { ...beside, addresses: [proxy.host], destinations, asked: ofTarget !== null };
  const addresses = await resolveProxy(context, proxy);
  return { ...beside, addresses, destinations, asked: true };
}

async function resolveProxy(context: WalkContext, proxy: ProxyServer): Promise<string[]> {
  const { ports, recorder, options } = context;
  const startMs = recorder.sinceStart();
  const outcome = await ports.names.lookup(proxy.host, options.family, waitOf(context));
  const addresses = outcome.kind === 'found' ? outcome.addresses.map(({ address }) => address) : [];
  const failure = outcome.kind === 'found' ? null : outcome.kind === 'failed' ? outcome.failure : { name: outcome.kind };
  const atMs = recorder.sinceStart();
  const base = { kind: 'local.proxy-resolved', checkpoint: 'local', atMs, durationMs: atMs - startMs } as const;
  recorder.observe({ ...base, proxy: proxy.url, name: proxy.host, addresses, ...(failure === null ? {} : { failure }) });
  if (addresses.length === 0) await observeResolvers(context);
  return addresses;
}

/** Nobody asked the resolvers by name: who they are says whether they could be asked at all. */
async function observeResolvers(context: WalkContext): Promise<void> {
  const { ports, recorder } = context;
  const configured = await ports.host.resolvers();
  const base = { checkpoint: 'local', atMs: recorder.sinceStart() } as const;
  if ('servers' in configured) recorder.observe({ ...base, kind: 'local.resolvers', ...configured });
  else recorder.observe({ ...base, kind: 'local.not-measured', what: 'resolvers', failure: configured });
}
