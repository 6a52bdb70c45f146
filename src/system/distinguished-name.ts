import { bufferOf } from './buffer.ts';
import { derTag, objectIdentifierText, readElement, readElements, readInside } from './der.ts';

/** Attribute types with a registered short name (RFC 4514 section 3, RFC 4519) and those commonly met in certificates. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/**
 * RFC 4514 text of a DER `Name`: the last relative name first, so that the most specific comes first. Empty for an empty or malformed name.
 * Characters are as in the certificate: whoever prints it escapes.
 */
export function distinguishedNameText(name: Uint8Array): string {
  const outer = readElement(name);
  const relativeNames = outer === null ? null : readElements(outer.content);
  return (relativeNames ?? [])
    .toReversed()
    .map((relative) => (readInside(relative, derTag.set) ?? []).map((pair) => attributeText(readInside(pair, derTag.sequence))).join('+'))
    .join(',');
}

function attributeText(pair: ReturnType<typeof readInside>): string {
  const [type, value] = pair ?? [];
  if (type === undefined || value === undefined) return '';
  const oid = objectIdentifierText(type.content);
  const text = stringText(value.tag, value.content);
  // RFC 4514 section 2.4: a value without a string form is `#` and the hex of its encoding.
  const shown = text === null ? `#${hex(value.whole)}` : escapeValue(text);
  return `${shortNames[oid] ?? oid}=${shown}`;
}

/**
 * Relative names in a form in which equal ones are the same text (RFC 5280 section 7.1, as OpenSSL applies it): string types do not matter,
 * nor do the case of ASCII letters and the amount of white space.
 */
export function canonicalRelativeNames(name: Uint8Array): string[] {
  const outer = readElement(name);
  const relativeNames = outer === null ? null : readElements(outer.content);
  return (relativeNames ?? []).map((relative) =>
    (readInside(relative, derTag.set) ?? [])
      .map((pair) => {
        const [type, value] = readInside(pair, derTag.sequence) ?? [];
        if (type === undefined || value === undefined) return `?${hex(relative.whole)}`;
        const text = stringText(value.tag, value.content);
        const folded = text === null ? `#${hex(value.whole)}` : `=${foldText(text)}`;
        return objectIdentifierText(type.content) + folded;
      })
      .sort()
      .join('\u0001'),
  );
}

/** {@link canonicalRelativeNames} as one text, for look-ups. */
export function canonicalName(name: Uint8Array): string {
  return canonicalRelativeNames(name).join('\u0002');
}

function foldText(text: string): string {
  return text
    .trim()
    .replace(/[ \t\n\v\f\r]+/gu, ' ')
    .replace(/[A-Z]+/gu, (letters) => letters.toLowerCase());
}

function hex(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('hex');
}

/** Text of ASN.1's string types; null for anything else. */
export function stringText(tag: number, content: Uint8Array): string | null {
  switch (tag) {
    case derTag.utf8String:
      return bufferOf(content).toString('utf8');
    case derTag.bmpString:
      return Buffer.from(content)
        .subarray(0, content.length & ~1)
        .swap16()
        .toString('utf16le');
    case derTag.universalString:
      return universalText(content);
    case derTag.printableString:
    case derTag.ia5String:
    case derTag.teletexString:
    case 0x12: // NumericString
    case 0x1a: // VisibleString
      return bufferOf(content).toString('latin1');
    default:
      return null;
  }
}

/** UCS-4, four octets a character. */
function universalText(content: Uint8Array): string {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= content.length; at += 4) {
    const code = view.getUint32(at);
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

/** RFC 4514 section 2.4. */
function escapeValue(text: string): string {
  return text
    .replace(/[\\",+<>;]/gu, '\\$&')
    .replace(/\0/gu, '\\00')
    .replace(/^[ #]/u, '\\$&')
    .replace(/ $/u, '\\ ');
}

const commonNameOid = '2.5.4.3';

/** The common names in a DER `Name`, as text, in order. */
export function commonNamesOf(name: Uint8Array): string[] {
  const outer = readElement(name);
  const relativeNames = outer === null ? null : readElements(outer.content);
  return (relativeNames ?? []).flatMap((relative) =>
    (readInside(relative, derTag.set) ?? []).flatMap((pair) => {
      const [type, value] = readInside(pair, derTag.sequence) ?? [];
      if (type === undefined || value === undefined || objectIdentifierText(type.content) !== commonNameOid) return [];
      return [stringText(value.tag, value.content) ?? ''];
    }),
  );
}
