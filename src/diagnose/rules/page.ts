import type { PageResource } from '../../model/observations/page.ts';
import type { Facts } from '../facts.ts';
import { failsWhenUpgraded, isBlockedAsMixed } from '../page/mixed-content.ts';
import { policiesOf, type Refusal, refusalOf } from '../page/refusal.ts';
import { weightOf } from '../page/weight.ts';
import { isExpectedStatus, response } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
const namedUrls = 5;
/** The part of the load that makes one resource or host the reason for it. */
const largeShare = 0.5;
/** More than so many that take that part share a thin way, side by side on one connection, and none of them is the reason. */
const mostReasons = 6;
/** Round trips that reaching a host over TLS takes at most when all is well: lookup, connection, two for TLS. */
const reachRoundTrips = 4;

function urlsOf(resources: readonly PageResource[]): string[] {
  return resources.slice(0, namedUrls).map((resource) => resource.url);
}

export const pageRules: readonly Rule[] = [
  {
    cause: 'page.blank',
    judge(facts) {
      const document = facts.first('page.document');
      const received = response(facts);
      const body = facts.first('http.body-received');
      if (document === null || received?.status !== 200 || !isExpectedStatus(facts, 200) || body?.end !== 'complete') return none();
      // Answers to HEAD have no content, and those to other methods need none. What sends browsers on is not looked at.
      const sent = facts.of('http.request-sent').find((one) => one.connection === received.connection && one.followUp === undefined);
      if ((sent !== undefined && sent.method !== 'GET') || document.refresh !== undefined) return none();
      // Only where HTML is expected: said so, or nothing at all was said and nothing at all came.
      const expectsHtml = document.mediaType === null ? document.bytes === 0 : htmlTypes.has(document.mediaType);
      const hasContent = document.bytes > 0 && ((document.textCharacters ?? 0) > 0 || (document.contentElements ?? 0) > 0);
      if (!expectsHtml || hasContent) return none();
      return failure([document, received], { url: document.url, receivedBytes: document.bytes, title: document.title });
    },
  },
  {
    cause: 'page.blank',
    judge(facts) {
      const document = facts.first('page.document');
      const received = response(facts);
      const sent = facts.of('http.request-sent').find((one) => one.connection === received?.connection && one.followUp === undefined);
      // RFC 9110 section 15.4.5: 304 answers a conditional request. To any other it says that there is no need of a page that nobody has.
      if (document === null || received?.status !== 304 || sent?.method !== 'GET' || facts.context.expect.statuses !== undefined)
        return none();
      if (sent.headers.some(({ name }) => name.startsWith('if-'))) return none();
      return failure([received, sent], { url: document.url, status: 304, receivedBytes: document.bytes, title: null });
    },
  },
  {
    cause: 'page.blank',
    judge(facts) {
      const visited = facts.first('page.browser-visited');
      const document = facts.first('page.document');
      const received = response(facts);
      if (visited === null || document === null || document.textCharacters === null || received?.status !== 200) return none();
      const isShown = visited.error === null && visited.finished && visited.status === 200;
      const isBlank = visited.firstContentfulPaintMs === null && visited.textCharacters === 0 && visited.contentElements === 0;
      if (!isShown || !isBlank || !isExpectedStatus(facts, 200)) return none();
      // Scripts may yet draw something: what was waited for is not all there can be.
      const detail = { url: document.url, receivedBytes: document.bytes, title: document.title, product: visited.product };
      return failure([visited, document, received], detail, { confidence: 'likely', scope: ['browser'] });
    },
  },
  {
    cause: 'page.mixed-content',
    judge(facts) {
      const examined = facts.first('page.examined');
      if (examined === null) return none();
      const resources = facts.of('page.resource');
      const blocked = resources.filter((resource) => isBlockedAsMixed(resource, examined) || failsWhenUpgraded(resource, examined));
      return bySeverity(blocked, (same) => ({
        detail: { url: examined.url, urls: urlsOf(same), count: same.length, element: same[0]?.element ?? null },
        evidence: [examined, ...same.slice(0, namedUrls)],
      }));
    },
  },
  {
    cause: 'page.policy-blocked',
    judge(facts) {
      const examined = facts.first('page.examined');
      if (examined === null) return none();
      const policies = policiesOf(facts, examined);
      const refused = new Map<PageResource, Refusal>();
      for (const resource of facts.of('page.resource')) {
        if (isBlockedAsMixed(resource, examined) || failsWhenUpgraded(resource, examined)) continue;
        const refusal = refusalOf(resource, examined, policies);
        if (refusal !== null) refused.set(resource, refusal);
      }
      return bySeverity([...refused.keys()], (same) => {
        const first = refused.get(same[0]!);
        return {
          detail: {
            url: same[0]?.url ?? null,
            urls: urlsOf(same),
            count: same.length,
            reason: first?.by ?? null,
            rule: first?.rule ?? null,
          },
          evidence: [examined, response(facts), ...same.slice(0, namedUrls)],
        };
      });
    },
  },
  {
    cause: 'page.stale',
    judge(facts) {
      const document = facts.first('page.document');
      const received = response(facts);
      if (document === null || received === null || received.status !== 200 || !isExpectedStatus(facts, 200)) return none();
      const hasContent = (document.textCharacters ?? 0) > 0 || (document.contentElements ?? 0) > 0;
      const broken = facts.of('page.compared').filter(
        // Once may be chance, or a document that is being replaced.
        ({ status, blank, asked }) =>
          asked > 1 && status !== null && (status >= 500 || status === 404 || status === 410 || (blank === true && hasContent)),
      );
      const first = broken[0];
      if (first === undefined) return none();
      return impairment(
        [document, received, ...broken],
        {
          url: document.url,
          addresses: broken.map(({ address }) => address),
          goodAddress: received.server.address,
          status: first.status,
          blank: first.blank,
        },
        { scope: ['address'] },
      );
    },
  },
  { cause: 'page.slow', judge: judgeSlow },
];

