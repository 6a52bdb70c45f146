import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { CertificateSet } from './authority/authorities.ts';
import { trustedPem } from './authority/certificate-set.ts';
import { mountMemory, mountSysfs, realPath, standIn } from './kernel/mount.ts';
import { NetNamespaces } from './kernel/net-namespace.ts';
import { startWires } from './link/wires.ts';
import { questionOutcome, requestOutcome } from './proof/experiment.ts';
import type { Records } from './proof/traffic.ts';
import type { Change } from './scenario/change.ts';
import { changesOf } from './scenario/changes-of.ts';
import { startDaemon, stateFolder } from './servers/daemon.ts';
import type { HitCounter } from './servers/odd/hit-counter.ts';
import { startOddServer } from './servers/odd/odd-server.ts';
import { standingDaemons } from './servers/standing.ts';
import { askForAddress } from './topology/dhcp-client.ts';
import { applyFilters } from './topology/filter.ts';
import { buildNetwork, type Network, runIp, setSysctl } from './topology/network.ts';
import { owners } from './topology/owners.ts';
import { addresses, type Place } from './topology/plan.ts';
import { buildZoneSet } from './zones/zone-set.ts';

/** Where every authority's certificate lies, `private.pem` and so on. */
export const authorityFolder: string = `${stateFolder}/authorities`;

/** Files of the client that a lab puts its own in place of. */
const clientFiles = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf'] as const;

/** A cold resolver behind a slow link needs many round trips. */
const warmUpLimitMs = 6_000;

/** A network that stands. */
export interface Laboratory {
  namespaces: NetNamespaces;
  network: Network;
  /** The file of authorities the client's system trusts. */
  trustFile: string;
  /** What a program of the client needs in its environment. */
  environment: NodeJS.ProcessEnv;
  /** Milliseconds from nothing until every server listened. */
  upMs: number;
  /** Servers by place. */
  daemons: Map<Place, ChildProcess>;
  /** What the lab itself counts while traffic passes. */
  records: Records;
}

/**
 * Builds the network in the namespaces this process was born in: they must be new and empty. Nothing is ever taken down: everything ends with the
 * process, and the kernel clears it.
 */
export async function standUp(changes: readonly Change[], certificates: CertificateSet): Promise<Laboratory> {
  const startedMs = performance.now();
  const realFiles = clientFiles.map(realPath);
  mountMemory('/run');
  // Squid leaves shared memory behind.
  if (existsSync('/dev/shm')) mountMemory('/dev/shm');
  mkdirSync('/run/netns');
  mkdirSync(stateFolder);
  mountSysfs();
  const namespaces = new NetNamespaces('client');
  const wired = changesOf(changes, 'link').map(({ between }) => between);
  const network = await buildNetwork(namespaces, changesOf(changes, 'stand'), wired);
  const trustFile = `${stateFolder}/trusted.pem`;
  writeFileSync(trustFile, trustedPem(certificates, changesOf(changes, 'trust')));
  mkdirSync(authorityFolder);
  for (const [name, { pem }] of Object.entries(certificates.authorities)) writeFileSync(`${authorityFolder}/${name}.pem`, pem);
  const contents = [resolvConf(changes), hostsFile(changes), 'passwd: files\ngroup: files\nhosts: files dns\n'];
  for (const [index, path] of clientFiles.entries()) {
    standIn(path, realFiles[index] ?? null, contents[index] ?? '', `${stateFolder}/${path.slice(path.lastIndexOf('/') + 1)}`);
  }
  const zones = buildZoneSet(changesOf(changes, 'zone'), changesOf(changes, 'delegation'));
  const daemons = new Map<Place, ChildProcess>();
  const hits = new Map<string, HitCounter>();
  for (const change of changesOf(changes, 'odd')) hits.set(change.name, startOddServer(namespaces, change, certificates));
  const [links] = await Promise.all([
    startWires(network, changesOf(changes, 'link')),
    applyFilters(namespaces, changesOf(changes, 'filter')),
    ...standingDaemons(changes, zones, certificates).map(async (daemon) => {
      daemons.set(daemon.place, await startDaemon(namespaces, daemon));
    }),
  ]);
  for (const { at, key, value } of changesOf(changes, 'sysctl')) namespaces.within(at, () => setSysctl(key, value));
  if (changesOf(changes, 'dhcp').length > 0) await askForAddress(`${stateFolder}/dhcp-script`);
  for (const { at, lines } of changesOf(changes, 'ip')) await runIp(lines, at);
  await Promise.all(
    changesOf(changes, 'ask').flatMap(({ server, name, types }) =>
      types.map((type) => questionOutcome({ server, name, type }, warmUpLimitMs)),
    ),
  );
  for (const { address, path } of changesOf(changes, 'visit')) await requestOutcome({ address, path });
  const ownersFile = `${stateFolder}/owners`;
  writeFileSync(ownersFile, owners);
  const environment = { ...cleanEnvironment(), SSL_CERT_FILE: trustFile, CURL_CA_BUNDLE: trustFile, WIREWALK_OWNERS: ownersFile };
  return {
    namespaces,
    network,
    trustFile,
    environment,
    upMs: performance.now() - startedMs,
    daemons,
    records: { namespaces, changes, hits, links },
  };
}

function resolvConf(changes: readonly Change[]): string {
  const given = changesOf(changes, 'resolvConf')[0];
  return `${(given ?? [`nameserver ${addresses.gateway}`]).join('\n')}\n`;
}

function hostsFile(changes: readonly Change[]): string {
  const standing = ['127.0.0.1 localhost', '::1 localhost', `127.0.1.1 ${hostname()}`];
  return `${[...standing, ...changesOf(changes, 'hostsFile').flat()].join('\n')}\n`;
}

/** The caller's environment without what would reach out of the lab or change a walk. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(all|https?|ftp|no)_proxy$|^SSL_CERT|^NODE_|^WIREWALK|^RES_OPTIONS$|^LOCALDOMAIN$/i.test(name),
  );
  return Object.fromEntries(kept);
}
