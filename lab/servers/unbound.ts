import type { Place } from '../topology/plan.ts';
import { type Daemon, stateFolder } from './daemon.ts';

/** Unbound as a validating, recursive resolver on the given addresses. */
export function unboundDaemon(
  place: Place,
  listen: readonly string[],
  trustAnchor: string,
  more: { server: readonly string[]; append: readonly string[] },
): Daemon {
  const folder = `${stateFolder}/${place}`;
  const config = [
    'server:',
    ...listen.map((address) => `  interface: ${address}`),
    `  outgoing-interface: ${listen.find((address) => !address.includes(':'))}`,
    `  outgoing-interface: ${listen.find((address) => address.includes(':'))}`,
    '  username: ""',
    '  chroot: ""',
    `  directory: "${folder}"`,
    '  pidfile: ""',
    '  use-syslog: no',
    '  logfile: ""',
    '  verbosity: 1',
    '  log-queries: yes',
    '  log-replies: yes',
    '  log-servfail: yes',
    '  val-log-level: 2',
    '  ede: yes',
    '  num-threads: 1',
    '  outgoing-range: 128',
    '  num-queries-per-thread: 64',
    '  msg-cache-size: 1m',
    '  rrset-cache-size: 1m',
    '  access-control: 0.0.0.0/0 allow',
    '  access-control: ::0/0 allow',
    '  do-not-query-localhost: no',
    '  minimal-responses: yes',
    `  trust-anchor: "${trustAnchor}"`,
    ...more.server.map((line) => `  ${line}`),
    'remote-control:',
    '  control-enable: no',
    ...more.append,
    '',
  ].join('\n');
  return {
    name: 'unbound',
    place,
    command: 'unbound',
    arguments: ['-d', '-c', `${folder}/unbound.conf`],
    files: { [`${folder}/unbound.conf`]: config },
    ready: { protocol: 'tcp', port: 53, sockets: listen.length },
    logFile: `${folder}/log`,
  };
}
