import { causeCodes } from '../../src/model/cause.ts';
import { checkpointIds } from '../../src/model/checkpoint.ts';
import type { Change } from './change.ts';
import { change, place } from './change-checks.ts';
import { changesOf } from './changes-of.ts';
import type { EvidencePattern, Expectation, Proof, Scenario } from './scenario.ts';
import {
  type Check,
  either,
  fields,
  flag,
  integer,
  listOf,
  number,
  oneOf,
  only,
  optional,
  pattern,
  recordOf,
  taggedBy,
  text,
} from './shape.ts';

const cause: Check = oneOf(...causeCodes);
const checkpoint: Check = oneOf(...checkpointIds);
const scalar: Check = (value, path) =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value) ? [] : [`${path} is neither text, number, true, false nor null`];

const matcher: Check = either(
  scalar,
  taggedBy({
    atLeast: only('atLeast', number),
    atMost: only('atMost', number),
    matches: only('matches', pattern),
    oneOf: only('oneOf', listOf(scalar, 1)),
    not: only('not', scalar),
  }),
);

const evidence: Check = fields<EvidencePattern>({ kind: text, where: optional(recordOf(matcher)), atLeast: optional(integer) });

const scopeWords = [
  'ipv4',
  'ipv6',
  'address',
  'resolver',
  'intermittent',
  'large',
  'path',
  'no-sni',
  'browser',
  'old-clients',
  'redirect',
  'subresource',
  'vantage',
];

const expectation: Check = fields<Expectation>({
  status: oneOf('ok', 'degraded', 'failed', 'unclear'),
  cause: either(cause, oneOf(null)),
  checkpoint: optional(checkpoint),
  side: optional(oneOf('client', 'network', 'dns', 'edge', 'origin', 'unknown')),
  scope: optional(listOf(oneOf(...scopeWords))),
  alternatives: optional(listOf(cause)),
  notes: optional(listOf(cause)),
  without: optional(listOf(cause)),
  evidence: listOf(evidence, 1),
  timings: optional(recordOf(fields<{ atLeast?: number; atMost?: number }>({ atLeast: optional(number), atMost: optional(number) }))),
});

const count = { atLeast: optional(integer) };

const certificateFact: Check = either(
  oneOf('valid', 'expired', 'early', 'other-name', 'self-signed', 'alone', 'weak-key', 'sha1', 'revoked'),
  only('issuer', text),
  only('certificates', integer),
  only('endsWithinDays', integer),
);

type ProofWith<K extends string> = Extract<Proof, Record<K, unknown>>;

const proof: Check = taggedBy({
  counter: fields<ProofWith<'counter'>>({ counter: text, ...count, atMost: optional(integer) }),
  log: fields<ProofWith<'log'>>({ log: place, matches: pattern, ...count }),
  hits: fields<ProofWith<'hits'>>({ hits: text, ...count }),
  link: fields<ProofWith<'link'>>({ link: text, what: oneOf('dropped', 'delayed', 'duplicated', 'reordered', 'oversized'), ...count }),
  kernel: fields<ProofWith<'kernel'>>({ kernel: text, at: place, ...count }),
  neighbor: fields<ProofWith<'neighbor'>>({ neighbor: text, at: place, state: listOf(text, 1) }),
  ping: fields<ProofWith<'ping'>>({ ping: text, answered: flag, bytes: optional(integer) }),
  connect: fields<ProofWith<'connect'>>({ connect: text, port: integer, outcome: oneOf('open', 'refused', 'unreachable', 'silent') }),
  question: fields<ProofWith<'question'>>({
    question: fields<ProofWith<'question'>['question']>({ server: text, name: text, type: text }),
    outcome: text,
    data: optional(listOf(text)),
  }),
  certificate: fields<ProofWith<'certificate'>>({
    certificate: text,
    port: optional(integer),
    serverName: optional(text),
    fact: certificateFact,
  }),
  request: fields<ProofWith<'request'>>({
    request: fields<ProofWith<'request'>['request']>({
      address: text,
      port: optional(integer),
      host: optional(text),
      path: optional(text),
      secure: optional(flag),
      method: optional(text),
    }),
    status: integer,
    header: optional(listOf(text, 2)),
  }),
  file: fields<ProofWith<'file'>>({ file: text, matches: pattern }),
  ip: fields<ProofWith<'ip'>>({ ip: listOf(text, 1), at: place, matches: pattern }),
});

const capture: Check = either(
  fields<{ checkpoint: 'unclear' | 'any'; why: string }>({ checkpoint: oneOf('unclear', 'any'), why: text }),
  (value, path) =>
    fields<{ checkpoint: unknown; cause?: unknown; why?: string }>({
      checkpoint: either(checkpoint, oneOf(null)),
      cause: optional(either(cause, oneOf(null))),
      why: optional(text),
    } as never)(value, path),
);

const scenario: Check = fields<Scenario>({
  id: (value, path) => (typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value) ? [] : [`${path} is not in kebab case`]),
  title: text,
  fault: text,
  made: text,
  naive: text,
  changes: listOf(change),
  url: text,
  options: optional(listOf(text)),
  environment: optional(recordOf(text)),
  privileges: optional(listOf(oneOf('net_raw'))),
  expect: expectation,
  proof: listOf(proof, 1),
  nearMissOf: optional(listOf(cause)),
  lookAlike: optional(listOf(text)),
  captureClient: optional(capture),
  captureServer: optional(capture),
  expectedToFail: optional(fields<NonNullable<Scenario['expectedToFail']>>({ why: text, issue: integer })),
});

/** Everything that is wrong with a scenario, whatever it is; empty when it can be run. */
export function faultsOf(value: unknown): string[] {
  const faults = scenario(value, 'scenario');
  return faults.length > 0 ? faults : danglingNames(value as Scenario);
}

/** Proofs that name a rule, server or link the scenario does not have, and names used twice. */
function danglingNames({ changes, proof: proofs }: Scenario): string[] {
  const names = (kind: 'filter' | 'odd' | 'link'): string[] =>
    (changesOf(changes as readonly Change[], kind) as { name: string }[]).map(({ name }) => name);
  const known = { counter: names('filter'), hits: names('odd'), link: names('link') };
  const dangling = proofs.flatMap((entry) =>
    (['counter', 'hits', 'link'] as const).flatMap((kind) => {
      const name = (entry as Partial<Record<typeof kind, string>>)[kind];
      return name === undefined || known[kind].includes(name) ? [] : [`no ${kind} is called ${name}`];
    }),
  );
  const twice = Object.values(known).flatMap((all) => all.filter((name, index) => all.indexOf(name) !== index));
  return [...dangling, ...twice.map((name) => `${name} is the name of two changes`)];
}
