import { addressText, replaceAddress } from './redacted-address.ts';
import { redactQuestion } from './redacted-question.ts';
import type { Redaction } from './redaction-scope.ts';

const icmp = 1;
const tcp = 6;
const udp = 17;
const icmpv6 = 58;
const hopByHop = 0;
const destinationOptions = 60;
const mostExtensionHeaders = 8;

/** The addresses of a packet as they were, and whether one was replaced. */
interface Ends {
  source: string;
  destination: string;
  isReplaced: boolean;
}

/**
 * Rewrites an IP packet in place and returns how many of its bytes, from the first, may be kept: 0 when it is not what it says. Of one inside an ICMP
 * error (`quoted`) only headers are kept. Padding behind a packet is cut off.
 */
export function redactNetwork(bytes: Uint8Array, version: 4 | 6, redaction: Redaction, quoted: boolean): number {
  return version === 4 ? redactIpv4(bytes, redaction, quoted) : redactIpv6(bytes, redaction, quoted);
}

function redactIpv4(bytes: Uint8Array, redaction: Redaction, quoted: boolean): number {
  if (bytes.length < 20 || bytes[0]! >> 4 !== 4) return 0;
  const header = (bytes[0]! & 15) * 4;
  const total = u16(bytes, 2);
  const end = total === 0 ? bytes.length : Math.min(total, bytes.length);
  if (header < 20 || header > end) return 0;
  const ends = endsOf(bytes.subarray(12, 16), bytes.subarray(16, 20), redaction);
  if (quoted && !isQuotedOfWalk(ends, redaction)) return 0;
  if (header > 20) {
    // A recorded route is a list of addresses.
    bytes.fill(1, 20, header);
    redaction.counts.optionsBlanked += 1;
  }
  if (header > 20 || ends.isReplaced) clear(bytes, 10, redaction);
  if ((u16(bytes, 6) & 0x3fff) !== 0) return header;
  return header + redactTransport(bytes.subarray(header, end), bytes[9]!, ends, redaction, quoted);
}

function redactIpv6(bytes: Uint8Array, redaction: Redaction, quoted: boolean): number {
  if (bytes.length < 40 || bytes[0]! >> 4 !== 6) return 0;
  const length = u16(bytes, 4);
  const end = length === 0 ? bytes.length : Math.min(40 + length, bytes.length);
  const ends = endsOf(bytes.subarray(8, 24), bytes.subarray(24, 40), redaction);
  if (quoted && !isQuotedOfWalk(ends, redaction)) return 0;
  let next = bytes[6]!;
  let at = 40;
  for (let i = 0; i < mostExtensionHeaders && (next === hopByHop || next === destinationOptions); i++) {
    if (end - at < 8) return at;
    const size = (bytes[at + 1]! + 1) * 8;
    if (end - at < size) return at;
    next = bytes[at]!;
    bytes.fill(0, at + 2, at + size);
    redaction.counts.optionsBlanked += 1;
    at += size;
  }
  return at + redactTransport(bytes.subarray(at, end), next, ends, redaction, quoted);
}

function endsOf(source: Uint8Array, destination: Uint8Array, { internal, counts }: Redaction): Ends {
  const ends: Ends = { source: addressText(source), destination: addressText(destination), isReplaced: false };
  if (internal === null) return ends;
  const replaced = [source, destination].filter((octets) => replaceAddress(octets, internal)).length;
  if (replaced > 0) counts.addressesReplaced += 1;
  return { ...ends, isReplaced: replaced > 0 };
}

function isQuotedOfWalk({ source, destination }: Ends, { addresses }: Redaction): boolean {
  return addresses.has(source) || addresses.has(destination);
}

function redactTransport(bytes: Uint8Array, protocol: number, ends: Ends, redaction: Redaction, quoted: boolean): number {
  switch (protocol) {
    case tcp:
      return redactTcp(bytes, ends, redaction, quoted);
    case udp:
      return redactUdp(bytes, ends, redaction, quoted);
    case icmp:
      return redactIcmp(bytes, 4, ends, redaction, quoted);
    case icmpv6:
      return redactIcmp(bytes, 6, ends, redaction, quoted);
    default:
      return 0;
  }
}

