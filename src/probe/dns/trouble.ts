import { isIpv6, parseAddress } from '../../model/address.ts';
import { isPublicName, matchesDnsName } from '../../model/host-name.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { AddressFamily } from '../../model/observations/base.ts';
import type { ResolverIdentity } from '../../model/observations/dns.ts';
import { silenceOf } from '../follow-up.ts';
import type { WalkContext } from '../walk-context.ts';

/** What the lookup met, read off its observations: what decides which experiments are wanted. */

/** A question of the lookup itself and what became of it; `open` has no answer yet. */
export interface LookupQuestion {
  resolver: ResolverIdentity;
  name: string;
  type: string;
  outcome: 'answered' | 'unanswered' | 'undeliverable' | 'rejected' | 'open';
  /** Response code of an answer. */
  rcode: number | null;
  addresses: string[];
}

export const responseCode = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5 } as const;

/** How many of this host's resolvers are asked: as many as the C library uses (MAXNS). */
export const resolverLimit = 3;

/** Record types that give addresses of a family; of both for null. */
export function typesOf(family: AddressFamily | null): ('A' | 'AAAA')[] {
  return family === 'ipv4' ? ['A'] : family === 'ipv6' ? ['AAAA'] : ['A', 'AAAA'];
}

/** The name that had to be looked up; null when none had. */
export function lookedUpName(context: WalkContext): string | null {
  const target = context.recorder.seen('target.parsed')[0];
  return target === undefined || target.hostKind !== 'name' || context.options.connectTo !== null ? null : target.host;
}

/** The questions of the lookup, experiments left out. */
export function lookupQuestions(context: WalkContext): LookupQuestion[] {
  const { recorder } = context;
  const observed = [
    ...recorder.seen('dns.answered').map((answer) => ({ observation: answer, outcome: 'answered' as const })),
    ...recorder.seen('dns.unanswered').map((observation) => ({ observation, outcome: 'unanswered' as const })),
    ...recorder.seen('dns.undeliverable').map((observation) => ({ observation, outcome: 'undeliverable' as const })),
    ...recorder.seen('dns.answer-rejected').map((observation) => ({ observation, outcome: 'rejected' as const })),
  ].filter(({ observation }) => observation.followUp === undefined);
  const asked = observed.map(({ observation, outcome }): LookupQuestion => {
    const { resolver, name, type } = observation;
    const answer = observation.kind === 'dns.answered' ? observation : null;
    return { resolver, name, type, outcome, rcode: answer?.rcode ?? null, addresses: answer === null ? [] : addressesOf(answer) };
  });
  return [...asked, ...openQuestions(context, asked)];
}

function addressesOf(answer: ObservationOf<'dns.answered'>): string[] {
  return answer.answers.filter((record) => record.type === answer.type).map((record) => record.data);
}

/** Questions that must have been asked, as resolvers are known, and that nothing came of so far. */
function openQuestions(context: WalkContext, asked: readonly LookupQuestion[]): LookupQuestion[] {
  const name = lookedUpName(context);
  if (name === null || context.recorder.seen('local.resolvers').length === 0) return [];
  return resolversOf(context)
    .flatMap((resolver) => typesOf(context.options.family).map((type) => ({ resolver, type })))
    .filter(({ resolver, type }) => !asked.some((question) => isSame(question.resolver, resolver) && question.type === type))
    .map(({ resolver, type }) => ({ resolver, name, type, outcome: 'open', rcode: null, addresses: [] }));
}

/** Resolvers that the lookup asks, as far as they are known by address. */
export function resolversOf(context: WalkContext): ResolverIdentity[] {
  const { options, recorder } = context;
  if (options.resolvers.length > 0)
    return options.resolvers
      .filter((named) => parseAddress(named.address) !== null)
      .map((named): ResolverIdentity => ({ transport: 'udp', ...named, role: 'named' }));
  const servers = recorder.seen('local.resolvers')[0]?.servers ?? [];
  return servers.slice(0, resolverLimit).map((server): ResolverIdentity => ({ ...server, transport: 'udp', role: 'configured' }));
}

