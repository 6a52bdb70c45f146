import { dnsNext, dnsPrevious, dnsState, dnsType, dnsUnchecked, dnsWantsRecursion } from './dns-record.ts';

const typeA = 1;
const typeAaaa = 28;
const maxLookups = 32;
const maxSteps = 64;

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
 * Bases of the transactions about the addresses of the same name by the same client around the same time, the one at `base` included, in order: what a
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
