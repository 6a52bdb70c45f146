import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';
import type { TrustResult } from '../model/observations/tls.ts';
import { readBoundedFile } from './bounded-file.ts';
import { bufferOf } from './buffer.ts';
import { type Certificate, certificateFacts, parseCertificate } from './certificate.ts';
import { judgePath, type PathVerdict, type TrustAnchors } from './certificate-path.ts';
import { canonicalName } from './distinguished-name.ts';
import { isFailure } from './network-tables.ts';
import { certificatesInPem } from './pem.ts';
import { subjectOfDer } from './x509.ts';

/** Authorities trusted by themselves, with the name under which results are reported. */
export interface TrustStore {
  store: TrustResult['store'];
  /** Files, folders and lists it is read from. */
  sources: readonly string[];
  /** What it says of a chain, leaf first, at a moment in milliseconds since 1970. See `judgePath`. */
  judge(chain: readonly Certificate[], atMs: number): PathVerdict;
  /** Judges one of its own, so that the code for it is loaded. */
  prepare(): void;
  /** All of them. Finding the names of some 140 takes a few milliseconds, once. */
  anchors(): TrustAnchors;
}

/** Stores to judge chains by; asked at the first chain, because reading them takes time. */
export type StoreSource = () => readonly TrustStore[];

/** Issuers looked for lately, of each store: sites that are examined together mostly have the same. */
const mostFound = 64;
const fileLimitBytes = 32 * 1024 * 1024;

/** Where systems keep all their authorities in one file: Debian and Alpine, Red Hat, SUSE, Alpine and macOS and the BSDs. */
const bundleFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/etc/ssl/cert.pem',
] as const;
/** Where they keep one file each, named by the hash of the subject. */
const certificateFolders = ['/etc/ssl/certs', '/etc/pki/tls/certs'] as const;

/** What `--ca FILE` was found to be, known before anything is sent. */
export type AuthoritiesRead = { kind: 'read'; store: TrustStore } | { kind: 'unusable'; reason: string };

/** Reads a PEM file of authorities. Unreadable, without a certificate, or with one that is damaged: not usable, and why in a few words. */
export function readAuthorities(file: string): AuthoritiesRead {
  const read = readBoundedFile(file, fileLimitBytes);
  if (isFailure(read)) return { kind: 'unusable', reason: fileReasons[read.code ?? ''] ?? read.raw ?? 'cannot be read' };
  const certificates = certificatesInPem(read.text);
  if (certificates.length === 0) return { kind: 'unusable', reason: 'holds no certificate in PEM form' };
  const damaged = certificates.findIndex((der) => parseCertificate(der) === null);
  if (damaged >= 0) return { kind: 'unusable', reason: `certificate ${damaged + 1} of ${certificates.length} is damaged` };
  return { kind: 'read', store: storeOf('given', certificates, nothingMore, [file]) };
}

const fileReasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'must not be read by this user',
  EISDIR: 'is a folder',
  EFBIG: 'is too large',
};

let mozilla: TrustStore | null = null;

/** The list Node.js ships, Mozilla's. */
export function mozillaStore(): TrustStore {
  mozilla ??= storeOf('mozilla', tls.rootCertificates.flatMap(certificatesInPem), nothingMore, ['node:tls rootCertificates']);
  return mozilla;
}

let system: { key: string; store: TrustStore | null } | null = null;

/**
 * What programs on this host that use OpenSSL trust: `SSL_CERT_FILE` and `SSL_CERT_DIR` in place of the system's file and folder, and
 * `NODE_EXTRA_CA_CERTS` in addition. Null when this host has no store at all (a container without `ca-certificates`): then nothing can be said
 * about it. Read once per process and environment.
 */
export function systemStore(environment: Readonly<Record<string, string | undefined>> = process.env): TrustStore | null {
  const key = JSON.stringify([environment.SSL_CERT_FILE, environment.SSL_CERT_DIR, environment.NODE_EXTRA_CA_CERTS]);
  if (system?.key !== key) system = { key, store: readSystemStore(environment) };
  return system.store;
}

const nothingMore: Load = () => [];

function readSystemStore(environment: Readonly<Record<string, string | undefined>>): TrustStore | null {
  const { SSL_CERT_FILE: file = '', SSL_CERT_DIR: folderList = '', NODE_EXTRA_CA_CERTS: extra = '' } = environment;
  const own = file === '' ? platformFile() : (fromFile(file)[0] ?? null);
  const parts = [...(own === null ? [] : [own]), ...(extra === '' || extra === own?.source ? [] : fromFile(extra))];
  // Each variable replaces its own default only: with SSL_CERT_FILE alone, the system's folder still counts.
  const folders = (folderList === '' ? certificateFolders : folderList.split(delimiter)).filter((folder) => hashedNames(folder).length > 0);
  if (parts.length === 0 && folders.length === 0) return null;
  return storeOf(
    'system',
    parts.flatMap((part) => part.certificates),
    () => folders.flatMap(fromFolder),
    [...parts.map((part) => part.source), ...folders],
  );
}

interface Part {
  source: string;
  certificates: readonly Uint8Array[];
}

/** Node.js has it from 22.15 on; on macOS and Windows nothing else reads the system's own store without a command. */
const getCACertificates = (tls as { getCACertificates?: (type: 'system') => string[] }).getCACertificates;

