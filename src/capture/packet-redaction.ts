import { ClearHandshakes } from './clear-handshake.ts';
import { replaceAddress, replaceLinkAddress } from './redacted-address.ts';
import { redactNetwork } from './redacted-headers.ts';
import type { InternalNames, Redaction, RedactionCounts, RedactionScope } from './redaction-scope.ts';

const cookedHeaderBytes = 20;
const arp = 0x0806;
const ipv4 = 0x0800;
const ipv6 = 0x86dd;
const arpBytes = 28;

/**
 * Takes the secrets out of recorded packets, each behind a header of LINKTYPE_LINUX_SLL2, in order. What remains of a packet is its beginning: headers
 * that are understood, and of payloads only DNS about the walk's names and the part of a TLS handshake that is in clear. Everything else is cut off, so that
 * a reader takes it for a packet of which less was captured. Never throws, whatever the bytes are.
 */
export class PacketRedactor {
  readonly counts: RedactionCounts = { payloadsCut: 0, addressesReplaced: 0, optionsBlanked: 0, checksumsCleared: 0 };
  readonly #redaction: Redaction;

  constructor(scope: RedactionScope) {
    const addresses = new Set([...scope.servers].map((server) => server.slice(0, server.lastIndexOf(' '))));
    this.#redaction = { ...scope, addresses, counts: this.counts, handshakes: new ClearHandshakes(scope.internal !== null) };
  }

  /** A copy of what may be handed over. */
  redact(packet: Uint8Array): Uint8Array {
    const bytes = packet.slice();
    return bytes.slice(0, this.#keptOf(bytes));
  }

  #keptOf(bytes: Uint8Array): number {
    if (bytes.length < cookedHeaderBytes) return 0;
    const { internal } = this.#redaction;
    const addressBytes = Math.min(bytes[11]!, 8);
    bytes.fill(0, 12 + addressBytes, cookedHeaderBytes);
    if (internal !== null) replaceLinkAddress(bytes.subarray(12, 12 + addressBytes), internal);
    const protocol = bytes[0]! * 256 + bytes[1]!;
    const content = bytes.subarray(cookedHeaderBytes);
    if (protocol === arp) return cookedHeaderBytes + redactArp(content, internal);
    if (protocol !== ipv4 && protocol !== ipv6) return cookedHeaderBytes;
    return cookedHeaderBytes + redactNetwork(content, protocol === ipv4 ? 4 : 6, this.#redaction, false);
  }
}

/** Ethernet and IPv4 alone (RFC 826). */
function redactArp(bytes: Uint8Array, internal: InternalNames | null): number {
  if (bytes.length < arpBytes || bytes[2] !== 8 || bytes[3] !== 0 || bytes[4] !== 6 || bytes[5] !== 4) return 0;
  if (internal === null) return arpBytes;
  for (const at of [8, 18]) {
    replaceLinkAddress(bytes.subarray(at, at + 6), internal);
    replaceAddress(bytes.subarray(at + 6, at + 10), internal);
  }
  return arpBytes;
}
