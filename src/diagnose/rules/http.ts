import type { CauseCode } from '../../model/cause.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import { carriedConnection, isExpectedStatus, response } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

type Response = ObservationOf<'http.response-received'>;

/** Vendor codes with which an edge says that its origin fails: 520–526, 530 (Cloudflare), 523 and 525 included. */
const originDown: ReadonlySet<number> = new Set([520, 521, 522, 523, 524, 525, 526, 527, 530]);
/** Statuses about how the request reached the server: RFC 9110 and RFC 6585, and nginx's 494–497. */
const misdelivered: ReadonlySet<number> = new Set([400, 421, 431, 494, 495, 496, 497]);

function describe(facts: Facts, received: Response): Record<string, string | number | null> {
  const server = received.headers.find((header) => header.name === 'server')?.value ?? null;
  return {
    url: facts.target?.url ?? null,
    address: received.server.address,
    status: received.status,
    reason: received.reason,
    serverHeader: server,
    durationMs: received.durationMs ?? null,
  };
}

/** A status of 400 or above that nobody expected and that no more specific rule takes. */
function statusRule(cause: CauseCode, takes: (status: number) => boolean, more: Partial<Claim> = {}): Rule {
  return {
    cause,
    judge(facts) {
      const received = response(facts);
      if (received === null || received.status < 400 || isExpectedStatus(facts, received.status) || !takes(received.status)) return none();
      return failure([received], describe(facts, received), more);
    },
  };
}

/** The connection ended, or went silent, between the request and a complete response header. */
function endedRule(cause: CauseCode, kind: 'tcp.reset-received' | 'tcp.closed-by-peer' | 'tcp.peer-silent'): Rule {
  return {
    cause,
    judge(facts) {
      const ended = facts.of(kind).filter((observation) => {
        const afterRequest =
          observation.phase === 'request-sent' || observation.phase === 'response-header' || observation.phase === 'secured';
        return observation.followUp === undefined && afterRequest;
      });
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

function bodyOf(facts: Facts): ObservationOf<'http.body-received'> | null {
  return facts.of('http.body-received').find((observation) => observation.followUp === undefined) ?? null;
}

export const httpRules: readonly Rule[] = [
  statusRule('http.unauthorized', (status) => status === 401 || status === 407),
  statusRule('http.forbidden', (status) => status === 403),
  statusRule('http.not-found', (status) => status === 404 || status === 410),
  statusRule('http.rate-limited', (status) => status === 429),
  statusRule('http.bad-request', (status) => misdelivered.has(status), { confidence: 'likely' }),
  statusRule(
    'http.client-error',
    (status) => status < 500 && ![401, 403, 404, 407, 410, 429].includes(status) && !misdelivered.has(status),
  ),
  statusRule('http.bad-gateway', (status) => status === 502),
  statusRule('http.unavailable', (status) => status === 503),
  statusRule('http.gateway-timeout', (status) => status === 504),
  statusRule('http.origin-down', (status) => originDown.has(status)),
  statusRule('http.server-error', (status) => status >= 500 && ![502, 503, 504].includes(status) && !originDown.has(status)),
  endedRule('http.timeout', 'tcp.peer-silent'),
  endedRule('http.reset', 'tcp.reset-received'),
  endedRule('http.closed', 'tcp.closed-by-peer'),
  {
    cause: 'http.malformed',
    supersedes: ['http.closed', 'http.reset', 'http.timeout', 'http.truncated'],
    judge(facts) {
      const broken = facts.of('http.response-malformed').filter((observation) => observation.followUp === undefined);
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
      if (body?.end !== 'silent') return none();
      return failure([body, response(facts)], {
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
        { url: facts.target?.url ?? null, location: redirected.location, hops: facts.hop + 1, outcome: redirected.outcome },
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
    cause: 'http.unexpected',
    judge(facts) {
      const received = response(facts);
      const { statuses } = facts.context.expect;
      if (received === null || statuses === undefined || !facts.isFinalHop || statuses.includes(received.status) || received.status >= 400)
        return none();
      return failure([received], { ...describe(facts, received), expected: statuses }, { stated: true });
    },
  },
  {
    cause: 'http.unexpected',
    judge(facts) {
      const document = facts.first('page.document');
      const received = response(facts);
      if (document?.expectedTextFound !== false || received === null || !facts.isFinalHop || !isExpectedStatus(facts, received.status))
        return none();
      return failure(
        [document, received],
        { ...describe(facts, received), expectedText: facts.context.expect.text ?? null },
        { stated: true },
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
