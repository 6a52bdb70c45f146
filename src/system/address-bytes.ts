import type { AddressFamily } from '../model/observations/base.ts';
import { ipv4Text, ipv6Text, parseIpv4, parseIpv6 } from '../wire/dns-address.ts';

/** Octets of a literal address, 4 or 16 of them; an IPv6 zone is left out. Null when the text is no address. */
export function addressBytes(text: string): Uint8Array | null {
  return parseIpv4(text) ?? parseIpv6(text.replace(/%.*$/u, ''));
}

/** The address as text; null when there are neither 4 nor 16 octets. */
export function addressText(bytes: Uint8Array): string | null {
  return bytes.length === 4 ? ipv4Text(bytes) : bytes.length === 16 ? ipv6Text(bytes) : null;
}

/** Family of a literal address, by its octets. */
export function familyOf(bytes: Uint8Array): AddressFamily {
  return bytes.length === 4 ? 'ipv4' : 'ipv6';
}

/** Whether `address` lies in the network whose first `prefixLength` bits are those of `network`. */
export function isWithin(address: Uint8Array, network: Uint8Array, prefixLength: number): boolean {
  if (address.length !== network.length || prefixLength < 0 || prefixLength > address.length * 8) return false;
  const whole = prefixLength >> 3;
  for (let i = 0; i < whole; i += 1) if (address[i] !== network[i]) return false;
  const rest = prefixLength & 7;
  return rest === 0 || ((address[whole] ?? 0) ^ (network[whole] ?? 0)) >> (8 - rest) === 0;
}

/** Length of the prefix that a netmask stands for; null when its ones are not all in front. */
export function prefixLengthOf(mask: Uint8Array): number | null {
  let bits = 0;
  let ended = false;
  for (const octet of mask) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const set = ((octet >> bit) & 1) === 1;
      if (set && ended) return null;
      if (set) bits += 1;
      else ended = true;
    }
  }
  return bits;
}

/** RFC 6890 loopback: 127.0.0.0/8 and ::1. */
export function isLoopback(bytes: Uint8Array): boolean {
  return bytes.length === 4 ? bytes[0] === 127 : bytes.length === 16 && bytes.every((octet, index) => octet === (index === 15 ? 1 : 0));
}

/** Scope of a host's own address in the words of `local.address`. */
export function scopeOf(bytes: Uint8Array): 'global' | 'link' | 'self-assigned' | 'host' {
  if (isLoopback(bytes)) return 'host';
  // RFC 3927: what a host gives itself when DHCP did not answer.
  if (bytes.length === 4) return bytes[0] === 169 && bytes[1] === 254 ? 'self-assigned' : 'global';
  return bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80 ? 'link' : 'global';
}
