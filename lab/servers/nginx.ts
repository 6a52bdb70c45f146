import type { ServedCertificate } from '../authority/authorities.ts';
import type { NginxChange, SiteChange } from '../scenario/change.ts';
import { addresses } from '../topology/plan.ts';
import { type Daemon, stateFolder } from './daemon.ts';

/** The site's name and its other name. */
export const siteNames = ['www.shop.example', 'shop.example', 'v4.shop.example', 'v6.shop.example'] as const;

export const edgeAddresses: readonly string[] = [addresses.edgeA, addresses.edgeB, addresses.edge6];

/** Everything the edge's nginx needs to know. */
export interface EdgePlan {
  site: SiteChange;
  nginx: NginxChange;
  /** Chain by address; `default` for other names. */
  certificates: Readonly<Record<string, ServedCertificate>>;
  /** Certificates of authorities, DER, as ca.other.example publishes them: `/NAME.cer`. */
  authorities: Readonly<Record<string, Buffer>>;
}

const logFormat = `log_format lab '$remote_addr "$request" $status host=$host bytes=$body_bytes_sent sni=$ssl_server_name tls=$ssl_protocol address=$server_addr upstream=$upstream_status';`;

/** nginx as the site's edge: TLS on every address, everything passed on to the origin; port 80 redirects. */
export function edgeDaemon({ site, nginx, certificates, authorities }: EdgePlan): Daemon {
  const folder = `${stateFolder}/edge`;
  const files: Record<string, string | Buffer> = {};
  const certificateLines = (name: string): string[] => [
    `ssl_certificate ${folder}/${name}.pem;`,
    `ssl_certificate_key ${folder}/${name}.key;`,
    ...(`${folder}/${name}.ocsp` in files ? ['ssl_stapling on;', `ssl_stapling_file ${folder}/${name}.ocsp;`] : []),
  ];
  for (const [name, { certificatePem, keyPem, stapleBase64 }] of Object.entries(certificates)) {
    if (stapleBase64 !== undefined) files[`${folder}/${fileName(name)}.ocsp`] = Buffer.from(stapleBase64, 'base64');
    files[`${folder}/${fileName(name)}.pem`] = certificatePem;
    files[`${folder}/${fileName(name)}.key`] = keyPem;
  }
  const [revoked] = Object.values(certificates).flatMap(({ responderBase64 }) => responderBase64 ?? []);
  if (revoked !== undefined) files[`${folder}/authorities/revoked.ocsp`] = Buffer.from(revoked, 'base64');
  const [list] = Object.values(certificates).flatMap(({ listBase64 }) => listBase64 ?? []);
  if (list !== undefined) files[`${folder}/authorities/list.crl`] = Buffer.from(list, 'base64');
  for (const [name, der] of Object.entries(authorities)) files[`${folder}/authorities/${name}.cer`] = der;
  const names = [...siteNames, ...(site.names ?? [])].join(' ');
  const listening = edgeAddresses.filter((address) => !site.notOn?.includes(address));
  const flags = site.http2 === false ? 'ssl' : 'ssl http2';
  const tls = [
    `ssl_protocols ${site.protocols ?? 'TLSv1.2 TLSv1.3'};`,
    ...(site.ciphers ? [`ssl_ciphers ${site.ciphers};`] : []),
    ...(site.dhParameters === undefined ? [] : [`ssl_dhparam ${folder}/group.pem;`]),
    'ssl_session_tickets off;',
  ];
  const locations = locationLines({ '/': [`proxy_pass http://${addresses.origin};`, 'proxy_set_header Host $host;'], ...site.locations });
  const plain = locationLines({ '/': ['return 301 https://$host$request_uri;'], ...site.plainLocations });
  const config = [
    ...preamble(folder),
    'http {',
    ...httpLines(folder),
    ...(nginx.http ?? []),
    ...listening.flatMap((address) => [
      'server {',
      `listen ${socket(address, 443)} ${flags};`,
      `server_name ${names};`,
      ...certificateLines(fileName(address)),
      ...tls,
      ...(site.server ?? []),
      ...locations,
      '}',
      'server {',
      `listen ${socket(address, 443)} ${flags} default_server;`,
      'server_name _;',
      ...certificateLines('default'),
      ...tls,
      'return 421;',
      '}',
    ]),
    'server {',
    ...edgeAddresses.map((address) => `listen ${socket(address, 80)} default_server;`),
    `server_name ${names};`,
    ...plain,
    '}',
    'server {',
    ...edgeAddresses.map((address) => `listen ${socket(address, 80)};`),
    'server_name ca.other.example;',
    `root ${folder}/authorities;`,
    'default_type application/pkix-cert;',
    // The responder has one answer, whatever certificate is asked about.
    'location /ocsp/ { default_type application/ocsp-response; rewrite ^ /revoked.ocsp break; }',
    '}',
    '}',
  ].join('\n');
  files[`${folder}/nginx.conf`] = config;
  if (site.dhParameters !== undefined) files[`${folder}/group.pem`] = site.dhParameters;
  return nginxDaemon('edge', folder, files, edgeAddresses.length);
}

