import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { badsslCase, badsslNotServed, badsslScenarios } from '../../lab/scenarios/badssl/scenarios.ts';

/** Every case of badssl.com is a scenario of the lab, or has a reason not to be, and both ends agree on whether it works. */

const corpora = process.env.WIREWALK_CORPORA ?? '';

interface Listed {
  subdomain: string;
  must_show: { first_failing_checkpoint: string; cause: string };
}

function compare(cases: readonly Listed[]): void {
  /** Judged otherwise here than the list says, and why. */
  const judgedOtherwise: Readonly<Record<string, string>> = {
    'pinning-test': 'works: no pins are built in; the list says so in its note',
    'reversed-chain': 'works: the leaf is first, as nginx insists, and clients sort out the rest',
    '10000-sans': 'fails: OpenSSL refuses the message; the list leaves it open',
    client: 'the cause is of the checkpoint tls',
    'client-cert-missing': 'the cause is of the checkpoint tls',
    http: 'works: what the redirect leads to arrives; browsers say that it is not secure',
    'http-password': 'as http',
    'http-login': 'as http',
    'http-dynamic-login': 'as http',
    'http-credit-card': 'as http',
    'http-textarea': 'as http',
    'mixed-favicon': 'works: nobody misses an icon',
    'mixed-form': 'works: the page arrives; where its form goes is seen when it is sent',
  };

  test.each(cases.map((one) => [one.subdomain, one] as const))('%s', (name, listed) => {
    const scenario = badsslScenarios.find((one) => badsslCase(one) === (name.startsWith('(unknown') ? 'fallback' : name));
    if (scenario === undefined) {
      expect(badsslNotServed[name]).toBeDefined();
      return;
    }
    expect(badsslNotServed[name]).toBeUndefined();
    const { status, cause } = scenario.expect;
    const fails = listed.must_show.first_failing_checkpoint !== 'none';
    if (name in judgedOtherwise) return;
    if (!fails) expect(status).not.toBe('failed');
    else expect(cause?.startsWith(`${listed.must_show.first_failing_checkpoint}.`), `${status} ${cause}`).toBe(true);
  });

  test('are all there are', () => {
    const names = new Set(cases.map((one) => (one.subdomain.startsWith('(unknown') ? 'fallback' : one.subdomain)));
    expect(badsslScenarios.map(badsslCase).filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(badsslNotServed).filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(judgedOtherwise).filter((name) => !names.has(name))).toEqual([]);
  });
}

if (corpora === '') {
  test('cases of badssl.com are compared where WIREWALK_CORPORA names their folder; here it is not set', () => {
    console.warn('WIREWALK_CORPORA is not set: the list of the cases of badssl.com was not read');
  });
} else {
  describe('cases of badssl.com', () => {
    const { cases } = JSON.parse(readFileSync(join(corpora, 'x509', 'badssl-cases.json'), 'utf8')) as { cases: Listed[] };
    compare(cases);
  });
}
