import type { ServedCertificate } from '../authority/authorities.ts';
import { type Daemon, stateFolder } from './daemon.ts';
import { edgeAddresses } from './nginx.ts';

/** HAProxy as the site's edge. In the lines, `{bind}` becomes a bind of every address with the site's certificate. */
export function haproxyDaemon(lines: readonly string[], certificate: ServedCertificate): Daemon {
  const folder = `${stateFolder}/edge`;
  const pem = `${folder}/site.pem`;
  const binds = edgeAddresses.map((address) => `  bind ${address}:443 ssl crt ${pem} alpn h2,http/1.1`);
  const config = [
    'global',
    '  log stderr format raw local0 info',
    '  maxconn 64',
    'defaults',
    '  mode http',
    '  log global',
    '  option httplog',
    '  timeout connect 2s',
    '  timeout client 30s',
    '  timeout server 30s',
    ...lines.flatMap((line) => (line.trim() === '{bind}' ? binds : [line])),
    '',
  ].join('\n');
  return {
    name: 'haproxy',
    place: 'edge',
    command: 'haproxy',
    arguments: ['-db', '-f', `${folder}/haproxy.cfg`],
    files: { [`${folder}/haproxy.cfg`]: config, [pem]: `${certificate.certificatePem}${certificate.keyPem}` },
    ready: { protocol: 'tcp', port: 443, sockets: edgeAddresses.length },
    logFile: `${folder}/log`,
  };
}
