import type { Failure, FailureName } from '../model/failure.ts';

/** Codes of "destination unreachable" (RFC 792, RFC 1812 section 5.2.7.1) and of ICMPv6's (RFC 4443 section 3.1). */
const version4: Readonly<Record<number, FailureName>> = {
  0: 'network-unreachable',
  1: 'host-unreachable',
  2: 'connection-refused',
  3: 'connection-refused',
  6: 'network-unreachable',
  7: 'host-unreachable',
  9: 'send-not-permitted',
  10: 'send-not-permitted',
  13: 'send-not-permitted',
};
const version6: Readonly<Record<number, FailureName>> = {
  0: 'network-unreachable',
  1: 'send-not-permitted',
  3: 'host-unreachable',
  4: 'connection-refused',
  5: 'send-not-permitted',
  6: 'send-not-permitted',
};

/** What a socket would be told by an ICMP error; null for one that does not end an attempt (time exceeded, packet too big, ...). */
export function failureOfIcmp(version: 4 | 6, type: number, code: number): Failure | null {
  const name =
    version === 4
      ? type === 3 && code !== 4
        ? (version4[code] ?? 'host-unreachable')
        : null
      : type === 1
        ? (version6[code] ?? 'host-unreachable')
        : null;
  return name === null ? null : { name, code: `ICMP${version === 6 ? 'v6' : ''} ${type}/${code}` };
}
