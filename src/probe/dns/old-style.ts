import { askResolver, type DnsQuestion, type DnsQuestionResult } from '../dns-question.ts';
import type { WalkContext } from '../walk-context.ts';

/** The name under which questions without EDNS are recorded. */
export const withoutEdns = 'without-edns';

/** How long a question may stay without an answer before it is asked without EDNS beside. Most resolvers with a cold cache answer sooner. */
const silenceMs = 600;
/** Codes with which software that does not know EDNS meets it (RFC 6891 section 7), and those that old proxies make of it. */
const oldCodes: ReadonlySet<number> = new Set([1, 2, 4, 16]);

/** A question and, where the resolver may be too old for EDNS, the same question without. */
export interface TolerantQuestion {
  /** Those of the first answer that has any; empty when none has. */
  addresses: Promise<string[]>;
  /** When nothing more will be observed. */
  ended: Promise<void>;
}

/**
 * Asks as resolvers do: with EDNS, and once more without when that is met by silence or an error that old software gives. Only over UDP:
 * whoever speaks another transport knows EDNS.
 */
export function askTolerantly(context: WalkContext, question: DnsQuestion): TolerantQuestion {
  const modern = askResolver(context, question);
  if (question.resolver.transport !== 'udp')
    return { addresses: modern.then((result) => result.addresses), ended: modern.then(() => undefined) };
  const old = askOldStyle(context, question, modern);
  const both = Promise.all([modern, old]);
  return {
    addresses: firstWithAddresses([modern, old].map((asked) => asked.then((result) => result?.addresses ?? []))),
    ended: both.then(() => undefined),
  };
}

async function askOldStyle(
  context: WalkContext,
  question: DnsQuestion,
  modern: Promise<DnsQuestionResult>,
): Promise<DnsQuestionResult | null> {
  const { clock } = context.ports;
  const timeoutMs = question.timeoutMs ?? context.options.timeoutMs;
  const answered = new AbortController();
  const result = await Promise.race([modern, clock.sleep(Math.min(silenceMs, timeoutMs / 2), answered.signal).then(() => null)]);
  answered.abort();
  if (question.enough?.aborted === true || context.options.signal?.aborted === true) return null;
  const isSilent = result === null;
  const isOld = result !== null && (result.kind === 'rejected' || oldCodes.has(result.message?.rcode ?? 0));
  if (!isSilent && !isOld) return null;
  const leftMs = isSilent ? timeoutMs - Math.min(silenceMs, timeoutMs / 2) : timeoutMs;
  return askResolver({ ...context, recorder: context.recorder.forFollowUp(withoutEdns) }, { ...question, edns: 'none', timeoutMs: leftMs });
}

/** The first list that is not empty; an empty one when all are. */
export async function firstWithAddresses(lists: readonly Promise<string[]>[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let open = lists.length;
    if (open === 0) resolve([]);
    for (const list of lists) {
      list.then((addresses) => {
        open--;
        if (addresses.length > 0) resolve(addresses);
        else if (open === 0) resolve([]);
      }, reject);
    }
  });
}
