import type { PageMeaning } from '../../model/answerers/answerer.ts';
import { answererOf } from '../../model/answerers/registry.ts';
import type { CauseCode } from '../../model/cause.ts';
import type { Detail } from '../../model/finding.ts';
import type { Observation, ObservationOf } from '../../model/observation.ts';
import { answerOf } from '../answer.ts';
import { foreignPages, inPlaceOfTheApplication } from '../answer-signs.ts';
import type { Facts } from '../facts.ts';
import { isExpectedStatus, response } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';
import { comparisonFacts, comparisons, isPathOnly } from '../variations.ts';

type Response = ObservationOf<'http.response-received'>;

/** Cloudflare's codes with which an edge says that its origin fails. Others have taken over the 52x; 530 means something else with each of them. */
const originDown: ReadonlySet<number> = new Set([520, 521, 522, 523, 524, 525, 526, 527]);
const originDownOfVendor = 530;

/** Of 500 and above, in the IANA registry of status codes. */
const registered: ReadonlySet<number> = new Set([500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511]);

function isOfVendor(facts: Facts): boolean {
  return answerOf(facts)?.parties.some((party) => party.id === 'cloudflare') === true;
}

function saysOriginDown(facts: Facts, status: number): boolean {
  return originDown.has(status) || (status === originDownOfVendor && isOfVendor(facts));
}

/** Statuses about how the request reached the server: RFC 9110 and RFC 6585, and nginx's 494–497. */
const misdelivered: ReadonlySet<number> = new Set([400, 421, 431, 494, 495, 496, 497]);

/** Facts of an answer for sentences: status, who made it as far as it shows, what for. */
export function describe(facts: Facts, received: Response): Detail {
  const server = received.headers.find((header) => header.name === 'server')?.value ?? null;
  const answer = answerOf(facts);
  const limit = answer?.limit ?? null;
  return {
    url: facts.target?.url ?? null,
    name: facts.target?.host ?? null,
    address: received.server.address,
    status: received.status,
    reason: received.reason,
    serverHeader: server,
    durationMs: received.durationMs ?? null,
    ...(answer === null
      ? {}
      : {
          author: answer.author?.name ?? null,
          says: answer.says,
          edge: answer.edge?.name ?? null,
          origin: answer.origin?.name ?? null,
          retryAfter: answer.retryAfterSeconds,
          requestId: answer.requestIds[0] === undefined ? null : `${answer.requestIds[0].name} ${answer.requestIds[0].value}`,
        }),
    ...comparisonFacts(facts),
    ...(limit === null ? {} : { budgetMs: limit.seconds * 1000, budgetOf: limit.answerer, budgetSetting: limit.setting }),
  };
}

/** The response with what its content says and what it was compared with, as evidence. */
function evidenceOf(facts: Facts, received: Response): Observation[] {
  const excerpt = facts.of('http.excerpt').filter((one) => one.followUp === undefined);
  return [received, ...excerpt.slice(0, 1), ...comparisons(facts)];
}

/** An answer that nobody expected, whose status some rule has to take. */
function unexpectedStatus(facts: Facts): Response | null {
  const received = response(facts);
  return received === null || received.status < 400 || isExpectedStatus(facts, received.status) ? null : received;
}

/** A status of 400 or above that nobody expected and that no more specific rule takes. */
function statusRule(
  cause: CauseCode,
  takes: (status: number, facts: Facts) => boolean,
  more: (status: number) => Partial<Claim> = () => ({}),
): Rule {
  return {
    cause,
    judge(facts) {
      const received = unexpectedStatus(facts);
      if (received === null || !takes(received.status, facts)) return none();
      const scope = isPathOnly(facts) ? { scope: ['path'] as const } : {};
      return failure(evidenceOf(facts, received), describe(facts, received), { ...more(received.status), ...scope });
    },
  };
}

/** Whether what was stated of the answer holds: then it is the right one, whatever its page looks like. */
function isAsStated(facts: Facts, received: Response): boolean {
  const { statuses, text } = facts.context.expect;
  if (!facts.isFinalHop || (statuses === undefined && text === undefined)) return false;
  const found = facts.first('page.document')?.expectedTextFound;
  return (statuses === undefined || statuses.includes(received.status)) && (text === undefined || found === true);
}

/** The answer, when it is a page that means one of these. */
function pageSaying(facts: Facts, meanings: ReadonlySet<PageMeaning>): Response | null {
  const received = response(facts);
  const says = answerOf(facts)?.says ?? null;
  if (received === null || says === null || !meanings.has(says) || isAsStated(facts, received)) return null;
  return received.status >= 400 || isNothingElse(facts) ? received : null;
}

/** Such pages are short, or have it in their title; a page that works may well quote one. */
const longestNotice = 1500;

function isNothingElse(facts: Facts): boolean {
  const document = facts.first('page.document');
  const excerpt = facts.first('http.excerpt');
  if (document === null || (document.textCharacters ?? document.bytes) <= longestNotice) return true;
  return excerpt?.marks.some((mark) => document.title?.includes(mark) === true) === true;
}

