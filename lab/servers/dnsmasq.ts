import { addresses } from '../topology/plan.ts';
import { type Daemon, stateFolder } from './daemon.ts';

/** dnsmasq on the home gateway: forwards to the provider's resolver and hands out addresses. Scenario lines replace standing ones of the same option. */
export function dnsmasqDaemon(lines: readonly string[]): Daemon {
  const folder = `${stateFolder}/gateway`;
  const standing = [
    'no-resolv',
    'no-hosts',
    'no-poll',
    `server=${addresses.resolver}`,
    'interface=lan',
    'bind-interfaces',
    'proxy-dnssec',
    'cache-size=150',
    'log-queries',
    'dhcp-range=192.168.1.100,192.168.1.150,1h',
    `dhcp-leasefile=${folder}/leases`,
    // It would ping an address for three seconds before it gives it away.
    'no-ping',
    'dhcp-authoritative',
    'log-dhcp',
  ];
  const option = (line: string): string => line.split('=')[0] ?? '';
  const replaced = new Set(lines.map(option));
  const config = [...standing.filter((line) => !replaced.has(option(line))), ...lines, ''].join('\n');
  return {
    name: 'dnsmasq',
    place: 'gateway',
    command: 'dnsmasq',
    // Its debugging mode is the only one in which it does not try to change users, which a user namespace forbids.
    arguments: ['-d', '-C', `${folder}/dnsmasq.conf`],
    files: { [`${folder}/dnsmasq.conf`]: config },
    ready: { protocol: 'tcp', port: 53, sockets: 2 },
    logFile: `${folder}/log`,
  };
}
