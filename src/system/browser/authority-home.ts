import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesInPem } from '../pem.ts';

/** A home folder whose certificate database (NSS, as browsers on Linux read it) trusts what was given. */
export interface AuthorityHome {
  folder: string;
  remove(): void;
}

/** Makes one with `certutil`; where that is missing, or the system keeps no such database, says so. */
export async function authorityHome(authorityFile: string): Promise<AuthorityHome | { reason: string }> {
  if (process.platform !== 'linux') return { reason: 'the authorities of --ca cannot be given to a browser on this system' };
  const folder = mkdtempSync(join(tmpdir(), 'wirewalk-home-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const database = join(folder, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true, mode: 0o700 });
  const directory = `sql:${database}`;
  let isMade = await certutil(['-N', '--empty-password', '-d', directory]);
  for (const [index, der] of certificatesInPem(readFileSync(authorityFile, 'utf8')).entries()) {
    const file = join(folder, `authority-${index}.der`);
    writeFileSync(file, der);
    isMade &&= await certutil(['-A', '-d', directory, '-n', `authority ${index}`, '-t', 'C,,', '-i', file]);
  }
  if (isMade) return { folder, remove };
  remove();
  return { reason: 'the authorities of --ca are given to a browser by certutil, which is missing or fails (Debian: libnss3-tools)' };
}

function certutil(words: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('certutil', words, { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
