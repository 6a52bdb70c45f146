import { writeFileSync } from 'node:fs';
import { CertificateAuthority } from '../lab/certificates.ts';
import { startDnsServer } from '../lab/loopback/dns-server.ts';
import { startSite } from '../lab/loopback/site.ts';

/**
 * The other end of every measurement, in a process of its own so that its work is not counted: a healthy https site and a resolver. Writes the
 * authority's certificate to the file named by the first argument, then one line of JSON with the ports; ends when its input ends.
 */
const [caFile = ''] = process.argv.slice(2);
const root = await CertificateAuthority.createRoot({ commonName: 'Bench root' });
const site = await startSite({ tls: await root.issue({ names: ['site.test'], addresses: ['127.0.0.1'] }) });
const dns = await startDnsServer({ zone: { 'site.test': { records: { A: ['127.0.0.1'] } } } });
writeFileSync(caFile, root.certificate.pem);
process.stdout.write(`${JSON.stringify({ sitePort: site.port, resolver: dns.endpoint })}\n`);
process.stdin.resume().on('end', () => process.exit(0));
