import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectionProductOf } from '../../src/diagnose/inspection-authorities.ts';
import { matchesAddress, matchesDnsName } from '../../src/model/host-name.ts';
import { type Certificate, certificateFacts, parseCertificate } from '../../src/system/certificate.ts';
import { faultsOf } from '../../src/system/chain/faults.ts';
import { judgeLikeOpenssl, usualSettings } from '../../src/system/chain/openssl.ts';
import { readRevocationList } from '../../src/system/chain/revocation-list.ts';
import { defaultLimits, searchPaths } from '../../src/system/chain/search.ts';
import { certificatesInPem } from '../../src/system/pem.ts';
import { systemStore } from '../../src/system/trust-store.ts';
import { chainDisagreements } from './chain-disagreements.ts';

/** A case of x509-limbo's format (https://x509-limbo.com), as far as it is read here. */
interface LimboCase {
  id: string;
  features: string[];
  validation_kind: 'SERVER' | 'CLIENT';
  trusted_certs: string[];
  untrusted_intermediates: string[];
  peer_certificate: string;
  crls?: string[];
  validation_time: string | null;
  max_chain_depth: number | null;
  expected_result: 'SUCCESS' | 'FAILURE';
  expected_peer_name: { kind: 'DNS' | 'IP'; value: string } | null;
}

interface Reference {
  /** What stock OpenSSL said, names compared as well: errors as number, depth, text. */
  openssl: { ok: boolean; errors: [number, number, string][] };
}

interface Judged {
  one: LimboCase;
  /** A path without any fault, and the right name. */
  proper: boolean;
  /** A path without a fault that ordinary clients refuse, and the right name. */
  holds: boolean;
  openssl: boolean;
  tookMs: number;
}

const parseAll = (pems: readonly string[]): Certificate[] =>
  pems
    .flatMap(certificatesInPem)
    .map(parseCertificate)
    .filter((one) => one !== null);

function judge(one: LimboCase): Judged {
  const startMs = performance.now();
  const anchors = parseAll(one.trusted_certs);
  const store = { withSubject: (name: string) => anchors.filter((anchor) => anchor.subjectName === name) };
  const [leaf] = parseAll([one.peer_certificate]);
  const verdict: Judged = { one, proper: false, holds: false, openssl: false, tookMs: 0 };
  if (leaf === undefined) return verdict;
  const others = parseAll(one.untrusted_intermediates);
  const atMs = Date.parse(one.validation_time ?? new Date().toISOString());
  const purpose = one.validation_kind === 'SERVER' ? 'server' : 'client';
  const limits = one.max_chain_depth === null ? defaultLimits : { ...defaultLimits, longestPath: one.max_chain_depth + 2 };
  const named = namesPeer(leaf, one);
  const listed = (one.crls ?? []).every((list) => clears(list, leaf, [...others, ...anchors], atMs));
  searchPaths(
    leaf,
    others,
    store,
    (path, end) => {
      const faults = end === 'anchor' ? faultsOf(path, atMs, true, purpose) : null;
      verdict.proper ||= named && listed && faults?.length === 0;
      verdict.holds ||= named && (faults?.every((fault) => fault.improper === true) ?? false);
      return verdict.proper;
    },
    limits,
  );
  // As the reference was made: every key and hash is accepted.
  const settings = { purpose, securityLevel: 0, depth: one.max_chain_depth ?? 100 } as const;
  const { code } = judgeLikeOpenssl([leaf, ...others], store, atMs, settings);
  return { ...verdict, openssl: code === null && namesPeerToOpenssl(leaf, one), tookMs: performance.now() - startMs };
}

/** A list that is sound in every way, in force, and without the certificate. */
function clears(pem: string, leaf: Certificate, issuers: readonly Certificate[], atMs: number): boolean {
  const list = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const { status, signature, covers, faults, thisUpdate, nextUpdate } = readRevocationList(list, leaf, issuers);
  const isInForce = Date.parse(thisUpdate ?? '') <= atMs && (nextUpdate === null || atMs <= Date.parse(nextUpdate));
  return status === 'not-listed' && signature === 'valid' && covers && faults.length === 0 && isInForce;
}

function namesPeer(leaf: Certificate, { expected_peer_name: peer }: LimboCase): boolean {
  if (peer === null) return true;
  const { dnsNames, ipAddresses } = certificateFacts(leaf);
  return peer.kind === 'DNS'
    ? dnsNames.some((name) => matchesDnsName(peer.value, name))
    : ipAddresses.some((address) => matchesAddress(peer.value, address));
}

function namesPeerToOpenssl(leaf: Certificate, { expected_peer_name: peer }: LimboCase): boolean {
  if (peer === null) return true;
  return (peer.kind === 'DNS' ? leaf.openssl.checkHost(peer.value) : leaf.openssl.checkIP(peer.value)) !== undefined;
}

