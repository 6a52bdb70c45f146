import { spawnSync } from 'node:child_process';
import { loadCertificateSet } from './authority/certificate-set.ts';
import { standUp } from './laboratory.ts';
import { certificateSpecs } from './scenario/certificates.ts';

const set = await loadCertificateSet(certificateSpecs([]));
const lab = await standUp([], set);
console.error('up', lab.upMs);
const r = spawnSync('bash', ['-c', process.argv[2] ?? 'true'], { stdio: 'inherit', env: lab.environment });
process.exit(r.status ?? 1);
