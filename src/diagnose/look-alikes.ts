import { isPrivate } from '../model/address.ts';
import type { CauseCode } from '../model/cause.ts';
import { isPublicName } from '../model/host-name.ts';
import type { Observation } from '../model/observation.ts';
import { completedByFetch, knownToBrowsers, untrustedRootReached } from './chain-evidence.ts';
import { answered, asked, authoritativeAnswers, isGood, isSameResolver, publicAnswers, rcode } from './dns-evidence.ts';
import type { Facts } from './facts.ts';
import { isUnanswered, trial } from './hello-evidence.ts';
import { liveGateways, routesFound } from './local-evidence.ts';
import { clockAhead, clockBehind, localLookAlikes, proxyDenial, proxyInTheWay } from './local-look-alikes.ts';
import { type LookAlike, never } from './look-alike.ts';
import { pathLookAlikes } from './path-look-alikes.ts';
import { dnsQuestions } from './progress.ts';
import { acknowledged, mtuBlackHole, resetByMiddlebox, silentConnectionStayedOpen, tcpLookAlikes } from './tcp-look-alikes.ts';

/** A signed good answer excludes a broken signature, and so does SERVFAIL where nothing is validated. */
function notSignatures(facts: Facts): readonly Observation[] {
  const unchecked = asked(facts, 'checking-disabled').filter(
    (question) => question.kind === 'dns.answered' && question.rcode === rcode.servFail,
  );
  return [...dnsQuestions(facts).filter((question) => question.kind === 'dns.answered' && question.authenticData), ...unchecked];
}

/** Others that deny the name as well: signed, with authority, or from outside. */
function denialsElsewhere(facts: Facts): readonly Observation[] {
  const signed = answered(facts).filter((answer) => answer.authenticData && answer.rcode === rcode.nxDomain);
  const others = [...publicAnswers(facts), ...authoritativeAnswers(facts)].filter((answer) => answer.rcodeName === 'NXDOMAIN');
  return [...signed, ...others];
}

/** Denials that say by which zone, which is where the name had to be. */
function denialsWithZone(facts: Facts): readonly Observation[] {
  return answered(facts).filter((answer) => answer.rcode === rcode.nxDomain && answer.authority.some((record) => record.type === 'SOA'));
}

/** What the zone's own servers said with authority shows that they are there and serve it. */
function servedZone(facts: Facts): readonly Observation[] {
  return authoritativeAnswers(facts);
}

/** A resolver that says nothing about anything does not wait for the servers of one zone. */
function silentToAll(facts: Facts): readonly Observation[] {
  return [...asked(facts, 'control-question').filter((question) => question.kind === 'dns.unanswered'), ...servedZone(facts)];
}

/** Answers to other questions, of resolvers that were silent to one: the way there and back is open. */
function heardResolvers(facts: Facts): readonly Observation[] {
  const silent = dnsQuestions(facts).filter((question) => question.kind === 'dns.unanswered');
  return answered(facts).filter((answer) => silent.some((question) => isSameResolver(answer, question)));
}

function connections(facts: Facts): readonly Observation[] {
  return facts.of('tcp.connected').filter((connected) => connected.followUp === undefined);
}

function notPublic(facts: Facts): readonly Observation[] {
  return facts.target !== null && !isPublicName(facts.target.host) ? [facts.target] : [];
}

const filteredName: LookAlike = {
  cause: 'dns.filtered',
  why: 'only this resolver was asked; a policy or block list on it would look the same',
  decidedBy: 'dig {host} @1.1.1.1',
  excludedBy: denialsElsewhere,
};

const bogusSignatures: LookAlike = {
  cause: 'dns.dnssec-bogus',
  why: 'a resolver that validates answers SERVFAIL when signatures do not hold',
  decidedBy: 'dig @{resolver} +cd {host} (an answer with checking disabled proves it)',
  excludedBy: notSignatures,
};

const deadAuthority: LookAlike = {
  cause: 'dns.authority-unreachable',
  why: "the zone's own name servers may not answer the resolver",
  decidedBy: 'dig +trace {host}',
  excludedBy: servedZone,
};

const brokenEdns: LookAlike = {
  cause: 'dns.edns-broken',
  why: 'old software, or an old firewall, fails on queries with EDNS alone',
  decidedBy: 'dig @{resolver} {host} +noedns',
  excludedBy: (facts) => asked(facts, 'without-edns').filter((question) => !isGood(question)),
};