/** One claim for what impairs and one for what is only noted. */
function bySeverity(
  resources: readonly PageResource[],
  claimOf: (same: readonly PageResource[]) => { detail: Claim['detail']; evidence: Parameters<typeof impairment>[0] },
): readonly Claim[] {
  return (['impairment', 'note'] as const).flatMap((severity) => {
    const same = resources.filter((resource) => weightOf(resource) === severity);
    if (same.length === 0) return [];
    const { detail, evidence } = claimOf(same);
    return impairment(evidence, detail, { severity, scope: ['subresource'] });
  });
}

/** What a visitor waits for: nothing optional, nothing that comes when scrolled to, no foreign script beside. */
function isWaitedFor(resource: PageResource): boolean {
  return weightOf(resource) === 'impairment' && !resource.lazy && resource.durationMs !== undefined;
}

function judgeSlow(facts: Facts): readonly Claim[] {
  const examined = facts.first('page.examined');
  const sent = facts.of('http.request-sent').find((observation) => observation.followUp === undefined);
  const waitedFor = facts.of('page.resource').filter(isWaitedFor);
  if (examined === null || sent === undefined || waitedFor.length === 0) return none();
  const loadMs = Math.max(...waitedFor.map((resource) => resource.atMs)) - sent.atMs;
  const budgetMs = facts.context.budgets.pageMs;
  if (loadMs <= budgetMs) return none();
  const [slowest] = [...waitedFor].sort((one, other) => ownMs(other) - ownMs(one));
  const common = (spentMs: number) => ({ durationMs: spentMs, loadMs, percent: Math.round((spentMs / loadMs) * 100), budgetMs });
  const large = waitedFor.filter((resource) => ownMs(resource) >= loadMs * largeShare);
  if (large.length > mostReasons) return none();
  if (slowest !== undefined && large.length > 0) {
    const { url, bytes, element } = slowest;
    return impairment([slowest, examined], { url, element, receivedBytes: bytes, ...common(ownMs(slowest)) }, { scope: ['subresource'] });
  }
  const [farthest] = [...waitedFor].sort((one, other) => reachingMs(other) - reachingMs(one));
  if (farthest === undefined || reachingMs(farthest) < loadMs * largeShare) return none();
  return impairment(
    [farthest, examined],
    { host: new URL(farthest.url).host, ...common(reachingMs(farthest)) },
    { scope: ['subresource'], confidence: 'likely' },
  );
}

/** The time of a resource that its distance does not explain. */
function ownMs(resource: PageResource): number {
  return Math.max(0, (resource.durationMs ?? 0) - (resource.roundTripMs ?? 0));
}

function reachingMs(resource: PageResource): number {
  return Math.max(0, (resource.reachMs ?? 0) - reachRoundTrips * (resource.roundTripMs ?? 0));
}
