import { type RecordType, recordTypes, type ZoneRecord } from '../dns/record.ts';
import { compareNames, encodeData, encodeName, uint16, uint32 } from '../dns/wire-form.ts';
import { algorithmNumber, dnskeyData, signBytes, type ZoneKey } from './zone-key.ts';

/** When the signatures hold. Seconds since 1970. */
export interface SignatureWindow {
  inceptionSeconds: number;
  expirationSeconds: number;
}

/** A record of a signed zone: `RRSIG` data is complete. */
export interface SignedRecord {
  name: string;
  type: RecordType;
  ttlSeconds: number;
  data: string;
}

/**
 * Signs a zone (RFC 4035 section 2): adds DNSKEY, one RRSIG per authoritative set of records, and the NSEC chain. Pure. Signing is done here
 * rather than by a name server because no name server agrees to make expired or false signatures.
 */
export function signZone(zone: string, records: readonly ZoneRecord[], key: ZoneKey, window: SignatureWindow): SignedRecord[] {
  const apexTtl = records.find(({ name, type }) => name === zone && type === 'SOA')?.ttlSeconds ?? 300;
  const all: ZoneRecord[] = [...records, { name: zone, type: 'DNSKEY', ttlSeconds: apexTtl, data: dnskeyData(key) }];
  const cuts = new Set(all.filter(({ name, type }) => type === 'NS' && name !== zone).map(({ name }) => name));
  const belowCut = (name: string): boolean => {
    for (const cut of cuts) if (name.endsWith(`.${cut}`)) return true;
    return false;
  };
  const names = [...new Set(all.map(({ name }) => name))].filter((name) => !belowCut(name)).sort(compareNames);
  const signed: SignedRecord[] = [...all];
  for (const [index, name] of names.entries()) {
    const here = all.filter((record) => record.name === name);
    const types = [...new Set(here.map(({ type }) => type))].filter((type) => !cuts.has(name) || type === 'NS' || type === 'DS');
    const next = names[(index + 1) % names.length]!;
    const listed = [...types, 'RRSIG' as const, 'NSEC' as const].sort((left, right) => recordTypes[left] - recordTypes[right]);
    const nsec: ZoneRecord = { name, type: 'NSEC', ttlSeconds: apexTtl, data: `${next || '.'} ${listed.join(' ')}` };
    signed.push(nsec);
    for (const type of [...types, 'NSEC' as const]) {
      if (cuts.has(name) && type === 'NS') continue;
      const set = type === 'NSEC' ? [nsec] : here.filter((record) => record.type === type);
      signed.push(signSet(zone, set, key, window));
    }
  }
  return signed;
}

/** The RRSIG over one set of records that share name and type (RFC 4034 section 3.1). */
function signSet(zone: string, set: readonly ZoneRecord[], key: ZoneKey, window: SignatureWindow): SignedRecord {
  const [{ name, type, ttlSeconds }] = set as [ZoneRecord];
  const labels = name === '' ? 0 : name.split('.').filter((label) => label !== '*').length;
  const header = Buffer.concat([
    uint16(recordTypes[type]),
    Buffer.from([algorithmNumber, labels]),
    uint32(ttlSeconds),
    uint32(window.expirationSeconds),
    uint32(window.inceptionSeconds),
    uint16(key.tag),
    encodeName(zone),
  ]);
  const owner = encodeName(name);
  const bodies = set.map((record) => encodeData(type, record.data)).sort(Buffer.compare);
  const canonical = bodies.map((body) =>
    Buffer.concat([owner, uint16(recordTypes[type]), uint16(1), uint32(ttlSeconds), uint16(body.length), body]),
  );
  const signature = signBytes(key, Buffer.concat([header, ...canonical]));
  const { expirationSeconds, inceptionSeconds } = window;
  const signer = zone === '' ? '.' : zone;
  const data = `${type} ${algorithmNumber} ${labels} ${ttlSeconds} ${expirationSeconds} ${inceptionSeconds} ${key.tag} ${signer} ${signature.toString('base64')}`;
  return { name, type: 'RRSIG', ttlSeconds, data };
}
