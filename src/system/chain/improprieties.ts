import { isSharedSuffix } from '../../model/host-name.ts';
import type { ImproperName } from '../../model/observations/certificate-paths.ts';
import { addressText } from '../address-bytes.ts';
import type { Certificate } from '../certificate.ts';
import { type DerElement, derTag, objectIdentifierText, readElement, readElements, readInside } from '../der.ts';
import { commonNamesOf } from '../distinguished-name.ts';
import {
  basicConstraintsOf,
  type DecodedCertificate,
  extendedKeyUsageOf,
  extensionOid,
  type GeneralName,
  generalNameType,
  issuerUrlsOf,
  keyTypeOf,
  subjectAltNamesOf,
} from '../x509.ts';

/** Extensions that must not be critical (RFC 5280 sections 4.2.1.1, 4.2.1.2 and 4.2.2.1; CA/B Forum 7.1.2.7.10 for the usage of a leaf). */
const neverCritical = [extensionOid.authorityKeyIdentifier, extensionOid.subjectKeyIdentifier, extensionOid.authorityInformationAccess];
/** Extensions of an authority that must be critical (RFC 5280 sections 4.2.1.9, 4.2.1.10 and 4.2.1.11). */
const alwaysCritical = [extensionOid.basicConstraints, extensionOid.nameConstraints, extensionOid.policyConstraints];

/**
 * Rules of RFC 5280 and of the CA/Browser Forum's baseline requirements (2.x) that one certificate breaks and that most clients overlook; strict
 * ones (rustls, Go, python-cryptography) refuse some of them. Each name at most once.
 */
export function improprieties(certificate: Certificate, place: 'leaf' | 'between' | 'anchor'): ImproperName[] {
  const checks = [...rulesOfAll, ...(place === 'leaf' ? rulesOfLeaves : rulesOfAuthorities), ...(place === 'anchor' ? [] : rulesOfIssued)];
  return [...new Set(checks.filter(([, isBroken]) => isBroken(certificate)).map(([name]) => name))];
}

type Check = readonly [ImproperName, (certificate: Certificate) => boolean];

const isCritical = ({ decoded }: Certificate, oid: string): boolean => decoded.extensions.get(oid)?.critical === true;
const has = ({ decoded }: Certificate, oid: string): boolean => decoded.extensions.has(oid);

const rulesOfAll: readonly Check[] = [
  ['criticality-wrong', (one) => neverCritical.some((oid) => isCritical(one, oid))],
  ['key-identifier-missing', ({ decoded, selfSigned }) => hasIncompleteKeyIdentifier(decoded, selfSigned)],
  [
    'serial-number-invalid',
    ({ decoded: { serial } }) => (serial[0] ?? 0x80) >= 0x80 || serial.every((octet) => octet === 0) || serial.length > 20,
  ],
  ['wildcard-too-wide', ({ decoded }) => subjectAltNamesOf(decoded).some(isTooWide)],
  ['name-malformed', ({ decoded }) => subjectAltNamesOf(decoded).some(isMalformedName)],
  ['constraint-malformed', ({ decoded }) => hasMalformedConstraints(decoded)],
  ['issuer-address-malformed', ({ decoded }) => hasMalformedAccess(decoded)],
  ['key-unusual', ({ decoded }) => hasUnusualKey(decoded)],
];

const rulesOfLeaves: readonly Check[] = [
  ['version-old', ({ decoded }) => decoded.version < 3],
  ['criticality-wrong', (one) => isCritical(one, extensionOid.extendedKeyUsage)],
  ['usage-not-stated', ({ decoded }) => extendedKeyUsageOf(decoded) === null],
  ['authority-as-leaf', ({ decoded }) => basicConstraintsOf(decoded)?.ca === true],
  ['common-name-not-listed', ({ decoded }) => hasUnlistedCommonName(decoded)],
  ['extension-misplaced', (one) => has(one, extensionOid.nameConstraints)],
];

const rulesOfAuthorities: readonly Check[] = [
  ['criticality-wrong', (one) => alwaysCritical.some((oid) => has(one, oid) && !isCritical(one, oid))],
  ['extension-misplaced', ({ decoded }) => basicConstraintsOf(decoded)?.ca !== true],
  ['key-identifier-missing', (one) => !has(one, extensionOid.subjectKeyIdentifier)],
];

/** Of what an authority issued; an anchor is trusted as it is (RFC 5280 section 6.1). */
const rulesOfIssued: readonly Check[] = [
  ['key-identifier-missing', (one) => !one.selfSigned && !has(one, extensionOid.authorityKeyIdentifier)],
];

/** RFC 5280 section 4.2.1.1; CA/B Forum 7.1.2.1.3: the extension holds the identifier, and in a root nothing beside it. */
function hasIncompleteKeyIdentifier(certificate: DecodedCertificate, selfSigned: boolean): boolean {
  const extension = certificate.extensions.get(extensionOid.authorityKeyIdentifier);
  if (extension === undefined) return false;
  const fields = readInside(readElement(extension.value) ?? undefined, derTag.sequence) ?? [];
  return !fields.some((field) => field.tag === 0x80) || (selfSigned && fields.length > 1);
}

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/iu;

