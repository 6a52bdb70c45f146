import type { ObservationOf } from '../model/observation.ts';
import type { Facts } from './facts.ts';
import { addressRecords, type DnsQuestion, dnsQuestions, lookupFailed } from './progress.ts';

/** What DNS questions and experiments showed, as the rules of the dns checkpoint read it. */

export type Answered = ObservationOf<'dns.answered'>;
export type DelegationStep = ObservationOf<'dns.delegation-step'>;

/** RFC 1035 section 4.1.1 and the IANA registry. */
export const rcode = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVersion: 16 } as const;

/** The answers among the lookup's own questions. */
export function answered(facts: Facts): readonly Answered[] {
  return dnsQuestions(facts).filter((question): question is Answered => question.kind === 'dns.answered');
}

/** The resolver of a question as commands name it: the port only where it is not 53. */
export function resolverOf(question: Pick<DnsQuestion, 'resolver'>): string {
  const { address, port } = question.resolver;
  if (port === 53) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}#${port}`;
}

export function describe(question: DnsQuestion): { name: string; type: string; resolver: string } {
  return { name: question.name, type: question.type, resolver: resolverOf(question) };
}

/** The lookup failed, and what answered says this: the answers that say it, or none when one of them gave addresses. */
export function failedWith(facts: Facts, says: (answer: Answered) => boolean): readonly Answered[] {
  if (!lookupFailed(facts)) return [];
  const all = answered(facts);
  return all.some((answer) => addressRecords(answer).length > 0) ? [] : all.filter(says);
}

/** Questions that an experiment asked, whatever became of them. */
export function asked(facts: Facts, experiment: string): readonly DnsQuestion[] {
  return [
    ...facts.of('dns.answered'),
    ...facts.of('dns.unanswered'),
    ...facts.of('dns.undeliverable'),
    ...facts.of('dns.answer-rejected'),
  ].filter((question) => question.followUp === experiment);
}

/** Whether two questions went to the same resolver. */
export function isSameResolver(one: Pick<DnsQuestion, 'resolver'>, other: Pick<DnsQuestion, 'resolver'>): boolean {
  return one.resolver.address === other.resolver.address && one.resolver.port === other.resolver.port;
}

/** A resolver did its work: it answered, and there is an answer or there is none. */
export function isGood(question: DnsQuestion): boolean {
  return question.kind === 'dns.answered' && (question.rcode === rcode.noError || question.rcode === rcode.nxDomain);
}

/** No way there for this family at all: it says nothing about who was asked. */
export function isUnroutable(question: { failure?: { name: string } }): boolean {
  const name = question.failure?.name;
  return name === 'network-unreachable' || name === 'address-not-available' || name === 'address-family-unsupported';
}

/**
 * Answers in the name of a root server that no root server gives: root servers offer no recursion, and their own data has authority. Whoever
 * gives them stands in between, and speaks for every other server as well.
 */
export function interceptions(facts: Facts): readonly DelegationStep[] {
  return facts
    .of('dns.delegation-step')
    .filter(
      (step) =>
        step.zone === '.' &&
        (step.recursionAvailable === true ||
          (step.authoritative === false && ['answer', 'alias', 'no-data', 'name-error'].includes(step.response))),
    );
}

/** Answers of public resolvers to the lookup's question; none when somebody in between speaks for them. */
export function publicAnswers(facts: Facts): readonly Answered[] {
  if (interceptions(facts).length > 0) return [];
  return facts.of('dns.answered').filter((answer) => answer.resolver.role === 'public' && isAboutAddresses(answer.type));
}

function isAboutAddresses(type: string): boolean {
  return type === 'A' || type === 'AAAA';
}

