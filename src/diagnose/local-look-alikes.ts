import type { CauseCode } from '../model/cause.ts';
import { isPublicName } from '../model/host-name.ts';
import type { Observation } from '../model/observation.ts';
import type { Facts } from './facts.ts';
import { ownIcmpErrors } from './local-evidence.ts';
import type { LookAlike } from './look-alike.ts';
import { carriedConnection, failedAttempts, peerProven, proxyInUse } from './progress.ts';
import { clockComparisons, clockWitnesses } from './rules/local-clock.ts';

/** A reset that this host sends itself is there at once; from any other machine it takes as long as the way there and back. */
const localAnswerMs = 5;

const askClock = "date -u; curl -skI {url} | grep -i '^date:'";
const ownRules = 'nft list ruleset (or iptables -S OUTPUT) on this host';

export const clockAhead: LookAlike = {
  cause: 'local.clock-wrong',
  why: 'a clock of this host that is ahead makes good certificates look expired',
  decidedBy: askClock,
  excludedBy: clockWitnesses,
};

export const clockBehind: LookAlike = {
  cause: 'local.clock-wrong',
  why: 'a clock of this host that is behind makes new certificates look not yet valid',
  decidedBy: askClock,
  excludedBy: clockWitnesses,
};

/** SYNs that the kernel counts as sent, or that packets show, left this host. */
export const ownDrop: LookAlike = {
  cause: 'local.firewall',
  why: 'a packet filter of this host swallows a SYN without a word',
  decidedBy: ownRules,
  excludedBy: (facts) =>
    failedAttempts(facts).filter(
      (attempt) => attempt.kind === 'tcp.syn-unanswered' && ((attempt.synRetransmissions ?? 0) > 0 || attempt.frames !== undefined),
    ),
};

export const ownReject: LookAlike = {
  cause: 'local.firewall',
  why: 'a local reject rule answers the same way',
  decidedBy: ownRules,
  excludedBy: (facts) =>
    failedAttempts(facts).filter(
      (attempt) => attempt.kind === 'tcp.syn-refused' && (attempt.ttl !== null || (attempt.durationMs ?? 0) >= localAnswerMs),
    ),
};

/** The request went straight, or through a tunnel in which nobody but the target can answer. */
function notThroughProxy(facts: Facts): readonly Observation[] {
  const carried = carriedConnection(facts);
  if (proxyInUse(facts) === null) return carried === null ? [] : [carried];
  return facts
    .of('local.proxy-answered')
    .filter((answer) => (answer.step === 'tunnel' || answer.step === 'socks-connect') && answer.code < 300);
}

/** A proxy answered the request for a way itself: nothing of the target's did. */
function proxyAnswered(facts: Facts): readonly Observation[] {
  return facts.of('local.proxy-answered').filter((answer) => answer.step === 'tunnel' || answer.step === 'socks-connect');
}

export const proxyInTheWay: LookAlike = {
  cause: 'route.proxy-upstream',
  why: 'the proxy may say in its own name that it cannot reach the site',
  decidedBy: 'curl -sS -v -o /dev/null --proxytunnel {url} (who answers: the CONNECT, or the site)',
  excludedBy: notThroughProxy,
};

export const proxyDenial: LookAlike = {
  cause: 'local.proxy-denied',
  why: 'the proxy may forbid the site in its own name',
  decidedBy: 'curl -sS -v -o /dev/null --proxytunnel {url} (who answers: the CONNECT, or the site)',
  excludedBy: notThroughProxy,
};

/** Everything that shows that nobody on the way answers in everybody's name. */
function notCaptive(facts: Facts): readonly Observation[] {
  const checks = facts.of('local.check-answered');
  const open = [
    ...facts.of('local.check-unanswered').filter((check) => check.asked === 'nobody'),
    ...checks.filter((check) => check.asKnown === true || check.captive === false),
  ];
  if (open.length > 0) return open;
  if (peerProven(facts)) return facts.of('tls.handshake-completed');
  return facts.target !== null && !isPublicName(facts.target.host) ? [facts.target] : [];
}

