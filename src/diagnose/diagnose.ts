import { type CauseCode, checkpointOf, type Side } from '../model/cause.ts';
import { causeOf } from '../model/causes/registry.ts';
import { type CheckpointId, checkpointIds, checkpointOrder } from '../model/checkpoint.ts';
import type { JudgementContext } from '../model/expectation.ts';
import type { Alternative, Finding, RuledOut } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import type { Diagnosis, Verdict } from '../model/verdict.ts';
import { answerOf } from './answer.ts';
import { judgeCheckpoints } from './checkpoints.ts';
import { createFacts, type Facts } from './facts.ts';
import { lookAlikes } from './look-alikes.ts';
import { judgeFailedResources } from './page/failed-resources.ts';
import { compareFindings } from './precedence.ts';
import { carriedConnection, peerProven, response } from './progress.ts';
import type { Claim, Rule } from './rule.ts';
import { allRules } from './rules.ts';

/** A claim with the cause and the request it is about. */
interface Judged extends Claim {
  cause: CauseCode;
  hop: number;
}

/** Causes of a redirect chain as a whole: named as they are wherever in the chain they show. */
const chainCauses: ReadonlySet<CauseCode> = new Set<CauseCode>(['http.redirect-loop', 'http.redirect-invalid']);

/**
 * Judges observations, wherever they came from. Pure: the same observations give the same diagnosis, in any order of the rules.
 *
 * @param observations of one walk or one exchange, in the order they were made
 */
export function diagnose(observations: readonly Observation[], context: JudgementContext, rules: readonly Rule[] = allRules): Diagnosis {
  const { own, ofResources } = apart(observations);
  const lastHop = own.reduce((last, observation) => Math.max(last, observation.hop), 0);
  const hops = Array.from({ length: lastHop + 1 }, (_, hop) => createFacts(own, hop, lastHop, context));
  const judged = hops.flatMap((facts) => [...judgeHop(facts, rules), ...judgeResources(facts, ofResources, context, rules)]);
  const findings = numberFindings([...judged, ...judgeRedirect(hops, judged)]);
  const deciding = decidingFinding(findings);
  const checkpoints = judgeCheckpoints(hops, findings);
  const verdict = judgeVerdict(hops, findings, deciding, checkpoints);
  const quoted = findings.map((finding) => (finding.id === verdict.finding ? { ...finding, confidence: verdict.confidence } : finding));
  const answer = hops.reduce<Diagnosis['answer']>((last, facts) => answerOf(facts) ?? last, null);
  return { verdict, checkpoints, findings: quoted, answer };
}

/** The requests of the walk itself, and those made for what the page refers to, by resource. */
function apart(observations: readonly Observation[]): { own: readonly Observation[]; ofResources: ReadonlyMap<string, Observation[]> } {
  const ofResources = new Map<string, Observation[]>();
  const own = observations.filter((observation) => {
    if (observation.resource === undefined) return true;
    const { resource, ...bare } = observation;
    const same = ofResources.get(resource);
    // Its own judgement knows no resources: there it is a request like any other.
    if (same === undefined) ofResources.set(resource, [bare]);
    else same.push(bare);
    return false;
  });
  return { own, ofResources };
}

/** What the page needs and does not get: each judged by the same rules as the request for the page. */
function judgeResources(
  facts: Facts,
  ofResources: ReadonlyMap<string, readonly Observation[]>,
  context: JudgementContext,
  rules: readonly Rule[],
): Judged[] {
  const nested: JudgementContext = { ...context, expect: {} };
  return judgeFailedResources(facts, ofResources, (group) => diagnose(group, nested, rules)).map((claim) => ({
    ...claim,
    cause: 'page.subresource-failed',
    hop: facts.hop,
  }));
}

/** Everything the rules claim about one request, without what other claims supersede. */
function judgeHop(facts: Facts, rules: readonly Rule[]): Judged[] {
  const claims = rules.map((rule) => ({ rule, claims: rule.judge(facts) })).filter((judged) => judged.claims.length > 0);
  const superseded = new Set(claims.flatMap((judged) => judged.rule.supersedes ?? []));
  return claims
    .filter((judged) => !superseded.has(judged.rule.cause))
    .flatMap((judged) => judged.claims.map((claim) => settle({ ...claim, cause: judged.rule.cause, hop: facts.hop }, facts)));
}

