import type { ResolverIdentity } from '../../model/observations/dns.ts';
import { dnsRcodeName } from '../../wire/dns-codes.ts';
import type { FollowUp } from '../follow-up.ts';
import { round } from '../recorder.ts';
import { isInterrupted, type WalkContext } from '../walk-context.ts';
import { askServer } from './exchange.ts';
import { lookedUpName, resolversOf, typesOf } from './trouble.ts';

/** One question's time. */
const questionMs = 2000;
/** A resolver that has never answered is not asked more often than this. */
const hopeLimit = 5;

/** Asks every resolver the same questions many times over, for the spread of its answers and of their times. */
export const repetition: FollowUp = {
  name: 'repetition',
  afterSuccess: true,
  isWanted: (context) => context.options.lookupCount > 0 && lookedUpName(context) !== null,
  async run(context) {
    const name = lookedUpName(context);
    if (name === null || context.options.lookupCount === 0) return;
    await Promise.all(
      resolversOf(context).map(async (resolver) => {
        for (const type of typesOf(context.options.family)) await measure(context, resolver, name, type);
      }),
    );
  },
};

async function measure(context: WalkContext, resolver: ResolverIdentity, name: string, type: string): Promise<void> {
  const { recorder, options } = context;
  const query = { name, type, recursionDesired: true, checkingDisabled: false, edns: 'plain' } as const;
  const patience = { timeoutMs: Math.min(questionMs, options.timeoutMs), retransmitAfterMs: [], enough: null };
  const counts = new Map<string, number>();
  const answerMs: number[] = [];
  let asked = 0;
  const startMs = recorder.sinceStart();
  recorder.contact({ address: resolver.address, port: resolver.port, purpose: 'resolver' });
  while (asked < options.lookupCount && !isInterrupted(context)) {
    const { outcome, startMs: askedMs } = await askServer(context, resolver, query, patience);
    if (outcome.kind === 'given-up') break;
    asked++;
    const what = outcome.kind === 'answered' ? dnsRcodeName(outcome.message.rcode) : outcome.kind;
    counts.set(what, (counts.get(what) ?? 0) + 1);
    if (outcome.kind === 'answered') answerMs.push(round(Math.max(0, outcome.atMs - askedMs)));
    if (asked >= hopeLimit && answerMs.length === 0) break;
  }
  if (asked === 0) return;
  const atMs = recorder.sinceStart();
  recorder.observe({
    kind: 'dns.question-repeated',
    checkpoint: 'dns',
    atMs,
    durationMs: round(atMs - startMs),
    resolver,
    name,
    type,
    asked,
    outcomes: [...counts].map(([outcome, count]) => ({ outcome, count })),
    answerMs,
  });
}
