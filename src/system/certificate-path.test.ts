import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Certificate, parseCertificate } from './certificate.ts';
import { judgePath } from './certificate-path.ts';
import { certificatesInPem } from './pem.ts';

/** A case of x509-limbo's format (https://x509-limbo.com), as far as it is read here. */
interface LimboCase {
  id: string;
  trusted_certs: string[];
  untrusted_intermediates: string[];
  peer_certificate: string;
  validation_time: string | null;
}

interface Reference {
  expected: 'SUCCESS' | 'FAILURE';
  /** What stock OpenSSL said, names compared as well: errors as number, depth, text. */
  openssl: { ok: boolean; errors: [number, number, string][] };
}

const parseAll = (pems: readonly string[]): Certificate[] =>
  pems
    .flatMap(certificatesInPem)
    .map(parseCertificate)
    .filter((one) => one !== null);

function judge(one: LimboCase): { trusted: boolean; code: string | null } {
  const anchors = parseAll(one.trusted_certs);
  const store = { withSubject: (name: string) => anchors.filter((anchor) => anchor.subjectName === name) };
  return judgePath(
    parseAll([one.peer_certificate, ...one.untrusted_intermediates]),
    store,
    Date.parse(one.validation_time ?? new Date().toISOString()),
  );
}

/** OpenSSL's verify codes for the server's name, which is not judged here. */
const nameMismatches = new Set([62, 63, 64]);

/** Where this judgement is not stock OpenSSL's, and why that is so. */
const reasons: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^crl::/u, 'revocation lists are not read'],
  [/^pathlen::max-chain-depth/u, "the case's own limit of depth is not an option here"],
  [/nc::nc-permits(-invalid)?-email/u, 'certificates for mail are refused: these chains are judged for servers'],
  [/^rfc5280::serial::negative$/u, 'a negative serial number does no harm to trust'],
  [
    /aki::(cross-signed-root-missing-aki|root-with-aki)/u,
    'an anchor counts as one whether it is self-signed or not, as in curl and browsers',
  ],
  [
    /^cve::cve-2024-0567$|root-and-intermediate-swapped|^bettertls::(pathbuilding|nameconstraints)::/u,
    'a path that OpenSSL gives up on is found',
  ],
];

/** BetterTLS counts SHA-1 signatures as failures; here they are facts for other rules. */
const weakSignatures = new Set(['bettertls::pathbuilding::tc47', 'bettertls::pathbuilding::tc80']);

const corpora = process.env.WIREWALK_CORPORA ?? '';
const folder = join(corpora, 'x509');

describe.runIf(corpora !== '' && existsSync(folder))('chains of x509-limbo and BetterTLS', () => {
  it.each(['limbo', 'bettertls-pathbuilding', 'bettertls-nameconstraints'])('%s: as stock OpenSSL, but for what is explained', (file) => {
    const { testcases } = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as { testcases: LimboCase[] };
    const { results } = JSON.parse(readFileSync(join(folder, `${file}.reference.json`), 'utf8')) as { results: Record<string, Reference> };
    expect(testcases.length).toBeGreaterThan(40);
    const unexplained: string[] = [];
    for (const one of testcases) {
      const reference = results[one.id];
      if (reference === undefined) continue;
      const startMs = performance.now();
      const verdict = judge(one);
      expect(performance.now() - startMs, `${one.id} takes too long`).toBeLessThan(2000);
      const onlyName = reference.openssl.errors.length > 0 && reference.openssl.errors.every(([code]) => nameMismatches.has(code));
      // Behind a wrong name may lie a fault of the path as well: the case then expects failure for either.
      const agrees = verdict.trusted === (reference.openssl.ok || onlyName) || (onlyName && reference.expected === 'FAILURE');
      const explained = reasons.some(([pattern]) => pattern.test(one.id));
      if (!agrees && !explained) unexplained.push(`${one.id}: ${JSON.stringify(reference.openssl.errors)} against ${verdict.code}`);
      // Where a path is found that OpenSSL does not find, the case itself must say that there is one.
      const better = /^bettertls::/u.test(one.id) && !agrees && !weakSignatures.has(one.id);
      if (better) expect([one.id, verdict.trusted]).toEqual([one.id, reference.expected === 'SUCCESS']);
    }
    expect(unexplained).toEqual([]);
  });
});

describe('judgePath', () => {
  it('without any certificate there is no trust', () => {
    expect(judgePath([], { withSubject: () => [] }, 0)).toEqual({ trusted: false, code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' });
  });
});