const portal: LookAlike = {
  cause: 'local.captive-portal',
  why: 'a portal of the access network sends plain requests to its own page',
  decidedBy: "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\\n' http://connectivitycheck.gstatic.com/generate_204",
  excludedBy: notCaptive,
};

/** What causes of this host could be taken for, and what could be taken for them elsewhere in the chain. */
export const localLookAlikes: Readonly<Partial<Record<CauseCode, readonly LookAlike[]>>> = {
  'local.gateway-unresolved': [
    {
      cause: 'local.neighbor-unresolved',
      why: 'what is asked for may be the very machine that is wanted, and no gateway',
      decidedBy: 'ip route show default (is {address} in it?)',
      excludedBy: (facts) => [
        ...facts.of('local.neighbor').filter((neighbor) => neighbor.role === 'gateway'),
        ...facts.of('local.route').filter((route) => route.gateway !== null),
        ...facts.of('local.neighbor-unanswered').filter((question) => question.role === 'gateway'),
      ],
    },
  ],
  'local.firewall': [
    {
      cause: 'route.filtered',
      why: 'over IPv6 a router that forbids the way is reported by the same error',
      decidedBy: 'traceroute -T -p {port} {address}',
      excludedBy: (facts) => [
        ...facts
          .of('local.send-refused')
          .filter((refused) => refused.protocol === 'udp' || refused.shownBy !== undefined || !refused.destination.address.includes(':')),
        ...ownIcmpErrors(facts),
      ],
    },
  ],
  'local.captive-portal': [
    {
      cause: 'http.blocked',
      why: 'a filter that puts its page in place of this site alone looks the same',
      decidedBy: 'any other plain http page, in a browser',
      excludedBy: (facts) => facts.of('local.check-answered').filter((check) => check.asked === 'nobody' || check.captive === true),
    },
  ],
  'local.proxy-unreachable': [
    {
      cause: 'route.proxy-upstream',
      why: 'a proxy that waits for the site is as silent as one that is dead',
      decidedBy: 'curl -sS -v -o /dev/null http://example.com/ (another site through the same proxy)',
      excludedBy: (facts) => [
        ...failedAttempts(facts),
        ...facts.of('local.proxy-resolved').filter((resolved) => resolved.addresses.length === 0),
        ...facts.of('local.proxy-failed').filter((failed) => failed.failure.name !== 'timed-out'),
      ],
    },
  ],
  'local.proxy-denied': [
    {
      cause: 'http.forbidden',
      why: 'the site itself may answer 403',
      decidedBy: 'curl -sS -v -o /dev/null {url} (who answers: the CONNECT, or the site)',
      excludedBy: proxyAnswered,
    },
  ],
  'route.proxy-upstream': [
    {
      cause: 'http.bad-gateway',
      why: "the site's own edge may answer 502",
      decidedBy: 'curl -sS -v -o /dev/null {url} (who answers: the CONNECT, or the site)',
      excludedBy: proxyAnswered,
    },
  ],
  'local.clock-wrong': [
    {
      cause: 'tls.cert-not-yet-valid',
      why: "the server's own clock may be the wrong one, and its certificate too new",
      decidedBy: 'compare with a third clock: date -u; curl -sI http://connectivitycheck.gstatic.com/generate_204',
      excludedBy: (facts) => independent(facts),
    },
    {
      cause: 'tls.cert-expired',
      why: "the server's own clock may stand still, and its certificate be expired",
      decidedBy: 'compare with a third clock: date -u; curl -sI http://connectivitycheck.gstatic.com/generate_204',
      excludedBy: (facts) => [...independent(facts), ...clockComparisons(facts).filter((check) => check.clockAheadMs < 0)],
    },
  ],
  'http.redirect-broken': [portal],
  'http.redirect-loop': [portal],
};

/** Somebody else than the server in question tells the same time as it does. */
function independent(facts: Facts): readonly Observation[] {
  return clockComparisons(facts).filter((check) => check.asked !== 'target');
}
