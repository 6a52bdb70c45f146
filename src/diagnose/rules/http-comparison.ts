import type { CauseCode } from '../../model/cause.ts';
import { carriedConnection, isExpectedStatus, response } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';
import { headerOf, tried, works } from '../variations.ts';
import { describe } from './http-answer.ts';

/** What says less than a comparison of edge and origin. */
const undecided: readonly CauseCode[] = [
  'http.bad-gateway',
  'http.unavailable',
  'http.gateway-timeout',
  'http.server-error',
  'http.timeout',
  'http.reset',
  'http.closed',
];

/** The request with one thing changed, against the walk's own. */
export const httpComparisonRules: readonly Rule[] = [
  {
    cause: 'http.edge-only',
    supersedes: [...undecided, 'http.origin-down', 'http.forbidden', 'http.not-found', 'http.client-error', 'http.rate-limited'],
    judge(facts) {
      const origin = tried(facts, 'origin');
      const received = response(facts);
      if (!works(facts, origin) || carriedConnection(facts)?.server.address === origin.server.address) return none();
      const sent = facts.of('http.request-sent').find((one) => one.followUp === undefined);
      const fails = received === null ? sent !== undefined : received.status >= 400 && !isExpectedStatus(facts, received.status);
      if (!fails) return none();
      const detail = received === null ? { url: facts.target?.url ?? null } : describe(facts, received);
      return failure([received ?? sent ?? null, origin, headerOf(facts, origin)], {
        ...detail,
        originAddress: origin.server.address,
        originStatus: origin.status,
      });
    },
  },
  {
    cause: 'http.origin-down',
    supersedes: undecided,
    judge(facts) {
      const origin = tried(facts, 'origin');
      const received = response(facts);
      if (origin === null || received === null || received.status < 500 || isExpectedStatus(facts, received.status)) return none();
      const answersBadly = origin.status !== null && origin.status >= 500;
      // Silence may be the origin's firewall, which lets the edge in and nobody else.
      if (!answersBadly && origin.outcome !== 'refused' && origin.outcome !== 'reset' && origin.outcome !== 'closed') return none();
      return failure(
        [received, origin, headerOf(facts, origin)],
        { ...describe(facts, received), originAddress: origin.server.address },
        answersBadly ? {} : { confidence: 'likely' },
      );
    },
  },
  {
    cause: 'http.host-filtered',
    supersedes: ['http.reset', 'http.closed', 'http.timeout'],
    judge(facts) {
      const other = tried(facts, 'other-host');
      const again = tried(facts, 'again');
      const ended = [...facts.of('tcp.reset-received'), ...facts.of('tcp.closed-by-peer')].filter((one) => one.followUp === undefined);
      if (response(facts) !== null || ended.length === 0 || other?.status == null || again === null) return none();
      // A second attempt that is answered shows that it is chance, not the name.
      if (again.outcome !== 'reset' && again.outcome !== 'closed') return none();
      const { address, port } = other.server;
      return failure([...ended, again, other], {
        url: facts.target?.url ?? null,
        name: facts.target?.host ?? null,
        address,
        port,
        otherName: other.host,
        status: other.status,
      });
    },
  },
  {
    cause: 'http.h2-failed',
    supersedes: ['http.truncated', 'http.malformed'],
    judge(facts) {
      const older = tried(facts, 'http-1.1');
      const received = response(facts);
      const body = facts.of('http.body-received').find((one) => one.followUp === undefined);
      if (!works(facts, older) || received?.version !== '2' || body?.end !== 'cut-off') return none();
      const ended = facts.of('http.stream-ended').find((one) => one.followUp === undefined);
      return failure([body, ended ?? null, older], {
        url: facts.target?.url ?? null,
        address: received.server.address,
        failure: ended === undefined ? 'the content ends too early' : `${ended.how}, ${ended.errorName}`,
        status: older.status,
      });
    },
  },
];
