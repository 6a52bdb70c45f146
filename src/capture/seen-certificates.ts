import { matchesAddress, matchesDnsName } from '../model/host-name.ts';
import type { CertificateFacts, TrustResult } from '../model/observations/tls.ts';
import type { ConnectionStory } from './connection-story.ts';
import type { ObservedTls } from './observe-tls.ts';

/** Certificates of a connection as far as they are to be judged, and what the client thought of them. */
export interface SeenCertificates {
  certificates: CertificateFacts[];
  trust: TrustResult[];
  /** The client sent no name, and the one assumed for it is not in the certificate: which name was meant is not known. */
  hostIsUnknown: boolean;
}

/**
 * What the client's own verification said, in OpenSSL's words, by the alert it ended the handshake with (RFC 8446 section 6.2): 42 bad_certificate to
 * 48 unknown_ca.
 */
const codeOfClientAlert: Readonly<Record<number, string>> = {
  42: 'CERT_REJECTED',
  43: 'CERT_REJECTED',
  44: 'CERT_REVOKED',
  45: 'CERT_HAS_EXPIRED',
  46: 'CERT_REJECTED',
  48: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
};

/** Captures with times before this have no wall clock: it was removed, or never set. */
const earliestClock = Date.UTC(2000, 0, 1);
/** Shorter moduli are refused by clients of today. */
const shortestRsaBits = 2048;

/**
 * The certificates in clear, to be judged for `host`. Null when there are none, when the capture's clock is no wall clock, and when the client took
 * what this host would not have taken: it was satisfied, and its reasons (a pinned key, its own authority, no verification, the strength that was
 * enough in its day) are not in the capture.
 */
export function seenCertificates(tls: ObservedTls, story: ConnectionStory, host: string): SeenCertificates | null {
  const sent = tls.clear.server.certificate?.certificates ?? [];
  const certificates = sent.map((der) => tls.readCertificate(der)).filter((facts): facts is CertificateFacts => facts !== null);
  const leaf = certificates[0];
  if (leaf === undefined || Date.parse(tls.sentAt) < earliestClock) return null;
  const namesHost = leaf.dnsNames.some((name) => matchesDnsName(host, name)) || leaf.ipAddresses.some((one) => matchesAddress(host, one));
  if (story.clientAlert < 0 && isWeak(leaf)) return null;
  if (story.clientWentOn) {
    if (!namesHost || !isValid(leaf, tls.sentAt)) return null;
    return { certificates, trust: [{ store: 'system', trusted: true, code: null }], hostIsUnknown: false };
  }
  const code = codeOfClientAlert[story.clientAlert];
  return {
    certificates,
    trust: code === undefined ? [] : [{ store: 'system', trusted: false, code }],
    hostIsUnknown: !namesHost && (tls.clear.client.clientHello?.serverName ?? null) === null,
  };
}

function isValid(leaf: CertificateFacts, at: string): boolean {
  const time = Date.parse(at);
  return Date.parse(leaf.notBefore) <= time && time <= Date.parse(leaf.notAfter);
}

function isWeak(leaf: CertificateFacts): boolean {
  const isShort = (leaf.keyType === 'rsa' || leaf.keyType === 'dsa') && leaf.keyBits !== null && leaf.keyBits < shortestRsaBits;
  return isShort || /md2|md5|sha-?1(?!\d)/i.test(leaf.signatureAlgorithm);
}
