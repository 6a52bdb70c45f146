import type { Detail } from '../../model/finding.ts';
import type { ObservationOf } from '../../model/observation.ts';
import { browserAttempts } from '../browser-attempts.ts';
import type { Facts } from '../facts.ts';
import { wasSent } from '../local-evidence.ts';
import { strayDetail, strayPath } from '../path-evidence.ts';
import { type ConnectAttempt, carriedConnection, connectAttempts, failedAttempts } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

type Ended = ObservationOf<'tcp.reset-received'> | ObservationOf<'tcp.closed-by-peer'>;

/** Phases in which nothing useful was exchanged yet. */
const beforeAnything: ReadonlySet<string> = new Set(['opened', 'hello-sent', 'request-sent']);

/** What passes as a small segment where the size of a full one is not known. */
const smallSegmentBytes = 1000;

/**
 * Whether the peer ends connections by itself: it did before anything was sent, or did the same on a second connection that stayed silent.
 * Only then is it the connection, and not what was sent over it, that is refused.
 */
function unprovoked(facts: Facts, ended: Ended, outcome: 'reset' | 'closed'): readonly ObservationOf<'tcp.silent-connection'>[] | null {
  if (ended.phase === 'opened') return [];
  if (!beforeAnything.has(ended.phase) || ended.bytesReceived > 0) return null;
  const silent = facts
    .of('tcp.silent-connection')
    .filter((probe) => probe.outcome === outcome && probe.server.address === ended.server.address);
  return silent.length > 0 ? silent : null;
}

/** Connections that the peer ended by itself. */
function endedUnprovoked(facts: Facts, kind: Ended['kind'], outcome: 'reset' | 'closed'): readonly Claim[] {
  return facts.of(kind).flatMap((ended) => {
    const silent = unprovoked(facts, ended, outcome);
    if (silent === null) return none();
    return failure([ended, ...silent], {
      address: ended.server.address,
      port: ended.server.port,
      phase: ended.phase,
      sinceOpenMs: ended.sinceOpenMs,
    });
  });
}

/** What a browser's user feels of addresses that fail. */
function browserDetail(facts: Facts): Detail {
  const { order, opens, delayMs, oneByOneMs } = browserAttempts(facts);
  return opens === null ? {} : { browserOrder: order, browserOpens: opens, browserDelayMs: delayMs, oneByOneMs };
}