/** RFC 5280 section 4.2.1.6: a name in preferred syntax, a star as its whole first label allowed; an address of 4 or 16 octets. */
function isMalformedName({ type, content }: GeneralName): boolean {
  if (type === generalNameType.address) return content.length !== 4 && content.length !== 16;
  const text = Buffer.from(content).toString('latin1');
  if (type === generalNameType.dns) return !isHostName(text.replace(/^\*\./u, '')) || text === '*';
  return type === generalNameType.email && !/^[^@\s]+@[^@\s]+$/u.test(text);
}

/** CA/B Forum 3.2.2.6: no star directly below a name under which everybody registers. */
function isTooWide({ type, content }: GeneralName): boolean {
  const text = Buffer.from(content).toString('latin1');
  return type === generalNameType.dns && text.startsWith('*.') && isSharedSuffix(text.slice(2));
}

function isHostName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

/** RFC 5280 section 4.2.1.10: not empty; host names without star or leading dot, networks whose masks are prefixes, mail addresses or hosts. */
function hasMalformedConstraints(certificate: DecodedCertificate): boolean {
  const extension = certificate.extensions.get(extensionOid.nameConstraints);
  if (extension === undefined) return false;
  const fields = readInside(readElement(extension.value) ?? undefined, derTag.sequence);
  if (fields === null || fields.length === 0) return true;
  const bases = fields.map((field) => readElements(field.content)?.map((subtree) => readElements(subtree.content)?.[0]));
  return bases.some((list) => list === undefined || list.length === 0 || list.some((base) => base === undefined || isMalformedBase(base)));
}

function isMalformedBase(base: DerElement): boolean {
  const text = Buffer.from(base.content).toString('latin1');
  switch (base.tag & 0x1f) {
    case generalNameType.dns:
      return text !== '' && !isHostName(text);
    case generalNameType.address:
      return (base.content.length !== 8 && base.content.length !== 32) || !isPrefix(base.content.subarray(base.content.length / 2));
    case generalNameType.email:
      return text.includes('@') ? !/^[^@\s]+@[^@\s]+$/u.test(text) : !isHostName(text.replace(/^\./u, ''));
    default:
      return false;
  }
}

function isPrefix(mask: Uint8Array): boolean {
  return /^1*0*$/u.test([...mask].map((octet) => octet.toString(2).padStart(8, '0')).join(''));
}

/** RFC 5280 section 4.2.2.1: a list of descriptions, not empty, each of a method and a place. */
function hasMalformedAccess(certificate: DecodedCertificate): boolean {
  const extension = certificate.extensions.get(extensionOid.authorityInformationAccess);
  if (extension === undefined) return false;
  const list = readInside(readElement(extension.value) ?? undefined, derTag.sequence);
  if (list === null || list.length === 0) return true;
  const isWhole = (description: DerElement): boolean => {
    const parts = readInside(description, derTag.sequence);
    return parts?.length === 2 && parts[0]?.tag === derTag.objectIdentifier && objectIdentifierText(parts[0].content) !== '';
  };
  return !list.every(isWhole) || issuerUrlsOf(certificate).some((url) => !URL.canParse(url));
}

/** CA/B Forum 6.1.5 and 6.1.6: RSA with a modulus of whole octets, or a named curve; no DSA. */
function hasUnusualKey(certificate: DecodedCertificate): boolean {
  const type = keyTypeOf(certificate);
  return type === 'dsa' || type === 'other' || (type === 'rsa' && (certificate.keyBits ?? 0) % 8 !== 0);
}

/**
 * CA/B Forum 7.1.4.3: a common name must be one of the names of subjectAltName, letter by letter. Told are one that is written otherwise than there
 * (case, address form, Unicode), and an internationalised one that is not there at all; others that are not there mislead nobody any more.
 */
function hasUnlistedCommonName(certificate: DecodedCertificate): boolean {
  const names = subjectAltNamesOf(certificate).flatMap(({ type, content }) => {
    if (type === generalNameType.address) return [addressText(content) ?? ''];
    return type === generalNameType.dns ? [Buffer.from(content).toString('latin1')] : [];
  });
  const listed = new Set(names.map(asWritten));
  return commonNamesOf(certificate.subject).some(
    (name) => !names.includes(name) && (listed.has(asWritten(name)) || /^xn--|\.xn--|[^\x20-\x7e]/u.test(name)),
  );
}

/** A host as a URL writes it: lower case, A-labels, addresses in their one form. */
function asWritten(name: string): string {
  const url = `http://${name.includes(':') ? `[${name}]` : name}/`;
  return URL.canParse(url) ? new URL(url).hostname : name;
}
