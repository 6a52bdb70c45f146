import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** Public key algorithms a certificate can carry. `rsa-512` and `rsa-1024` are weak on purpose; `ec-p256` is the fastest to make. */
export type KeyKind = 'ec-p256' | 'ec-p384' | 'rsa-512' | 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'ed25519';

/** Hash of the issuer's signature. Ed25519 has its own and ignores it (RFC 8410). */
export type SignatureHash = 'sha256' | 'sha384' | 'sha512' | 'sha1';

/** A key pair. Made once, it can stand behind several certificates: renewals and cross-signs. */
export interface KeyMaterial {
  kind: KeyKind;
  pair: webcrypto.CryptoKeyPair;
  /** PKCS #8 private key as PEM. */
  pem: string;
}

/** Extended key usage OIDs (RFC 5280 section 4.2.1.12). */
export const keyPurposes = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2', codeSigning: '1.3.6.1.5.5.7.3.3' } as const;

/** dNSName constraints (RFC 5280 section 4.2.1.10); `example.com` covers the name and everything below it. */
export interface NameConstraints {
  permitted?: readonly string[];
  excluded?: readonly string[];
}

interface CertificateRequest {
  /** Default: one hour before now. */
  notBefore?: Date;
  /** Default: 90 days after now for a leaf, 10 years for an authority. */
  notAfter?: Date;
  /** Default `ec-p256`. */
  key?: KeyKind | KeyMaterial;
  /** Default `sha256`. */
  hash?: SignatureHash;
  /** caIssuers URLs of the authority information access extension (RFC 5280 section 4.2.2.1). */
  issuerUrls?: readonly string[];
  /** OCSP URLs of the same extension. */
  ocspUrls?: readonly string[];
  /** URLs of revocation lists (RFC 5280 section 4.2.1.13). */
  listUrls?: readonly string[];
  /** cA and pathLenConstraint (RFC 5280 section 4.2.1.9); null leaves the extension out. */
  basicConstraints?: { ca: boolean; pathLength?: number } | null;
}

/** What a server certificate shall say. */
export interface LeafRequest extends CertificateRequest {
  /** dNSName entries, `*.` allowed; with `addresses` empty as well, the extension is left out. */
  names?: readonly string[];
  /** iPAddress entries, textual. */
  addresses?: readonly string[];
  /** Default: the first name or address. */
  commonName?: string;
  /** In place of the common name: an organization alone, or nothing at all. */
  subject?: 'organization' | 'none';
  /** OIDs; default server authentication; null leaves the extension out. */
  extendedKeyUsage?: readonly string[] | null;
}

/** What an authority's certificate shall say beside its name. */
export interface AuthorityProfile extends CertificateRequest {
  nameConstraints?: NameConstraints;
}

export interface AuthorityRequest extends AuthorityProfile {
  commonName: string;
  /** Default `wirewalk practice lab`. */
  organization?: string;
}

/** One certificate in the forms servers and tools want. */
export interface Certificate {
  pem: string;
  der: Uint8Array;
  /** RFC 4514 text. */
  subject: string;
  issuer: string;
  serialHex: string;
  notBefore: Date;
  notAfter: Date;
}

/** A server certificate with its key and the chain a well-configured server sends. */
export interface Leaf extends Certificate {
  key: KeyMaterial;
  /** PKCS #8 private key as PEM. */
  keyPem: string;
  /** The certificates above it, nearest first, the root left out. */
  chain: readonly Certificate[];
  /** This certificate and `chain` as one PEM text. */
  chainPem: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const authorityDays = 3650;
const leafDays = 90;

const keyAlgorithms: Record<KeyKind, webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams | webcrypto.Algorithm> = {
  'ec-p256': { name: 'ECDSA', namedCurve: 'P-256' } as webcrypto.EcKeyGenParams,
  'ec-p384': { name: 'ECDSA', namedCurve: 'P-384' } as webcrypto.EcKeyGenParams,
  'rsa-512': rsa(512),
  'rsa-1024': rsa(1024),
  'rsa-2048': rsa(2048),
  'rsa-3072': rsa(3072),
  'rsa-4096': rsa(4096),
  ed25519: { name: 'Ed25519' },
};

function rsa(modulusLength: number): webcrypto.RsaHashedKeyGenParams {
  return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength };
}

const hashNames: Record<SignatureHash, string> = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512', sha1: 'SHA-1' };

