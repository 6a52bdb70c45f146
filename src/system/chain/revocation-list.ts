import type { RevocationListFacts, RevocationListFault } from '../../model/observations/certificate-paths.ts';
import { type Certificate, isSignedBy } from '../certificate.ts';
import { type DerElement, derTag, objectIdentifierText, readElement, readElements, readInside } from '../der.ts';
import { canonicalName } from '../distinguished-name.ts';
import { allowsKeyUsage, distributionUrlsOf, listNamesIn } from '../x509.ts';
import { isoTime, reasonOf, signatureBy } from './revocation-statement.ts';

/** cRLSign (RFC 5280 section 4.2.1.3). */
const listSigning = 6;

/** Extensions of lists and of their entries (RFC 5280 sections 5.2 and 5.3). */
const oid = {
  number: '2.5.29.20',
  reason: '2.5.29.21',
  deltaIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  authorityKeyIdentifier: '2.5.29.35',
} as const;

const understood: ReadonlySet<string> = new Set([oid.number, oid.deltaIndicator, oid.issuingDistributionPoint, oid.authorityKeyIdentifier]);

/** Of bytes that are no list. */
export const unreadableList: RevocationListFacts = {
  status: null,
  revokedAt: null,
  reason: null,
  thisUpdate: null,
  nextUpdate: null,
  signature: 'unchecked',
  entries: null,
  covers: false,
  faults: ['unreadable'],
};

/**
 * What a revocation list (RFC 5280 section 5, DER) says of a certificate. Never throws; takes time in proportion to the input's length, and no memory
 * for the entries.
 *
 * @param issuers certificates of authorities that may have issued it
 */
export function readRevocationList(list: Uint8Array, leaf: Certificate, issuers: readonly Certificate[]): RevocationListFacts {
  const [data, algorithm, signature] = readInside(readElement(list) ?? undefined, derTag.sequence) ?? [];
  const fields = readInside(data, derTag.sequence);
  if (data === undefined || fields === null || signature?.tag !== derTag.bitString) return unreadableList;
  // The version is there from version 2 on (RFC 5280 section 5.1.2.1).
  const [, issuerName, thisUpdate, ...rest] = fields[0]?.tag === derTag.integer ? fields.slice(1) : fields;
  const validUntil = isTime(rest[0]) ? rest.shift() : undefined;
  const revoked = rest[0]?.tag === derTag.sequence ? rest.shift() : undefined;
  if (issuerName?.tag !== derTag.sequence || !isTime(thisUpdate)) return unreadableList;
  const extensions = extensionsIn(readElement(rest.find(({ tag }) => tag === 0xa0)?.content ?? new Uint8Array()) ?? undefined);
  if (extensions === null) return unreadableList;
  const issuer = issuers.find((one) => isSignedBy(leaf, one)) ?? null;
  const isOfIssuer = canonicalName(issuerName.whole) === leaf.issuerName;
  const found = isOfIssuer ? entryOf(revoked, leaf) : null;
  const scope = scopeOf(extensions, leaf);
  return {
    ...statedIn(found, isOfIssuer),
    thisUpdate: isoTime(thisUpdate),
    nextUpdate: isoTime(validUntil),
    signature: signatureBy(issuer === null ? [] : [issuer], { data, algorithm, signature }),
    entries: countIn(revoked),
    covers: isOfIssuer && scope.covers && !extensions.some((one) => one.oid === oid.deltaIndicator),
    faults: faultsOf(extensions, isOfIssuer, scope.isIndirect, issuer),
  };
}

function isTime(element: DerElement | undefined): boolean {
  return element?.tag === derTag.utcTime || element?.tag === derTag.generalizedTime;
}

interface ListExtension {
  oid: string;
  critical: boolean;
  value: Uint8Array;
}

/** Null when they are malformed. */
function extensionsIn(sequence: DerElement | undefined): ListExtension[] | null {
  if (sequence === undefined) return [];
  const list = readInside(sequence, derTag.sequence)?.map((element) => readInside(element, derTag.sequence) ?? []);
  if (list === undefined) return null;
  const read = list.map((parts): ListExtension | null => {
    const [name] = parts;
    const value = parts.at(-1);
    if (name?.tag !== derTag.objectIdentifier || value?.tag !== derTag.octetString) return null;
    const critical = parts.length === 3 && parts[1]?.tag === derTag.boolean && parts[1].content[0] !== 0;
    return { oid: objectIdentifierText(name.content), critical, value: value.content };
  });
  return read.every((one) => one !== null) ? read : null;
}

