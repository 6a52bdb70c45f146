import { describe, expect, it } from 'vitest';
import { type CauseCode, causeCodes } from '../../src/model/cause.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { faultsOf } from '../scenario/validation.ts';
import { lookAlikes } from './look-alikes.ts';
import { causesNotShown } from './not-shown.ts';
import { allScenarios, scenarioGroups } from './registry.ts';

/** Two scenarios said to look the same, whichever of them says so. */
function linked(left: Scenario, right: Scenario): boolean {
  return Boolean(left.lookAlike?.includes(right.id) || right.lookAlike?.includes(left.id));
}

/** A scenario of `cause` (null: of health) that must not be taken for `other`. */
function standsBeside(cause: CauseCode | null, other: CauseCode | null): boolean {
  return allScenarios.some(
    (scenario) =>
      scenario.expect.cause === cause &&
      ((other !== null && scenario.nearMissOf?.includes(other)) ||
        allScenarios.some((twin) => twin.expect.cause === other && linked(scenario, twin))),
  );
}

describe('the scenarios', () => {
  it('are well-formed', () => {
    expect(allScenarios.flatMap((scenario) => faultsOf(scenario).map((fault) => `${scenario.id}: ${fault}`))).toEqual([]);
  });

  it('are told apart by their ids, which refer to each other', () => {
    const ids = allScenarios.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(allScenarios.flatMap(({ lookAlike }) => lookAlike ?? []).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('are at least 120, of which at least 20 are healthy controls', () => {
    expect(allScenarios.length).toBeGreaterThanOrEqual(120);
    const healthy = scenarioGroups.healthy ?? [];
    expect(healthy.length).toBeGreaterThanOrEqual(20);
    expect(healthy.filter(({ expect: { status } }) => status !== 'ok')).toEqual([]);
  });

  it('show every cause, or say why not', () => {
    const shown = (code: CauseCode): boolean =>
      allScenarios.some(({ expect: { cause, alternatives } }) => cause === code || alternatives?.includes(code));
    expect(causeCodes.filter((code) => !shown(code)).sort()).toEqual(Object.keys(causesNotShown).sort());
  });

  it('hold a near miss of every cause shown', () => {
    const missed = (code: CauseCode): boolean =>
      allScenarios.some(
        (scenario) =>
          scenario.expect.cause !== code &&
          (scenario.nearMissOf?.includes(code) ||
            scenario.expect.without?.includes(code) ||
            allScenarios.some((twin) => twin.expect.cause === code && linked(scenario, twin))),
      );
    expect(causeCodes.filter((code) => !(code in causesNotShown) && !missed(code))).toEqual([]);
  });

  it('set every two look-alikes beside each other, both ways', () => {
    const lacking = Object.entries(lookAlikes).flatMap(([sight, causes]) =>
      causes.flatMap((cause) =>
        causes.filter((other) => other !== cause && !standsBeside(cause, other)).map((other) => `${sight}: ${cause} beside ${other}`),
      ),
    );
    expect(lacking).toEqual([]);
  });
});

describe('validation', () => {
  const [sample] = allScenarios as [Scenario];

  it('rejects keys it does not know, at any depth', () => {
    expect(faultsOf({ ...sample, colour: 'red' })).toEqual(['scenario.colour is unknown']);
    expect(faultsOf({ ...sample, expect: { ...sample.expect, checkpiont: 'tls' } })).toEqual(['scenario.expect.checkpiont is unknown']);
    expect(faultsOf({ ...sample, changes: [{ stop: 'ns1', gently: true }] })).toEqual(['scenario.changes[0].gently is unknown']);
    expect(faultsOf({ ...sample, changes: [{ explode: 'ns1' }] })).toEqual(['scenario.changes[0] is of no known kind: explode']);
    expect(faultsOf({ ...sample, changes: [{ link: { name: 'x', between: ['core', 'hosting'], losss: 0.1 } }] })).toEqual([
      'scenario.changes[0].link.losss is unknown',
    ]);
  });

  it('demands proof and evidence', () => {
    expect(faultsOf({ ...sample, proof: [] })).toEqual(['scenario.proof has fewer than 1 entries']);
    expect(faultsOf({ ...sample, expect: { ...sample.expect, evidence: [] } })).toEqual([
      'scenario.expect.evidence has fewer than 1 entries',
    ]);
  });

  it('demands that proofs name what is there', () => {
    expect(faultsOf({ ...sample, proof: [{ counter: 'nobody' }] })).toEqual(['no counter is called nobody']);
    expect(faultsOf({ ...sample, proof: [{ hits: 'nobody' }] })).toEqual(['no hits is called nobody']);
  });

  it('survives what is no scenario at all', () => {
    for (const value of [null, undefined, 7, 'scenario', [], {}, { changes: [null] }]) expect(faultsOf(value).length).toBeGreaterThan(0);
  });
});
