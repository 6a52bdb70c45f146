import {
  dnsAddresses,
  dnsAnswerTime,
  dnsNameHash,
  dnsNext,
  dnsPorts,
  dnsPrevious,
  dnsServerAddress,
  dnsSettled,
  dnsState,
  dnsType,
  dnsUnchecked,
  dnsUses,
  dnsVersion,
  dnsWantsRecursion,
} from './dns-record.ts';

export const typeA = 1;
export const typeAaaa = 28;
const maxLookups = 32;
const maxSteps = 64;
/** Who asks for the addresses of one family and then of the other does so at once. */
const togetherMs = 500;
/** Programs of a host that want the same name at once ask within this time; who asks several resolvers at once, within that. */
const programsMs = 100;
const resolversMs = 50;

export function isAddressType(type: number): boolean {
  return type === typeA || type === typeAaaa;
}

/** Whether the transaction at `base` asks a resolver for addresses, as applications do. */
export function isLookup(words: Int32Array, base: number): boolean {
  return isAddressType(words[base + dnsType]!) && (words[base + dnsState]! & (dnsWantsRecursion | dnsUnchecked)) === dnsWantsRecursion;
}

/** Whether {@link lookupsWith} has no other transaction to tell. */
export function isLookedUpAlone(words: Int32Array, base: number): boolean {
  return words[base + dnsPrevious]! <= 0 && words[base + dnsNext]! <= 0;
}

/**
 * Bases of the transactions about the addresses of the same name by the same client that make one lookup, the one at `base` included, in order: what a
 * client asks resolvers for before it connects.
 */
export function lookupsWith(words: Int32Array, base: number): number[] {
  const bases = [base];
  let steps = 0;
  for (let at = words[base + dnsPrevious]!; at > 0 && bases.length < maxLookups && steps < maxSteps; at = words[at - 1 + dnsPrevious]!) {
    if (isLookup(words, at - 1)) bases.unshift(at - 1);
    steps++;
  }
  for (let at = words[base + dnsNext]!; at > 0 && bases.length < maxLookups && steps < 2 * maxSteps; at = words[at - 1 + dnsNext]!) {
    if (isLookup(words, at - 1)) bases.push(at - 1);
    steps++;
  }
  return bases;
}

/**
 * Whether the question at `base`, sent at `timeMs`, begins another lookup of its name: what it asks was answered for good before, in the lookup whose
 * latest question is at `latest`, or another question of that was, and the client has gone on since. Who was told addresses has no reason to ask anybody
 * again, but may have asked several; who was told that there are none may ask another resolver. Who has not connected after the answer for one family, and
 * asks again for the other, of which nothing was heard, waits still.
 */
export function beginsAnew(words: Int32Array, doubles: Float64Array, latest: number, base: number, timeMs: number): boolean {
  const type = words[base + dnsType]!;
  let isAwaited = false;
  let isHeard = false;
  let isOtherHeard = false;
  for (let at = latest + 1, steps = 0; at > 0 && steps < maxSteps; at = words[at - 1 + dnsPrevious]!, steps++) {
    const earlier = at - 1;
    const isSame = words[earlier + dnsType] === type;
    if ((words[earlier + dnsState]! & dnsSettled) === 0) {
      if (isSame) isAwaited = true;
      continue;
    }
    const sinceMs = timeMs - doubles[(earlier + dnsAnswerTime) >> 1]!;
    if (!isSame) {
      if (sinceMs <= togetherMs) continue;
      if (words[earlier + dnsUses]! > 0) return true;
      isOtherHeard = true;
      continue;
    }
    isHeard = true;
    if (asksSameResolver(words, earlier, base)) {
      if (sinceMs > programsMs) return true;
    } else if (sinceMs > resolversMs && words[earlier + dnsAddresses]! > 0) return true;
  }
  return isOtherHeard && (isHeard || !isAwaited);
}

/**
 * The latest question of the lookup that asked the very same at `before`, under the same id from the same port; -1 when it was another, or there are too
 * many. Resolvers whose question for the other family was not answered send both again, as they were.
 */
export function lookupGoingOn(words: Int32Array, before: number, base: number): number {
  if (before < 0 || words[before + dnsNameHash] !== words[base + dnsNameHash] || words[before + dnsType] !== words[base + dnsType])
    return -1;
  let latest = before;
  for (let steps = 0; words[latest + dnsNext]! > 0; steps++) {
    if (steps === maxSteps) return -1;
    latest = words[latest + dnsNext]! - 1;
  }
  return latest;
}

export function asksSameResolver(words: Int32Array, one: number, other: number): boolean {
  if (words[one + dnsVersion] !== words[other + dnsVersion]) return false;
  if (((words[one + dnsPorts]! ^ words[other + dnsPorts]!) & 0xffff) !== 0) return false;
  for (let i = 0; i < 4; i++) if (words[one + dnsServerAddress + i] !== words[other + dnsServerAddress + i]) return false;
  return true;
}
