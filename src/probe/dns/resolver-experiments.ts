import { askResolver } from '../dns-question.ts';
import type { FollowUp } from '../follow-up.ts';
import type { WalkContext } from '../walk-context.ts';
import { withoutEdns } from './old-style.ts';
import type { DnsQuery } from './query.ts';
import {
  chosenAddresses,
  isLookupInTrouble,
  isSame,
  type LookupQuestion,
  lookedUpName,
  lookupQuestions,
  resolversOf,
  responseCode,
  silentQuestions,
  typesOf,
} from './trouble.ts';

/** What is asked again of resolvers that failed, each time with one thing changed. */

function hasCode(question: LookupQuestion, ...codes: readonly number[]): boolean {
  return question.outcome === 'answered' && codes.some((code) => code === question.rcode);
}

async function askEach(
  context: WalkContext,
  questions: readonly LookupQuestion[],
  change: Partial<Parameters<typeof askResolver>[1]>,
): Promise<void> {
  await Promise.all(questions.map(({ resolver, name, type }) => askResolver(context, { resolver, name, type, ...change })));
}

/** SERVFAIL: does it answer when it need not validate (RFC 4035 section 3.2.2)? */
export const checkingDisabled: FollowUp = {
  name: 'checking-disabled',
  startsEarly: true,
  isWanted: (context) => failures(context).length > 0,
  run: (context) => askEach(context, failures(context), { checkingDisabled: true }),
};

function failures(context: WalkContext): LookupQuestion[] {
  return lookupQuestions(context).filter((question) => hasCode(question, responseCode.servFail));
}

/** Silence or garbage over UDP: does TCP bring an answer? */
export const overTcp: FollowUp = {
  name: 'over-tcp',
  startsEarly: true,
  isWanted: (context) => withoutUdpAnswer(context).length > 0 && isLookupInTrouble(context),
  run: (context) =>
    askEach(
      context,
      withoutUdpAnswer(context).map((question) => ({ ...question, resolver: { ...question.resolver, transport: 'tcp' } })),
      {},
    ),
};

function withoutUdpAnswer(context: WalkContext): LookupQuestion[] {
  const rejected = lookupQuestions(context).filter((question) => question.outcome === 'rejected');
  return [...silentQuestions(context), ...rejected].filter((question) => question.resolver.transport === 'udp');
}

/** How long each repetition may take. */
const repetitionMs = 1000;
/** How a failed question is asked again: an EDNS record in it or not. Palindromes, so that failure by turns shows in either. */
const afterError: readonly DnsQuery['edns'][] = ['plain', 'plain'];
const afterErrorWithEdns: readonly DnsQuery['edns'][] = ['none', 'plain', 'plain', 'none'];
const afterSilence: readonly DnsQuery['edns'][] = ['plain'];
const forThoroughness: readonly DnsQuery['edns'][] = ['plain', 'plain', 'plain', 'plain'];

/**
 * The same question once more: a resolver that fails only sometimes is another trouble than one that always does, or always with EDNS. Asked one
 * after the other, so that what fails by turns does not fail by place.
 */
export const askAgain: FollowUp = {
  name: 'ask-again',
  startsEarly: true,
  afterSuccess: true,
  isWanted: (context) => toRepeat(context).length > 0,
  async run(context) {
    const good = context.options.thorough
      ? lookupQuestions(context).filter((question) => question.outcome === 'answered' && !isBad(question))
      : [];
    await Promise.all([
      ...toRepeat(context).map((question) => repeat(context, question, manner(context, question))),
      ...good.map((question) => repeat(context, question, forThoroughness)),
    ]);
  },
};

function manner(context: WalkContext, question: LookupQuestion): readonly DnsQuery['edns'][] {
  if (question.outcome === 'unanswered') return afterSilence;
  const isOldStyleGood = context.recorder
    .seen('dns.answered')
    .some(
      (answer) =>
        answer.followUp === withoutEdns &&
        isSame(answer.resolver, question.resolver) &&
        (answer.rcode === responseCode.noError || answer.rcode === responseCode.nxDomain),
    );
  return isOldStyleGood ? afterErrorWithEdns : afterError;
}

