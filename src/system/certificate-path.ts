import type { Certificate } from './certificate.ts';
import { type Fault, refusalsOf } from './chain/faults.ts';
import { searchPaths, type TrustAnchors } from './chain/search.ts';

export type { TrustAnchors } from './chain/search.ts';

/** What a store says of a chain: trusted, or OpenSSL's word for the fault of the best path there is. */
export type PathVerdict = { trusted: true; code: null } | { trusted: false; code: string };

/** OpenSSL's words. Null: keys and signatures that are weak are facts for other rules, and no want of trust. */
export const verifyCodes: Readonly<Record<Fault['fault'], string | null>> = {
  'signature-wrong': 'CERT_SIGNATURE_FAILURE',
  malformed: 'INVALID_EXTENSION',
  expired: 'CERT_HAS_EXPIRED',
  'not-yet-valid': 'CERT_NOT_YET_VALID',
  'date-malformed': 'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'not-an-authority': 'INVALID_CA',
  'may-not-sign': 'KEYUSAGE_NO_CERTSIGN',
  'too-long': 'PATH_LENGTH_EXCEEDED',
  'not-for-servers': 'INVALID_PURPOSE',
  'name-not-permitted': 'PERMITTED_VIOLATION',
  'name-excluded': 'EXCLUDED_VIOLATION',
  'constraint-unsupported': 'UNSUPPORTED_CONSTRAINT_TYPE',
  'unknown-critical-extension': 'UNHANDLED_CRITICAL_EXTENSION',
  'curve-unnamed': 'EC_KEY_EXPLICIT_PARAMS',
  'weak-key': null,
  'weak-signature': null,
};

/**
 * Whether a server's chain leads to an anchor at a moment (RFC 5280 section 6.1, without policies and revocation). `sent` is leaf first; the
 * rest may come in any order and hold what does not belong. The name of the server is left out. All paths are tried, so that an expired
 * cross-signed certificate does not hide a path around it. Keys and signatures that are weak are not a fault here.
 */
export function judgePath(sent: readonly Certificate[], anchors: TrustAnchors, atMs: number): PathVerdict {
  const [leaf, ...others] = sent;
  if (leaf === undefined) return { trusted: false, code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' };
  /** Of the first path that reached an anchor. */
  let code: string | null = null;
  let trusted = false;
  let longest: readonly Certificate[] = [leaf];
  const complete = searchPaths(leaf, others, anchors, (path, end) => {
    if (end !== 'signature-wrong' && path.length > longest.length) longest = path;
    if (end !== 'anchor') return false;
    const found = refusalsOf(path, atMs, true)
      .map(({ fault }) => verifyCodes[fault])
      .find((one) => one !== null);
    code ??= found ?? null;
    trusted = found === undefined;
    return trusted;
  });
  if (trusted) return { trusted: true, code: null };
  return { trusted: false, code: code ?? (complete ? deadEnd(leaf, longest) : 'CERT_CHAIN_TOO_LONG') };
}

/** Why no path reached an anchor. */
function deadEnd(leaf: Certificate, longest: readonly Certificate[]): string {
  if (leaf.selfSigned) return 'DEPTH_ZERO_SELF_SIGNED_CERT';
  return longest.at(-1)?.selfSigned === true ? 'SELF_SIGNED_CERT_IN_CHAIN' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
}