export const tcpRules: readonly Rule[] = [
  {
    cause: 'tcp.timeout',
    judge(facts) {
      const failed = failedAttempts(facts);
      const silent = failed.filter((attempt) => attempt.kind === 'tcp.syn-unanswered');
      const first = silent[0];
      if (first === undefined || failed.some((attempt) => attempt.kind === 'tcp.syn-refused')) return none();
      const stray = strayPath(facts, first.server.address);
      return failure(
        [...silent, stray?.path ?? null],
        {
          address: first.server.address,
          addresses: silent.map((attempt) => attempt.server.address),
          port: first.server.port,
          waitedMs: Math.max(...silent.map((attempt) => attempt.waitedMs)),
          synRetransmissions: first.synRetransmissions,
          ...strayDetail(stray),
        },
        { side: stray?.isCertain === true ? 'client' : undefined },
      );
    },
  },
  {
    cause: 'tcp.refused',
    judge(facts) {
      const refused = failedAttempts(facts).filter((attempt) => attempt.kind === 'tcp.syn-refused');
      const first = refused[0];
      if (first === undefined) return none();
      const detail = {
        address: first.server.address,
        addresses: refused.map((attempt) => attempt.server.address),
        port: first.server.port,
      };
      // More attempts on the heels of the first: where some open, somebody listens.
      const flows = facts.of('tcp.flow-tried').filter((flow) => refused.some((attempt) => attempt.server.address === flow.server.address));
      const accepted = flows.filter((flow) => flow.outcome === 'opened');
      if (accepted.length === 0) return failure(refused, detail);
      const counted = { ...detail, address: flows[0]!.server.address, count: flows.length - accepted.length + 1, total: flows.length + 1 };
      return failure([...refused, ...flows], counted, { scope: ['intermittent'] });
    },
  },
  {
    cause: 'tcp.reset',
    supersedes: ['tls.reset', 'http.reset'],
    judge: (facts) => endedUnprovoked(facts, 'tcp.reset-received', 'reset'),
  },
  {
    cause: 'tcp.reset',
    judge(facts) {
      // Before SYN-ACK a reset is ECONNREFUSED; ECONNRESET from connect() means that the connection opened and was reset before we could look.
      const reset = failedAttempts(facts).filter(
        (attempt) => attempt.kind === 'tcp.connect-failed' && attempt.failure.name === 'connection-reset',
      );
      const first = reset[0];
      if (first === undefined) return none();
      return failure(reset, { address: first.server.address, port: first.server.port, phase: 'opened', sinceOpenMs: null });
    },
  },
  {
    cause: 'tcp.closed',
    supersedes: ['tls.closed', 'http.closed'],
    judge: (facts) => endedUnprovoked(facts, 'tcp.closed-by-peer', 'closed'),
  },
  {
    cause: 'tcp.stall',
    supersedes: ['tls.timeout', 'http.timeout'],
    judge(facts) {
      const stalled = facts.of('tcp.peer-silent').filter(
        (silent) =>
          silent.followUp === undefined &&
          beforeAnything.has(silent.phase) &&
          silent.bytesSent > 0 &&
          // More than one segment may be lost for its size alone.
          silent.bytesSent <= (silent.facts.mssBytes ?? smallSegmentBytes) &&
          silent.facts.bytesAcknowledged === 0,
      );
      const first = stalled[0];
      if (first === undefined) return none();
      return failure(stalled, {
        address: first.server.address,
        port: first.server.port,
        waitedMs: first.waitedMs,
        bytesSent: first.bytesSent,
      });
    },
  },
  {
    cause: 'tcp.some-addresses-fail',
    judge(facts) {
      if (carriedConnection(facts) === null) return none();
      const attempts = connectAttempts(facts);
      return (['ipv4', 'ipv6'] as const).flatMap((family) => {
        const ofFamily = attempts.filter((attempt) => attempt.family === family);
        // An address that opened the second time does not fail as such.
        const open = new Set(ofFamily.filter((attempt) => attempt.kind === 'tcp.connected').map((attempt) => attempt.server.address));
        const failed = ofFamily.filter((attempt) => !open.has(attempt.server.address));
        if (failed.length === 0 || failed.length === ofFamily.length) return none();
        return impairment(
          ofFamily,
          {
            addresses: failed.map((attempt) => attempt.server.address),
            count: new Set(ofFamily.map((attempt) => attempt.server.address)).size,
            port: failed[0]?.server.port ?? null,
            ...browserDetail(facts),
          },
          { scope: ['address', family] },
        );
      });
    },
  },
  ...(['ipv6', 'ipv4'] as const).map(
    (family): Rule => ({
      cause: family === 'ipv6' ? 'tcp.ipv6-broken' : 'tcp.ipv4-broken',
      judge(facts) {
        const attempts = connectAttempts(facts);
        const ofFamily = attempts.filter((attempt) => attempt.family === family);
        const carried = carriedConnection(facts);
        // A connection that opened the second time is of its family all the same.
        if (ofFamily.length === 0 || ofFamily.some((attempt) => attempt.kind === 'tcp.connected') || carried === null) return none();
        // A host without that family at all is an ordinary host: its users never try the addresses. What a router said is another matter.
        const isMissing = (attempt: ConnectAttempt): boolean =>
          attempt.kind === 'tcp.connect-failed' && isFamilyMissing(attempt.failure.name) && !wasSent(facts, attempt);
        if (ofFamily.every(isMissing)) return none();
        return impairment(
          ofFamily,
          {
            addresses: ofFamily.map((attempt) => attempt.server.address),
            family,
            port: ofFamily[0]?.server.port ?? null,
            ...browserDetail(facts),
          },
          { scope: [family] },
        );
      },
    }),
  ),
  {
    cause: 'tcp.idle-drop',
    judge(facts) {
      const dropped = facts
        .of('tcp.idle-reused')
        .filter((reused) => reused.fresh === 'answered' && ['silent', 'reset', 'closed'].includes(reused.outcome));
      const first = dropped[0];
      if (first === undefined) return none();
      const { address, port } = first.server;
      // One that is closed in answer may cross the server's own end of its patience.
      return impairment(
        dropped,
        { address, port, idleMs: first.idleMs, outcome: first.outcome },
        { scope: ['intermittent'], confidence: first.outcome === 'silent' ? 'proven' : 'likely' },
      );
    },
  },
  {
    cause: 'tcp.slow',
    judge(facts) {
      const carried = carriedConnection(facts);
      const durationMs = carried?.durationMs ?? 0;
      if (carried === null) return none();
      // One that opened beside a silent first attempt took a second SYN as well.
      const counted = carried.facts.synRetransmissions;
      const retransmitted = carried.again === true ? Math.max(1, counted ?? 0) : (counted ?? 0);
      if (durationMs <= facts.context.budgets.connectMs && retransmitted === 0) return none();
      return impairment([carried], {
        address: carried.server.address,
        port: carried.server.port,
        durationMs,
        budgetMs: facts.context.budgets.connectMs,
        synRetransmissions: carried.again === true ? retransmitted : counted,
      });
    },
  },
];

function isFamilyMissing(failureName: string): boolean {
  return failureName === 'network-unreachable' || failureName === 'address-not-available' || failureName === 'address-family-unsupported';
}
