/** Destination unreachable codes of ICMP (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
const unreachable4: readonly string[] = [
  'network unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'network unknown',
  'host unknown',
  'source host isolated',
  'network administratively prohibited',
  'host administratively prohibited',
  'network unreachable for this type of service',
  'host unreachable for this type of service',
  'administratively prohibited',
  'host precedence violation',
  'precedence cutoff',
];

/** Destination unreachable codes of ICMPv6 (RFC 4443 section 3.1). */
const unreachable6: readonly string[] = [
  'no route to destination',
  'administratively prohibited',
  'beyond scope of source address',
  'address unreachable',
  'port unreachable',
  'source address failed policy',
  'route rejected',
];

/** What an ICMP or ICMPv6 error says, in words; its numbers when it has none. */
export function icmpWords(version: 4 | 6, type: number, code: number): string {
  const numbers = `ICMP${version === 6 ? 'v6' : ''} type ${type} code ${code}`;
  if (version === 4) {
    if (type === 3) return unreachable4[code] ?? numbers;
    return type === 11 ? 'time exceeded' : type === 5 ? 'redirect' : numbers;
  }
  if (type === 1) return unreachable6[code] ?? numbers;
  return type === 2 ? 'packet too big' : type === 3 ? 'time exceeded' : type === 4 ? 'parameter problem' : numbers;
}