function isBad(question: LookupQuestion): boolean {
  if (question.outcome === 'unanswered' || question.outcome === 'rejected') return true;
  return question.outcome === 'answered' && question.rcode !== responseCode.noError && question.rcode !== responseCode.nxDomain;
}

/** Where the lookup failed, silence has lasted for several questions already. */
function toRepeat(context: WalkContext): LookupQuestion[] {
  const isWorthIt = chosenAddresses(context).length > 0;
  return lookupQuestions(context).filter((question) => isBad(question) && (question.outcome !== 'unanswered' || isWorthIt));
}

async function repeat(context: WalkContext, { resolver, name, type }: LookupQuestion, how: readonly DnsQuery['edns'][]): Promise<void> {
  const { clock } = context.ports;
  const overMs = clock.nowMs() + context.options.timeoutMs;
  const oldStyle = { ...context, recorder: context.recorder.forFollowUp(withoutEdns) };
  for (const edns of how) {
    const timeoutMs = Math.min(repetitionMs, overMs - clock.nowMs());
    if (timeoutMs <= 0) return;
    await askResolver(edns === 'none' ? oldStyle : context, { resolver, name, type, edns, timeoutMs, retransmitAfterMs: [] });
  }
}

/** Refused or silent: does the resolver answer a question about nobody in particular? */
export const controlQuestion: FollowUp = {
  name: 'control-question',
  startsEarly: true,
  isWanted: (context) => doubtful(context).length > 0,
  async run(context) {
    await Promise.all(doubtful(context).map((resolver) => askResolver(context, { resolver, name: '.', type: 'NS' })));
  },
};

function doubtful(context: WalkContext): LookupQuestion['resolver'][] {
  if (!isLookupInTrouble(context)) return [];
  const questions = [
    ...lookupQuestions(context).filter((question) => hasCode(question, responseCode.refused)),
    ...silentQuestions(context),
  ];
  return resolversOf(context).filter((resolver) => questions.some((question) => question.resolver.address === resolver.address));
}

/** Addresses came for a name that the resolvers deny: are they those of the name with a search suffix? */
export const searchDomains: FollowUp = {
  name: 'search-domains',
  isWanted: (context) => suffixes(context).length > 0,
  async run(context) {
    const name = lookedUpName(context);
    const [resolver] = resolversOf(context);
    if (name === null || resolver === undefined) return;
    const questions = suffixes(context).flatMap((suffix) => typesOf(context.options.family).map((type) => ({ suffix, type })));
    await Promise.all(questions.map(({ suffix, type }) => askResolver(context, { resolver, name: `${name}.${suffix}`, type })));
  },
};

/** RFC 1535 section 6 and resolv.conf(5): at most six suffixes. */
const suffixLimit = 6;

function suffixes(context: WalkContext): string[] {
  const { recorder } = context;
  const found = recorder.seen('dns.system-lookup').some((lookup) => lookup.addresses.length > 0);
  const questions = lookupQuestions(context).filter((question) => question.outcome === 'answered');
  const isDenied = questions.length > 0 && questions.every((question) => question.addresses.length === 0);
  if (!found || !isDenied || recorder.seen('local.hosts-entry').length > 0) return [];
  const search = recorder.seen('local.resolvers').flatMap((resolvers) => resolvers.search);
  return search
    .slice(0, suffixLimit)
    .map((suffix) => suffix.toLowerCase().replace(/^\.|\.$/g, ''))
    .filter((suffix) => suffix !== '');
}

/** What else the name says to those who connect (RFC 9460); for the record of a thorough walk. */
export const serviceBinding: FollowUp = {
  name: 'service-binding',
  isWanted: () => false,
  async run(context) {
    const name = lookedUpName(context);
    const [resolver] = resolversOf(context);
    if (name !== null && resolver !== undefined) await askResolver(context, { resolver, name, type: 'HTTPS' });
  },
};
