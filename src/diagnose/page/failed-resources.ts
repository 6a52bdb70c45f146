import type { Observation } from '../../model/observation.ts';
import type { PageResource } from '../../model/observations/page.ts';
import type { Diagnosis } from '../../model/verdict.ts';
import type { Facts } from '../facts.ts';
import type { Claim } from '../rule.ts';
import { failsWhenUpgraded } from './mixed-content.ts';
import { byPolicy, policiesOf } from './refusal.ts';
import { weightOf } from './weight.ts';

const namedUrls = 5;

/** Resources that fail for one reason. */
interface Failing {
  resources: PageResource[];
  claim: Claim;
}

/**
 * Each thing the page needs and does not get, by the verdict of its own observations. Those of one host that fail for the same cause are one claim.
 *
 * @param groups observations made for resources, by the resource's name
 * @param judge gives the verdict of one group
 */
export function judgeFailedResources(
  facts: Facts,
  groups: ReadonlyMap<string, readonly Observation[]>,
  judge: (group: readonly Observation[]) => Diagnosis,
): Claim[] {
  const examined = facts.first('page.examined');
  if (examined === null) return [];
  const resources = facts.of('page.resource');
  const policies = policiesOf(facts, examined);
  const verdicts = new Map<string, Diagnosis>();
  const failing = new Map<string, Failing>();
  for (const resource of resources) {
    const name = resource.evidenceOf ?? resource.reference;
    const group = groups.get(name);
    if (group === undefined || failsWhenUpgraded(resource, examined) || byPolicy(resource, examined, policies) !== null) continue;
    const diagnosis = verdicts.get(name) ?? judge(group);
    verdicts.set(name, diagnosis);
    const { status, cause, confidence, finding } = diagnosis.verdict;
    // Unknown is never a failure.
    if (status !== 'failed' || cause === null) continue;
    const severity = weightOf(resource, cause);
    const { host } = new URL(resource.url);
    const key = `${severity} ${cause} ${host}`;
    const known = failing.get(key);
    if (known !== undefined) {
      known.resources.push(resource);
      continue;
    }
    const ids = new Set(diagnosis.findings.find((one) => one.id === finding)?.evidence);
    const detail = { ...diagnosis.findings.find((one) => one.id === finding)?.detail, cause, host, site: resource.site };
    const evidence = [resource, ...group.filter((observation) => ids.has(observation.id))];
    failing.set(key, {
      resources: [resource],
      claim: { severity, confidence, detail, evidence, scope: ['subresource'], nested: { url: resource.finalUrl ?? resource.url, cause } },
    });
  }
  return [...failing.values()].map(({ resources: same, claim }) => ({
    ...claim,
    evidence: [...new Set([...claim.evidence, ...same.slice(0, namedUrls)])],
    detail: {
      ...claim.detail,
      url: same[0]?.url ?? null,
      urls: same.slice(0, namedUrls).map((resource) => resource.url),
      element: same[0]?.element ?? null,
      count: same.length,
      total: resources.length,
    },
  }));
}
