import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import type { TrustResult } from '../model/observations/tls.ts';
import { readBoundedFile } from './bounded-file.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import type { TrustAnchors } from './certificate-path.ts';
import { canonicalName } from './distinguished-name.ts';
import { isFailure } from './network-tables.ts';
import { certificatesInPem } from './pem.ts';
import { decodeX509 } from './x509.ts';

/** Anchors with the name under which results are reported. */
export interface TrustStore extends TrustAnchors {
  store: TrustResult['store'];
  /** Files and lists it was read from. */
  sources: readonly string[];
  /** Certificates in it. */
  size: number;
}

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
/** Where they keep one file each, looked at when there is no bundle. */
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
  return { kind: 'read', store: storeOf('given', certificates, [file]) };
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
  mozilla ??= storeOf('mozilla', tls.rootCertificates.flatMap(certificatesInPem), ['node:tls rootCertificates']);
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

function readSystemStore(environment: Readonly<Record<string, string | undefined>>): TrustStore | null {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders, NODE_EXTRA_CA_CERTS: extra } = environment;
  const parts: { source: string; certificates: Uint8Array[] }[] = [];
  const named = (file ?? '') !== '' || (folders ?? '') !== '';
  if (file !== undefined && file !== '') parts.push(...fromFiles([file]));
  if (folders !== undefined && folders !== '') parts.push(...folders.split(process.platform === 'win32' ? ';' : ':').flatMap(fromFolder));
  if (!named) parts.push(...platformAuthorities());
  if (extra !== undefined && extra !== '') parts.push(...fromFiles([extra]));
  if (parts.length === 0) return null;
  return storeOf(
    'system',
    parts.flatMap((part) => part.certificates),
    parts.map((part) => part.source),
  );
}

/** Node.js has it from 22.15 on; on macOS and Windows nothing else reads the system's own store without a command. */
const getCACertificates = (tls as { getCACertificates?: (type: 'system') => string[] }).getCACertificates;

function platformAuthorities(): { source: string; certificates: Uint8Array[] }[] {
  if (process.platform !== 'linux' && getCACertificates !== undefined) {
    const certificates = getCACertificates('system').flatMap(certificatesInPem);
    if (certificates.length > 0) return [{ source: 'node:tls getCACertificates', certificates }];
  }
  for (const file of bundleFiles) {
    const part = fromFiles([file]);
    if (part.length > 0) return part;
  }
  for (const folder of certificateFolders) {
    const part = fromFolder(folder);
    if (part.length > 0) return part;
  }
  return [];
}

function fromFiles(files: readonly string[]): { source: string; certificates: Uint8Array[] }[] {
  return files.flatMap((file) => {
    const read = readBoundedFile(file, fileLimitBytes);
    const certificates = isFailure(read) ? [] : certificatesInPem(read.text);
    return certificates.length === 0 ? [] : [{ source: file, certificates }];
  });
}

/** A folder as `openssl rehash` leaves it: OpenSSL looks only at names such as `4042bcee.0`. */
function fromFolder(folder: string): { source: string; certificates: Uint8Array[] }[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const hashed = names.filter((name) => /^[0-9a-f]{8}\.\d+$/u.test(name)).map((name) => join(folder, name));
  const certificates = fromFiles(hashed).flatMap((part) => part.certificates);
  return certificates.length === 0 ? [] : [{ source: folder, certificates }];
}

/** Indexes certificates by subject without parsing them further: of some 140 roots a chain needs one. */
function storeOf(store: TrustResult['store'], certificates: readonly Uint8Array[], sources: readonly string[]): TrustStore {
  const bySubject = new Map<string, Uint8Array[]>();
  for (const der of certificates) {
    const subject = decodeX509(der)?.subject;
    if (subject === undefined) continue;
    const key = canonicalName(subject);
    const list = bySubject.get(key);
    if (list === undefined) bySubject.set(key, [der]);
    else list.push(der);
  }
  return {
    store,
    sources,
    size: certificates.length,
    withSubject: (name) => (bySubject.get(name) ?? []).map(parseCertificate).filter((one): one is Certificate => one !== null),
  };
}