/** Later proof beats earlier suspicion: an open connection proves the route, a peer that proves its name proves the DNS answer good enough. */
function settle(claim: Judged, facts: Facts): Judged {
  if (claim.severity !== 'failure' || claim.stated === true || claim.persists === true) return claim;
  const order = checkpointOrder(checkpointOf(claim.cause));
  const opened = carriedConnection(facts) !== null && order < checkpointOrder('dns');
  const routed = carriedConnection(facts) !== null && checkpointOf(claim.cause) === 'route';
  const proven = peerProven(facts) && order <= checkpointOrder('dns');
  const answered = response(facts) !== null && order <= checkpointOrder('tcp');
  if (!opened && !routed && !proven && !answered) return claim;
  return { ...claim, severity: causeOf(claim.cause).degrades ? 'impairment' : 'note' };
}

/** The last request of a redirect chain fails: to the one typed, its redirect is broken. */
function judgeRedirect(hops: readonly Facts[], judged: readonly Judged[]): Judged[] {
  const last = hops.at(-1);
  const previous = hops.at(-2);
  const redirected = previous?.first('http.redirected') ?? null;
  if (last === undefined || previous === undefined || redirected === null) return [];
  const worst = judged.filter((claim) => claim.hop === last.hop && claim.severity === 'failure').sort(compareFindings)[0];
  if (worst === undefined || chainCauses.has(worst.cause)) return [];
  const url = redirected.url ?? last.target?.url ?? '';
  return [
    {
      cause: 'http.redirect-broken',
      hop: previous.hop,
      severity: 'failure',
      confidence: worst.confidence,
      detail: { ...worst.detail, url: previous.target?.url ?? null, location: url, nestedCause: worst.cause, status: redirected.status },
      evidence: [redirected, ...worst.evidence],
      scope: ['redirect'],
      nested: { url, cause: worst.cause },
      ...(worst.stated === true ? { stated: true } : {}),
    },
  ];
}

function numberFindings(judged: readonly Judged[]): Finding[] {
  const inWalkingOrder = [...judged].sort(
    (one, other) =>
      one.hop - other.hop ||
      checkpointOrder(checkpointOf(one.cause)) - checkpointOrder(checkpointOf(other.cause)) ||
      compareFindings(one, other),
  );
  const findings = inWalkingOrder.map(
    (claim, index): Finding => ({
      id: `f${index + 1}`,
      cause: claim.cause,
      severity: claim.severity,
      confidence: claim.confidence,
      detail: claim.detail,
      evidence: claim.evidence.map((observation) => observation.id),
      scope: [...(claim.scope ?? [])],
      consequenceOf: null,
      hop: claim.hop,
      ...(claim.side === undefined ? {} : { side: claim.side }),
      ...(claim.nested === undefined ? {} : { nested: claim.nested }),
    }),
  );
  const first = decidingFinding(findings);
  if (first?.severity !== 'failure') return findings;
  const order = checkpointOrder(checkpointOf(first.cause));
  return findings.map((finding) => {
    const follows = finding.severity === 'failure' && finding.hop === first.hop && checkpointOrder(checkpointOf(finding.cause)) > order;
    return follows ? { ...finding, consequenceOf: first.id } : finding;
  });
}

/** The finding the verdict quotes: the first failure in walking order, else the first impairment. */
function decidingFinding(findings: readonly Finding[]): Finding | null {
  const redirectBroken = findings.find((finding) => finding.cause === 'http.redirect-broken');
  // What fails at the end of a redirect chain is nested in the redirect's own finding.
  const own = findings.filter(
    (finding) => redirectBroken === undefined || finding.hop <= redirectBroken.hop || finding.severity !== 'failure',
  );
  const sorted = own.filter((finding) => finding.severity !== 'note').sort(compareFindings);
  return sorted[0] ?? null;
}

