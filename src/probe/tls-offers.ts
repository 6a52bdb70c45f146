import type { HelloVariant } from '../model/observations/tls.ts';
import { tlsCipherSuiteCodes } from '../wire/tls-cipher-suites.ts';
import type { TlsClientHelloOffer } from '../wire/tls-client-hello.ts';

/** What each trial offers. Numbers are those of the IANA registries. */

const tls13 = 0x0304;
const tls12 = 0x0303;
const ssl3 = 0x0300;
const x25519 = 29;
const x25519MlKem768 = 4588;

const suites13 = [0x1301, 0x1302, 0x1303];
/** ECDHE with AES-GCM and ChaCha20-Poly1305, for both kinds of certificates. */
const suites12 = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8];
const curves = [x25519, 23, 24];
const schemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];

/** What a browser adds: CBC suites and RSA key exchange for old servers (Chromium's defaults). */
const browserSuites = [...suites13, ...suites12, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035];

/** Signalling values that are no ciphers (RFC 5746, RFC 7507). */
const signals: ReadonlySet<number> = new Set([0x00ff, 0x5600]);
const widestGroups = [29, 23, 24, 25, 30, 26, 27, 28, 22, 9, 10, 11, 12, 13, 14, 256, 257, 258, 259, 260];
/** Every group that TLS 1.3 knows; the share sent is of the first, for another the server asks. */
const widestGroups13 = [29, 23, 24, 25, 30, 31, 32, 33, 256, 257, 258, 259, 260, 4587, 4588, 4589];
const widestSchemes = [...schemes, 0x0603, 0x0303, 0x0301, 0x0203, 0x0201, 0x0202, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0101];

/** Below one segment of Ethernet, above which a record spans two. */
const ethernetMssBytes = 1460;
const overSegmentBytes = 300;

/** ML-KEM-768 (FIPS 203): 3 polynomials of 256 coefficients below q, 12 bits each, and a seed. */
const mlKem = { coefficients: 768, modulus: 3329, seedBytes: 32 } as const;

/** Names whose owner nobody is (RFC 2606 section 3). */
export const otherName = 'example.org';

/** How many unpredictable bytes an offer needs. */
export const offerRandomBytes: number = 32 + 32 + 32 + 2 * mlKem.coefficients + mlKem.seedBytes;

/** What an offer is made for. */
export interface OfferSituation {
  /** Null where the target is an address. */
  serverName: string | null;
  /** {@link offerRandomBytes} unpredictable bytes. */
  random: Uint8Array;
  /** Segment size of the connection; null when not known. */
  mssBytes: number | null;
}

export function helloOffer(variant: HelloVariant, situation: OfferSituation): TlsClientHelloOffer {
  const { serverName, random } = situation;
  const share = { group: x25519, bytes: random.subarray(64, 96) };
  const small: TlsClientHelloOffer = {
    legacyVersion: tls12,
    random: random.subarray(0, 32),
    // A session id keeps boxes content that expect TLS 1.2 (RFC 8446 appendix D.4).
    sessionId: random.subarray(32, 64),
    cipherSuites: [...suites13, ...suites12],
    serverName,
    versions: [tls13, tls12],
    groups: curves,
    keyShares: [share],
    signatureSchemes: schemes,
  };
  switch (variant) {
    case 'large':
      return { ...small, padToBytes: Math.max(ethernetMssBytes, situation.mssBytes ?? 0) + overSegmentBytes };
    case 'small-answer':
      return { ...small, cipherSuites: suites13, keyShares: [] };
    case 'without-name':
      return { ...small, serverName: null };
    case 'other-name':
      return { ...small, serverName: otherName };
    case 'tls12-only': {
      const { versions: _, keyShares: __, ...older } = small;
      return { ...older, cipherSuites: [...suites12, 0xc013, 0xc014, 0xc009, 0xc00a, 0x009c, 0x009d, 0x002f, 0x0035] };
    }
    case 'tls13-only':
      return {
        ...small,
        versions: [tls13],
        cipherSuites: [...suites13, 0x1304, 0x1305],
        groups: widestGroups13,
        signatureSchemes: widestSchemes,
      };
    case 'widest': {
      const suites = tlsCipherSuiteCodes().filter((code) => code >> 8 !== 0x13 && code !== 0 && !signals.has(code));
      return {
        legacyVersion: tls12,
        recordVersion: ssl3,
        random: small.random,
        cipherSuites: suites,
        serverName,
        groups: widestGroups,
        signatureSchemes: widestSchemes,
      };
    }
    case 'browser':
      return {
        ...small,
        cipherSuites: browserSuites,
        groups: [x25519MlKem768, ...curves],
        keyShares: [{ group: x25519MlKem768, bytes: hybridShare(random.subarray(96), share.bytes) }, share],
        alpn: ['h2', 'http/1.1'],
        statusRequest: true,
      };
    default:
      return small;
  }
}

/**
 * A key share of X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem section 4.1: the ML-KEM key first) that nobody holds the private key of: servers can
 * encapsulate to it all the same, because every coefficient is below the modulus (FIPS 203 section 7.2).
 */
function hybridShare(random: Uint8Array, classical: Uint8Array): Uint8Array {
  const packedBytes = (mlKem.coefficients * 12) / 8;
  const share = new Uint8Array(packedBytes + mlKem.seedBytes + classical.length);
  const coefficient = (index: number): number => ((random[2 * index] ?? 0) * 0x100 + (random[2 * index + 1] ?? 0)) % mlKem.modulus;
  for (let pair = 0; pair < mlKem.coefficients / 2; pair++) {
    const low = coefficient(2 * pair);
    const high = coefficient(2 * pair + 1);
    share.set([low & 0xff, (low >> 8) | ((high & 0x0f) << 4), high >> 4], 3 * pair);
  }
  share.set(random.subarray(2 * mlKem.coefficients, 2 * mlKem.coefficients + mlKem.seedBytes), packedBytes);
  share.set(classical, packedBytes + mlKem.seedBytes);
  return share;
}
