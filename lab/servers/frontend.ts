import type { ServedCertificate } from '../authority/authorities.ts';
import type { FrontendChange } from '../scenario/change.ts';
import { addresses } from '../topology/plan.ts';
import { type Daemon, stateFolder } from './daemon.ts';
import { edgeAddresses } from './nginx.ts';

const folder = `${stateFolder}/edge`;
const pem = `${folder}/site.pem`;
const key = `${folder}/site.key`;

type Maker = (lines: readonly string[]) => Pick<Daemon, 'command' | 'arguments' | 'files' | 'ready' | 'folders' | 'environment'>;

/** Other proxies in nginx's place at the edge, each passing everything on to the origin unless its lines say otherwise. */
const makers: Readonly<Record<FrontendChange['server'], Maker>> = {
  /** Plain http on port 80: it does not speak TLS. Lines are VCL behind the backend. */
  varnish: (lines) => ({
    command: 'varnishd',
    arguments: [
      '-F',
      // Without users of its own in the namespace it has nobody to become.
      '-j',
      'none',
      '-n',
      `${folder}/varnish`,
      '-f',
      `${folder}/site.vcl`,
      '-s',
      'malloc,16m',
      ...edgeAddresses.flatMap((address) => ['-a', address.includes(':') ? `[${address}]:80` : `${address}:80`]),
    ],
    folders: [`${folder}/varnish`],
    files: {
      [`${folder}/site.vcl`]: [
        'vcl 4.1;',
        ...(lines.some((line) => line.startsWith('backend ')) ? [] : [`backend origin { .host = "${addresses.origin}"; .port = "80"; }`]),
        ...lines,
        '',
      ].join('\n'),
    },
    ready: { protocol: 'tcp', port: 80, sockets: edgeAddresses.length },
  }),
  /** TLS on port 443 of every address. Lines stand in the virtual host. */
  apache: (lines) => ({
    command: 'apache2',
    arguments: ['-DFOREGROUND', '-f', `${folder}/apache.conf`],
    files: {
      [`${folder}/apache.conf`]: [
        `ServerRoot ${folder}`,
        `PidFile ${folder}/apache.pid`,
        `DefaultRuntimeDir ${folder}`,
        'ServerName www.shop.example',
        'ServerLimit 1',
        'ThreadsPerChild 16',
        'MaxRequestWorkers 16',
        'ErrorLog /dev/stderr',
        'LogLevel info',
        'ServerTokens Prod',
        ...['mpm_event', 'authz_core', 'ssl', 'socache_shmcb', 'proxy', 'proxy_http', 'http2', 'headers'].map(
          (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
        ),
        'LogFormat "%a \\"%r\\" %>s" lab',
        'CustomLog /dev/stderr lab',
        ...edgeAddresses.map((address) => `Listen ${address.includes(':') ? `[${address}]` : address}:443`),
        '<VirtualHost *:443>',
        'SSLEngine on',
        `SSLCertificateFile ${pem}`,
        `SSLCertificateKeyFile ${key}`,
        ...(lines.some((line) => line.startsWith('Protocols ')) ? [] : ['Protocols h2 http/1.1']),
        ...(lines.some((line) => line.startsWith('ProxyPass ')) ? [] : [`ProxyPass / http://${addresses.origin}/`]),
        ...lines,
        '</VirtualHost>',
        '',
      ].join('\n'),
    },
    ready: { protocol: 'tcp', port: 443, sockets: edgeAddresses.length },
  }),
  /** TLS and HTTP/3 on port 443 of every address. Lines stand in the site's block. */
  caddy: (lines) => ({
    command: 'caddy',
    arguments: ['run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`],
    environment: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    files: {
      [`${folder}/Caddyfile`]: [
        '{',
        'admin off',
        'auto_https off',
        'log {',
        'output stderr',
        '}',
        '}',
        'https://www.shop.example:443 {',
        `bind ${edgeAddresses.join(' ')}`,
        `tls ${pem} ${key}`,
        'log {',
        'output stderr',
        '}',
        ...(lines.some((line) => /^(reverse_proxy|respond) /.test(line)) ? [] : [`reverse_proxy ${addresses.origin}:80`]),
        ...lines,
        '}',
        '',
      ].join('\n'),
    },
    ready: { protocol: 'tcp', port: 443, sockets: edgeAddresses.length },
  }),
};

/** One of them with the site's certificate. */
export function frontendDaemon({ server, lines = [] }: FrontendChange, certificate: ServedCertificate): Daemon {
  const made = makers[server](lines);
  return {
    name: server,
    place: 'edge',
    ...made,
    files: { ...made.files, [pem]: certificate.certificatePem, [key]: certificate.keyPem },
    logFile: `${folder}/log`,
  };
}
