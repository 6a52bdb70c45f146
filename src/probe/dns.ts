import { isIpv6 } from '../model/address.ts';
import type { AddressFamily } from '../model/observations/base.ts';
import type { DnsAddressesChosen, ResolverIdentity } from '../model/observations/dns.ts';
import { askResolver, type DnsQuestionResult } from './dns-question.ts';
import type { Target } from './target.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** How long an AAAA answer is waited for once A has answered: the Resolution Delay of RFC 8305 section 3. */
const resolutionDelayMs = 50;
/** How many of this host's resolvers are asked: as many as the C library uses (MAXNS). */
const resolverLimit = 3;

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

function typesOf(family: AddressFamily | null): ('A' | 'AAAA')[] {
  return family === 'ipv4' ? ['A'] : family === 'ipv6' ? ['AAAA'] : ['A', 'AAAA'];
}

function ofFamily(addresses: readonly string[], family: AddressFamily | null): string[] {
  return addresses.filter((address) => family === null || isIpv6(address) === (family === 'ipv6'));
}

/** The system's own lookup decides; the configured resolvers are asked beside it, and waited for only when it fails. */
async function lookUpAsApplications(context: WalkContext, target: Target): Promise<LookupResult> {
  const { ports, recorder, options } = context;
  const startMs = recorder.sinceStart();
  const enough = new AbortController();
  const giveUp = (): void => enough.abort();
  const beside = lookUpBeside(context, target, enough.signal);
  const hosts = ports.host.hostsEntries(target.host);
  const outcome = await ports.names.lookup(target.host, options.family, waitOf(context));
  const atMs = recorder.sinceStart();
  const base = { kind: 'dns.system-lookup', checkpoint: 'dns', atMs, durationMs: atMs - startMs, name: target.host } as const;
  if (outcome.kind !== 'found') {
    const failure = outcome.kind === 'failed' ? outcome.failure : { name: outcome.kind };
    recorder.observe({ ...base, addresses: [], failure });
    await beside;
    return { addresses: [], beside: Promise.resolve(), giveUp };
  }
  const addresses = outcome.addresses.map(({ address }) => address);
  recorder.observe({ ...base, addresses });
  const entries = await hosts;
  const fromHosts = 'addresses' in entries && entries.addresses.length > 0 ? entries : null;
  if (fromHosts !== null) {
    recorder.observe({
      kind: 'local.hosts-entry',
      checkpoint: 'local',
      atMs,
      name: target.host,
      addresses: fromHosts.addresses,
      file: fromHosts.file,
    });
  }
  const source = fromHosts !== null && addresses.every((address) => fromHosts.addresses.includes(address)) ? 'hosts-file' : 'system';
  chooseAddresses(context, target, addresses, source, startMs);
  return { addresses, beside, giveUp };
}

/** Asks every configured resolver for the name's addresses. RFC 6761 section 6.3: names under localhost are not for resolvers. */
async function lookUpBeside(context: WalkContext, target: Target, enough: AbortSignal): Promise<void> {
  const { ports, recorder, options } = context;
  const configured = await ports.host.resolvers();
  if (!('servers' in configured)) {
    recorder.observe({
      kind: 'local.not-measured',
      checkpoint: 'local',
      atMs: recorder.sinceStart(),
      what: 'resolvers',
      failure: configured,
    });
    return;
  }
  recorder.observe({ kind: 'local.resolvers', checkpoint: 'local', atMs: recorder.sinceStart(), ...configured });
  if (target.host === 'localhost' || target.host.endsWith('.localhost')) return;
  const resolvers = configured.servers
    .slice(0, resolverLimit)
    .map((server): ResolverIdentity => ({ ...server, transport: 'udp', role: 'configured' }));
  const questions = resolvers.flatMap((resolver) =>
    typesOf(options.family).map((type) => askResolver(context, { resolver, name: target.host, type, enough })),
  );
  await Promise.all(questions);
}

/** The first named resolver that gives addresses decides. */
async function lookUpByResolvers(context: WalkContext, target: Target): Promise<LookupResult> {
  const { recorder, options } = context;
  const startMs = recorder.sinceStart();
  recorder.observe({
    kind: 'local.resolvers',
    checkpoint: 'local',
    atMs: startMs,
    source: 'option',
    servers: [...options.resolvers],
    search: [],
    ndots: 1,
  });
  const enough = new AbortController();
  const giveUp = (): void => enough.abort();
  const lookups = options.resolvers.map((server) =>
    lookUpAt(context, target, { ...server, transport: 'udp', role: 'named' }, enough.signal),
  );
  const first = await firstWithAddresses(lookups.map((lookup) => lookup.addresses));
  const ended = Promise.all(lookups.map((lookup) => lookup.ended)).then(() => undefined);
  if (first.length === 0) {
    await ended;
    return { addresses: [], beside: Promise.resolve(), giveUp };
  }
  chooseAddresses(context, target, first, 'resolver', startMs);
  return { addresses: first, beside: ended, giveUp };
}

/** Both address types from one resolver. `addresses` does not wait for AAAA longer than the resolution delay once A has answered. */
function lookUpAt(
  context: WalkContext,
  target: Target,
  resolver: ResolverIdentity,
  enough: AbortSignal,
): { addresses: Promise<string[]>; ended: Promise<void> } {
  const { options, ports } = context;
  const asked = typesOf(options.family).map((type) => askResolver(context, { resolver, name: target.host, type, enough }));
  const all = Promise.all(asked);
  const gather = (results: readonly DnsQuestionResult[]): string[] =>
    ofFamily(
      results.flatMap((result) => result.addresses),
      options.family,
    );
  const [forA, forAaaa] = asked;
  const early =
    forA === undefined || forAaaa === undefined
      ? all.then(gather)
      : forA.then(async (a) => {
          if (a.addresses.length === 0) return gather(await all);
          const delayed = ports.clock.sleep(resolutionDelayMs).then(() => gather([a]));
          return Promise.race([all.then(gather), delayed]);
        });
  return { addresses: early, ended: all.then(() => undefined) };
}

/** The first list that is not empty; an empty one when all are. */
async function firstWithAddresses(lists: readonly Promise<string[]>[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let open = lists.length;
    for (const list of lists) {
      list.then((addresses) => {
        open--;
        if (addresses.length > 0) resolve(addresses);
        else if (open === 0) resolve([]);
      }, reject);
    }
  });
}
