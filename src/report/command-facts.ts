import type { Finding } from '../model/finding.ts';
import type { Observation, ObservationOf } from '../model/observation.ts';
import type { Endpoint } from '../model/observations/base.ts';
import { type CommandFacts, noCommandFacts } from './command.ts';

/**
 * What to fill into the commands about one finding: the URL and host of its request (of what the redirect or the page refers to for a nested one), and the
 * server and resolver that its evidence is about.
 */
export function commandFactsOf(finding: Finding | null, observations: readonly Observation[]): CommandFacts {
  const ofHop = ofRequest(finding, observations);
  const target = ofHop.find((observation): observation is ObservationOf<'target.parsed'> => observation.kind === 'target.parsed');
  if (target === undefined) return finding?.nested === undefined ? noCommandFacts : { ...noCommandFacts, url: finding.nested.url };
  const cited = (finding?.evidence ?? []).flatMap((id) => observations.filter((observation) => observation.id === id));
  const server = firstOf(cited, serverOf);
  const other = firstOf(ofHop, serverOf);
  return {
    url: target.url,
    host: target.host,
    port: server?.port ?? other?.port ?? target.port,
    // What the finding itself is about goes before what the request met otherwise.
    address:
      server?.address ??
      firstOf(cited, addressOf) ??
      other?.address ??
      firstOf(ofHop, addressOf) ??
      (target.hostKind === 'name' ? null : target.host),
    resolver: firstOf(cited, resolverOf) ?? firstOf(ofHop, resolverOf),
    authorities: firstOf(ofHop, authoritiesOf),
  };
}

/** The file given by --ca, as a chain that was judged by it states. */
export function authoritiesOf(stated: { trust?: ObservationOf<'tls.certificates-received'>['trust'] } | object): string | null {
  return 'trust' in stated ? (stated.trust?.find(({ store }) => store === 'given')?.file ?? null) : null;
}

/** The observations of the request that the finding is about: of a resource, of the redirect's own target, or of the request itself. */
export function ofRequest(finding: Finding | null, observations: readonly Observation[]): readonly Observation[] {
  const { nested } = finding ?? {};
  if (nested !== undefined && finding?.cause === 'page.subresource-failed') {
    const cited = observations.find((observation) => observation.resource !== undefined && finding.evidence.includes(observation.id));
    const own = observations.filter((observation) => observation.resource !== undefined && observation.resource === cited?.resource);
    // Its redirects' last request is the one that fails.
    const last = own.findLast((observation) => observation.kind === 'target.parsed');
    return own.filter((observation) => last === undefined || observation.hop === last.hop);
  }
  const hop = finding === null ? 0 : nested === undefined ? finding.hop : finding.hop + 1;
  return observations.filter((observation) => observation.hop === hop && observation.resource === undefined);
}

function firstOf<T>(observations: readonly Observation[], read: (observation: Observation) => T | null): T | null {
  for (const observation of observations) {
    const value = read(observation);
    if (value !== null) return value;
  }
  return null;
}

function serverOf(observation: Observation): Endpoint | null {
  if ('server' in observation) return observation.server;
  if (observation.kind === 'route.icmp-error' && observation.protocol === 'tcp') return observation.destination;
  return observation.kind === 'local.send-refused' && observation.protocol === 'tcp' ? observation.destination : null;
}

function addressOf(observation: Observation): string | null {
  switch (observation.kind) {
    case 'dns.addresses-chosen':
      return observation.addresses[0] ?? null;
    case 'local.neighbor':
    case 'local.arp-answered':
    case 'local.neighbor-unanswered':
    case 'local.dhcp-failed':
    case 'dns.delegation-step':
      return observation.address;
    case 'dns.answered':
      return observation.resolver.role === 'authoritative' ? observation.resolver.address : null;
    case 'local.send-refused':
      return observation.destination.address;
    case 'local.route':
      return observation.purpose === 'target' || (!observation.found && observation.purpose !== 'default') ? observation.destination : null;
    default:
      return null;
  }
}

function resolverOf(observation: Observation): Endpoint | null {
  // A name server is no resolver: commands name it as the address in question.
  if ('resolver' in observation && observation.resolver.role === 'authoritative') return null;
  if ('resolver' in observation) return { address: observation.resolver.address, port: observation.resolver.port };
  return observation.kind === 'local.resolvers' ? (observation.servers[0] ?? null) : null;
}
