import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertificateAuthority } from '../lab/certificates.ts';
import { missingPrerequisites, spawnSandboxed } from '../lab/run/sandbox.ts';
import { zoneName } from './flow-plan.ts';

/**
 * Records `count` short requests of one host, each behind its own lookup, to one server: nginx and knot, reached over a link that loses a little, in
 * namespaces made for it; tcpdump records them at the client. Throws when the lab cannot run here.
 */
export async function recordShortFlows(path: string, count: number): Promise<void> {
  const missing = await missingPrerequisites();
  if (missing.length > 0) throw new Error(`nothing can be recorded: ${missing.join('; ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'wirewalk-flows-'));
  try {
    const root = await CertificateAuthority.createRoot({ commonName: 'Bench root' });
    const issuing = await root.createIntermediate({ commonName: 'Bench issuing' });
    const { chainPem, keyPem } = await issuing.issue({ names: [`*.${zoneName}`, `*.ok.${zoneName}`] });
    writeFileSync(join(folder, 'chain.pem'), chainPem);
    writeFileSync(join(folder, 'key.pem'), keyPem);
    const inside = fileURLToPath(new URL('recorded-flows-inside.js', import.meta.url));
    const child = spawnSandboxed([process.execPath, inside, folder, path, `${count}`], { stdio: ['ignore', 'inherit', 'inherit'] });
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
    if (code !== 0) throw new Error(`recording ended with ${code}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