/** nginx as the origin: the pages themselves, on ports 80 and 443. */
export function originDaemon(nginx: NginxChange, certificate: ServedCertificate): Daemon {
  const folder = `${stateFolder}/origin`;
  const root = `${folder}/www`;
  const files: Record<string, string> = {
    [`${folder}/default.pem`]: certificate.certificatePem,
    [`${folder}/default.key`]: certificate.keyPem,
    [`${root}/index.html`]: standingPage,
    [`${root}/style.css`]: 'body { font-family: sans-serif; margin: 4rem }\n',
    [`${root}/app.js`]: 'document.title = document.title;\n',
  };
  for (const [path, content] of Object.entries(nginx.files ?? {})) files[`${root}/${path}`] = content;
  files[`${folder}/nginx.conf`] = [
    ...preamble(folder),
    'http {',
    ...httpLines(folder),
    'types { text/html html; text/css css; application/javascript js; image/svg+xml svg; application/json json; }',
    ...(nginx.http ?? []),
    'server {',
    'listen 80 default_server;',
    'listen [::]:80 default_server ipv6only=on;',
    'listen 443 ssl default_server;',
    'listen [::]:443 ssl default_server ipv6only=on;',
    `ssl_certificate ${folder}/default.pem;`,
    `ssl_certificate_key ${folder}/default.key;`,
    `root ${root};`,
    'absolute_redirect off;',
    ...(nginx.server ?? []),
    '}',
    '}',
  ].join('\n');
  return nginxDaemon('origin', folder, files, 2);
}

/** The text every healthy walk can expect on the page. */
export const standingText = 'The shop is open';

const standingPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Shop</title><link rel="stylesheet" href="/style.css"><script src="/app.js" defer></script></head>
<body><h1>${standingText}</h1><p>Everything a visitor needs is here, and every part of it is served by this site itself.</p></body>
</html>
`;

function nginxDaemon(place: 'edge' | 'origin', folder: string, files: Record<string, string | Buffer>, sockets: number): Daemon {
  return {
    name: 'nginx',
    place,
    command: 'nginx',
    arguments: ['-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`],
    files,
    folders: [`${folder}/temp`],
    ready: { protocol: 'tcp', port: 80, sockets },
    logFile: `${folder}/log`,
  };
}

/** One process, in the foreground. Naming the user keeps nginx from handing its folders to one that a user namespace does not have. */
function preamble(folder: string): string[] {
  return [
    'user root root;',
    'daemon off;',
    'master_process off;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr info;',
    'events { worker_connections 256; }',
  ];
}

function httpLines(folder: string): string[] {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/temp/${kind};`);
  return [
    logFormat,
    'access_log /dev/stderr lab;',
    ...temporary,
    'server_tokens off;',
    'default_type application/octet-stream;',
    'keepalive_timeout 15;',
  ];
}

function locationLines(locations: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(locations).flatMap(([path, lines]) => [`location ${path} {`, ...lines, '}']);
}

function socket(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function fileName(name: string): string {
  return name.replaceAll(':', '-');
}
