/** Hash functions of Subresource Integrity, weakest first. */
export type IntegrityAlgorithm = 'sha256' | 'sha384' | 'sha512';

const algorithms: readonly IntegrityAlgorithm[] = ['sha256', 'sha384', 'sha512'];

/**
 * Whether content has one of the hashes of an `integrity` attribute: of those by the strongest function named, any (W3C Subresource Integrity,
 * section 3.3.4). True when it names none that is known, as browsers then check nothing.
 *
 * @param hash base64 of the digest
 */
export function matchesIntegrity(
  integrity: string,
  content: Uint8Array,
  hash: (algorithm: IntegrityAlgorithm, content: Uint8Array) => string,
): boolean {
  const stated = [...integrity.slice(0, 8192).matchAll(/(?:^|\s)(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})/g)];
  const strongest = algorithms.findLast((algorithm) => stated.some((match) => match[1] === algorithm));
  if (strongest === undefined) return true;
  const actual = plainBase64(hash(strongest, content));
  return stated.some((match) => match[1] === strongest && plainBase64(match[2] ?? '') === actual);
}

function plainBase64(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
}
