import type { Observation, ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { failedAttempts } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

type Reset = ObservationOf<'tcp.reset-received'>;
type Trace = ObservationOf<'route.path-traced'>;

/** An answer that took less than this part of the shortest round trip to the server did not come from there... */
const shareOfRoundTrip = 0.5;
/** ... when the difference is more than what clocks and schedulers make of it. */
const leastGainMs = 5;

/** The shortest round trip to a server that the kernel measured, and where; null when it measured none. */
function roundTripMs(facts: Facts, address: string): { ms: number; evidence: readonly Observation[] } | null {
  const measured = [...facts.of('tcp.connected'), ...facts.of('tcp.reset-received'), ...facts.of('tcp.short-reach-tried')].flatMap(
    (one) => {
      const ms = one.server.address === address ? (one.facts.kernel?.minRttMs ?? one.facts.rttMs) : null;
      return ms === null ? [] : [{ one, ms }];
    },
  );
  if (measured.length === 0) return null;
  return { ms: Math.min(...measured.map(({ ms }) => ms)), evidence: measured.map(({ one }) => one) };
}

/** The server leaves connections alone on which nothing is sent: the reset answers what was sent. */
function isProvoked(facts: Facts, reset: Reset): readonly Observation[] {
  const silent = facts.of('tcp.silent-connection').filter((one) => one.server.address === reset.server.address);
  return silent.length > 0 && silent.every((one) => one.outcome === 'stayed-open') ? silent : [];
}

/** Another name is served at the same address: who reads names says more than who is on the way. */
function isAboutName(facts: Facts): boolean {
  return facts
    .of('tls.hello-tried')
    .some(
      (tried) => tried.variant === 'other-name' && (tried.outcome === 'hello' || tried.outcome === 'retry' || tried.outcome === 'alert'),
    );
}

function judgeReset(facts: Facts, reset: Reset): readonly Claim[] {
  const provoked = isProvoked(facts, reset);
  if (provoked.length === 0 || isAboutName(facts)) return none();
  const { address, port } = reset.server;
  const detail = { address, port, phase: reset.phase, sinceOpenMs: reset.sinceOpenMs };
  const short = facts
    .of('tcp.short-reach-tried')
    .filter((one) => one.server.address === address && one.outcome === 'reset' && one.hopLimit < one.serverDistance);
  // Time alone is no proof: where this host is busy, a handshake takes as long as on a far path, and the reset that follows does not.
  const [first] = short;
  if (first === undefined) return none();
  const hop = Math.min(...short.map((one) => one.hopLimit));
  const serverHop = first.serverDistance;
  const roundTrip = roundTripMs(facts, address);
  const isEarly =
    roundTrip !== null && reset.sinceOpenMs < roundTrip.ms * shareOfRoundTrip && roundTrip.ms - reset.sinceOpenMs >= leastGainMs;
  const times = isEarly ? `; it came after ${tenth(reset.sinceOpenMs)} ms on a path of ${tenth(roundTrip.ms)} ms` : '';
  return failure(
    [reset, ...provoked, ...short, ...(isEarly ? roundTrip.evidence : [])],
    {
      ...detail,
      hop,
      serverHop,
      roundTripMs: roundTrip?.ms ?? null,
      reason: `it answers packets that end after ${hop} of ${serverHop} hops${times}`,
    },
    // Parallel paths may differ by a hop.
    { confidence: serverHop - hop >= 2 || isEarly ? 'proven' : 'likely' },
  );
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Where a trace by the kernel found the address itself, and how long that took. */
function reachedBy(
  facts: Facts,
  address: string,
  isOf: (trace: Trace) => boolean,
): { trace: Trace; ttl: number; rttMs: readonly number[] }[] {
  return facts
    .of('route.path-traced')
    .filter((trace) => trace.by === 'kernel' && trace.destination.address === address && isOf(trace))
    .flatMap((trace) => {
      const ttl = trace.reachedAtTtl;
      if (ttl === null) return [];
      const answers = trace.hops
        .filter((hop) => hop.ttl >= ttl)
        .flatMap((hop) => hop.answers.filter((answer) => answer.what !== 'expired'));
      return [{ trace, ttl, rttMs: answers.flatMap((answer) => answer.rttMs) }];
    });
}

/** A refusal that came from nearer than the machine it speaks for. */
function judgeRefusal(facts: Facts): readonly Claim[] {
  const refused = failedAttempts(facts).filter((attempt) => attempt.kind === 'tcp.syn-refused');
  for (const attempt of refused) {
    const { address, port } = attempt.server;
    const [refusal] = reachedBy(facts, address, (trace) => trace.protocol === 'tcp' && trace.destination.port === port);
    const others = reachedBy(facts, address, (trace) => trace.protocol !== 'tcp');
    const nearest = others.sort((one, other) => one.ttl - other.ttl)[0];
    // What refuses packets that may not leave this host is this host.
    if (refusal === undefined || nearest === undefined || refusal.ttl <= 1 || nearest.ttl <= refusal.ttl) continue;
    const refusedMs = Math.min(...refusal.rttMs);
    const reachedMs = Math.min(...others.flatMap((other) => other.rttMs));
    const isEarly =
      Number.isFinite(refusedMs) &&
      Number.isFinite(reachedMs) &&
      refusedMs < reachedMs * shareOfRoundTrip &&
      reachedMs - refusedMs >= leastGainMs;
    const gain = nearest.ttl - refusal.ttl;
    // Parallel paths may differ by a hop.
    if (gain < 2 && !isEarly) continue;
    const times = isEarly ? `; ${tenth(refusedMs)} against ${tenth(reachedMs)} ms` : '';
    return failure(
      [attempt, refusal.trace, ...others.map((other) => other.trace)],
      {
        address,
        port,
        hop: refusal.ttl,
        serverHop: nearest.ttl,
        refused: true,
        reason: `it comes after ${refusal.ttl} hops, the address itself answers after ${nearest.ttl}${times}`,
      },
      // Other packets may be led elsewhere: to another site of the same address. Times that agree leave no doubt.
      { confidence: isEarly ? 'proven' : 'likely' },
    );
  }
  return none();
}

/** Who sent a reset: the server, or somebody before it. */
export const tcpResetOriginRules: readonly Rule[] = [
  {
    cause: 'tcp.reset-by-middlebox',
    supersedes: ['tls.reset', 'http.reset'],
    judge: (facts) =>
      facts
        .of('tcp.reset-received')
        .filter(
          (reset) =>
            reset.followUp === undefined && reset.bytesReceived === 0 && (reset.phase === 'hello-sent' || reset.phase === 'request-sent'),
        )
        .flatMap((reset) => judgeReset(facts, reset)),
  },
  { cause: 'tcp.reset-by-middlebox', supersedes: ['tcp.refused'], judge: judgeRefusal },
];