/** The fields of the entry with the certificate's serial number; null without one. */
function entryOf(revoked: DerElement | undefined, leaf: Certificate): DerElement[] | null {
  const { serial } = leaf.decoded;
  for (const entry of entriesIn(revoked)) {
    const number = readElement(entry.content);
    if (number?.tag === derTag.integer && Buffer.compare(number.content, serial) === 0) return readElements(entry.content);
  }
  return null;
}

/** Entries one by one: a list may have a hundred thousand. Ends at what is malformed. */
function* entriesIn(revoked: DerElement | undefined): Generator<DerElement> {
  const bytes = revoked?.content ?? new Uint8Array();
  for (let at = 0; at < bytes.length; ) {
    const entry = readElement(bytes, at);
    if (entry?.tag !== derTag.sequence) return;
    yield entry;
    at += entry.whole.length;
  }
}

function countIn(revoked: DerElement | undefined): number {
  let count = 0;
  for (const _ of entriesIn(revoked)) count += 1;
  return count;
}

function statedIn(entry: readonly DerElement[] | null, isOfIssuer: boolean): Pick<RevocationListFacts, 'status' | 'revokedAt' | 'reason'> {
  if (entry === null) return { status: isOfIssuer ? 'not-listed' : null, revokedAt: null, reason: null };
  const [, revokedAt, more] = entry;
  const extensions = extensionsIn(more);
  // The entry, and what cannot be read of it, may be about a certificate of another authority (RFC 5280 section 5.3.3).
  const isOther = extensions === null || extensions.some((one) => one.critical && one.oid !== oid.reason);
  const reason = extensions?.find((one) => one.oid === oid.reason)?.value;
  return {
    status: isOther ? null : 'revoked',
    revokedAt: isOther ? null : isoTime(revokedAt),
    reason: isOther || reason === undefined ? null : reasonOf(readElement(reason) ?? undefined),
  };
}

/** IssuingDistributionPoint (RFC 5280 section 5.2.5): `covers` when the certificate would be on this list if it were revoked. */
function scopeOf(extensions: readonly ListExtension[], leaf: Certificate): { covers: boolean; isIndirect: boolean } {
  const point = extensions.find((one) => one.oid === oid.issuingDistributionPoint);
  if (point === undefined) return { covers: true, isIndirect: false };
  const fields = readInside(readElement(point.value) ?? undefined, derTag.sequence);
  if (fields === null) return { covers: false, isIndirect: true };
  const isSet = (tag: number): boolean => fields.some((field) => field.tag === tag && (field.content[0] ?? 0) !== 0);
  const [onlyAuthorities, onlySomeReasons, indirect, onlyAttributes] = [0x82, 0x83, 0x84, 0x85];
  const named = fields.find((field) => field.tag === 0xa0);
  const names = named === undefined ? null : listNamesIn(named);
  const isNamed = names === null || distributionUrlsOf(leaf.decoded).some((url) => names.includes(url));
  const isNarrow = isSet(onlyAuthorities) || isSet(onlyAttributes) || fields.some((field) => field.tag === onlySomeReasons);
  return { covers: isNamed && !isNarrow && !isSet(indirect), isIndirect: isSet(indirect) };
}

function faultsOf(
  extensions: readonly ListExtension[],
  isOfIssuer: boolean,
  isIndirect: boolean,
  issuer: Certificate | null,
): RevocationListFault[] {
  const number = extensions.find((one) => one.oid === oid.number);
  const faults: [RevocationListFault, boolean][] = [
    ['other-issuer', !isOfIssuer],
    ['indirect', isIndirect],
    ['may-not-sign-lists', issuer !== null && !allowsKeyUsage(issuer.decoded, listSigning)],
    ['unknown-critical-extension', extensions.some((one) => one.critical && !understood.has(one.oid))],
    ['number-missing', number === undefined],
    ['number-critical', number?.critical === true],
  ];
  return faults.filter(([, isSo]) => isSo).map(([name]) => name);
}
