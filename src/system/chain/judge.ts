import type { ClientView, JudgedPath, PathCertificate, PathFault } from '../../model/observations/certificate-paths.ts';
import type { ChainJudge, ChainJudgement } from '../../ports/chain-judge.ts';
import { type Certificate, certificateFacts, parseCertificate } from '../certificate.ts';
import { verifyCodes } from '../certificate-path.ts';
import type { StoreSource, TrustStore } from '../trust-store.ts';
import { distributionUrlsOf, issuerUrlsOf, ocspUrlsOf } from '../x509.ts';
import { certificatesInFile } from './certificate-file.ts';
import { faultsOf } from './faults.ts';
import { readOcspResponse, unreadableResponse } from './ocsp.ts';
import { ocspQuestion } from './ocsp-request.ts';
import { judgeLikeOpenssl } from './openssl.ts';
import { readRevocationList, unreadableList } from './revocation-list.ts';
import { type PathEnd, searchPaths, type TrustAnchors } from './search.ts';

const mostPaths = 16;

/** The judgement of certificates by the stores of this process and OpenSSL's cryptography. */
export function systemChainJudge(stores: StoreSource): ChainJudge {
  return {
    judge: (sent, fetched, atMs) => judgeChain(stores(), sent.map(fromBase64), fetched, atMs),
    certificatesIn: certificatesInFile,
    facts: (der) => {
      const certificate = parseCertificate(der);
      return certificate === null ? null : certificateFacts(certificate);
    },
    revocationQuestion: (chain) => {
      const known = leafAndIssuers(stores(), chain);
      return known === null ? null : ocspQuestion(known.leaf, known.issuers);
    },
    revocationLists: (chain) => {
      const leaf = parseCertificate(fromBase64(chain[0] ?? ''));
      return leaf === null
        ? { urls: [], hasResponder: false }
        : { urls: distributionUrlsOf(leaf.decoded), hasResponder: ocspUrlsOf(leaf.decoded).length > 0 };
    },
    readRevocationList: (list, chain) => {
      const known = leafAndIssuers(stores(), chain);
      return known === null ? unreadableList : readRevocationList(list, known.leaf, known.issuers);
    },
    readRevocation: (response, chain) => {
      const known = leafAndIssuers(stores(), chain);
      return known === null ? unreadableResponse : readOcspResponse(response, known.leaf, known.issuers);
    },
  };
}

