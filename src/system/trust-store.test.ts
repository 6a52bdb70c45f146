import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCertificate } from './certificate.ts';
import { certificatesInPem } from './pem.ts';
import { anchorsByWord, mozillaStore, readAuthorities, systemStore } from './trust-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-trust-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const [first = '', second = ''] = rootCertificates;
const atMs = Date.parse('2025-01-01T00:00:00Z');
const chainOf = (pem: string) =>
  certificatesInPem(pem)
    .map(parseCertificate)
    .filter((one) => one !== null);

describe('--ca FILE', () => {
  it('holds one authority or many, with text around them', () => {
    const read = readAuthorities(fileWith('good.pem', `Issuer: somebody\n${first}\n# and\n${second}\r\n`));
    expect(read).toMatchObject({ kind: 'read', store: { store: 'given' } });
  });

  it.each([
    ['missing.pem', null, 'does not exist'],
    ['empty.pem', '', 'holds no certificate in PEM form'],
    ['key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'holds no certificate in PEM form'],
    ['damaged.pem', `${first}\n-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n`, 'certificate 2 of 2 is damaged'],
  ])('%s is refused before anything is sent', (name, content, reason) => {
    const path = content === null ? join(folder, name) : fileWith(name, content);
    expect(readAuthorities(path)).toEqual({ kind: 'unusable', reason });
  });

  it('a folder is refused', () => expect(readAuthorities(folder)).toEqual({ kind: 'unusable', reason: 'is a folder' }));
});

describe('stores', () => {
  it('trust their own roots, given alone, unless those cannot be a server', () => {
    const verdicts = rootCertificates.map((pem) => mozillaStore().judge(chainOf(pem), atMs).code);
    // A root presented as the server's own certificate is anchored; what remains is what its usage or dates say.
    expect(new Set(verdicts).has('DEPTH_ZERO_SELF_SIGNED_CERT')).toBe(false);
    expect(new Set(verdicts).has('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')).toBe(false);
  });

  it('SSL_CERT_FILE takes the place of the bundle, NODE_EXTRA_CA_CERTS is added', () => {
    const one = fileWith('one.pem', first);
    const two = fileWith('two.pem', second);
    const empty = folder;
    const store = systemStore({ SSL_CERT_FILE: one, SSL_CERT_DIR: empty, NODE_EXTRA_CA_CERTS: two });
    expect(store?.sources).toEqual([one, two]);
    expect(systemStore({ SSL_CERT_FILE: one, SSL_CERT_DIR: empty })?.sources).toEqual([one]);
  });

  it('SSL_CERT_DIR is a folder of hashed names, looked into when the bundle does not settle a chain', () => {
    fileWith('0123abcd.0', second);
    const store = systemStore({ SSL_CERT_FILE: fileWith('other.pem', first), SSL_CERT_DIR: folder });
    expect(store?.judge(chainOf(second), atMs).code).not.toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(
      systemStore({ SSL_CERT_FILE: fileWith('one.pem', first), SSL_CERT_DIR: '/nonexistent' })?.judge(chainOf(second), atMs).code,
    ).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  it('a host without a store has none', () => {
    expect(systemStore({ SSL_CERT_FILE: join(folder, 'missing.pem'), SSL_CERT_DIR: '/nonexistent' })).toBeNull();
  });
});

describe('anchors by a word of their name', () => {
  const roots = rootCertificates.flatMap(certificatesInPem);
  const none = { withSubject: () => [] };

  it('are those that all names give', () => {
    const complete = mozillaStore().anchors();
    const byWord = anchorsByWord(
      () => roots,
      () => complete,
    );
    for (const one of roots.map(parseCertificate)) {
      const found = (anchors: typeof complete): string[] =>
        anchors.withSubject(one?.subjectName ?? '', one?.decoded.subject ?? new Uint8Array(0)).map(({ sha256Hex }) => sha256Hex);
      expect(found(byWord)).toEqual(found(complete));
      expect(found(byWord)).toContain(one?.sha256Hex);
    }
  });

  it('are found whatever the case of their letters', () => {
    const der = roots.find((one) => Buffer.from(one).includes('ISRG Root X1'));
    const known = parseCertificate(der ?? new Uint8Array(0));
    const shouted = Buffer.from(der ?? new Uint8Array(0));
    for (let at = shouted.indexOf('Internet'); at >= 0; at = shouted.indexOf('Internet')) shouted.write('INTERNET', at, 'latin1');
    const byWord = anchorsByWord(
      () => [shouted],
      () => none,
    );
    expect(byWord.withSubject(known?.subjectName ?? '', known?.decoded.subject ?? new Uint8Array(0))).toHaveLength(1);
  });
});