function platformFile(): Part | null {
  if (process.platform !== 'linux' && getCACertificates !== undefined) {
    const certificates = getCACertificates('system').flatMap(certificatesInPem);
    if (certificates.length > 0) return { source: 'node:tls getCACertificates', certificates };
  }
  for (const file of bundleFiles) {
    const [part] = fromFile(file);
    if (part !== undefined) return part;
  }
  return null;
}

function fromFile(file: string): Part[] {
  const read = readBoundedFile(file, fileLimitBytes);
  const certificates = isFailure(read) ? [] : certificatesInPem(read.text);
  return certificates.length === 0 ? [] : [{ source: file, certificates }];
}

/** A folder as `openssl rehash` leaves it: OpenSSL looks only at names such as `4042bcee.0`. */
function hashedNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9a-f]{8}\.\d+$/u.test(name));
  } catch {
    return [];
  }
}

function fromFolder(folder: string): readonly Uint8Array[] {
  return hashedNames(folder).flatMap((name) => fromFile(join(folder, name)).flatMap((part) => part.certificates));
}

type Load = () => readonly Uint8Array[];

/**
 * A store over certificates in DER: `listed` are at hand, `more` are loaded when those do not settle a chain. None is parsed before a chain asks
 * for its name: of some 140 roots a chain needs one.
 */
function storeOf(store: TrustResult['store'], listed: readonly Uint8Array[], more: Load, sources: readonly string[]): TrustStore {
  let complete: TrustAnchors | null = null;
  const found = new Map<string, Certificate[]>();
  const quick: TrustAnchors = {
    // Nearly always the issuer's name is written in its subject byte by byte as in what it issued.
    withSubject: (canonical, der) => {
      const name = bufferOf(der);
      const key = name.toString('latin1');
      const known = found.get(key);
      if (known !== undefined) return known;
      const anchors = listed
        .filter((one) => bufferOf(one).includes(name))
        .map(parseCertificate)
        .filter((one): one is Certificate => one?.subjectName === canonical);
      if (found.size >= mostFound) found.delete(found.keys().next().value ?? '');
      found.set(key, anchors);
      return anchors;
    },
  };
  const folded: TrustAnchors = anchorsByWord(
    () => [...listed, ...more()],
    () => anchors(),
  );
  const anchors = (): TrustAnchors => {
    complete ??= completeAnchors([...listed, ...more()]);
    return complete;
  };
  return {
    store,
    sources,
    judge: (chain, atMs) => {
      const verdict = judgePath(chain, quick, atMs);
      return verdict.trusted ? verdict : judgePath(chain, folded, atMs);
    },
    prepare: () => {
      const [der] = listed;
      const own = der === undefined ? null : parseCertificate(der);
      if (own === null) return;
      certificateFacts(own);
      judgePath([own], quick, 0);
    },
    anchors,
  };
}

/**
 * Anchors found by a word of the name before any other is read: reading the names of some 140 takes 10 to 20 ms when it is done first.
 *
 * @param complete for names without such a word
 */
export function anchorsByWord(load: Load, complete: () => TrustAnchors): TrustAnchors {
  let all: readonly NamedText[] | null = null;
  return {
    withSubject: (canonical, der) => {
      const word = wordOf(canonical);
      if (word === null) return complete().withSubject(canonical, der);
      all ??= load().map((one) => ({ der: one, text: bufferOf(one).toString('latin1').toLowerCase() }));
      const spellings = [word, word.split('').join('\0'), word.split('').join('\0\0\0')];
      return all
        .filter(({ text }) => spellings.some((spelling) => text.includes(spelling)))
        .filter((one) => canonicalName(subjectOfDer(one.der) ?? new Uint8Array(0)) === canonical)
        .map((one) => parseCertificate(one.der))
        .filter((one): one is Certificate => one !== null);
    },
  };
}

interface NamedText {
  der: Uint8Array;
  /** Its bytes as text, in lower case. */
  text: string;
}

/**
 * The longest word of a canonical name's values (see `canonicalName`): whatever has that name holds it, in one byte for each character, in two
 * (BMPString) or in four. Null without a word that is worth looking for.
 */
function wordOf(canonical: string): string | null {
  const values = canonical.split(/[\u0001\u0002]/u).map((part) => part.slice(part.indexOf('=') + 1));
  const words = canonical.includes('#') ? [] : values.flatMap((value) => value.match(/[a-z0-9]{4,}/gu) ?? []);
  return words.reduce<string | null>((longest, word) => (longest === null || word.length > longest.length ? word : longest), null);
}

/** Every certificate by the canonical form of its subject: names that differ in string type, case or white space are the same. */
function completeAnchors(certificates: readonly Uint8Array[]): TrustAnchors {
  const bySubject = new Map<string, Uint8Array[]>();
  for (const der of certificates) {
    const subject = subjectOfDer(der);
    if (subject === null) continue;
    const name = canonicalName(subject);
    const list = bySubject.get(name);
    if (list === undefined) bySubject.set(name, [der]);
    else list.push(der);
  }
  return {
    withSubject: (canonical) => (bySubject.get(canonical) ?? []).map(parseCertificate).filter((one): one is Certificate => one !== null),
  };
}
