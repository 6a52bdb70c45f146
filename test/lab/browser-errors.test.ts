import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import type { Scenario } from '../../lab/scenario/scenario.ts';
import { allScenarios } from '../../lab/scenarios/registry.ts';
import { causeOf, causes } from '../../src/model/causes/registry.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { browserErrorOf } from '../../src/report/browser-error.ts';
import { findBrowser } from '../../src/system/browser/find-browser.ts';
import { furtherWays, neverShown, notVisited, shownOtherwise } from './browser-errors.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();
const program = findBrowser();
if (program === null && process.env.CI) throw new Error('no Chromium: apt-get install chromium');
const isSkipped = missing.length > 0 || program === null;

const limitMs = 40 * 60_000;
/** A connection that ends while Chromium still sets it up shows now one error, now another: so many visits may be made again. More is no coincidence. */
const mostRepeated = 6;
const visitsAtMost = 5;
/** The kernel gives up connecting after two repetitions, seven seconds, in place of two minutes: browsers wait for it. */
const impatient = { sysctl: { at: 'client', key: 'net/ipv4/tcp_syn_retries', value: '2' } } as const;

/** Failures for which a browser has an error of its own. */
const failing = allScenarios.filter(({ expect: { status, cause }, expectedToFail }) => {
  if (status !== 'failed' || cause === null || expectedToFail !== undefined) return false;
  return cause === 'http.redirect-broken' || causeOf(cause).browserErrors.some((error) => error.startsWith('ERR_'));
});

/** Of each cause the first, and everything that is listed: the others show the same in the same way. */
const shown: readonly Scenario[] = failing.filter((scenario, index) => {
  if (scenario.id in notVisited) return false;
  const isFirst = failing.findIndex(({ expect: { cause } }) => cause === scenario.expect.cause) === index;
  return isFirst || scenario.id in shownOtherwise || furtherWays.includes(scenario.id);
});

interface Visited {
  document: WalkReport & {
    browserVisit: { kind: string; reason?: string; facts?: { error: string | null; finished: boolean; status: number | null } };
  };
  outcome: Outcome;
}

const visits = new Map<string, Visited>();

function seen(id: string): { verdict: string | null; browser: string | null } {
  const visited = visits.get(id);
  expect(visited, `${id} was not run`).toBeDefined();
  const { document } = visited!;
  expect(document.browserVisit.kind, document.browserVisit.reason).toBe('visited');
  return { verdict: document.verdict.browserError, browser: document.browserVisit.facts?.error ?? null };
}

function isAsForetold(id: string): boolean {
  const document = visits.get(id)?.document;
  const foretold = id in shownOtherwise ? shownOtherwise[id]!.shows : document?.verdict?.browserError;
  return document?.browserVisit?.kind === 'visited' && (document.browserVisit.facts?.error ?? null) === foretold;
}

describe.skipIf(isSkipped)(
  `what Chromium shows${isSkipped ? ` (skipped: ${[...missing, program === null ? 'no Chromium' : ''].join('; ')})` : ''}`,
  () => {
    beforeAll(async () => {
      const { runScenarios } = await builtLab();
      const engine = fileURLToPath(new URL('walk-and-browser.mjs', import.meta.url));
      const visit = async (scenarios: readonly Scenario[], jobs: number): Promise<void> => {
        const impatiently = scenarios.map((scenario) => ({ ...scenario, changes: [...scenario.changes, impatient] }));
        for (const outcome of await runScenarios(impatiently, { engine, jobs }))
          visits.set(outcome.scenario.id, { outcome, document: JSON.parse(outcome.run?.stdout || '{}') });
      };
      await visit(shown, 2);
      for (let count = 1; count < visitsAtMost; count++) {
        const unlike = shown.filter(({ id }) => !isAsForetold(id));
        if (unlike.length > mostRepeated) return;
        for (const { id } of unlike)
          console.log(`${id} is visited again: ${JSON.stringify(visits.get(id)?.document.browserVisit ?? null).slice(0, 300)}`);
        await visit(unlike, 1);
      }
    }, limitMs);

    it.each(shown.filter(({ id }) => !(id in shownOtherwise)).map(({ id }) => id))('%s: what the verdict says', (id) => {
      const { verdict, browser } = seen(id);
      expect(browser).toBe(verdict);
    });

    it.each(Object.entries(shownOtherwise))('%s: something else, as listed', (id, { shows }) => {
      const { verdict, browser } = seen(id);
      expect(browser).toBe(shows);
      // An entry that came true leaves the list.
      expect(browser).not.toBe(verdict);
    });

    it('is every error of the vocabulary, but for those that are listed', () => {
      const vocabulary = new Set(
        Object.values(causes).flatMap(({ browserErrors }) => browserErrors.filter((error) => error.startsWith('ERR_'))),
      );
      const met = new Set([...visits.keys()].map((id) => seen(id).browser));
      const unmet = [...vocabulary].filter((error) => !met.has(error));
      expect(unmet.toSorted()).toEqual(Object.keys(neverShown).toSorted());
    });
  },
);

it('lists scenarios that exist', () => {
  const ids = new Set(failing.map(({ id }) => id));
  expect([...furtherWays, ...Object.keys(shownOtherwise), ...Object.keys(notVisited)].filter((id) => !ids.has(id))).toEqual([]);
  expect(browserErrorOf('tls.cert-expired', [])).toBe('ERR_CERT_DATE_INVALID');
});
