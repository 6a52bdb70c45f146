import type { CauseCode } from '../../model/cause.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { carriedConnection, isStream, response } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';
import { describe } from './http-answer.ts';

/** The connection ended, or went silent, between the request and a complete response header. */
function endedRule(cause: CauseCode, kind: 'tcp.reset-received' | 'tcp.closed-by-peer' | 'tcp.peer-silent'): Rule {
  return {
    cause,
    judge(facts) {
      const ended = facts.of(kind).filter(isAfterRequest);
      const first = ended[0];
      if (first === undefined || response(facts) !== null || facts.of('tls.alert-received').length > 0) return none();
      return failure(ended, {
        url: facts.target?.url ?? null,
        address: first.server.address,
        port: first.server.port,
        phase: first.phase,
        sinceOpenMs: first.sinceOpenMs,
        waitedMs: first.kind === 'tcp.peer-silent' ? first.waitedMs : null,
        bytesReceived: first.bytesReceived,
      });
    },
  };
}

/** An HTTP/2 stream ended in place of an answer, and nothing else came. */
function streamEndedRule(cause: CauseCode, how: 'stream-reset' | 'goaway'): Rule {
  return {
    cause,
    judge(facts) {
      const ended = facts.of('http.stream-ended').filter((one) => one.followUp === undefined && one.how === how);
      const first = ended[0];
      if (first === undefined || response(facts) !== null || facts.of('http.response-malformed').length > 0) return none();
      if (facts.of('tcp.reset-received').some(isAfterRequest) || facts.of('tcp.closed-by-peer').some(isAfterRequest)) return none();
      const { address, port } = first.server;
      return failure(ended, { url: facts.target?.url ?? null, address, port, phase: first.phase, failure: failureName(first) });
    },
  };
}

function isAfterRequest(observation: { phase: string; followUp?: string }): boolean {
  return (
    observation.followUp === undefined &&
    (observation.phase === 'request-sent' || observation.phase === 'response-header' || observation.phase === 'secured')
  );
}

type Break =
  | ObservationOf<'http.stream-ended'>
  | ObservationOf<'http.response-malformed'>
  | ObservationOf<'tcp.reset-received'>
  | ObservationOf<'tcp.closed-by-peer'>;

/** What ended a request that had been sent. */
function breaks(facts: Facts): Break[] {
  return [
    ...facts.of('http.stream-ended'),
    ...facts.of('http.response-malformed'),
    ...facts.of('tcp.reset-received').filter(isAfterRequest),
    ...facts.of('tcp.closed-by-peer').filter(isAfterRequest),
  ].filter((observation) => observation.followUp === undefined);
}

function failureName(broken: Break): string {
  if (broken.kind === 'http.stream-ended') return `${broken.how}, ${broken.errorName}`;
  if (broken.kind === 'http.response-malformed') return `malformed ${broken.rule}`;
  return broken.kind === 'tcp.reset-received' ? 'connection reset' : 'connection closed';
}

/**
 * The connection is being closed in order, and the request may be sent again (RFC 9113 section 6.8), as by a server that is restarted. Browsers do,
 * over the same version: once says nothing against it.
 */
function isInvitation(broken: Break): boolean {
  return broken.kind === 'http.stream-ended' && broken.how === 'goaway' && broken.errorCode === 0;
}

/** Less is over before it can be slow. */
const throttledBytes = 65_536;
const throttledMs = 1500;
/** RFC 6928: ten segments of at most 1460 bytes. */
const initialWindowBytes = 14_600;
/** Links are slower than the first window's rate in everyday use, but not by so much. */
const throttledShare = 0.1;

