import { ipv4Text, ipv6Text, parseIpv4, parseIpv6 } from '../wire/dns-address.ts';
import type { InternalNames } from './redaction-scope.ts';

/** The address as text, 4 or 16 octets. */
export function addressText(octets: Uint8Array): string {
  return octets.length === 4 ? ipv4Text(octets) : ipv6Text(octets);
}

/** Writes the pseudonym over an internal address of 4 or 16 octets; whether it was one. */
export function replaceAddress(octets: Uint8Array, internal: InternalNames): boolean {
  if (octets.length !== 4 && octets.length !== 16) return false;
  if (isSolicitedNode(octets)) {
    // The last three octets are those of somebody's address (RFC 4291 section 2.7.1).
    octets.fill(0, 13);
    return true;
  }
  const pseudonym = internal.ofAddress(addressText(octets));
  if (pseudonym === null) return false;
  octets.set(parseIpv4(pseudonym) ?? parseIpv6(pseudonym) ?? new Uint8Array(octets.length));
  return true;
}

function isSolicitedNode(octets: Uint8Array): boolean {
  return octets.length === 16 && octets[0] === 0xff && octets[1] === 2 && octets[11] === 1 && octets[12] === 0xff;
}

/** Writes the pseudonym over a link-layer address of six octets; one of another length is made zero. */
export function replaceLinkAddress(octets: Uint8Array, internal: InternalNames): void {
  const isNobodys = octets.every((octet) => octet === 0) || octets.every((octet) => octet === 0xff);
  if (isNobodys) return;
  if (octets.length !== 6) {
    octets.fill(0);
    return;
  }
  const text = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');
  octets.set(
    internal
      .ofLinkAddress(text)
      .split(':')
      .map((part) => Number.parseInt(part, 16))
      .slice(0, 6),
  );
}
