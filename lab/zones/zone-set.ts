import { type RecordType, recordTypes, type ZoneRecord } from '../dns/record.ts';
import type { DelegationChange, ZoneChange } from '../scenario/change.ts';
import { addresses, type Place, wellKnownAddresses } from '../topology/plan.ts';
import { createZoneKey, dnskeyData, dsData, type ZoneKey } from './zone-key.ts';
import { type SignedRecord, signZone } from './zone-signer.ts';

/** One zone as one name server serves it. */
export interface ServedZone {
  zone: string;
  records: SignedRecord[];
}

/** Everything the name servers serve, and what resolvers must trust. */
export interface ZoneSet {
  byServer: Partial<Record<Place, ServedZone[]>>;
  /** The root's DNSKEY in presentation form: the trust anchor. */
  trustAnchor: string;
}

const rootLetters = 'abcdefghijklm';
const rootAddresses = wellKnownAddresses.root!;

/** A line `name ttl type data`, as scenarios write records. `.` is the root. Throws on what it cannot read. */
export function parseRecord(line: string): ZoneRecord {
  const [name = '', ttl = '', type = '', ...data] = line.trim().split(/\s+/);
  const ttlSeconds = Number(ttl);
  if (!Number.isInteger(ttlSeconds) || !(type in recordTypes) || data.length === 0) throw new TypeError(`not a record: ${line}`);
  return { name: name === '.' ? '' : name.toLowerCase(), ttlSeconds, type: type as RecordType, data: data.join(' ') };
}

const soa = (zone: string, server: string): string =>
  `${zone} 300 SOA ${server} hostmaster.${zone === '.' ? 'example' : zone} 1 3600 600 86400 60`;

const glue: readonly string[] = [
  `ns1.shop.example 300 A ${addresses.ns1}`,
  `ns1.shop.example 300 AAAA ${addresses.ns1v6}`,
  `ns2.shop.example 300 A ${addresses.ns2}`,
  `ns2.shop.example 300 AAAA ${addresses.ns2v6}`,
];

const site = (name: string): string[] => [
  `${name} 300 A ${addresses.edgeA}`,
  `${name} 300 A ${addresses.edgeB}`,
  `${name} 300 AAAA ${addresses.edge6}`,
];

const shopServers = (zone: string): string[] => [`${zone} 300 NS ns1.shop.example`, `${zone} 300 NS ns2.shop.example`];

/** The zones of the practice internet when nothing is broken, without signatures and DS records. */
const standingZones: Readonly<Record<string, { servers: readonly Place[]; parent: string | null; records: readonly string[] }>> = {
  '': {
    servers: ['root'],
    parent: null,
    records: [
      soa('.', 'a.root-servers.net'),
      ...[...rootLetters].flatMap((letter, index) => [
        `. 300 NS ${letter}.root-servers.net`,
        `${letter}.root-servers.net 300 A ${rootAddresses[index]}`,
        `${letter}.root-servers.net 300 AAAA ${rootAddresses[index + rootLetters.length]}`,
      ]),
      'example 300 NS a.nic.example',
      `a.nic.example 300 A ${addresses.tld}`,
      `a.nic.example 300 AAAA ${addresses.tld6}`,
    ],
  },
  example: {
    servers: ['tld'],
    parent: '',
    records: [
      soa('example', 'a.nic.example'),
      'example 300 NS a.nic.example',
      `a.nic.example 300 A ${addresses.tld}`,
      `a.nic.example 300 AAAA ${addresses.tld6}`,
      ...shopServers('shop.example'),
      ...glue,
      ...shopServers('other.example'),
    ],
  },
  'shop.example': {
    servers: ['ns1', 'ns2'],
    parent: 'example',
    records: [
      soa('shop.example', 'ns1.shop.example'),
      ...shopServers('shop.example'),
      ...glue,
      ...site('shop.example'),
      ...site('www.shop.example'),
      `v4.shop.example 300 A ${addresses.edgeA}`,
      `v6.shop.example 300 AAAA ${addresses.edge6}`,
      `origin.shop.example 300 A ${addresses.origin}`,
      `origin.shop.example 300 AAAA ${addresses.origin6}`,
    ],
  },
  'other.example': {
    servers: ['ns1', 'ns2'],
    parent: 'example',
    records: [
      soa('other.example', 'ns1.shop.example'),
      ...shopServers('other.example'),
      ...site('other.example'),
      ...site('www.other.example'),
      ...site('cdn.other.example'),
    ],
  },
};

const dayseconds = 86_400;