/** The leaf of a chain, and who may have issued it. */
function leafAndIssuers(
  stores: readonly TrustStore[],
  chain: readonly string[],
): { leaf: Certificate; issuers: readonly Certificate[] } | null {
  const [leaf, ...others] = chain.map((der) => parseCertificate(fromBase64(der)));
  if (leaf === undefined || leaf === null) return null;
  const anchors = union(stores).withSubject(leaf.issuerName, leaf.decoded.issuer);
  return { leaf, issuers: [...others.filter((one) => one !== null), ...anchors] };
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

function union(stores: readonly TrustStore[]): TrustAnchors {
  return { withSubject: (name, der) => stores.flatMap((store) => store.anchors().withSubject(name, der)) };
}

/** A path as it was found. */
interface FoundPath {
  certificates: readonly Certificate[];
  end: PathEnd;
  stores: TrustStore['store'][];
  faults: PathFault[];
}

/** Whether ordinary clients that trust its end find nothing to refuse. */
function holds(path: FoundPath): boolean {
  return path.faults.every(({ improper }) => improper === true);
}

/** {@link ChainJudge.judge}, over given stores. This host's own, or what stands in its place, is the first that is not Mozilla's. */
export function judgeChain(
  stores: readonly TrustStore[],
  sentDer: readonly Uint8Array[],
  fetchedDer: readonly Uint8Array[],
  atMs: number,
): ChainJudgement | null {
  const sent = sentDer.map(parseCertificate);
  const [leaf] = sent;
  if (leaf === undefined || leaf === null) return null;
  const fetched = fetchedDer.map(parseCertificate).filter((one) => one !== null);
  const others = [...sent.slice(1).filter((one) => one !== null), ...fetched];
  const found: FoundPath[] = [];
  const complete = searchPaths(leaf, others, union(stores), (path, end) => {
    if (found.length < 4 * mostPaths) found.push(describePath(path, end, stores, atMs));
    return false;
  });
  const paths = found.sort((one, other) => rank(one) - rank(other)).slice(0, mostPaths);
  const places = new Map<string, number>();
  for (const [index, one] of sent.entries()) if (one !== null && !places.has(one.sha256Hex)) places.set(one.sha256Hex, index);
  const table = tableOf(paths, places, fetched, stores);
  const used = new Set(paths.filter(({ end }) => end !== 'signature-wrong').flatMap((path) => path.certificates.map(sha256)));
  const own = stores.find(({ store }) => store !== 'mozilla') ?? stores[0];
  return {
    certificates: table.certificates,
    paths: paths.map(
      (path): JudgedPath => ({
        certificates: path.certificates.map((one) => table.indexOf(one)),
        end: path.end === 'signature-wrong' ? 'open' : path.end,
        stores: path.stores,
        faults: path.faults,
      }),
    ),
    complete: complete && found.length <= mostPaths,
    inOrder: isInOrder(paths, places),
    unused: sent.flatMap((one, index) => (one === null || !used.has(one.sha256Hex) || places.get(one.sha256Hex) !== index ? [index] : [])),
    clients:
      own === undefined
        ? []
        : viewsOf({ leaf, others, fetched, paths, atMs, own, mozilla: stores.find(({ store }) => store === 'mozilla') }),
    issuerUrls: [...new Set(paths.flatMap(urlsWanted))],
    accepted: own !== undefined && paths.some((path) => path.stores.includes(own.store) && holds(path)),
  };
}

const sha256 = ({ sha256Hex }: Certificate): string => sha256Hex;

/** Where an issuer is to be had: one that is missing, and one that takes the place of one that is out of its time. */
function urlsWanted({ certificates, end, faults }: FoundPath): string[] {
  const replaced = faults.filter(({ at, fault }) => at > 0 && (fault === 'expired' || fault === 'not-yet-valid')).map(({ at }) => at - 1);
  const wanted = end === 'open' ? [...replaced, certificates.length - 1] : replaced;
  return wanted.flatMap((place) => {
    const certificate = certificates[place];
    return certificate === undefined ? [] : issuerUrlsOf(certificate.decoded);
  });
}

function describePath(path: readonly Certificate[], end: PathEnd, stores: readonly TrustStore[], atMs: number): FoundPath {
  const last = path[path.length - 1]!;
  const anchored = end === 'anchor';
  return {
    certificates: path,
    end,
    stores: anchored ? storesTrusting(last, stores) : [],
    faults: [...(end === 'signature-wrong' ? [{ at: path.length - 2, fault: end } as const] : []), ...faultsOf(path, atMs, anchored)],
  };
}

function storesTrusting(certificate: Certificate, stores: readonly TrustStore[]): TrustStore['store'][] {
  return stores
    .filter((store) =>
      store
        .anchors()
        .withSubject(certificate.subjectName, certificate.decoded.subject)
        .some((one) => one.sha256Hex === certificate.sha256Hex),
    )
    .map(({ store }) => store);
}

const endOrder: Readonly<Record<PathEnd, number>> = { anchor: 0, root: 1, open: 2, 'signature-wrong': 3 };

/** What holds first; then by its end; then the longer. */
function rank(path: FoundPath): number {
  return (holds(path) && path.end === 'anchor' ? 0 : 1000) + endOrder[path.end] * 100 - Math.min(path.certificates.length, 99);
}

function tableOf(
  paths: readonly FoundPath[],
  places: ReadonlyMap<string, number>,
  fetched: readonly Certificate[],
  stores: readonly TrustStore[],
): { certificates: PathCertificate[]; indexOf(certificate: Certificate): number } {
  const indices = new Map<string, number>();
  const certificates: PathCertificate[] = [];
  for (const one of paths.flatMap((path) => path.certificates)) {
    if (indices.has(one.sha256Hex)) continue;
    indices.set(one.sha256Hex, certificates.length);
    const { subject, issuer, notBefore, notAfter, sha256Hex, keyType, keyBits, signatureAlgorithm, selfSigned } = certificateFacts(one);
    const sentAt = places.get(one.sha256Hex) ?? null;
    certificates.push({
      subject,
      issuer,
      notBefore,
      notAfter,
      sha256Hex,
      keyType,
      keyBits,
      signatureAlgorithm,
      selfSigned,
      from: sentAt !== null ? 'sent' : fetched.some((other) => other.sha256Hex === sha256Hex) ? 'fetched' : 'store',
      sentAt,
      trustedBy: storesTrusting(one, stores),
    });
  }
  return { certificates, indexOf: (certificate) => indices.get(certificate.sha256Hex) ?? 0 };
}

/** Along the best path, what was sent was sent in that order. */
function isInOrder([best]: readonly FoundPath[], places: ReadonlyMap<string, number>): boolean {
  const order = (best?.certificates ?? []).map((one) => places.get(one.sha256Hex)).filter((place) => place !== undefined);
  return order.every((place, index) => index === 0 || place > order[index - 1]!);
}

interface Judged {
  leaf: Certificate;
  /** Sent and fetched. */
  others: readonly Certificate[];
  fetched: readonly Certificate[];
  paths: readonly FoundPath[];
  atMs: number;
  own: TrustStore;
  mozilla: TrustStore | undefined;
}

function viewsOf(judged: Judged): ClientView[] {
  const { leaf, others, fetched, atMs, own, mozilla } = judged;
  const sent = others.filter((one) => !fetched.includes(one));
  const openssl = judgeLikeOpenssl([leaf, ...sent], own.anchors(), atMs);
  const known = oldRootPath(judged);
  return [
    { client: 'openssl', accepts: openssl.code === null, path: indexOfPath(judged.paths, openssl.path), code: openssl.code },
    { client: 'any-path', ...bestOf(judged, sent, own) },
    ...(mozilla === undefined || mozilla === own ? [] : [{ client: 'mozilla', ...bestOf(judged, sent, mozilla) } as const]),
    ...(fetched.length === 0 ? [] : [{ client: 'fetching', ...bestOf(judged, others, own) } as const]),
    ...(known === null ? [] : [{ client: 'old-root', ...known } as const]),
  ];
}

function indexOfPath(paths: readonly FoundPath[], wanted: readonly Certificate[]): number | null {
  const index = paths.findIndex(
    ({ certificates }) => certificates.length === wanted.length && certificates.every((one, at) => one.sha256Hex === wanted[at]?.sha256Hex),
  );
  return index < 0 ? null : index;
}

/** Whether a client that tries every path of `among` finds one to an anchor of the store; keys and hashes are others' business. */
function bestOf({ paths }: Judged, among: readonly Certificate[], { store }: TrustStore): Omit<ClientView, 'client'> {
  const at = new Set(among.map(sha256));
  const open = paths.filter(({ certificates, end, stores }) => {
    const inner = certificates.slice(1, end === 'anchor' ? -1 : undefined);
    return (end !== 'anchor' || stores.includes(store)) && inner.every((one) => at.has(one.sha256Hex));
  });
  const taken = open.find((path) => path.end === 'anchor' && codeOf(path) === null) ?? open[0];
  if (taken === undefined) return { accepts: false, path: null, code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' };
  const code = taken.end === 'anchor' ? codeOf(taken) : deadEndCode(taken);
  return { accepts: code === null, path: paths.indexOf(taken), code };
}

function codeOf({ faults }: FoundPath): string | null {
  for (const { fault } of faults) {
    const code = (verifyCodes as Readonly<Record<string, string | null>>)[fault] ?? null;
    if (code !== null) return code;
  }
  return null;
}

function deadEndCode({ certificates, end, faults }: FoundPath): string {
  if (faults.some(({ fault }) => fault === 'signature-wrong')) return 'CERT_SIGNATURE_FAILURE';
  if (end !== 'root') return 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
  return certificates.length === 1 ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN';
}

/**
 * The path that only clients of old need: it runs through a certificate that another authority gave to the anchor of the path in use (the same
 * name and key, certified twice). Null when there is no such certificate.
 */
function oldRootPath({ paths }: Judged): Omit<ClientView, 'client'> | null {
  const best = paths.find((path) => path.end === 'anchor' && codeOf(path) === null);
  const anchor = best?.certificates.at(-1);
  if (best === undefined || anchor === undefined) return null;
  const index = paths.findIndex(
    ({ certificates, end }) =>
      end !== 'signature-wrong' &&
      certificates.slice(1).some((one) => one.sha256Hex !== anchor.sha256Hex && !one.selfSigned && isSameAuthority(one, anchor)),
  );
  const path = paths[index];
  if (path === undefined) return null;
  const code = codeOf(path);
  return { accepts: code === null, path: index, code };
}

function isSameAuthority(one: Certificate, other: Certificate): boolean {
  if (one.subjectName !== other.subjectName) return false;
  try {
    return one.openssl.publicKey.equals(other.openssl.publicKey);
  } catch {
    return false;
  }
}
