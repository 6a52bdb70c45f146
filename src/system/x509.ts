import {
  type DerElement,
  derTag,
  integerBits,
  objectIdentifierText,
  readElement,
  readElements,
  readInside,
  smallInteger,
  timeMs,
} from './der.ts';

/** One extension: `value` is the content of its OCTET STRING. */
export interface X509Extension {
  critical: boolean;
  value: Uint8Array;
}

/** A certificate taken apart (RFC 5280 section 4.1), signature unchecked. Byte fields are views of the input. */
export interface DecodedCertificate {
  /** DER of the whole. */
  der: Uint8Array;
  /** 1, 2 or 3. */
  version: number;
  /** Content octets of the INTEGER. */
  serial: Uint8Array;
  signatureOid: string;
  /** DER of the names. */
  issuer: Uint8Array;
  subject: Uint8Array;
  /** Milliseconds since 1970; null when the field breaks RFC 5280. */
  notBeforeMs: number | null;
  notAfterMs: number | null;
  keyOid: string;
  /** RSA or DSA modulus bits, EC field bits; null when not known. */
  keyBits: number | null;
  /** An elliptic curve is given by its parameters instead of its name, which RFC 5480 section 2.1.1 forbids. */
  explicitCurve: boolean;
  /** By OID; of repeated ones the first. */
  extensions: ReadonlyMap<string, X509Extension>;
  /** RFC 5280 section 4.2: "A certificate MUST NOT include more than one instance of a particular extension." */
  repeatsExtension: boolean;
}

export const extensionOid = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
  /** RFC 6962 section 3.3. */
  logTimestamps: '1.3.6.1.4.1.11129.2.4.2',
} as const;

const rsaOids = new Set(['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10', '1.2.840.113549.1.1.7']);
const ecOid = '1.2.840.10045.2.1';
const dsaOid = '1.2.840.10040.4.1';

/** Named curves by OID (RFC 5480, RFC 5639, SEC 2), bits of their field. */
const curveBits: Readonly<Record<string, number>> = {
  '1.2.840.10045.3.1.1': 192,
  '1.3.132.0.33': 224,
  '1.2.840.10045.3.1.7': 256,
  '1.3.132.0.10': 256,
  '1.3.132.0.34': 384,
  '1.3.132.0.35': 521,
  '1.3.36.3.3.2.8.1.1.7': 256,
  '1.3.36.3.3.2.8.1.1.11': 384,
  '1.3.36.3.3.2.8.1.1.13': 512,
  '1.2.156.10197.1.301': 256,
};

/** Takes a DER certificate apart; null when its structure is not that of one. Never throws; bounded by the input's length. */
export function decodeX509(der: Uint8Array): DecodedCertificate | null {
  const outer = readElement(der);
  const [tbs, , signature] = readInside(outer ?? undefined, derTag.sequence) ?? [];
  const fields = readInside(tbs, derTag.sequence);
  if (fields === null || signature?.tag !== derTag.bitString) return null;
  const explicitVersion = fields[0]?.tag === 0xa0 ? fields.shift() : undefined;
  const [serial, algorithm, issuer, validity, subject, key, ...optional] = fields;
  const [signatureOid] = readInside(algorithm, derTag.sequence) ?? [];
  const [notBefore, notAfter] = readInside(validity, derTag.sequence) ?? [];
  const [keyAlgorithm, keyString] = readInside(key, derTag.sequence) ?? [];
  if (serial?.tag !== derTag.integer || issuer?.tag !== derTag.sequence || subject?.tag !== derTag.sequence) return null;
  if (signatureOid?.tag !== derTag.objectIdentifier || keyAlgorithm === undefined || keyString?.tag !== derTag.bitString) return null;
  const list = readExtensions(optional);
  if (list === null) return null;
  const extensions = new Map(list.toReversed());
  const [keyOid, parameters] = readInside(keyAlgorithm, derTag.sequence) ?? [];
  const keyOidText = keyOid === undefined ? '' : objectIdentifierText(keyOid.content);
  const versionElement = explicitVersion === undefined ? null : readElement(explicitVersion.content);
  return {
    der,
    version: 1 + (versionElement === null ? 0 : (smallInteger(versionElement.content) ?? 0)),
    serial: serial.content,
    signatureOid: objectIdentifierText(signatureOid.content),
    issuer: issuer.whole,
    subject: subject.whole,
    notBeforeMs: timeMs(notBefore),
    notAfterMs: timeMs(notAfter),
    keyOid: keyOidText,
    keyBits: keyBitsOf(keyOidText, parameters, keyString.content),
    explicitCurve: keyOidText === ecOid && parameters?.tag !== derTag.objectIdentifier,
    extensions,
    repeatsExtension: extensions.size < list.length,
  };
}

