import type { SignedRecord } from './zone-signer.ts';

/** Where names stand in a type's data: by position, `rest` for NSEC and RRSIG handled apart. */
const namePositions: Partial<Record<string, readonly number[]>> = {
  NS: [0],
  CNAME: [0],
  MX: [1],
  SOA: [0, 1],
  NSEC: [0],
  RRSIG: [7],
  HTTPS: [1],
};

/** A zone as a master file (RFC 1035 section 5.1), every name absolute. */
export function renderZoneFile(records: readonly SignedRecord[]): string {
  return `${records.map(renderRecord).join('\n')}\n`;
}

function renderRecord({ name, type, ttlSeconds, data }: SignedRecord): string {
  const positions = namePositions[type] ?? [];
  const fields = type === 'TXT' ? [data] : data.split(/\s+/).map((field, index) => (positions.includes(index) ? absolute(field) : field));
  return `${absolute(name)} ${ttlSeconds} IN ${type} ${fields.join(' ')}`;
}

function absolute(name: string): string {
  return name === '' || name === '.' ? '.' : `${name}.`;
}
