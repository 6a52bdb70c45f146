import { parseAddress } from '../model/address.ts';
import type { AddressFamily } from '../model/observations/base.ts';
import type { DnsAddressesChosen, ResolverIdentity } from '../model/observations/dns.ts';
import { askTolerantly, firstWithAddresses } from './dns/old-style.ts';
import { isOfFamily, resolverLimit, typesOf } from './dns/trouble.ts';
import { round } from './recorder.ts';
import type { Target } from './target.ts';
import { type WalkContext, waitOf } from './walk-context.ts';
import type { NamedResolver } from './walk-options.ts';

/** How long an AAAA answer is waited for once A has answered: the Resolution Delay of RFC 8305 section 3. */
const resolutionDelayMs = 50;

/** What the lookup gave. `beside` ends when every question asked beside the lookup has ended. */
export interface LookupResult {
  addresses: string[];
  beside: Promise<void>;
  /** Stops waiting for resolvers that have not answered; `beside` ends soon after. */
  giveUp(): void;
}

/** Name to addresses: as applications get them, and as each resolver answers, at the same time. */
export async function probeDns(context: WalkContext, target: Target): Promise<LookupResult> {
  const { options } = context;
  const literal = literalAddress(context, target);
  if (literal !== null) {
    chooseAddresses(context, target, [literal.address], literal.source);
    return { addresses: [literal.address], beside: Promise.resolve(), giveUp() {} };
  }
  return options.resolvers.length > 0 ? lookUpByResolvers(context, target) : lookUpAsApplications(context, target);
}

function literalAddress(context: WalkContext, target: Target): { address: string; source: 'connect-to' | 'literal' } | null {
  const { connectTo } = context.options;
  if (connectTo !== null) return { address: connectTo.address, source: 'connect-to' };
  if (target.hostKind === 'name') return null;
  return { address: target.zone === null ? target.host : `${target.host}%${target.zone}`, source: 'literal' };
}

function chooseAddresses(
  context: WalkContext,
  target: Target,
  addresses: string[],
  source: DnsAddressesChosen['source'],
  startMs?: number,
): void {
  const { recorder } = context;
  const atMs = recorder.sinceStart();
  const durationMs = startMs === undefined ? {} : { durationMs: atMs - startMs };
  recorder.observe({ kind: 'dns.addresses-chosen', checkpoint: 'dns', atMs, ...durationMs, name: target.host, addresses, source });
}

function ofFamily(addresses: readonly string[], family: AddressFamily | null): string[] {
  return addresses.filter((address) => isOfFamily(address, family));
}

/** The system's own lookup decides; the configured resolvers are asked beside it, and waited for only when it fails. */
async function lookUpAsApplications(context: WalkContext, target: Target): Promise<LookupResult> {
  const { ports, recorder, options } = context;
  const startMs = recorder.sinceStart();
  const enough = new AbortController();
  const giveUp = (): void => enough.abort();
  const asked = askConfigured(context, target, enough.signal);
  const beside = asked.then((questions) => questions.ended);
  const hosts = ports.host.hostsEntries(target.host);
  const outcome = await ports.names.lookup(target.host, options.family, waitOf(context));
  const atMs = recorder.sinceStart();
  const base = { kind: 'dns.system-lookup', checkpoint: 'dns', atMs, durationMs: atMs - startMs, name: target.host } as const;
  if (outcome.kind !== 'found') {
    const failure = outcome.kind === 'failed' ? outcome.failure : { name: outcome.kind };
    recorder.observe({ ...base, addresses: [], failure });
    // Applications would go on waiting, and get what a resolver has answered long since.
    const late = outcome.kind === 'timed-out' ? (await asked).known() : [];
    if (late.length > 0) {
      chooseAddresses(context, target, late, 'resolver', startMs);
      return { addresses: late, beside, giveUp };
    }
    await beside;
    return { addresses: [], beside: Promise.resolve(), giveUp };
  }
  const addresses = outcome.addresses.map(({ address }) => address);
  recorder.observe({ ...base, addresses });
  const entries = await hosts;
  const fromHosts = 'addresses' in entries && entries.addresses.length > 0 ? entries : null;
  if (fromHosts !== null) {
    const { addresses: listed, file } = fromHosts;
    recorder.observe({ kind: 'local.hosts-entry', checkpoint: 'local', atMs, name: target.host, addresses: listed, file });
  }
  const source = fromHosts !== null && addresses.every((address) => fromHosts.addresses.includes(address)) ? 'hosts-file' : 'system';
  chooseAddresses(context, target, addresses, source, startMs);
  return { addresses, beside, giveUp };
}

/** Questions under way. */
interface Questions {
  ended: Promise<void>;
  /** The addresses that came so far, of the first resolver in the list that gave any. */
  known(): string[];
}