/** Extensions by OID in order; null when the list is malformed. */
function readExtensions(optional: readonly DerElement[]): [oid: string, extension: X509Extension][] | null {
  const tagged = optional.find((element) => element.tag === 0xa3);
  if (tagged === undefined) return [];
  const list = readInside(readElement(tagged.content) ?? undefined, derTag.sequence);
  if (list === null) return null;
  const extensions: [oid: string, extension: X509Extension][] = [];
  for (const element of list) {
    const parts = readInside(element, derTag.sequence);
    const oid = parts?.[0];
    const value = parts?.at(-1);
    if (parts === null || oid?.tag !== derTag.objectIdentifier || value?.tag !== derTag.octetString) return null;
    const critical = parts.length === 3 && parts[1]?.tag === derTag.boolean && parts[1].content[0] !== 0;
    extensions.push([objectIdentifierText(oid.content), { critical, value: value.content }]);
  }
  return extensions;
}

function keyBitsOf(oid: string, parameters: DerElement | undefined, key: Uint8Array): number | null {
  if (oid === ecOid)
    return parameters?.tag === derTag.objectIdentifier ? (curveBits[objectIdentifierText(parameters.content)] ?? null) : null;
  if (rsaOids.has(oid)) {
    // The first octet of a BIT STRING counts unused bits; the rest is SEQUENCE { modulus, exponent }.
    const [modulus] = readInside(readElement(key, 1) ?? undefined, derTag.sequence) ?? [];
    return modulus?.tag === derTag.integer ? integerBits(modulus.content) : null;
  }
  if (oid !== dsaOid) return null;
  const [prime] = readInside(parameters, derTag.sequence) ?? [];
  return prime?.tag === derTag.integer ? integerBits(prime.content) : null;
}

/** DER of the subject of a certificate, found without reading the rest; null when there is none. */
export function subjectOfDer(der: Uint8Array): Uint8Array | null {
  const tbs = readElement(readElement(der)?.content ?? der);
  if (tbs?.tag !== derTag.sequence) return null;
  const fields = tbs.content;
  let at = fields[0] === 0xa0 ? (readElement(fields)?.whole.length ?? 0) : 0;
  // serialNumber, signature, issuer, validity
  for (let skipped = 0; skipped < 4; skipped += 1) {
    const field = readElement(fields, at);
    if (field === null) return null;
    at += field.whole.length;
  }
  const subject = readElement(fields, at);
  return subject?.tag === derTag.sequence ? subject.whole : null;
}

export type KeyType = 'rsa' | 'ec' | 'ed25519' | 'ed448' | 'dsa' | 'other';

/** What kind of public key the certificate holds. */
export function keyTypeOf(certificate: DecodedCertificate): KeyType {
  const { keyOid } = certificate;
  if (rsaOids.has(keyOid)) return 'rsa';
  if (keyOid === ecOid) return 'ec';
  if (keyOid === dsaOid) return 'dsa';
  // RFC 8410 section 3
  return keyOid === '1.3.101.112' ? 'ed25519' : keyOid === '1.3.101.113' ? 'ed448' : 'other';
}

/** RFC 5280 section 4.2.1.9. Without the extension a certificate is no authority's. */
export function basicConstraintsOf(certificate: DecodedCertificate): { ca: boolean; pathLength: number | null } | null {
  const extension = certificate.extensions.get(extensionOid.basicConstraints);
  if (extension === undefined) return null;
  const fields = readInside(readElement(extension.value) ?? undefined, derTag.sequence) ?? [];
  const ca = fields[0]?.tag === derTag.boolean && fields[0].content[0] !== 0;
  const length = fields.find((field) => field.tag === derTag.integer);
  return { ca, pathLength: length === undefined ? null : smallInteger(length.content) };
}

/** Extended key usage OIDs (RFC 5280 section 4.2.1.12), null when the extension is absent. */
export function extendedKeyUsageOf(certificate: DecodedCertificate): string[] | null {
  const extension = certificate.extensions.get(extensionOid.extendedKeyUsage);
  if (extension === undefined) return null;
  return (readInside(readElement(extension.value) ?? undefined, derTag.sequence) ?? []).map((one) => objectIdentifierText(one.content));
}

/** Whether key usage, when present, allows bit `bit` (RFC 5280 section 4.2.1.3: 0 digitalSignature, 5 keyCertSign). */
export function allowsKeyUsage(certificate: DecodedCertificate, bit: number): boolean {
  const extension = certificate.extensions.get(extensionOid.keyUsage);
  if (extension === undefined) return true;
  const bits = readElement(extension.value);
  return bits?.tag === derTag.bitString && (((bits.content[1 + (bit >> 3)] ?? 0) << (bit & 7)) & 0x80) !== 0;
}

/** Key identifiers of subject and authority (RFC 5280 sections 4.2.1.1 and 4.2.1.2), null when absent. */
export function keyIdentifiersOf(certificate: DecodedCertificate): { subject: Uint8Array | null; authority: Uint8Array | null } {
  const own = certificate.extensions.get(extensionOid.subjectKeyIdentifier);
  const issuers = certificate.extensions.get(extensionOid.authorityKeyIdentifier);
  const authority = readInside(issuers === undefined ? undefined : (readElement(issuers.value) ?? undefined), derTag.sequence);
  return {
    subject: own === undefined ? null : (readElement(own.value)?.content ?? null),
    authority: authority?.find((field) => field.tag === 0x80)?.content ?? null,
  };
}

