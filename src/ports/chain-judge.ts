import type {
  ClientView,
  JudgedPath,
  PathCertificate,
  RevocationFacts,
  RevocationListFacts,
} from '../model/observations/certificate-paths.ts';
import type { CertificateFacts } from '../model/observations/tls.ts';

/** What every path of a chain is worth; see `tls.paths-judged`. */
export interface ChainJudgement {
  certificates: PathCertificate[];
  paths: JudgedPath[];
  complete: boolean;
  inOrder: boolean;
  unused: number[];
  clients: ClientView[];
  /** Where the issuers are to be had at whose lack paths end, in the order of the paths. */
  issuerUrls: string[];
  /** Some store decides that this chain is to be believed. */
  accepted: boolean;
}

/** Cryptography and stores behind the judgement of certificates. Never throws: certificates come from the network. */
export interface ChainJudge {
  /**
   * Builds and judges every path from the leaf. Null when the leaf is no certificate.
   *
   * @param sent DER in base64, leaf first
   * @param fetched further certificates, DER
   * @param atMs milliseconds since 1970
   */
  judge(sent: readonly string[], fetched: readonly Uint8Array[], atMs: number): ChainJudgement | null;
  /** The certificates in a file as authorities publish theirs: DER, PEM, or PKCS #7 (RFC 5280 section 4.2.2.1); DER each. */
  certificatesIn(file: Uint8Array): readonly Uint8Array[];
  facts(certificate: Uint8Array): CertificateFacts | null;
  /**
   * Where to ask whether the leaf is revoked, the question in the URL (RFC 6960 appendix A.1). Null without a responder, or without the issuer among
   * the rest and in the stores.
   *
   * @param chain DER in base64, leaf first
   */
  revocationQuestion(chain: readonly string[]): { urls: string[] } | null;
  /** Where the lists are on which the leaf would be if it were revoked (RFC 5280 section 4.2.1.13), and whether it names a responder as well. */
  revocationLists(chain: readonly string[]): { urls: string[]; hasResponder: boolean };
  /** Reads such a list. Its signature is checked against the leaf's issuer, as that of a response is. */
  readRevocationList(list: Uint8Array, chain: readonly string[]): RevocationListFacts;
  /**
   * Reads an OCSP response about the leaf (RFC 6960). Its signature is checked against the leaf's issuer, found among the rest and in the stores.
   *
   * @param chain DER in base64, leaf first
   */
  readRevocation(response: Uint8Array, chain: readonly string[]): RevocationFacts;
}
