import {
  dnsAddresses,
  dnsAnswered,
  dnsAnswerTime,
  dnsNameHash,
  dnsNext,
  dnsPorts,
  dnsPrevious,
  dnsResponseFlags,
  dnsServerAddress,
  dnsState,
  dnsType,
  dnsUnchecked,
  dnsVersion,
  dnsWantsRecursion,
} from './dns-record.ts';

const typeA = 1;
const typeAaaa = 28;
const maxLookups = 32;
const maxSteps = 64;
/** Who asks for the addresses of one family and then of the other does so at once. */
const togetherMs = 500;
/** Programs of a host that want the same name at once ask within this time; who asks several resolvers at once, within that. */
const programsMs = 100;
const resolversMs = 50;
const flagTruncated = 0x0200;
const noError = 0;
const nameError = 3;

/** Whether the transaction at `base` asks a resolver for addresses, as applications do. */
export function isLookup(words: Int32Array, base: number): boolean {
  const type = words[base + dnsType]!;
  return (type === typeA || type === typeAaaa) && (words[base + dnsState]! & (dnsWantsRecursion | dnsUnchecked)) === dnsWantsRecursion;
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
 * again, but may have asked several; who was told that there are none may ask another resolver.
 */
export function beginsAnew(words: Int32Array, doubles: Float64Array, latest: number, base: number, timeMs: number): boolean {
  let steps = 0;
  for (let at = latest + 1; at > 0 && steps < maxSteps; at = words[at - 1 + dnsPrevious]!) {
    const earlier = at - 1;
    if (isSettled(words, earlier)) {
      const sinceMs = timeMs - doubles[(earlier + dnsAnswerTime) >> 1]!;
      if (words[earlier + dnsType] !== words[base + dnsType]) {
        if (sinceMs > togetherMs) return true;
      } else if (asksSameResolver(words, earlier, base)) {
        if (sinceMs > programsMs) return true;
      } else if (sinceMs > resolversMs && words[earlier + dnsAddresses]! > 0) return true;
    }
    steps++;
  }
  return false;
}

/**
 * The latest question of the lookup that asked the very same at `before`, under the same id from the same port; -1 when it was another. Resolvers whose
 * question for the other family was not answered send both again, as they were.
 */
export function lookupGoingOn(words: Int32Array, before: number, base: number): number {
  if (before < 0 || words[before + dnsNameHash] !== words[base + dnsNameHash] || words[before + dnsType] !== words[base + dnsType])
    return -1;
  let latest = before;
  for (let steps = 0; words[latest + dnsNext]! > 0 && steps < maxSteps; steps++) latest = words[latest + dnsNext]! - 1;
  return latest;
}

function isSettled(words: Int32Array, base: number): boolean {
  if ((words[base + dnsState]! & dnsAnswered) === 0) return false;
  const flags = words[base + dnsResponseFlags]!;
  const code = flags & 15;
  return (flags & flagTruncated) === 0 && (code === noError || code === nameError);
}

export function asksSameResolver(words: Int32Array, one: number, other: number): boolean {
  if (words[one + dnsVersion] !== words[other + dnsVersion]) return false;
  if (((words[one + dnsPorts]! ^ words[other + dnsPorts]!) & 0xffff) !== 0) return false;
  for (let i = 0; i < 4; i++) if (words[one + dnsServerAddress + i] !== words[other + dnsServerAddress + i]) return false;
  return true;
}