function redactTcp(bytes: Uint8Array, ends: Ends, redaction: Redaction, quoted: boolean): number {
  // Of a quoted packet eight octets of the next header may be all there is (RFC 792).
  if (bytes.length < 20) return quoted && bytes.length >= 8 ? 8 : 0;
  const header = (bytes[12]! >> 4) * 4;
  if (header < 20 || header > bytes.length) return quoted ? 20 : 0;
  const isBlanked = blankOptions(bytes.subarray(20, header), redaction);
  const payload = bytes.subarray(header);
  const from = `${ends.source} ${u16(bytes, 0)}`;
  const to = `${ends.destination} ${u16(bytes, 2)}`;
  const isOfWalk = !quoted && isOfServer(from, to, redaction);
  const flags = bytes[13]!;
  const kept = isOfWalk
    ? redaction.handshakes.kept({ from, to, sequence: u32(bytes, 4), isSyn: (flags & 2) !== 0, isAck: (flags & 16) !== 0, payload })
    : 0;
  if (kept < payload.length) redaction.counts.payloadsCut += 1;
  if (isBlanked || ends.isReplaced || kept < payload.length) clear(bytes, 16, redaction);
  return header + kept;
}

/** Length of each option of TCP that numbers and flags alone are in (RFC 9293, RFC 2018, RFC 7323); selective acknowledgments have one of several. */
const plainOptions: ReadonlyMap<number, readonly number[]> = new Map([
  [2, [4]],
  [3, [3]],
  [4, [2]],
  [5, [10, 18, 26, 34]],
  [8, [10]],
]);

/** Overwrites every option that could hold anything else, such as addresses of other paths (RFC 8684), with "no operation". */
function blankOptions(options: Uint8Array, redaction: Redaction): boolean {
  let at = 0;
  while (at < options.length && options[at] !== 0) {
    if (options[at] === 1) {
      at += 1;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (plainOptions.get(options[at]!)?.includes(length) !== true || length > options.length - at) break;
    at += length;
  }
  if (options.subarray(at).every((octet) => octet === 0)) return false;
  options.fill(1, at);
  redaction.counts.optionsBlanked += 1;
  return true;
}

function redactUdp(bytes: Uint8Array, ends: Ends, redaction: Redaction, quoted: boolean): number {
  if (bytes.length < 8) return 0;
  const length = u16(bytes, 4);
  const payload = bytes.subarray(8, length === 0 ? bytes.length : Math.max(8, Math.min(length, bytes.length)));
  const isOfWalk = !quoted && isOfServer(`${ends.source} ${u16(bytes, 0)}`, `${ends.destination} ${u16(bytes, 2)}`, redaction);
  const isKept = payload.length === 0 || (isOfWalk && redactQuestion(payload, redaction.names, redaction.internal));
  if (!isKept) redaction.counts.payloadsCut += 1;
  if (!isKept || redaction.internal !== null) clear(bytes, 6, redaction);
  return isKept ? 8 + payload.length : 8;
}

function isOfServer(from: string, to: string, { servers }: Redaction): boolean {
  return servers.has(from) || servers.has(to);
}

/** Messages that quote a packet: destination unreachable, packet too big, time exceeded, parameter problem, redirect. */
const quoting = { 4: new Set([3, 5, 11, 12]), 6: new Set([1, 2, 3, 4]) } as const;
const redirect4 = 5;
/** Octets of neighbour discovery without options (RFC 4861 section 4), and where addresses are in them. */
const neighborMessages: ReadonlyMap<number, readonly number[]> = new Map([
  [133, []],
  [134, []],
  [135, [8]],
  [136, [8]],
  [137, [8, 24]],
]);

function redactIcmp(bytes: Uint8Array, version: 4 | 6, ends: Ends, redaction: Redaction, quoted: boolean): number {
  if (bytes.length < 8) return 0;
  const { internal } = redaction;
  const type = bytes[0]!;
  const addresses = version === 6 ? neighborMessages.get(type) : undefined;
  const wanted = 8 + 16 * (addresses?.length ?? 0);
  let kept = 8;
  let isReplaced = ends.isReplaced;
  if (!quoted && addresses !== undefined && bytes.length >= wanted) {
    kept = wanted;
    if (internal !== null) for (const at of addresses) isReplaced = replaceAddress(bytes.subarray(at, at + 16), internal) || isReplaced;
  } else if (!quoted && (quoting[version] as ReadonlySet<number>).has(type)) {
    if (internal !== null && version === 4 && type === redirect4) isReplaced = replaceAddress(bytes.subarray(4, 8), internal) || isReplaced;
    kept = 8 + redactNetwork(bytes.subarray(8), version, redaction, true);
  }
  if (isReplaced || kept < bytes.length) clear(bytes, 2, redaction);
  return kept;
}

/** A checksum over what is not handed over would still tell something of it. */
function clear(bytes: Uint8Array, at: number, { counts }: Redaction): void {
  bytes.fill(0, at, at + 2);
  counts.checksumsCleared += 1;
}

function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 0x100 + bytes[at + 1]!;
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
}
