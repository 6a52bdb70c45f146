import type { Change } from '../scenario/change.ts';
import type { Proof, Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { carriedBy, meter, pageArrived } from './ingredients.ts';

/** Nothing may leave the client for a target that is none. */
const anythingSent: Change = meter('sent', 'client', 'oifname "eth0" meta l4proto { tcp, udp }', 'output');
const nothingSent: Proof = { counter: 'sent', atMost: 0 };

/** What was typed is the trouble, or only looks like it. */
export const targetScenarios: readonly Scenario[] = [
  {
    id: 'target-invalid-url',
    title: 'Not a URL',
    fault: 'The host has a space in it.',
    made: 'The walk is given such a URL.',
    naive: '"Could not resolve host."',
    changes: [anythingSent],
    url: 'https://www shop.example/',
    captureClient: { checkpoint: 'unclear', why: 'nothing is sent' },
    expect: {
      status: 'failed',
      cause: 'target.invalid-url',
      evidence: [{ kind: 'target.rejected', where: { reason: { oneOf: ['not-a-url', 'bad-host'] } } }],
    },
    proof: [nothingSent],
  },
  {
    id: 'target-unsupported-scheme',
    title: 'A scheme for other programs',
    fault: 'ftp is not walked.',
    made: 'The walk is given an ftp URL.',
    naive: '"Connection refused" on port 21.',
    changes: [anythingSent],
    url: 'ftp://www.shop.example/',
    captureClient: { checkpoint: 'unclear', why: 'nothing is sent' },
    expect: {
      status: 'failed',
      cause: 'target.unsupported-scheme',
      evidence: [{ kind: 'target.rejected', where: { reason: 'unsupported-scheme', scheme: 'ftp' } }],
    },
    proof: [nothingSent],
  },
  {
    id: 'target-unsafe-port',
    title: 'A port that browsers refuse',
    fault: 'The site works on port 6000, which every browser blocks.',
    made: 'The origin serves the page on port 6000 too.',
    naive: 'curl says 200: "works for me".',
    changes: [
      meter('syns-at-6000', 'origin', 'tcp dport 6000'),
      { nginx: { at: 'origin', server: ['listen 6000;', 'listen [::]:6000;'] } },
    ],
    url: 'http://origin.shop.example:6000/',
    expect: { status: 'degraded', cause: 'target.unsafe-port', evidence: [carriedBy(addresses.origin6, 6000), ...pageArrived()] },
    proof: [{ counter: 'syns-at-6000' }],
    lookAlike: ['healthy-other-port'],
  },
];
