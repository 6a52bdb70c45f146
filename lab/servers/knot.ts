import type { Place } from '../topology/plan.ts';
import { renderZoneFile } from '../zones/zone-file.ts';
import type { ServedZone } from '../zones/zone-set.ts';
import { type Daemon, stateFolder } from './daemon.ts';

/** Knot DNS as an authoritative server of already signed zones. */
export function knotDaemon(place: Place, zones: readonly ServedZone[]): Daemon {
  const folder = `${stateFolder}/${place}`;
  const fileOf = (zone: string): string => `${folder}/${zone === '' ? 'root' : zone}.zone`;
  const config = [
    'server:',
    `  rundir: ${folder}`,
    '  listen: [0.0.0.0@53, "::@53"]',
    '  udp-workers: 1',
    '  tcp-workers: 1',
    '  background-workers: 1',
    'database:',
    `  storage: ${folder}/db`,
    '  journal-db-max-size: 1M',
    '  kasp-db-max-size: 5M',
    '  timer-db-max-size: 1M',
    'log:',
    '  - target: stderr',
    '    any: info',
    'zone:',
    ...zones.flatMap(({ zone }) => [
      `  - domain: ${zone === '' ? '.' : zone}`,
      `    file: ${fileOf(zone)}`,
      '    semantic-checks: off',
      '    journal-content: none',
      '    zonefile-load: whole',
      '    zonefile-sync: -1',
    ]),
    '',
  ].join('\n');
  const files: Record<string, string> = { [`${folder}/knot.conf`]: config };
  for (const { zone, records } of zones) files[fileOf(zone)] = renderZoneFile(records);
  return {
    name: 'knotd',
    place,
    command: 'knotd',
    arguments: ['-c', `${folder}/knot.conf`],
    files,
    folders: [`${folder}/db`],
    ready: { protocol: 'tcp', port: 53, sockets: 2 },
    logFile: `${folder}/log`,
  };
}
