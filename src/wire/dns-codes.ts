/** Numbers and names of the DNS, both ways (IANA "Domain Name System (DNS) Parameters"). */

const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  NSAP: 22,
  'NSAP-PTR': 23,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  A6: 38,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  DSYNC: 66,
  SPF: 99,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  NXNAME: 128,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  DOA: 259,
  AMTRELAY: 260,
  RESINFO: 261,
  TA: 32768,
  DLV: 32769,
};

/** RFC 6895 section 2.3; 16 is BADVERS in an OPT record and BADSIG in a TSIG record, and only the former is a response code of a message. */
const RCODES: Readonly<Record<string, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
};

const OPCODES: Readonly<Record<string, number>> = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 };

const CLASSES: Readonly<Record<string, number>> = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 };

/** IANA "Extended DNS Error Codes" (RFC 8914 section 5.2 and later registrations). */
const EXTENDED_ERRORS: readonly string[] = [
  'Other',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
  'Signature Expired before Valid',
  'Too Early',
  'Unsupported NSEC3 Iterations Value',
  'Unable to conform to policy',
  'Synthesized',
  'Invalid Query Type',
];

function namesByCode(codes: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(codes).map(([name, code]) => [code, name]));
}

const TYPE_NAMES = namesByCode(TYPES);
const RCODE_NAMES = namesByCode(RCODES);
const OPCODE_NAMES = namesByCode(OPCODES);
const CLASS_NAMES = namesByCode(CLASSES);

function codeOf(codes: Readonly<Record<string, number>>, prefix: string, highest: number, name: string): number | null {
  const upper = name.toUpperCase();
  if (Object.hasOwn(codes, upper)) return codes[upper]!;
  if (!upper.startsWith(prefix)) return null;
  const digits = upper.slice(prefix.length);
  return /^\d{1,5}$/.test(digits) && Number(digits) <= highest ? Number(digits) : null;
}

/** `A`, `AAAA`, ... or `TYPE123` (RFC 3597 section 5). */
export function dnsTypeName(code: number): string {
  return TYPE_NAMES.get(code) ?? `TYPE${code}`;
}

/** The number of a type name or of `TYPE123`, of either case; null when it is none. */
export function dnsTypeCode(name: string): number | null {
  return codeOf(TYPES, 'TYPE', 0xffff, name);
}

/** `IN`, `CH`, ... or `CLASS123` (RFC 3597 section 5). */
export function dnsClassName(code: number): string {
  return CLASS_NAMES.get(code) ?? `CLASS${code}`;
}

/** The number of a class name or of `CLASS123`, of either case; null when it is none. */
export function dnsClassCode(name: string): number | null {
  return codeOf(CLASSES, 'CLASS', 0xffff, name);
}

/** `NOERROR`, `NXDOMAIN`, ... or `RCODE123`; the code includes the extended bits (RFC 6891 section 6.1.3). */
export function dnsRcodeName(code: number): string {
  return RCODE_NAMES.get(code) ?? `RCODE${code}`;
}

/** The number of a response code's name or of `RCODE123`, of either case; null when it is none. */
export function dnsRcodeCode(name: string): number | null {
  return codeOf(RCODES, 'RCODE', 0xfff, name);
}

/** `QUERY`, `NOTIFY`, ... or `OPCODE3`. */
export function dnsOpcodeName(code: number): string {
  return OPCODE_NAMES.get(code) ?? `OPCODE${code}`;
}

/** The purpose of an extended DNS error (RFC 8914), as IANA words it; null when the code is not registered. */
export function extendedDnsErrorName(infoCode: number): string | null {
  return EXTENDED_ERRORS[infoCode] ?? null;
}