/** A GeneralName (RFC 5280 section 4.2.1.6): context tag number and content. */
export interface GeneralName {
  type: number;
  content: Uint8Array;
}

export const generalNameType = { email: 1, dns: 2, directory: 4, uri: 6, address: 7 } as const;

/** Entries of subjectAltName; empty when the extension is absent or malformed. */
export function subjectAltNamesOf(certificate: DecodedCertificate): GeneralName[] {
  const extension = certificate.extensions.get(extensionOid.subjectAltName);
  const list = extension === undefined ? null : readInside(readElement(extension.value) ?? undefined, derTag.sequence);
  return (list ?? []).map((one) => ({ type: one.tag & 0x1f, content: one.content }));
}

const caIssuersOid = '1.3.6.1.5.5.7.48.2';
const ocspOid = '1.3.6.1.5.5.7.48.1';

/** URLs where the issuer's certificate can be had (RFC 5280 section 4.2.2.1). */
export function issuerUrlsOf(certificate: DecodedCertificate): string[] {
  return accessUrlsOf(certificate, caIssuersOid);
}

/** URLs of OCSP responders (RFC 6960 section 3.1). */
export function ocspUrlsOf(certificate: DecodedCertificate): string[] {
  return accessUrlsOf(certificate, ocspOid);
}

function accessUrlsOf(certificate: DecodedCertificate, wanted: string): string[] {
  const extension = certificate.extensions.get(extensionOid.authorityInformationAccess);
  const list = extension === undefined ? null : readInside(readElement(extension.value) ?? undefined, derTag.sequence);
  return (list ?? []).flatMap((description) => {
    const [method, location] = readInside(description, derTag.sequence) ?? [];
    if (method === undefined || location === undefined || objectIdentifierText(method.content) !== wanted) return [];
    return (location.tag & 0x1f) === generalNameType.uri ? [String.fromCharCode(...location.content.subarray(0, 2048))] : [];
  });
}

/**
 * URLs of the lists on which the certificate would be if its issuer revoked it (RFC 5280 section 4.2.1.13). Points for some reasons alone, and
 * lists of somebody else, are left out.
 */
export function distributionUrlsOf(certificate: DecodedCertificate): string[] {
  const extension = certificate.extensions.get(extensionOid.crlDistributionPoints);
  const points = extension === undefined ? null : readInside(readElement(extension.value) ?? undefined, derTag.sequence);
  return (points ?? []).flatMap((point) => {
    const fields = readInside(point, derTag.sequence) ?? [];
    const [name] = fields;
    return fields.length === 1 && name?.tag === 0xa0 ? listNamesIn(name) : [];
  });
}

/** URLs in a DistributionPointName, under its tag; empty for a name relative to the issuer's. */
export function listNamesIn(point: DerElement): string[] {
  const names = readElement(point.content);
  if (names?.tag !== 0xa0) return [];
  return (readElements(names.content) ?? [])
    .filter((name) => (name.tag & 0x1f) === generalNameType.uri)
    .map((name) => String.fromCharCode(...name.content.subarray(0, 2048)));
}

/** Identifier octets of GeneralName's alternatives: constructed ones for those that hold a structure. */
const generalNameTags: ReadonlySet<number> = new Set([0xa0, 0x81, 0x82, 0xa3, 0xa4, 0xa5, 0x86, 0x87, 0x88]);

/** Whether the extensions that decide over a path have the structure RFC 5280 gives them. One that has not binds nobody knows to what. */
export function hasSoundExtensions(certificate: DecodedCertificate): boolean {
  const { extensions } = certificate;
  const sequences = [
    extensionOid.subjectAltName,
    extensionOid.basicConstraints,
    extensionOid.extendedKeyUsage,
    extensionOid.nameConstraints,
    extensionOid.authorityKeyIdentifier,
  ];
  const parsed = sequences.map((oid) => {
    const extension = extensions.get(oid);
    return extension === undefined ? [] : readInside(wholeElement(extension.value) ?? undefined, derTag.sequence);
  });
  const usage = extensions.get(extensionOid.keyUsage);
  const names = parsed[0] ?? [];
  return (
    !certificate.repeatsExtension &&
    parsed.every((list) => list !== null) &&
    names.every((name) => generalNameTags.has(name.tag)) &&
    (usage === undefined || wholeElement(usage.value)?.tag === derTag.bitString)
  );
}

function wholeElement(bytes: Uint8Array): DerElement | null {
  const element = readElement(bytes);
  return element?.whole.length === bytes.length ? element : null;
}

/** Elements of DER that is a SEQUENCE; empty when it is none. */
export function sequenceOf(der: Uint8Array): DerElement[] {
  const element = readElement(der);
  return element?.tag === derTag.sequence ? (readElements(element.content) ?? []) : [];
}
