/** One resource record in presentation form (RFC 1035 section 5.1). Names are absolute, lower case, without the trailing dot; the root is ''. */
export interface ZoneRecord {
  name: string;
  type: RecordType;
  ttlSeconds: number;
  /** Names inside it are absolute, without the trailing dot, as well. */
  data: string;
}

/** Types the lab's zones use, with their numbers (IANA DNS parameters). */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  HTTPS: 65,
  CAA: 257,
} as const;

export type RecordType = keyof typeof recordTypes;

/** Type number to name, `TYPE123` when unknown (RFC 3597). */
export function recordTypeName(number: number): string {
  for (const [name, value] of Object.entries(recordTypes)) if (value === number) return name;
  return `TYPE${number}`;
}