/** Asks every configured resolver for the name's addresses. RFC 6761 section 6.3: names under localhost are not for resolvers. */
async function askConfigured(context: WalkContext, target: Target, enough: AbortSignal): Promise<Questions> {
  const { ports, recorder } = context;
  const none: Questions = { ended: Promise.resolve(), known: () => [] };
  const configured = await ports.host.resolvers();
  const atMs = recorder.sinceStart();
  if (!('servers' in configured)) {
    recorder.observe({ kind: 'local.not-measured', checkpoint: 'local', atMs, what: 'resolvers', failure: configured });
    return none;
  }
  recorder.observe({ kind: 'local.resolvers', checkpoint: 'local', atMs, ...configured });
  if (target.host === 'localhost' || target.host.endsWith('.localhost')) return none;
  const lookups = configured.servers
    .slice(0, resolverLimit)
    .map((server) => lookUpAt(context, target, { ...server, transport: 'udp', role: 'configured' }, enough));
  return {
    ended: Promise.all(lookups.map((lookup) => lookup.ended)).then(() => undefined),
    known: () => lookups.map((lookup) => lookup.known()).find((addresses) => addresses.length > 0) ?? [],
  };
}

/** The first named resolver that gives addresses decides. */
async function lookUpByResolvers(context: WalkContext, target: Target): Promise<LookupResult> {
  const { recorder, options } = context;
  const startMs = recorder.sinceStart();
  const servers = options.resolvers.map(({ address, port }) => ({ address, port }));
  recorder.observe({ kind: 'local.resolvers', checkpoint: 'local', atMs: startMs, source: 'option', servers, search: [], ndots: 1 });
  const enough = new AbortController();
  const giveUp = (): void => enough.abort();
  const lookups = options.resolvers.map(async (named) => {
    const resolver = await identify(context, target, named);
    return resolver === null ? null : lookUpAt(context, target, resolver, enough.signal);
  });
  const first = await firstWithAddresses(lookups.map(async (lookup) => (await lookup)?.addresses ?? []));
  const ended = Promise.all(lookups.map(async (lookup) => (await lookup)?.ended)).then(() => undefined);
  if (first.length === 0) {
    await ended;
    return { addresses: [], beside: Promise.resolve(), giveUp };
  }
  chooseAddresses(context, target, first, 'resolver', startMs);
  return { addresses: first, beside: ended, giveUp };
}

/** Who a named resolver is: for one that is given by name, with the address this host finds for it. Null when there is none. */
async function identify(context: WalkContext, target: Target, named: NamedResolver): Promise<ResolverIdentity | null> {
  const { ports, recorder, options } = context;
  const { address, port, transport = 'udp', serverName, path } = named;
  const isLiteral = parseAddress(address) !== null;
  const name = serverName ?? (isLiteral ? undefined : address);
  const resolver: ResolverIdentity = {
    address,
    port,
    transport,
    role: 'named',
    ...(name === undefined ? {} : { serverName: name }),
    ...(path === undefined ? {} : { path }),
  };
  if (isLiteral) return resolver;
  const startMs = recorder.sinceStart();
  const outcome = await ports.names.lookup(address, options.family, waitOf(context));
  const found = outcome.kind === 'found' ? outcome.addresses[0] : undefined;
  if (found !== undefined) return { ...resolver, address: found.address };
  const atMs = recorder.sinceStart();
  const failure = outcome.kind === 'failed' ? outcome.failure : ({ name: outcome.kind === 'timed-out' ? 'timed-out' : 'aborted' } as const);
  for (const type of typesOf(options.family)) {
    const question = { resolver, name: target.host, type, checkingDisabled: false, recursionDesired: true, edns: true, attempts: 0 };
    recorder.observe({ kind: 'dns.undeliverable', checkpoint: 'dns', atMs, durationMs: round(atMs - startMs), ...question, failure });
  }
  return null;
}

/** Both address types from one resolver. `addresses` does not wait for AAAA longer than the resolution delay once A has answered. */
export function lookUpAt(
  context: WalkContext,
  target: Target,
  resolver: ResolverIdentity,
  enough: AbortSignal,
): { addresses: Promise<string[]>; ended: Promise<void>; known(): string[] } {
  const { options, ports } = context;
  const known: string[] = [];
  const asked = typesOf(options.family).map((type) => {
    const question = askTolerantly(context, { resolver, name: target.host, type, enough });
    const addresses = question.addresses.then((found) => {
      known.push(...ofFamily(found, options.family));
      return found;
    });
    return { addresses, ended: question.ended };
  });
  const all = Promise.all(asked.map((question) => question.addresses));
  const gather = (lists: readonly string[][]): string[] => ofFamily(lists.flat(), options.family);
  const [forA, forAaaa] = asked;
  const early =
    forA === undefined || forAaaa === undefined
      ? all.then(gather)
      : forA.addresses.then(async (a) => {
          if (a.length === 0) return gather(await all);
          const delayed = ports.clock.sleep(resolutionDelayMs).then(() => gather([a]));
          return Promise.race([all.then(gather), delayed]);
        });
  return { addresses: early, ended: Promise.all(asked.map((question) => question.ended)).then(() => undefined), known: () => known };
}
