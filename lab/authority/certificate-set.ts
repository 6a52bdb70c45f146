import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateSpec, TrustChange } from '../scenario/change.ts';

/** A certificate chain and its key, PEM. */
export interface ServedCertificate {
  certificatePem: string;
  keyPem: string;
}

/** Authorities by name; PEM and DER (base64) of each one's own certificate. */
export type AuthorityName = 'public' | 'public-intermediate' | 'private' | 'inspection' | 'new-root' | 'old-root';

/** Every certificate of every scenario, and the authorities behind them. Plain data: it is kept for a day in a file. */
export interface CertificateSet {
  served: Record<string, ServedCertificate>;
  authorities: Record<AuthorityName, { pem: string; derBase64: string }>;
}

/** Finds a specification's chain in a set. Throws when the set was made without it. */
export function servedCertificate(set: CertificateSet, spec: CertificateSpec): ServedCertificate {
  const found = set.served[specificationKey(spec)];
  if (!found) throw new Error(`no certificate was made for ${specificationKey(spec)}`);
  return found;
}

/** The same specification always has the same key. */
export function specificationKey(spec: CertificateSpec): string {
  return JSON.stringify(Object.entries(spec).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The certificate file the client's system trusts. */
export function trustedPem(set: CertificateSet, changes: readonly TrustChange[]): string {
  const trusted = new Set<AuthorityName>(['public', 'new-root']);
  for (const { add, without } of changes) {
    for (const name of add ?? []) trusted.add(name);
    for (const name of without ?? []) trusted.delete(name);
  }
  return [...trusted].map((name) => set.authorities[name].pem).join('');
}

/**
 * The certificates for these specifications: from the day's file, or made now (about a second, once a day). The file lies in a folder of this
 * user's own below the temporary folder; a folder somebody else owns is not used.
 */
export async function loadCertificateSet(specs: readonly CertificateSpec[]): Promise<CertificateSet> {
  const day = new Date().toISOString().slice(0, 10);
  const digest = createHash('sha256').update(day).update(specs.map(specificationKey).sort().join('\n')).digest('hex').slice(0, 32);
  const folder = ownFolder();
  const file = folder === null ? null : join(folder, `certificates-${digest}.json`);
  const kept = file === null ? null : readSet(file);
  if (kept) return kept;
  const { makeCertificateSet } = await import('./certificate-maker.ts');
  const made = await makeCertificateSet(specs);
  if (file !== null) {
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(made), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  }
  return made;
}

function ownFolder(): string | null {
  const user = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `wirewalk-lab-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  return uid === user && (mode & 0o022) === 0 ? folder : null;
}

function readSet(file: string): CertificateSet | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CertificateSet;
  } catch {
    return null;
  }
}
