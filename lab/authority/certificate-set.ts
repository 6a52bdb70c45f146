import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from '../run/own-folder.ts';
import type { CertificateSpec, TrustChange } from '../scenario/change.ts';
import type { AuthorityName, CertificateSet, ServedCertificate } from './authorities.ts';
import { specificationKey } from './authorities.ts';

/** Finds a specification's chain in a set. Throws when the set was made without it. */
export function servedCertificate(set: CertificateSet, spec: CertificateSpec): ServedCertificate {
  const found = set.served[specificationKey(spec)];
  if (!found) throw new Error(`no certificate was made for ${specificationKey(spec)}`);
  return found;
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

function readSet(file: string): CertificateSet | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CertificateSet;
  } catch {
    return null;
  }
}