const sniFiltered: LookAlike = {
  cause: 'tls.sni-filtered',
  why: 'a filter that reads the server name ends or swallows the handshake in the same way',
  decidedBy: 'openssl s_client -connect {address}:{port} -servername example.org (another name on the same address)',
  excludedBy: (facts) => [trial(facts, 'other-name')].filter((tried) => isUnanswered(tried)),
};

/** Answers, where each type that was asked for got one. */
function allAnswered(facts: Facts): readonly Observation[] {
  const answers = answered(facts);
  return dnsQuestions(facts).every((question) => answers.some((answer) => answer.type === question.type)) ? answers : [];
}

/** For each cause, what it could be taken for. Data: the rules never read it. */
export const lookAlikes: Readonly<Partial<Record<CauseCode, readonly LookAlike[]>>> = {
  'dns.nxdomain': [
    filteredName,
    {
      cause: 'dns.not-delegated',
      why: 'a registration that expired also ends in NXDOMAIN, from the parent zone',
      decidedBy: 'dig +trace {host} (who says that the name does not exist)',
      excludedBy: (facts) => [...notPublic(facts), ...denialsWithZone(facts)],
    },
  ],
  'dns.no-data': [
    {
      cause: 'dns.aaaa-broken',
      why: 'the question for IPv6 addresses was not answered, and the name may have some',
      decidedBy: 'dig {host} AAAA @1.1.1.1',
      excludedBy: allAnswered,
    },
  ],
  'dns.servfail': [
    bogusSignatures,
    deadAuthority,
    {
      cause: 'dns.lame-delegation',
      why: 'the name servers may answer without being authoritative',
      decidedBy: 'dig +norecurse {host} @NAMESERVER (aa flag missing or REFUSED)',
      excludedBy: servedZone,
    },
  ],
  'dns.refused': [
    {
      ...filteredName,
      excludedBy: (facts) => asked(facts, 'control-question').filter((question) => question.kind === 'dns.answered' && !isGood(question)),
    },
  ],
  'dns.error-rcode': [brokenEdns],
  'dns.timeout': [
    { ...deadAuthority, why: 'the resolver may wait in vain for the name servers of this zone', excludedBy: silentToAll },
    brokenEdns,
    {
      cause: 'local.firewall',
      why: 'a local filter that drops silently looks the same',
      decidedBy: 'nft list ruleset (or iptables -S OUTPUT) on this host',
      excludedBy: (facts) => [...connections(facts), ...heardResolvers(facts)],
    },
    {
      cause: 'local.gateway-unresolved',
      why: "the gateway's link-layer address may be unresolved",
      decidedBy: 'ip neigh',
      excludedBy: (facts) => [...liveGateways(facts), ...heardResolvers(facts)],
    },
    {
      cause: 'local.no-route',
      why: 'there may be no route to the resolver',
      decidedBy: 'ip route get {resolver}',
      excludedBy: (facts) => [...routesFound('resolver')(facts), ...heardResolvers(facts)],
    },
  ],
  'dns.wrong-address': [
    {
      cause: 'dns.split-horizon',
      why: 'the resolver may give an inside view on purpose',
      decidedBy: 'those who run the resolver {resolver}',
      excludedBy: (facts) =>
        facts
          .of('dns.addresses-chosen')
          .filter((chosen) => !chosen.addresses.some(isPrivate) || facts.context.expect.addresses !== undefined),
    },
  ],
  'dns.slow': [
    {
      cause: 'dns.aaaa-broken',
      why: 'the lookup may wait for AAAA alone',
      decidedBy: 'dig @{resolver} {host} A; dig @{resolver} {host} AAAA (compare the times)',
      excludedBy: (facts) => answered(facts).filter((answer) => answer.type === 'AAAA' && isGood(answer)),
    },
    {
      cause: 'dns.one-resolver-broken',
      why: 'the lookup may wait for the first of several resolvers',
      decidedBy: 'dig @RESOLVER {host} for each resolver in /etc/resolv.conf',
      excludedBy: (facts) => (dnsQuestions(facts).every(isGood) ? answered(facts) : []),
    },
  ],
  ...tcpLookAlikes,
  ...pathLookAlikes,
  'tls.timeout': [
    // What passes even there is an answer of a hundred bytes.
    { ...mtuBlackHole, excludedBy: (facts) => [trial(facts, 'small-answer')].filter((tried) => isUnanswered(tried)) },
    {
      cause: 'tls.large-hello',
      why: 'a ClientHello of more than one segment may be swallowed',
      decidedBy: 'openssl s_client -connect {address}:{port} -servername {host} -groups X25519 (a small hello)',
      excludedBy: (facts) => [trial(facts, 'small')].filter((tried) => isUnanswered(tried)),
    },
    sniFiltered,
    {
      cause: 'tcp.stall',
      why: 'our bytes may never have been acknowledged',
      decidedBy: 'ss -ti dst {address} (bytes_acked)',
      excludedBy: acknowledged,
    },
  ],
  'tls.reset': [
    sniFiltered,
    {
      cause: 'tcp.reset',
      why: 'the server may reset every connection, whatever follows',
      decidedBy: 'nc -v {address} {port} (send nothing and watch)',
      excludedBy: silentConnectionStayedOpen,
    },
    resetByMiddlebox,
  ],
  'tls.closed': [
    sniFiltered,
    {
      cause: 'tcp.closed',
      why: 'the server may close every connection, whatever follows',
      decidedBy: 'nc -v {address} {port} (send nothing and watch)',
      excludedBy: silentConnectionStayedOpen,
    },
  ],
  'tls.cipher': [
    {
      cause: 'tls.alert',
      why: 'servers also use handshake_failure for reasons of their own',
      decidedBy: 'openssl s_client -connect {address}:{port} -servername {host} -tls1_2 (and with other -cipher lists)',
      excludedBy: never,
    },
  ],
  'tls.cert-expired': [clockAhead],
  'tls.cert-not-yet-valid': [clockBehind],
  'tls.chain-expired': [clockAhead],
  'tls.unknown-ca': [
    {
      cause: 'tls.missing-intermediate',
      why: 'an intermediate that was not sent leaves the same gap',
      decidedBy: 'openssl s_client -connect {address}:{port} -servername {host} -showcerts',
      excludedBy: (facts) => [...untrustedRootReached(facts), ...knownToBrowsers(facts)],
    },
    {
      cause: 'tls.intercepted',
      why: 'an inspection proxy on the way presents chains of its own',
      decidedBy: 'compare the issuer with the one seen from another network',
      excludedBy: knownToBrowsers,
    },
  ],
  'tls.missing-intermediate': [
    {
      cause: 'tls.unknown-ca',
      why: 'the issuer that was not sent may itself not be trusted here',
      decidedBy: "fetch the issuer from the certificate's caIssuers URL and verify again",
      excludedBy: completedByFetch,
    },
  ],
  'http.timeout': [
    mtuBlackHole,
    {
      cause: 'tcp.stall',
      why: 'the request may never have been acknowledged',
      decidedBy: 'ss -ti dst {address} (bytes_acked)',
      excludedBy: acknowledged,
    },
  ],
  'http.stalled': [mtuBlackHole],
  'http.reset': [
    {
      cause: 'http.host-filtered',
      why: 'a filter that reads the Host field ends the connection in the same way',
      decidedBy: "curl -v --connect-to ::{address}: -H 'Host: example.org' {url}",
      excludedBy: (facts) => facts.of('tls.handshake-completed'),
    },
    {
      cause: 'tcp.reset',
      why: 'the server may reset every connection, whatever follows',
      decidedBy: 'nc -v {address} {port} (send nothing and watch)',
      excludedBy: silentConnectionStayedOpen,
    },
    resetByMiddlebox,
  ],
  'http.closed': [
    {
      cause: 'tcp.closed',
      why: 'the server may close every connection, whatever follows',
      decidedBy: 'nc -v {address} {port} (send nothing and watch)',
      excludedBy: silentConnectionStayedOpen,
    },
  ],
  ...localLookAlikes,
  'http.bad-gateway': [proxyInTheWay],
  'http.forbidden': [
    proxyDenial,
    {
      cause: 'http.blocked',
      why: 'a web application firewall or bot filter also answers 403',
      decidedBy: 'the same request from a browser, and from another network',
      excludedBy: never,
    },
  ],
  'http.bad-request': [
    {
      cause: 'http.client-error',
      why: 'the application itself may reject the request',
      decidedBy: 'the application log at this time',
      excludedBy: never,
    },
  ],
  'http.unavailable': [
    {
      cause: 'http.origin-down',
      why: 'an edge may answer 503 for an origin that fails',
      decidedBy: 'the same request to the origin directly',
      excludedBy: never,
    },
  ],
};