function judgeVerdict(
  hops: readonly Facts[],
  findings: readonly Finding[],
  deciding: Finding | null,
  checkpoints: Diagnosis['checkpoints'],
): Verdict {
  const missing = missingCheckpoints(checkpoints);
  const failed = deciding?.severity === 'failure';
  // What encryption hides is not for want of looking: an impairment that shows is named all the same.
  const isHidden = deciding !== null && hops.every((facts) => facts.of('http.hidden').length > 0) && missing.every(isEncrypted);
  const isUnclear = missing.length > 0 && !isHidden;
  const status = failed ? 'failed' : isUnclear ? 'unclear' : deciding === null ? 'ok' : 'degraded';
  if (deciding === null || status === 'unclear') {
    const checkpoint = status === 'unclear' ? (missing[0] ?? null) : null;
    return {
      status,
      checkpoint,
      cause: null,
      confidence: status === 'ok' ? 'proven' : 'possible',
      side: 'unknown',
      scope: [],
      finding: null,
      alternatives: [],
      ruledOut: [],
      missing,
    };
  }
  const facts = hops[deciding.hop] ?? hops[0]!;
  const asserted = new Set(findings.map((finding) => finding.cause));
  const { alternatives, ruledOut } = weighLookAlikes(deciding, facts, asserted);
  const nested = deciding.nested;
  return {
    status,
    checkpoint: checkpointOf(deciding.cause),
    cause: deciding.cause,
    // "Proven" admits no other cause: while one remains possible, the named one is likely.
    confidence: deciding.confidence === 'proven' && alternatives.length > 0 ? 'likely' : deciding.confidence,
    side: nested === undefined ? sideOf(deciding) : causeOf(nested.cause).side,
    scope: deciding.hop > 0 && !deciding.scope.includes('redirect') ? [...deciding.scope, 'redirect'] : deciding.scope,
    finding: deciding.id,
    alternatives,
    ruledOut,
    missing: [],
    ...(nested === undefined ? {} : { nested: { url: nested.url, checkpoint: checkpointOf(nested.cause), cause: nested.cause } }),
  };
}

/** Whose it is to repair: that of the cause; of a site whose root browsers know, the client whose store is older than it. */
function sideOf({ cause, scope, side }: Finding): Side {
  if (side !== undefined) return side;
  return cause === 'tls.unknown-ca' && scope.includes('old-clients') ? 'client' : causeOf(cause).side;
}

/** Checkpoints whose evidence encryption may hide. */
function isEncrypted(id: CheckpointId): boolean {
  return id === 'tls' || id === 'http';
}

/** What the verdict's cause could be taken for: excluded by evidence, or still possible. */
function weighLookAlikes(
  deciding: Finding,
  facts: Facts,
  asserted: ReadonlySet<CauseCode>,
): { alternatives: Alternative[]; ruledOut: RuledOut[] } {
  const alternatives: Alternative[] = [];
  const ruledOut: RuledOut[] = [];
  for (const lookAlike of lookAlikes[deciding.cause] ?? []) {
    if (asserted.has(lookAlike.cause)) continue;
    const by = lookAlike.excludedBy(facts).map((observation) => observation.id);
    if (by.length > 0) ruledOut.push({ cause: lookAlike.cause, by });
    else alternatives.push({ cause: lookAlike.cause, why: lookAlike.why, decidedBy: lookAlike.decidedBy });
  }
  return { alternatives, ruledOut };
}

/** Checkpoints that had to be shown to work and were not. Local and route are shown by what comes after them. */
function missingCheckpoints(checkpoints: Diagnosis['checkpoints']): CheckpointId[] {
  const required: ReadonlySet<CheckpointId> = new Set<CheckpointId>(['target', 'dns', 'tcp', 'tls', 'http']);
  const unknown = checkpointIds.filter(
    (id) => required.has(id) && checkpoints.find((checkpoint) => checkpoint.id === id)?.status === 'unknown',
  );
  const http = checkpoints.find((checkpoint) => checkpoint.id === 'http');
  return unknown.length === 0 && http?.status === 'skipped' ? ['http'] : unknown;
}