// The library's types name the browser's Crypto, which Node's implements.
export const provider = webcrypto as unknown as NonNullable<Parameters<typeof x509.X509CertificateGenerator.create>[1]>;

/** Makes a key pair: under 1 ms, except RSA: 100 to 300 ms for 2048 bits, seconds for 4096. */
export async function createKey(kind: KeyKind): Promise<KeyMaterial> {
  const pair = (await webcrypto.subtle.generateKey(keyAlgorithms[kind], true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const pem = KeyObject.from(pair.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { kind, pair, pem };
}

/**
 * A certificate authority: its certificate, its key, and the path above it. Throws what the library throws when a request cannot be encoded;
 * it does not check that a request makes sense, since broken chains are what it is for.
 */
export class CertificateAuthority {
  readonly certificate: Certificate;
  readonly key: KeyMaterial;
  /** Certificates a server must send for leaves of this authority, nearest first, the root left out; empty for a root. */
  readonly path: readonly Certificate[];
  readonly #name: x509.JsonName;

  private constructor(certificate: Certificate, key: KeyMaterial, path: readonly Certificate[], name: x509.JsonName) {
    this.certificate = certificate;
    this.key = key;
    this.path = path;
    this.#name = name;
  }

  static async createRoot(request: AuthorityRequest): Promise<CertificateAuthority> {
    const key = await keyFor(request);
    const name = authorityName(request);
    const issuer = { name, key };
    const certificate = await sign({ subject: name, key, issuer, request, days: authorityDays, extensions: authorityExtensions(request) });
    return new CertificateAuthority(certificate, key, [], name);
  }

  /** An authority below this one. */
  async createIntermediate(request: AuthorityRequest): Promise<CertificateAuthority> {
    const key = await keyFor(request);
    const name = authorityName(request);
    const certificate = await this.#certify(name, key, request, authorityDays, authorityExtensions(request));
    return new CertificateAuthority(certificate, key, [certificate, ...this.path], name);
  }

  /**
   * The other authority's name and key certified by this one: the same authority, reached by another path. Leaves issued by either object verify
   * through both.
   */
  async crossSign(other: CertificateAuthority, request: Omit<AuthorityProfile, 'key'> = {}): Promise<CertificateAuthority> {
    const certificate = await this.#certify(other.#name, other.key, request, authorityDays, authorityExtensions(request));
    return new CertificateAuthority(certificate, other.key, [certificate, ...this.path], other.#name);
  }

  /** A server certificate signed by this authority. */
  async issue(request: LeafRequest): Promise<Leaf> {
    const key = await keyFor(request);
    const certificate = await this.#certify(leafName(request), key, request, leafDays, leafExtensions(request));
    return asLeaf(certificate, key, this.path);
  }

  #certify(
    subject: x509.JsonName,
    key: KeyMaterial,
    request: CertificateRequest,
    days: number,
    extensions: x509.Extension[],
  ): Promise<Certificate> {
    return sign({ subject, key, issuer: { name: this.#name, key: this.key }, request, days, extensions });
  }
}

/** A server certificate that is its own issuer. */
export async function issueSelfSigned(request: LeafRequest): Promise<Leaf> {
  const key = await keyFor(request);
  const name = leafName(request);
  const issuer = { name, key };
  return asLeaf(await sign({ subject: name, key, issuer, request, days: leafDays, extensions: leafExtensions(request) }), key, []);
}

function asLeaf(certificate: Certificate, key: KeyMaterial, chain: readonly Certificate[]): Leaf {
  return { ...certificate, key, keyPem: key.pem, chain, chainPem: [certificate, ...chain].map(({ pem }) => pem).join('') };
}

async function keyFor(request: CertificateRequest): Promise<KeyMaterial> {
  const key = request.key ?? 'ec-p256';
  return typeof key === 'string' ? createKey(key) : key;
}

function authorityName(request: AuthorityRequest): x509.JsonName {
  return [{ O: [request.organization ?? 'wirewalk practice lab'] }, { CN: [request.commonName] }];
}

function leafName(request: LeafRequest): x509.JsonName {
  if (request.subject !== undefined) return request.subject === 'none' ? [] : [{ O: ['Shop Ltd'] }];
  const commonName = request.commonName ?? request.names?.[0] ?? request.addresses?.[0];
  return commonName === undefined ? [] : [{ CN: [commonName] }];
}

function authorityExtensions(request: AuthorityProfile): x509.Extension[] {
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const extensions: x509.Extension[] = [new x509.KeyUsagesExtension(usages, true), ...basicConstraints(request, { ca: true })];
  if (request.nameConstraints) extensions.push(nameConstraints(request.nameConstraints));
  return extensions;
}

function leafExtensions(request: LeafRequest): x509.Extension[] {
  const extensions: x509.Extension[] = [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    ...basicConstraints(request, { ca: false }),
  ];
  const usage = request.extendedKeyUsage === undefined ? [keyPurposes.serverAuth] : request.extendedKeyUsage;
  if (usage !== null) extensions.push(new x509.ExtendedKeyUsageExtension([...usage]));
  const names: x509.JsonGeneralNames = [
    ...(request.names ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(names, request.subject === 'none'));
  return extensions;
}

function basicConstraints(request: CertificateRequest, normal: { ca: boolean; pathLength?: number }): x509.Extension[] {
  const wanted = request.basicConstraints === undefined ? normal : request.basicConstraints;
  return wanted === null ? [] : [new x509.BasicConstraintsExtension(wanted.ca, wanted.pathLength, true)];
}

/** The library has no class for this extension: id-ce-nameConstraints, dNSName subtrees only, critical as RFC 5280 section 4.2.1.10 demands. */
function nameConstraints(constraints: NameConstraints): x509.Extension {
  const subtrees = (tag: number, names: readonly string[] | undefined): Buffer[] =>
    names?.length ? [der(tag, ...names.map((name) => der(0x30, der(0x82, Buffer.from(name, 'ascii')))))] : [];
  const value = der(0x30, ...subtrees(0xa0, constraints.permitted), ...subtrees(0xa1, constraints.excluded));
  return new x509.Extension('2.5.29.30', true, value);
}

/** One DER element of fewer than 65,536 bytes. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

interface Signing {
  subject: x509.JsonName;
  key: KeyMaterial;
  issuer: { name: x509.JsonName; key: KeyMaterial };
  request: CertificateRequest;
  /** Lifetime from now where the request does not state its end. */
  days: number;
  extensions: x509.Extension[];
}

async function sign({ subject, key, issuer, request, days, extensions }: Signing): Promise<Certificate> {
  const now = Date.now();
  const hash = request.hash ?? 'sha256';
  if (request.issuerUrls?.length || request.ocspUrls?.length) {
    const names = (urls: readonly string[] | undefined): x509.GeneralName[] =>
      (urls ?? []).map((value) => new x509.GeneralName('url', value));
    extensions.push(new x509.AuthorityInfoAccessExtension({ caIssuers: names(request.issuerUrls), ocsp: names(request.ocspUrls) }));
  }
  if (request.listUrls?.length) extensions.push(new x509.CRLDistributionPointsExtension([...request.listUrls]));
  extensions.push(
    await x509.SubjectKeyIdentifierExtension.create(key.pair.publicKey, false, provider),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.key.pair.publicKey, false, provider),
  );
  const signingKey = await signingKeyFor(issuer.key, hash);
  const made = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject,
      issuer: issuer.name,
      notBefore: request.notBefore ?? new Date(now - hourMs),
      notAfter: request.notAfter ?? new Date(now + days * dayMs),
      publicKey: key.pair.publicKey,
      signingKey,
      signingAlgorithm: { name: signingKey.algorithm.name, hash: hashNames[hash] },
      extensions,
    },
    provider,
  );
  return {
    pem: `${made.toString('pem').trimEnd()}\n`,
    der: new Uint8Array(made.rawData),
    subject: made.subject,
    issuer: made.issuer,
    serialHex: made.serialNumber,
    notBefore: made.notBefore,
    notAfter: made.notAfter,
  };
}

/** Positive, 16 octets (RFC 5280 section 4.1.2.2 allows 20), first bit clear and first octet not zero. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/** WebCrypto ties an RSA key to one hash when it is imported; signing with another needs the key imported anew. */
async function signingKeyFor(key: KeyMaterial, hash: SignatureHash): Promise<webcrypto.CryptoKey> {
  if (!key.kind.startsWith('rsa') || hash === 'sha256') return key.pair.privateKey;
  const pkcs8 = createPrivateKey(key.pem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSASSA-PKCS1-v1_5', hash: hashNames[hash] }, false, ['sign']);
}
