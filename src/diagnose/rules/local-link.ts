import { isLoopback } from '../../model/address.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { isSuspect, namesFailed } from '../local-evidence.ts';
import { dnsQuestions } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Link = ObservationOf<'local.link'>;

function isUsable(link: Link): boolean {
  return link.up && link.carrier !== false;
}

/**
 * The interfaces that could lead outside: the physical ones where there are any. A host whose cable is out still has bridges and pairs of its
 * containers, up and with addresses, and they lead nowhere. In a container itself, and in virtual machines, there is nothing but virtual ones.
 */
function outwardLinks(facts: Facts): readonly Link[] {
  const outside = facts.of('local.link').filter((link) => !link.loopback);
  const physical = outside.filter((link) => link.medium === 'ethernet' || link.medium === 'wifi');
  return physical.length > 0 ? physical : outside;
}

/** A default route through an interface that works, with an address to send from: whatever the other interfaces look like, there is a way out. */
function hasWayOut(facts: Facts): boolean {
  const usable = new Set(
    facts
      .of('local.link')
      .filter((link) => !link.loopback && isUsable(link))
      .map((link) => link.name),
  );
  const sources = facts.of('local.address').filter((address) => address.scope === 'global' && address.duplicate !== true);
  return facts
    .of('local.route')
    .some(
      (route) =>
        route.purpose === 'default' &&
        route.found &&
        usable.has(route.interface ?? '') &&
        (route.sourceAddress !== null || sources.some((source) => source.interface === route.interface && source.family === route.family)),
    );
}

export const localLinkRules: readonly Rule[] = [
  {
    cause: 'local.no-link',
    supersedes: [
      'local.no-address',
      'local.no-route',
      'local.no-resolver',
      'local.gateway-unresolved',
      'local.firewall',
      'local.proxy-unreachable',
    ],
    judge(facts) {
      const links = outwardLinks(facts);
      // No observation of any link (not even loopback) means the interfaces were not measured.
      if (!isSuspect(facts) || facts.of('local.link').length === 0 || links.some(isUsable) || hasWayOut(facts)) return none();
      const evidence = links.length > 0 ? links : facts.of('local.link');
      const wireless = facts.of('local.wireless').filter((one) => links.some((link) => link.name === one.interface));
      return failure([...evidence, ...wireless], { interfaces: links.map((link) => link.name) });
    },
  },
  {
    cause: 'local.no-address',
    supersedes: ['local.no-route', 'local.no-resolver', 'local.gateway-unresolved', 'local.proxy-unreachable'],
    judge(facts) {
      const links = outwardLinks(facts).filter(isUsable);
      const addresses = facts.of('local.address').filter((address) => links.some((link) => link.name === address.interface));
      if (!isSuspect(facts) || links.length === 0 || facts.of('local.address').length === 0 || hasWayOut(facts)) return none();
      if (addresses.some((address) => address.scope === 'global' && address.duplicate !== true)) return none();
      const selfAssigned = addresses.filter((address) => address.scope === 'self-assigned');
      return failure([...links, ...addresses], {
        interfaces: links.map((link) => link.name),
        addresses: selfAssigned.map((address) => address.address),
      });
    },
  },
  {
    cause: 'local.no-resolver',
    supersedes: ['dns.servfail', 'dns.refused', 'dns.timeout', 'dns.resolver-unreachable', 'local.proxy-unreachable'],
    judge(facts) {
      const configured = facts.of('local.resolvers');
      if (!namesFailed(facts) || configured.length === 0) return none();
      if (!configured.every((resolvers) => knowsNobody(resolvers)) || answeredFromElsewhere(facts)) return none();
      return failure([...configured, facts.first('dns.system-lookup'), facts.first('local.proxy-resolved')], {
        source: configured[0]?.source ?? '',
        name: facts.first('local.proxy-resolved')?.name ?? facts.target?.host ?? '',
      });
    },
  },
];

/** No resolver is named, or only one of this host itself that has nobody to ask. */
function knowsNobody(resolvers: ObservationOf<'local.resolvers'>): boolean {
  if (resolvers.servers.length === 0) return true;
  return resolvers.upstream?.length === 0 && resolvers.servers.every((server) => isLoopback(server.address));
}

/** Something answered with more than the words of a resolver that has nobody to ask. */
function answeredFromElsewhere(facts: Facts): boolean {
  return dnsQuestions(facts).some((question) => question.kind === 'dns.answered' && !['SERVFAIL', 'REFUSED'].includes(question.rcodeName));
}