/** Builds and signs every zone with the scenario's changes in it. */
export function buildZoneSet(changes: readonly ZoneChange[], delegations: readonly DelegationChange[]): ZoneSet {
  const now = Math.floor(Date.now() / 1000);
  const keys = new Map<string, ZoneKey>(Object.keys(standingZones).map((zone) => [zone, createZoneKey()]));
  const byServer: Partial<Record<Place, ServedZone[]>> = {};
  for (const [zone, { servers, records }] of Object.entries(standingZones)) {
    for (const server of servers) {
      const mine = changes.filter((change) => change.zone === (zone || '.') && (!change.at || change.at.includes(server)));
      if (mine.some(({ absent }) => absent)) continue;
      const delegated = [...records.map(parseRecord), ...dsRecords(zone, keys, delegations)];
      const edited = editDelegations(mine.reduce(editRecords, delegated), delegations);
      const signatures = mine.find(({ signatures }) => signatures)?.signatures ?? 'valid';
      const key = keys.get(zone)!;
      const served: ServedZone = { zone, records: sign(zone, edited, key, signatures, now) };
      byServer[server] = [...(byServer[server] ?? []), served];
    }
  }
  return { byServer, trustAnchor: `. 300 IN DNSKEY ${dnskeyData(keys.get('')!)}` };
}

function editRecords(records: ZoneRecord[], change: ZoneChange): ZoneRecord[] {
  const kept = records.filter(
    ({ name, type }) => !(change.remove ?? []).some((pattern) => pattern === name || pattern === `${name} ${type}`),
  );
  const serial = change.serial;
  const numbered = serial === undefined ? kept : kept.map((record) => (record.type === 'SOA' ? withSerial(record, serial) : record));
  return [...numbered, ...(change.add ?? []).map(parseRecord)];
}

function withSerial(record: ZoneRecord, serial: number): ZoneRecord {
  const fields = record.data.split(' ');
  fields[2] = String(serial);
  return { ...record, data: fields.join(' ') };
}

/** DS records a parent holds for its children, as the scenario wants them. */
function dsRecords(parent: string, keys: ReadonlyMap<string, ZoneKey>, delegations: readonly DelegationChange[]): ZoneRecord[] {
  return Object.entries(standingZones).flatMap(([zone, entry]): ZoneRecord[] => {
    if (entry.parent !== parent) return [];
    const wanted = delegations.find((change) => change.zone === zone)?.ds ?? 'right';
    if (wanted === 'none') return [];
    const data = dsData(zone, wanted === 'wrong' ? createZoneKey() : keys.get(zone)!);
    return [{ name: zone, type: 'DS', ttlSeconds: 300, data }];
  });
}

function editDelegations(records: ZoneRecord[], delegations: readonly DelegationChange[]): ZoneRecord[] {
  return delegations.reduce((kept, { zone, removed, nameServers }) => {
    const apex = kept.some(({ name, type }) => name === zone && type === 'SOA');
    if (apex) return kept;
    const cut = kept.filter(
      ({ name, type }) => !(name === zone && ((removed && (type === 'NS' || type === 'DS')) || (nameServers && type === 'NS'))),
    );
    const isParent = kept.some(({ name, type }) => name === zone && type === 'NS');
    return isParent && nameServers && !removed ? [...cut, ...nameServers.map(parseRecord)] : cut;
  }, records);
}

function sign(
  zone: string,
  records: readonly ZoneRecord[],
  key: ZoneKey,
  signatures: NonNullable<ZoneChange['signatures']>,
  now: number,
): SignedRecord[] {
  if (signatures === 'none') return [...records];
  const windows = {
    valid: { inceptionSeconds: now - dayseconds, expirationSeconds: now + 14 * dayseconds },
    false: { inceptionSeconds: now - dayseconds, expirationSeconds: now + 14 * dayseconds },
    expired: { inceptionSeconds: now - 30 * dayseconds, expirationSeconds: now - 2 * dayseconds },
    early: { inceptionSeconds: now + 2 * dayseconds, expirationSeconds: now + 30 * dayseconds },
  };
  const signed = signZone(zone, records, key, windows[signatures]);
  return signatures === 'false' ? signed.map((record) => falsify(zone, record)) : signed;
}

/** Turns one bit of every signature over address records: the key set stays provable, the answers do not. */
function falsify(zone: string, record: SignedRecord): SignedRecord {
  if (record.type !== 'RRSIG' || !/^(A|AAAA|CNAME) /.test(record.data) || zone === '') return record;
  const fields = record.data.split(' ');
  const signature = Buffer.from(fields[8] ?? '', 'base64');
  signature[40]! ^= 1;
  fields[8] = signature.toString('base64');
  return { ...record, data: fields.join(' ') };
}
