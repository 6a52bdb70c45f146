import { isLoopback } from '../../model/address.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { chosenAddresses, failedAttempts, heardFromOutside, isLoopbackOnly, lookupFailed } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

/** Nothing came back from outside, and something outside was wanted: only then can this host be what broke. */
function isSuspect(facts: Facts): boolean {
  if (facts.target === null || heardFromOutside(facts) || isLoopbackOnly(facts)) return false;
  return lookupFailed(facts) || failedAttempts(facts).length > 0;
}

function outsideLinks(facts: Facts): readonly ObservationOf<'local.link'>[] {
  return facts.of('local.link').filter((link) => !link.loopback);
}

function isUsable(link: ObservationOf<'local.link'>): boolean {
  return link.up && link.carrier !== false;
}

export const localRules: readonly Rule[] = [
  {
    cause: 'local.no-link',
    supersedes: ['local.no-address', 'local.no-route', 'local.no-resolver', 'local.gateway-unresolved'],
    judge(facts) {
      const links = outsideLinks(facts);
      // No observation of any link (not even loopback) means the interfaces were not measured.
      if (!isSuspect(facts) || facts.of('local.link').length === 0 || links.some(isUsable)) return none();
      const evidence = links.length > 0 ? links : facts.of('local.link');
      return failure(evidence, { interfaces: links.map((link) => link.name) });
    },
  },
  {
    cause: 'local.no-address',
    supersedes: ['local.no-route', 'local.no-resolver'],
    judge(facts) {
      const links = outsideLinks(facts).filter(isUsable);
      const addresses = facts.of('local.address').filter((address) => links.some((link) => link.name === address.interface));
      if (!isSuspect(facts) || links.length === 0 || facts.of('local.address').length === 0) return none();
      if (addresses.some((address) => address.scope === 'global')) return none();
      const selfAssigned = addresses.filter((address) => address.scope === 'self-assigned');
      return failure([...links, ...addresses], {
        interfaces: links.map((link) => link.name),
        addresses: selfAssigned.map((address) => address.address),
      });
    },
  },
  {
    cause: 'local.no-route',
    judge(facts) {
      if (!isSuspect(facts)) return none();
      const wanted = chosenAddresses(facts).length > 0 ? 'target' : 'resolver';
      const routes = facts.of('local.route').filter((route) => route.purpose === wanted && !isLoopback(route.destination));
      if (routes.length === 0 || routes.some((route) => route.found)) return none();
      return failure(routes, { destinations: routes.map((route) => route.destination), purpose: wanted });
    },
  },
  {
    cause: 'local.gateway-unresolved',
    supersedes: ['dns.timeout', 'dns.resolver-unreachable', 'tcp.timeout', 'route.unreachable'],
    judge(facts) {
      if (!isSuspect(facts)) return none();
      // A gateway that was never asked for says nothing.
      const gateways = facts.of('local.neighbor').filter((neighbor) => neighbor.role === 'gateway' && neighbor.state !== 'absent');
      const dead = gateways.filter((neighbor) => neighbor.state === 'failed' || neighbor.state === 'incomplete');
      if (dead.length === 0 || dead.length < gateways.length) return none();
      return failure(dead, { address: dead[0]?.address ?? '', interface: dead[0]?.interface ?? '', state: dead[0]?.state ?? '' });
    },
  },
  {
    cause: 'local.neighbor-unresolved',
    supersedes: ['tcp.timeout', 'route.unreachable'],
    judge(facts) {
      if (failedAttempts(facts).length === 0) return none();
      const dead = facts
        .of('local.neighbor')
        .filter((neighbor) => neighbor.role === 'target' && (neighbor.state === 'failed' || neighbor.state === 'incomplete'));
      const failed = failedAttempts(facts);
      if (dead.length === 0 || !failed.every((attempt) => dead.some((neighbor) => neighbor.address === attempt.server.address)))
        return none();
      return failure([...dead, ...failed], {
        address: dead[0]?.address ?? '',
        interface: dead[0]?.interface ?? '',
        state: dead[0]?.state ?? '',
      });
    },
  },
  {
    cause: 'local.no-resolver',
    judge(facts) {
      const configured = facts.of('local.resolvers');
      if (!lookupFailed(facts) || configured.length === 0 || configured.some((resolvers) => resolvers.servers.length > 0)) return none();
      return failure([...configured, facts.first('dns.system-lookup')], {
        source: configured[0]?.source ?? '',
        name: facts.target?.host ?? '',
      });
    },
  },
  {
    cause: 'local.firewall',
    supersedes: ['dns.timeout', 'dns.resolver-unreachable', 'tcp.timeout', 'route.unreachable'],
    judge(facts) {
      const refused = facts.of('local.send-refused');
      if (refused.length === 0 || (!lookupFailed(facts) && failedAttempts(facts).length === 0)) return none();
      const first = refused[0]!;
      // Over IPv6 the kernel reports a router's "administratively prohibited" by the same errno (RFC 4443 type 1 code 1).
      const remotePossible = first.protocol === 'tcp' && first.destination.address.includes(':');
      return failure(
        refused,
        {
          address: first.destination.address,
          port: first.destination.port,
          protocol: first.protocol,
          failure: first.failure.code ?? first.failure.name,
        },
        { confidence: remotePossible ? 'likely' : 'proven' },
      );
    },
  },
  {
    cause: 'local.resource-limit',
    judge(facts) {
      const exhausted = facts.of('local.resource-exhausted');
      if (exhausted.length === 0 || (!lookupFailed(facts) && failedAttempts(facts).length === 0)) return none();
      return failure(exhausted, {
        failure: exhausted[0]?.failure.code ?? exhausted[0]?.failure.name ?? '',
        during: exhausted[0]?.during ?? '',
      });
    },
  },
];
