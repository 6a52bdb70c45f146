import type { Answer, AnswerParty, Preloaded } from '../model/answer.ts';
import type { AnswererRole, PageMeaning } from '../model/answerers/answerer.ts';
import { clipped, duration, listed, plural } from './wording.ts';

const roles: Readonly<Record<AnswererRole, string>> = {
  cdn: 'content network',
  firewall: 'web firewall',
  'load-balancer': 'load balancer',
  gateway: 'API gateway',
  ingress: 'ingress',
  proxy: 'proxy',
  cache: 'cache',
  platform: 'hosting platform',
  parking: 'parking',
  server: 'server',
  framework: 'application framework',
};

const meanings: Readonly<Record<PageMeaning, string>> = {
  error: 'an error',
  blocked: 'that the request is blocked',
  challenge: 'that the client has to prove it is a person',
  'rate-limited': 'that too many requests were made',
  'upstream-failed': 'that the server behind it fails',
  'upstream-timeout': 'that the server behind it takes too long',
  'no-backend': 'that no server behind it works',
  'unknown-site': 'that it serves no site of this name',
  'default-page': 'that it is freshly installed: its default page',
  parked: 'that the name is parked or for sale',
  maintenance: 'that the site is in maintenance or suspended',
  'host-not-allowed': 'that this host name is not allowed',
};

function named(party: AnswerParty): string {
  return `${party.name} (${roles[party.role]}; ${listed(
    party.signs.map((sign) => clipped(sign, 60)),
    3,
  )})`;
}

/** What a page of this meaning says, for "says ...". */
export function meaningWords(says: PageMeaning): string {
  return meanings[says];
}

/** What Strict-Transport-Security makes a browser do. */
function strictly({ maxAgeSeconds, includeSubDomains, preload, preloaded }: NonNullable<Answer['transportSecurity']>): string {
  if (maxAgeSeconds === 0) return 'HSTS: the site takes its promise of https back (max-age=0)';
  const days = Math.round(maxAgeSeconds / 86_400);
  const forHow = days >= 1 ? plural(days, 'day') : plural(maxAgeSeconds, 'second');
  return `HSTS: a browser that was here goes to https by itself for ${forHow}${includeSubDomains ? ', subdomains too' : ''}${preload ? `; the site asks to be preloaded, ${preloadWords(preloaded ?? null)}` : ''}`;
}

/** Whether a site is what it asks to be. */
function preloadWords(preloaded: Preloaded | null): string {
  if (preloaded === null) return 'and whether it is, is not known here';
  const list = `the list of ${preloaded.list} (${preloaded.listDate})`;
  return preloaded.entry === null ? `and is not in ${list}` : `and is: ${clipped(preloaded.entry, 80)} is in ${list}`;
}

/** Why a browser goes to https by itself. */
function listedWords({ upgradedBy, preloaded }: Answer): string {
  const entry = clipped(preloaded?.entry ?? '', 80);
  const ofWhen = preloaded == null ? '' : ` (${preloaded.list}, ${preloaded.listDate})`;
  return upgradedBy === 'top-level-domain'
    ? `every name under this top-level domain is in its list${ofWhen}`
    : `${entry} is in its list of names reached by https alone${ofWhen}`;
}

/** Who answered, in sentences. Remote text in them is raw. Empty when nothing shows anybody. */
export function answerLines(answer: Answer): string[] {
  const { edge, origin, author, says, cache, requestIds, serverTiming, via, retryAfterSeconds, limit } = answer;
  const cached =
    cache === null
      ? null
      : `cache: ${cache.state}${cache.ageSeconds === null ? '' : `, ${cache.ageSeconds} s old`}${cache.field === null ? '' : ` (${cache.field})`}`;
  const timing = serverTiming
    .filter((metric) => metric.durationMs !== null)
    .map((metric) => `${clipped(metric.name, 32)} ${duration(metric.durationMs ?? 0)}`);
  return [
    ...(edge === null ? [] : [`edge: ${named(edge)}`]),
    ...(origin === null ? [] : [`origin: ${named(origin)}`]),
    ...(author === null || says === null ? [] : [`${author.name} says ${meaningWords(says)}`]),
    ...(limit === null
      ? []
      : [
          `the wait equals ${limit.answerer === null ? 'a round time limit' : `a time limit of ${limit.answerer}`}: ${limit.seconds} s${limit.setting === null ? '' : ` (${limit.setting})`}`,
        ]),
    ...(cached === null ? [] : [cached]),
    ...(retryAfterSeconds === null ? [] : [`asks to come back in ${retryAfterSeconds} s`]),
    ...(requestIds.length === 0
      ? []
      : [
          `for its operators: ${listed(
            requestIds.map(({ name, value }) => `${name} ${clipped(value, 80)}`),
            3,
          )}`,
        ]),
    ...(timing.length === 0 ? [] : [`server timing: ${listed(timing, 6)}`]),
    ...(answer.keepAliveSeconds === null ? [] : [`keeps an idle connection ${answer.keepAliveSeconds} s`]),
    ...(answer.transportSecurity === null ? [] : [strictly(answer.transportSecurity)]),
    ...(answer.upgradedBy === null ? [] : [`a browser never asks in plain http here: ${listedWords(answer)}`]),
    ...(via.length === 0
      ? []
      : [
          `via: ${listed(
            via.map((one) => clipped(one, 60)),
            4,
          )}`,
        ]),
  ];
}