/** A page of success that is nothing but an error page of a product, with what that says. */
function errorAsSuccess(facts: Facts, meanings: (says: PageMeaning) => boolean): Response | null {
  const received = response(facts);
  const answer = answerOf(facts);
  if (received === null || received.status < 200 || received.status > 299 || answer === null || isAsStated(facts, received)) return null;
  const { author, says } = answer;
  const marks = facts.of('http.excerpt').find((one) => one.followUp === undefined)?.marks ?? [];
  const document = facts.first('page.document');
  // A page that works may well quote an error, and be titled by it.
  if (author === null || says === null || !meanings(says) || document?.textCharacters == null || document.textCharacters > longestNotice)
    return null;
  const signs = answererOf(author.id)?.pages ?? [];
  const isTold = signs.some((sign) => sign.isErrorAlways && sign.says === says && sign.contains.every((mark) => marks.includes(mark)));
  return isTold ? received : null;
}

const hostRefused: ReadonlySet<PageMeaning> = new Set<PageMeaning>(['host-not-allowed']);
const throttledClient: ReadonlySet<PageMeaning> = new Set<PageMeaning>(['rate-limited']);
const edgeSaysOriginFails: ReadonlySet<PageMeaning> = new Set<PageMeaning>(['upstream-failed', 'upstream-timeout']);
/** Statuses that keep their own name although the page says that the upstream fails: who answers 502, 503 and 504 is told apart by them. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

export const httpAnswerRules: readonly Rule[] = [
  statusRule('http.unauthorized', (status) => status === 401 || status === 407),
  statusRule('http.forbidden', (status) => status === 403),
  statusRule('http.not-found', (status) => status === 404 || status === 410),
  statusRule('http.rate-limited', (status) => status === 429),
  statusRule(
    'http.bad-request',
    (status) => misdelivered.has(status),
    () => ({ confidence: 'likely' }),
  ),
  statusRule(
    'http.client-error',
    (status) => status < 500 && ![401, 403, 404, 407, 410, 429].includes(status) && !misdelivered.has(status),
  ),
  statusRule('http.bad-gateway', (status) => status === 502),
  statusRule('http.unavailable', (status) => status === 503),
  statusRule('http.gateway-timeout', (status) => status === 504),
  {
    cause: 'http.origin-down',
    judge(facts) {
      const received = unexpectedStatus(facts);
      if (received === null || !saysOriginDown(facts, received.status)) return none();
      return failure(evidenceOf(facts, received), describe(facts, received), isOfVendor(facts) ? {} : { confidence: 'likely' });
    },
  },
  statusRule(
    'http.server-error',
    (status, facts) => status >= 500 && !gatewayStatuses.has(status) && !saysOriginDown(facts, status),
    // What a status means that nobody has registered is known to whoever sends it.
    (status) => (registered.has(status) ? {} : { confidence: 'likely' }),
  ),
  {
    cause: 'http.blocked',
    supersedes: [
      'http.forbidden',
      'http.unavailable',
      'http.rate-limited',
      'http.unauthorized',
      'http.client-error',
      'http.not-found',
      'http.bad-request',
      'http.server-error',
    ],
    judge(facts) {
      const received = pageSaying(facts, inPlaceOfTheApplication);
      if (received === null) return none();
      return failure(evidenceOf(facts, received), describe(facts, received));
    },
  },
  {
    cause: 'http.wrong-site',
    supersedes: [
      'http.not-found',
      'http.forbidden',
      'http.server-error',
      'http.client-error',
      'http.bad-request',
      'http.unavailable',
      'page.blank',
    ],
    judge(facts) {
      const received = pageSaying(facts, foreignPages);
      // Who asks an address, or this host itself, may well mean its default page.
      if (received === null || (answerOf(facts)?.says === 'default-page' && facts.target?.hostKind !== 'name')) return none();
      return failure(evidenceOf(facts, received), describe(facts, received), { confidence: 'likely' });
    },
  },
  {
    cause: 'http.bad-request',
    supersedes: ['http.forbidden', 'http.client-error', 'http.not-found'],
    judge(facts) {
      const received = pageSaying(facts, hostRefused);
      if (received === null || misdelivered.has(received.status)) return none();
      return failure(evidenceOf(facts, received), describe(facts, received));
    },
  },
  {
    cause: 'http.rate-limited',
    supersedes: ['http.forbidden', 'http.unavailable', 'http.client-error'],
    judge(facts) {
      const received = pageSaying(facts, throttledClient);
      if (received === null || received.status === 429) return none();
      return failure(evidenceOf(facts, received), describe(facts, received));
    },
  },
  {
    cause: 'http.origin-down',
    supersedes: ['http.server-error', 'http.forbidden', 'http.client-error'],
    judge(facts) {
      const received = pageSaying(facts, edgeSaysOriginFails);
      if (received === null || received.status < 400 || gatewayStatuses.has(received.status) || saysOriginDown(facts, received.status))
        return none();
      return failure(evidenceOf(facts, received), describe(facts, received));
    },
  },
  {
    cause: 'http.server-error',
    judge(facts) {
      const received = errorAsSuccess(facts, (says) => says !== 'maintenance');
      if (received === null) return none();
      return failure(evidenceOf(facts, received), describe(facts, received), { confidence: 'likely' });
    },
  },
  {
    cause: 'http.unavailable',
    judge(facts) {
      const received = errorAsSuccess(facts, (says) => says === 'maintenance');
      if (received === null) return none();
      return failure(evidenceOf(facts, received), describe(facts, received), { confidence: 'likely' });
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
];
