import { describe, expect, it } from 'vitest';
import {
  dnsClassCode,
  dnsClassName,
  dnsOpcodeName,
  dnsRcodeCode,
  dnsRcodeName,
  dnsTypeCode,
  dnsTypeName,
  extendedDnsErrorName,
} from './dns-codes.ts';

describe('names of DNS numbers', () => {
  it('go both ways for every type and response code', () => {
    const codes = Array.from({ length: 0x10000 }, (_, code) => code);
    expect(codes.filter((code) => dnsTypeCode(dnsTypeName(code)) !== code)).toEqual([]);
    expect(codes.filter((code) => dnsClassCode(dnsClassName(code)) !== code)).toEqual([]);
    expect(codes.filter((code) => code <= 0xfff && dnsRcodeCode(dnsRcodeName(code)) !== code)).toEqual([]);
  });

  it('are those of the registry', () => {
    expect([1, 28, 65, 257, 32769, 65280].map(dnsTypeName)).toEqual(['A', 'AAAA', 'HTTPS', 'CAA', 'DLV', 'TYPE65280']);
    expect([2, 3, 5, 16, 23, 100].map(dnsRcodeName)).toEqual(['SERVFAIL', 'NXDOMAIN', 'REFUSED', 'BADVERS', 'BADCOOKIE', 'RCODE100']);
    expect(dnsOpcodeName(5)).toBe('UPDATE');
    expect([0, 6, 15, 22, 30].map(extendedDnsErrorName)).toEqual([
      'Other',
      'DNSSEC Bogus',
      'Blocked',
      'No Reachable Authority',
      'Invalid Query Type',
    ]);
    expect(extendedDnsErrorName(49152)).toBeNull();
  });

  it('are found in either case, and only those', () => {
    expect(dnsTypeCode('aaaa')).toBe(28);
    expect(dnsTypeCode('TYPE65536')).toBeNull();
    expect(dnsTypeCode('constructor')).toBeNull();
  });
});
