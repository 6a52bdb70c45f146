import { type Daemon, stateFolder } from './daemon.ts';

/** Squid on the home network's proxy machine, port 3128. Its own lines first, then what it needs to run here. */
export function squidDaemon(lines: readonly string[]): Daemon {
  const folder = `${stateFolder}/lan-host`;
  const config = [
    'http_port 192.168.1.2:3128',
    'dns_nameservers 192.0.2.53',
    'hosts_file none',
    'pid_filename none',
    'cache deny all',
    'cache_log /dev/null',
    `access_log stdio:${folder}/access`,
    `coredump_dir ${folder}`,
    'shutdown_lifetime 0 seconds',
    'pinger_enable off',
    'netdb_filename none',
    'workers 1',
    ...lines,
    'http_access allow all',
    '',
  ].join('\n');
  return {
    name: 'squid',
    place: 'lan-host',
    // It refuses to run as root, and the lab may have no other user: in a user namespace of its own the same user has another number.
    command: 'unshare',
    arguments: ['--user', '--map-user=65534', '--map-group=65534', '--', 'squid', '-N', '-d', '1', '-f', `${folder}/squid.conf`],
    files: { [`${folder}/squid.conf`]: config },
    ready: { protocol: 'tcp', port: 3128, sockets: 1 },
    logFile: `${folder}/log`,
  };
}
