import { isLoopback } from '../model/address.ts';
import type { Failure } from '../model/failure.ts';
import type { Host, ResolverFacts } from '../ports/host.ts';
import { readBoundedFile } from './bounded-file.ts';
import { systemArpAnswers, systemLeases, systemProxies, systemTracking, systemWireless } from './host-details.ts';
import { addressesInHosts, hostsFilePath, parseHostsFile } from './hosts-file.ts';
import { linuxTables } from './linux-network.ts';
import { macosResolvers, macosTables } from './macos-tables.ts';
import { isFailure, type NetworkTables } from './network-tables.ts';
import { proxyFromEnvironment } from './proxy-environment.ts';
import { parseResolvConf } from './resolv-conf.ts';
import { systemVantage } from './vantage.ts';
import { windowsResolvers, windowsTables } from './windows-tables.ts';

const configurationLimitBytes = 16 * 1024 * 1024;
const resolvConfPath = '/etc/resolv.conf';
/**
 * Lists of the servers behind a resolver of this host: systemd-resolved(8), "/run/systemd/resolve/resolv.conf"; NetworkManager writes one when it
 * runs dnsmasq itself.
 */
const upstreamFiles: Readonly<Partial<Record<ResolverFacts['source'], readonly string[]>>> = {
  'systemd-resolved': ['/run/systemd/resolve/resolv.conf'],
  networkmanager: ['/run/NetworkManager/no-stub-resolv.conf'],
};

/** Systems other than Linux; whatever is neither is asked as Linux would be, and says what it does not have. */
const platformTables: Partial<Record<string, NetworkTables>> = { darwin: macosTables, win32: windowsTables };

/** What this host knows about itself, from its own files, tables and environment. Nothing is sent. */
export function systemHost(): Host {
  const tables = platformTables[process.platform] ?? linuxTables;
  return {
    vantage: systemVantage,
    links: tables.links,
    route: tables.route,
    defaultRoutes: tables.defaultRoutes,
    neighbor: tables.neighbor,
    resolvers: platformResolvers,
    hostsEntries: async (name) => {
      const file = hostsFilePath(process.platform, process.env);
      const read = readBoundedFile(file, configurationLimitBytes);
      // No hosts file is an empty hosts file.
      if (isFailure(read)) return read.code === 'ENOENT' ? { file, addresses: [] } : read;
      return { file, addresses: addressesInHosts(parseHostsFile(read.text), name) };
    },
    proxyFor: (url) => proxyFromEnvironment(url, process.env),
    knownProxies: systemProxies,
    leases: systemLeases,
    wireless: systemWireless,
    arpAnswers: systemArpAnswers,
    tracking: systemTracking,
  };
}

async function platformResolvers(): Promise<ResolverFacts | Failure> {
  if (process.platform === 'win32') return windowsResolvers();
  const asked = process.platform === 'darwin' ? await macosResolvers() : null;
  return asked === null || isFailure(asked) ? resolversFromFile() : asked;
}

function resolversFromFile(): ResolverFacts | Failure {
  const read = readBoundedFile(resolvConfPath, configurationLimitBytes);
  // Without the file no resolver is configured (resolv.conf(5)).
  if (isFailure(read)) return read.code === 'ENOENT' ? parseResolvConf('', process.env) : read;
  return withUpstream(parseResolvConf(read.text, process.env));
}

/** Where this host's own resolver sends what it is asked, from the file that its service keeps for those who want to know. */
function withUpstream(resolvers: ResolverFacts): ResolverFacts {
  if (resolvers.servers.length === 0 || !resolvers.servers.every((server) => isLoopback(server.address))) return resolvers;
  for (const path of upstreamFiles[resolvers.source] ?? []) {
    const read = readBoundedFile(path, configurationLimitBytes);
    if (isFailure(read)) continue;
    const upstream = parseResolvConf(read.text).servers.filter((server) => !isLoopback(server.address));
    return { ...resolvers, upstream };
  }
  return resolvers;
}