export function isSame(one: ResolverIdentity, other: ResolverIdentity): boolean {
  return one.address === other.address && one.port === other.port;
}

/** How long the lookup has been under way, in milliseconds. */
export function sinceLookup(context: WalkContext): number {
  const configured = context.recorder.seen('local.resolvers')[0];
  return configured === undefined ? 0 : context.recorder.sinceStart() - configured.atMs;
}

/** Questions that have been without an answer for longer than most answers take, or that got none at all. */
export function silentQuestions(context: WalkContext): LookupQuestion[] {
  const isLong = sinceLookup(context) >= silenceOf(context) * 0.9;
  return lookupQuestions(context).filter((question) => question.outcome === 'unanswered' || (question.outcome === 'open' && isLong));
}

/** The addresses that the request uses; empty before any are known. */
export function chosenAddresses(context: WalkContext): readonly string[] {
  return context.recorder.seen('dns.addresses-chosen')[0]?.addresses ?? [];
}

/** The lookup has given nothing, and something went wrong with it, or it has been silent for longer than usual. */
export function isLookupInTrouble(context: WalkContext): boolean {
  if (lookedUpName(context) === null || chosenAddresses(context).length > 0) return false;
  const questions = lookupQuestions(context);
  if (questions.length === 0) return false;
  const isAnsweredBadly = questions.some((question) => question.outcome !== 'open' && question.addresses.length === 0);
  const isDecided = context.recorder.seen('dns.system-lookup').length > 0 || questions.every((question) => question.outcome !== 'open');
  return (isDecided && isAnsweredBadly) || sinceLookup(context) >= silenceOf(context) * 0.9;
}

/** The name gave addresses, and what is there does not answer, or proves to be somebody else: DNS may have given the wrong ones. */
export function isPeerInDoubt(context: WalkContext): boolean {
  const { recorder } = context;
  const chosen = recorder.seen('dns.addresses-chosen')[0];
  if (chosen === undefined || lookedUpName(context) === null || chosen.addresses.length === 0) return false;
  if (recorder.seen('http.response-received').length > 0) return false;
  const opened = recorder.seen('tcp.connected').filter((connected) => connected.followUp === undefined);
  if (opened.length === 0)
    return recorder.sinceStart() - chosen.atMs >= silenceOf(context) * 0.9 || hasFailedEverywhere(context, chosen.addresses);
  const host = recorder.seen('target.parsed')[0]?.host ?? '';
  const received = recorder.seen('tls.certificates-received').find((certificates) => certificates.followUp === undefined);
  if (received !== undefined) return !(received.certificates[0]?.dnsNames.some((name) => matchesDnsName(host, name)) ?? false);
  return (
    recorder.seen('tls.alert-received').length + recorder.seen('tls.not-tls').length + recorder.seen('tls.handshake-failed').length > 0
  );
}

function hasFailedEverywhere(context: WalkContext, addresses: readonly string[]): boolean {
  const { recorder } = context;
  const failed = [...recorder.seen('tcp.syn-refused'), ...recorder.seen('tcp.syn-unanswered'), ...recorder.seen('tcp.connect-failed')];
  return addresses.every((address) => failed.some((attempt) => attempt.server.address === address));
}

/** Whether servers that nobody configured may hear of the name: it is one that the public tree could know. */
export function mayLeave(context: WalkContext): boolean {
  const name = lookedUpName(context);
  return name !== null && isPublicName(name);
}

export function isOfFamily(address: string, family: AddressFamily | null): boolean {
  return family === null || isIpv6(address) === (family === 'ipv6');
}

/** Whether it takes somebody else's word to understand what happened. */
export function isOthersWordWanted(context: WalkContext): boolean {
  return mayLeave(context) && (isLookupInTrouble(context) || isPeerInDoubt(context));
}
