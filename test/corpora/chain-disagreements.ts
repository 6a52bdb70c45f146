/** Where this project's judgement of a certificate chain is not what the case wants, and why. A listed case that agrees after all fails the test. */
export interface ChainDisagreement {
  id: string;
  /** The judgement that differs: whether the chain is correct, or what stock OpenSSL says of it. */
  about: 'correct' | 'openssl';
  why: string;
}

export const chainDisagreements: readonly ChainDisagreement[] = [
  { id: 'crl::crlnumber-critical', about: 'openssl', why: 'revocation lists are not part of a path here' },
  {
    id: 'rfc5280::ca-as-leaf',
    about: 'correct',
    why: "the same chain must fail as webpki::ca-as-leaf; servers are judged by the web's rules, and the key usage allows certificates alone",
  },
  {
    id: 'pathlen::validation-ignores-pathlen-in-leaf',
    about: 'correct',
    why: 'its leaf is an authority whose key usage allows certificates alone: OpenSSL and the rules of the web refuse it as a server',
  },
  {
    id: 'rfc5280::aki::cross-signed-root-missing-aki',
    about: 'correct',
    why: 'an anchor is trusted as it is; cve::cve-2024-0567 wants the same kind of anchor accepted',
  },
  {
    id: 'webpki::san::public-suffix-private-namespace-wildcard-san',
    about: 'correct',
    why: 'no public suffix list is carried along; the owner of s3.amazonaws.com really has such a certificate',
  },
];