const corpora = process.env.WIREWALK_CORPORA ?? '';
const listed = (about: 'correct' | 'openssl'): string[] =>
  chainDisagreements
    .filter((one) => one.about === about)
    .map(({ id }) => id)
    .sort();

if (corpora === '') {
  it('chains of other projects are judged where WIREWALK_CORPORA names their folder; here it is not set', () => {
    console.warn('WIREWALK_CORPORA is not set: certificate chains of other projects were not judged');
  });
} else {
  describe('certificate chains of other projects', () => {
    const judged = new Map<string, Judged[]>();
    let references: Readonly<Record<string, Reference>> = {};
    const files = ['limbo', 'bettertls-pathbuilding', 'bettertls-nameconstraints'] as const;
    const of = (file: (typeof files)[number]): Judged[] => judged.get(file) ?? [];

    beforeAll(() => {
      for (const file of files) {
        const read = (name: string): unknown => JSON.parse(readFileSync(join(corpora, 'x509', name), 'utf8'));
        judged.set(file, (read(`${file}.json`) as { testcases: LimboCase[] }).testcases.map(judge));
        references = { ...references, ...(read(`${file}.reference.json`) as { results: Record<string, Reference> }).results };
      }
    });

    it('are as many as they were', () => {
      expect(files.map((file) => of(file).length)).toEqual([125, 49, 288]);
    });

    it("x509-limbo's servers: at least 95 of 100 are judged as expected, and every other one is listed", () => {
      const servers = of('limbo').filter(({ one }) => one.validation_kind === 'SERVER');
      const differing = servers.filter(({ one, proper }) => proper !== (one.expected_result === 'SUCCESS'));
      expect(differing.map(({ one }) => one.id).sort()).toEqual(listed('correct'));
      expect(1 - differing.length / servers.length).toBeGreaterThanOrEqual(0.95);
      const withLists = servers.filter(({ one }) => one.features.includes('has-crl'));
      expect(withLists.length).toBe(5);
      expect(withLists.filter((one) => differing.includes(one))).toEqual([]);
    });

    it("x509-limbo's clients are judged as expected, for that purpose", () => {
      const clients = of('limbo').filter(({ one }) => one.validation_kind === 'CLIENT');
      expect(clients.filter(({ one, proper }) => proper !== (one.expected_result === 'SUCCESS')).map(({ one }) => one.id)).toEqual([]);
      expect(clients.length).toBeGreaterThan(5);
    });

    it.each(['bettertls-pathbuilding', 'bettertls-nameconstraints'] as const)('%s: all are judged as expected', (file) => {
      expect(
        of(file)
          .filter(({ one, holds }) => holds !== (one.expected_result === 'SUCCESS'))
          .map(({ one }) => one.id),
      ).toEqual([]);
    });

    it('what stock OpenSSL says is foretold for every chain', () => {
      const differing = files.flatMap(of).filter(({ one, openssl }) => openssl !== references[one.id]?.openssl.ok);
      expect(differing.map(({ one }) => one.id).sort()).toEqual(listed('openssl'));
    });

    it('pathological chains, and all others, take less than a second each', () => {
      const slow = files.flatMap(of).filter(({ tookMs }) => tookMs >= 1000);
      expect(slow.map(({ one }) => one.id)).toEqual([]);
      expect(of('limbo').filter(({ one }) => one.id.startsWith('pathological::')).length).toBeGreaterThan(5);
    });

    it("badssl.com's chains: what stock OpenSSL says with this host's store is foretold, and who reads along is named", () => {
      const store = systemStore({});
      const named = Object.entries(badsslFacts()).map(([file, facts]) => {
        const chain = parseAll([readFileSync(join(corpora, 'x509/badssl-chains', file), 'utf8')]);
        for (const [moment, { ok }] of Object.entries(facts.openssl_verify_with_debian_ca_certificates)) {
          const atMs = moment.startsWith('one_hour') ? (chain[0]?.decoded.notBeforeMs ?? 0) + 3_600_000 : Date.parse(`${moment}T00:00:00Z`);
          const { code } = judgeLikeOpenssl(chain, store?.anchors() ?? { withSubject: () => [] }, atMs, {
            ...usualSettings,
            securityLevel: 0,
          });
          expect([file, moment, code === null]).toEqual([file, moment, ok]);
        }
        const product = inspectionProductOf(chain.map(certificateFacts))?.product;
        return product === undefined ? [] : [product];
      });
      expect(named.flat().sort()).toEqual(['Superfish', 'eDellRoot', 'eDellRoot']);
    });
  });
}

interface BadsslFacts {
  openssl_verify_with_debian_ca_certificates: Record<string, { ok: boolean }>;
}

function badsslFacts(): Record<string, BadsslFacts> {
  return JSON.parse(readFileSync(join(corpora, 'x509/badssl-chains/facts.json'), 'utf8')) as Record<string, BadsslFacts>;
}