/** The longest round trip known of the connection that carried the request: a queue on a slow link lengthens it, and is the path's. */
function slowestRoundTrip(facts: Facts): number | null {
  const carried = carriedConnection(facts);
  if (carried === null) return null;
  const measured = facts.of('tcp.measured').filter((one) => one.connection === carried.connection && one.followUp === undefined);
  const times = [carried.facts.rttMs, carried.durationMs ?? null, ...measured.map((one) => one.facts.rttMs)];
  const known = times.filter((time): time is number => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function bodyOf(facts: Facts): ObservationOf<'http.body-received'> | null {
  return facts.of('http.body-received').find((observation) => observation.followUp === undefined) ?? null;
}

export const httpRules: readonly Rule[] = [
  endedRule('http.timeout', 'tcp.peer-silent'),
  endedRule('http.reset', 'tcp.reset-received'),
  endedRule('http.closed', 'tcp.closed-by-peer'),
  streamEndedRule('http.reset', 'stream-reset'),
  streamEndedRule('http.closed', 'goaway'),
  {
    cause: 'http.h2-failed',
    judge(facts) {
      const received = response(facts);
      const second = facts.of('http.request-sent').filter((sent) => sent.followUp === undefined && sent.version === '2');
      if (received === null || received.version === '2' || second.length === 0) return none();
      const broken = breaks(facts).filter((observation) => second.some((sent) => sent.connection === observation.connection));
      const first = broken[0];
      if (first === undefined) return none();
      const detail = {
        url: facts.target?.url ?? null,
        address: first.server.address,
        failure: failureName(first),
        status: received.status,
      };
      const isOnce = second.length === 1 && broken.every(isInvitation);
      return impairment([...second, ...broken, received], detail, isOnce ? { severity: 'note' } : {});
    },
  },
  {
    cause: 'http.malformed',
    supersedes: ['http.closed', 'http.reset', 'http.timeout', 'http.truncated'],
    judge(facts) {
      const received = response(facts);
      const broken = facts
        .of('http.response-malformed')
        .filter(
          (observation) => observation.followUp === undefined && (received === null || observation.connection === received.connection),
        );
      const first = broken[0];
      if (first === undefined) return none();
      return failure(broken, { url: facts.target?.url ?? null, address: first.server.address, rule: first.rule, sample: first.sampleHex });
    },
  },
  {
    cause: 'http.truncated',
    judge(facts) {
      const body = bodyOf(facts);
      if (body?.end !== 'cut-off') return none();
      return failure([body, response(facts)], {
        url: facts.target?.url ?? null,
        framing: body.framing,
        expectedBytes: body.expectedBytes,
        receivedBytes: body.bytes,
        endedBy: body.endedBy,
      });
    },
  },
  {
    cause: 'http.stalled',
    judge(facts) {
      const body = bodyOf(facts);
      const received = response(facts);
      if (body?.end !== 'silent' || (received !== null && isStream(received, body))) return none();
      return failure([body, received], {
        url: facts.target?.url ?? null,
        receivedBytes: body.bytes,
        expectedBytes: body.expectedBytes,
        waitedMs: body.silentMs,
      });
    },
  },
  {
    cause: 'http.bad-encoding',
    judge(facts) {
      const body = bodyOf(facts);
      if (body === null || body.decodeFailure === null || body.end !== 'complete') return none();
      return failure([body, response(facts)], {
        url: facts.target?.url ?? null,
        encoding: body.encodings.join(', '),
        failure: body.decodeFailure,
      });
    },
  },
  {
    cause: 'http.redirect-loop',
    judge(facts) {
      const redirected = facts.first('http.redirected');
      if (redirected === null || (redirected.outcome !== 'visited-before' && redirected.outcome !== 'too-many')) return none();
      return failure(
        [redirected],
        {
          url: facts.target?.url ?? null,
          location: redirected.location,
          hops: facts.hop + 1,
          outcome: redirected.outcome,
          withCookies: redirected.cookies === 'sent-before',
        },
        { scope: ['redirect'] },
      );
    },
  },
  {
    cause: 'http.redirect-invalid',
    judge(facts) {
      const redirected = facts.first('http.redirected');
      if (redirected === null || !['missing-location', 'invalid-location', 'forbidden-scheme'].includes(redirected.outcome)) return none();
      return failure(
        [redirected],
        { url: facts.target?.url ?? null, location: redirected.location, status: redirected.status, outcome: redirected.outcome },
        { scope: ['redirect'] },
      );
    },
  },
  {
    cause: 'http.throttled',
    judge(facts) {
      const body = bodyOf(facts);
      const received = response(facts);
      const carried = carriedConnection(facts);
      const roundTripMs = slowestRoundTrip(facts);
      if (body === null || received === null || roundTripMs === null || (body.end !== 'complete' && body.end !== 'limit')) return none();
      const durationMs = body.durationMs ?? 0;
      if (body.bytes < throttledBytes || durationMs < throttledMs || isStream(received, body)) return none();
      // Who reads slowly is sent slowly.
      if (body.clientWasFull === true) return none();
      // What the first round trip alone may bring, as a rate: everything after it is faster on a path that loses nothing.
      const allowed = initialWindowBytes / Math.max(roundTripMs, 1);
      const rate = body.bytes / durationMs;
      if (rate > allowed * throttledShare) return none();
      return impairment(
        [body, received, carried],
        {
          ...describe(facts, received),
          receivedBytes: body.bytes,
          durationMs,
          roundTripMs,
          rateBytesPerSecond: Math.round(rate * 1000),
          allowedBytesPerSecond: Math.round(allowed * 1000),
        },
        { confidence: 'likely' },
      );
    },
  },
  {
    cause: 'http.slow',
    judge(facts) {
      const received = response(facts);
      const firstByteMs = received?.durationMs ?? 0;
      const carried = carriedConnection(facts);
      const roundTripMs = carried?.facts.rttMs ?? carried?.durationMs ?? 0;
      if (received === null || firstByteMs <= facts.context.budgets.firstByteMs || firstByteMs - roundTripMs < firstByteMs / 2)
        return none();
      return impairment([received, carried], {
        ...describe(facts, received),
        durationMs: firstByteMs,
        serverMs: firstByteMs - roundTripMs,
        budgetMs: facts.context.budgets.firstByteMs,
      });
    },
  },
];
