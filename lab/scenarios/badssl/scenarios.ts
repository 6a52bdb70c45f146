import type { Scenario } from '../../scenario/scenario.ts';
import { edgeReached, pageArrived, synsAtEdge } from '../ingredients.ts';
import { type BadsslCase, completed } from './case.ts';
import { badsslCertificates } from './certificates.ts';
import { badsslHandshakes } from './handshakes.ts';
import { badsslPages } from './pages.ts';

/** Cases that are not served here, and why. */
export const badsslNotServed: Readonly<Record<string, string>> = {
  rsa8192: 'its key takes half a minute to make; rsa4096 is the same path',
  'ssl-v2': 'nothing speaks it any more, neither the servers here nor any client; its hello is no TLS record',
  dh480: 'see dh512',
  dh512: 'OpenSSL serves no group below 1024 bits at any security level; that we refuse one is tested on bytes',
  'dh-small-subgroup': 'no client can tell it from dh2048, which is served',
  'dh-composite': 'no client can tell it from dh2048, which is served',
  spoof: 'a redirect to xn--n1aae7f7o, which is served; www shows the redirect',
  '(apex)': 'the healthy site itself: scenario healthy',
  'https-everywhere': 'an extension of a browser redirects; nothing is served differently',
};

/** A case's name as part of an id. */
function slug(name: string): string {
  return name.length > 40 ? `${name.slice(0, 27)}-${name.length}` : name.replaceAll('.', '-').replaceAll('--', '-');
}

function scenarioOf(one: BadsslCase): Scenario {
  const { status, cause, scope, without, evidence, proof, captureClient } = one;
  const works = status !== 'failed';
  return {
    id: `badssl-${slug(one.name)}`,
    title: one.title,
    fault: `${status === undefined ? 'None' : 'As at badssl.com'}: ${one.name}.badssl.com.`,
    made: one.made,
    naive: one.naive ?? (status === undefined ? '"That cannot be right."' : '"SSL error."'),
    changes: one.changes ?? [synsAtEdge, { site: one.site ?? {} }],
    url: one.url ?? 'https://www.shop.example/',
    expect: {
      status: status ?? 'ok',
      cause: cause ?? null,
      ...(scope && { scope }),
      ...(without && { without }),
      evidence: [...(evidence ?? [completed]), ...(works ? pageArrived() : [])],
    },
    proof: proof ?? [edgeReached],
    captureClient: captureClient ?? { checkpoint: null },
  };
}

/** Which case of badssl.com a scenario is. */
export function badsslCase(scenario: Scenario): string {
  return /([^ ]+)\.badssl\.com\.$/.exec(scenario.fault)?.[1] ?? '';
}

/** The cases of badssl.com, served by the lab's own servers. */
export const badsslScenarios: readonly Scenario[] = [...badsslCertificates, ...badsslHandshakes, ...badsslPages].map(scenarioOf);
