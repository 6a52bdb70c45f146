import { isWithin, prefixLengthOf } from './address-bytes.ts';
import { derTag, readElement, readElements, readInside } from './der.ts';
import { canonicalRelativeNames } from './distinguished-name.ts';
import { type DecodedCertificate, extensionOid, type GeneralName, generalNameType, sequenceOf, subjectAltNamesOf } from './x509.ts';

interface Subtrees {
  permitted: GeneralName[];
  excluded: GeneralName[];
}

/** OpenSSL's words for what a name constraint says of a certificate below it. */
export type ConstraintFault = 'PERMITTED_VIOLATION' | 'EXCLUDED_VIOLATION' | 'UNSUPPORTED_CONSTRAINT_TYPE';

/** Names times constraints that are compared; beyond it a chain is taken to be an attack on its reader (as OpenSSL does). */
const mostComparisons = 1 << 20;

function subtreesOf(certificate: DecodedCertificate): Subtrees | null {
  const extension = certificate.extensions.get(extensionOid.nameConstraints);
  if (extension === undefined) return null;
  const fields = readInside(readElement(extension.value) ?? undefined, derTag.sequence) ?? [];
  const bases = (tag: number): GeneralName[] =>
    fields
      .filter((field) => field.tag === tag)
      .flatMap((field) => readElements(field.content) ?? [])
      .map((subtree) => readElements(subtree.content)?.[0])
      .filter((base) => base !== undefined)
      .map((base) => ({ type: base.tag & 0x1f, content: base.content }));
  return { permitted: bases(0xa0), excluded: bases(0xa1) };
}

/** The names of a certificate that constraints apply to: subjectAltName entries, and the subject when it is not empty. */
function namesOf(certificate: DecodedCertificate): GeneralName[] {
  const subject = sequenceOf(certificate.subject).length === 0 ? [] : [{ type: generalNameType.directory, content: certificate.subject }];
  return [...subject, ...subjectAltNamesOf(certificate)];
}

/**
 * What the constraints of an authority say of one certificate below it (RFC 5280 section 4.2.1.10); null when they allow it or there are none.
 * Directory names, DNS names, addresses, mail addresses and URIs are compared; a constraint of another kind is a fault only for a name of
 * that kind.
 *
 * @param names to compare in place of those that the certificate states
 */
export function constraintFault(
  authority: DecodedCertificate,
  below: DecodedCertificate,
  names: readonly GeneralName[] = namesOf(below),
): ConstraintFault | null {
  const subtrees = subtreesOf(authority);
  if (subtrees === null) return null;
  if (names.length * (subtrees.permitted.length + subtrees.excluded.length) > mostComparisons) return 'UNSUPPORTED_CONSTRAINT_TYPE';
  for (const name of names) {
    const permitted = subtrees.permitted.filter((base) => base.type === name.type);
    const excluded = subtrees.excluded.filter((base) => base.type === name.type);
    if (permitted.length + excluded.length > 0 && !supportedTypes.has(name.type)) return 'UNSUPPORTED_CONSTRAINT_TYPE';
    if (permitted.length > 0 && !permitted.some((base) => isUnder(name, base))) return 'PERMITTED_VIOLATION';
    if (excluded.some((base) => isUnder(name, base))) return 'EXCLUDED_VIOLATION';
  }
  return null;
}

const supportedTypes: ReadonlySet<number> = new Set(Object.values(generalNameType));

function textOf(content: Uint8Array): string {
  return Buffer.from(content).toString('latin1').toLowerCase();
}

function isUnder(name: GeneralName, base: GeneralName): boolean {
  switch (name.type) {
    case generalNameType.dns:
      return isDnsUnder(textOf(name.content), textOf(base.content));
    case generalNameType.address:
      return isAddressUnder(name.content, base.content);
    case generalNameType.directory:
      return isDirectoryUnder(name.content, base.content);
    case generalNameType.email:
      return isMailUnder(textOf(name.content), textOf(base.content));
    default:
      return isUriUnder(textOf(name.content), textOf(base.content));
  }
}

/** "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name satisfies the name constraint." */
function isDnsUnder(name: string, base: string): boolean {
  // A leading dot is not of RFC 5280, and common: it then wants at least one label more, as OpenSSL reads it.
  return base === '' || name === base || name.endsWith(base.startsWith('.') ? base : `.${base}`);
}

function isAddressUnder(address: Uint8Array, base: Uint8Array): boolean {
  if (base.length !== 2 * address.length) return false;
  const prefixLength = prefixLengthOf(base.subarray(address.length));
  return prefixLength !== null && isWithin(address, base.subarray(0, address.length), prefixLength);
}

/** A directory name lies under a base whose relative names are its own first ones. The base is explicitly tagged: its content is the Name. */
function isDirectoryUnder(name: Uint8Array, base: Uint8Array): boolean {
  const own = canonicalRelativeNames(name);
  return canonicalRelativeNames(base).every((relative, index) => relative === own[index]);
}

function isMailUnder(mailbox: string, base: string): boolean {
  if (base.includes('@')) return mailbox === base;
  const host = mailbox.slice(mailbox.lastIndexOf('@') + 1);
  return base.startsWith('.') ? host.endsWith(base) : host === base;
}

function isUriUnder(uri: string, base: string): boolean {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]+)/u.exec(uri)?.[1];
  if (host === undefined) return false;
  return base.startsWith('.') ? host.endsWith(base) : host === base;
}