/** Answers with authority to the lookup's question: of the servers of the name's own zone, as far as they could be asked. */
export function authoritativeAnswers(facts: Facts): readonly (Answered | DelegationStep)[] {
  if (interceptions(facts).length > 0) return [];
  const compared = facts
    .of('dns.answered')
    .filter((answer) => answer.resolver.role === 'authoritative' && answer.authoritative && isAboutAddresses(answer.type));
  const steps = facts
    .of('dns.delegation-step')
    .filter(
      (step) => step.authoritative === true && isAboutAddresses(step.type) && ['answer', 'no-data', 'name-error'].includes(step.response),
    );
  return [...compared, ...steps];
}

/** Addresses among the records of an answer, of the type asked. */
export function addressesIn(answer: Answered | DelegationStep): readonly string[] {
  return answer.answers.filter((record) => record.type === answer.type).map((record) => record.data);
}

/** A zone on the way from the root, as its parent delegates it, and what its servers said about the name. */
export interface ZoneVisit {
  zone: string;
  name: string;
  steps: readonly DelegationStep[];
  /** The referral that led here; null for the root and for zones known from another name. */
  referral: DelegationStep | null;
}

/** The zones in the order in which they were visited. */
export function zoneVisits(facts: Facts): readonly ZoneVisit[] {
  const visits: { zone: string; name: string; steps: DelegationStep[] }[] = [];
  const steps = facts.of('dns.delegation-step').filter((step) => step.name !== '.');
  for (const step of steps) {
    const known = visits.find((visit) => visit.zone === step.zone && visit.name === step.name);
    if (known === undefined) visits.push({ zone: step.zone, name: step.name, steps: [step] });
    else known.steps.push(step);
  }
  return visits.map((visit) => ({ ...visit, referral: steps.find((step) => step.referredZone === visit.zone) ?? null }));
}

/** Whether a server's answer leads on, or ends the way with authority. */
export function isProper(step: DelegationStep): boolean {
  if (step.response === 'referral') return true;
  return step.authoritative === true && ['answer', 'alias', 'no-data', 'name-error'].includes(step.response);
}

/** Whether a server answered without serving the zone. */
export function isLame(step: DelegationStep): boolean {
  return step.rcodeName !== null && !isProper(step);
}

/** Whether a server could not be made to say anything, and the fault is not this host's. */
export function isDead(step: DelegationStep): boolean {
  if (step.failure?.name === 'send-not-permitted' || isUnroutable(step)) return false;
  return (
    step.response === 'unanswered' || step.response === 'undeliverable' || step.response === 'rejected' || step.response === 'no-address'
  );
}

/** The zone whose servers were of no use, all of those that were asked; null when the way did not end like that. */
export function deadEnd(facts: Facts): ZoneVisit | null {
  if (interceptions(facts).length > 0) return null;
  const ends = zoneVisits(facts).filter(
    (visit) => visit.zone !== '.' && visit.steps.length > 0 && visit.steps.every((step) => isDead(step) || isLame(step)),
  );
  return ends.find((visit) => isFullyAsked(visit)) ?? null;
}

/** How many servers of a zone are asked at most. */
const serverLimit = 8;

/** Every server that the parent names was asked. */
function isFullyAsked(visit: ZoneVisit): boolean {
  const names = new Set(
    (visit.referral?.authority ?? [])
      .filter((record) => record.type === 'NS' && record.name === visit.zone)
      .map((record) => record.data.toLowerCase()),
  );
  const seen = new Set(visit.steps.map((step) => step.nameServer));
  return seen.size >= Math.min(names.size, serverLimit);
}

/** The alias chain that the records of all answers make, from a name on; whether it comes back to a name of its own. */
export function aliasChain(answers: readonly Pick<Answered, 'answers'>[], name: string): { chain: readonly string[]; loops: boolean } {
  const aliases = new Map(
    answers.flatMap((answer) =>
      answer.answers.filter((record) => record.type === 'CNAME').map((record) => [record.name, record.data.toLowerCase()]),
    ),
  );
  const chain = [name.toLowerCase()];
  for (let next = aliases.get(chain[0]!); next !== undefined; next = aliases.get(next)) {
    const loops = chain.includes(next);
    chain.push(next);
    if (loops) return { chain, loops };
  }
  return { chain, loops: false };
}
