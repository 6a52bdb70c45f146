/** Addresses of A and AAAA records as text: dotted decimal, and RFC 5952 for IPv6. */

/** `bytes` holds 4 octets. */
export function ipv4Text(bytes: Uint8Array): string {
  return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
}

/** `bytes` holds 16 octets. RFC 5952 section 4: lower case, the first longest run of two or more zero groups shortened. */
export function ipv6Text(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes[i]! * 0x100 + bytes[i + 1]!);
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  // Section 5: well-known prefixes with an embedded IPv4 address keep its dotted form.
  if (bestStart === 0 && bestLength === 5 && groups[5] === 0xffff) return `::ffff:${ipv4Text(bytes.subarray(12))}`;
  const hex = groups.map((group) => group.toString(16));
  if (bestStart < 0) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}

/** Octets of a dotted decimal address; null when it is none. A leading zero is refused, since some read it as octal. */
export function parseIpv4(text: string): Uint8Array | null {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (match === null) return null;
  const octets = match.slice(1).map(Number);
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : null;
}

/** Octets of an IPv6 address without zone (RFC 4291 section 2.2); null when it is none. */
export function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const octetsOf = (half: string, last: boolean): number[] | null => {
    if (half === '') return [];
    const octets: number[] = [];
    const groups = half.split(':');
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]!;
      const embedded = last && i === groups.length - 1 ? parseIpv4(group) : null;
      if (embedded !== null) octets.push(...embedded);
      else if (/^[0-9a-fA-F]{1,4}$/.test(group)) octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
      else return null;
    }
    return octets;
  };
  const head = octetsOf(halves[0]!, halves.length === 1);
  const tail = octetsOf(halves[1] ?? '', true);
  if (head === null || tail === null) return null;
  const gap = 16 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 2) return null;
  return Uint8Array.from([...head, ...new Array<number>(gap).fill(0), ...tail]);
}
