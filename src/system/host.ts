import type { Failure } from '../model/failure.ts';
import type { Host, ResolverFacts } from '../ports/host.ts';
import { readBoundedFile } from './bounded-file.ts';
import { addressesInHosts, hostsFilePath, parseHostsFile } from './hosts-file.ts';
import { linuxTables } from './linux-network.ts';
import { isFailure } from './network-tables.ts';
import { proxyFromEnvironment } from './proxy-environment.ts';
import { parseResolvConf } from './resolv-conf.ts';
import { systemVantage } from './vantage.ts';

const configurationLimitBytes = 16 * 1024 * 1024;
const resolvConfPath = '/etc/resolv.conf';

/** What this host knows about itself, from its own files, tables and environment. Nothing is sent. */
export function systemHost(): Host {
  const tables = linuxTables;
  return {
    vantage: systemVantage,
    links: tables.links,
    route: tables.route,
    defaultRoutes: tables.defaultRoutes,
    neighbor: tables.neighbor,
    resolvers: async () => resolversFromFile(),
    hostsEntries: async (name) => {
      const file = hostsFilePath(process.platform, process.env);
      const read = readBoundedFile(file, configurationLimitBytes);
      // No hosts file is an empty hosts file.
      if (isFailure(read)) return read.code === 'ENOENT' ? { file, addresses: [] } : read;
      return { file, addresses: addressesInHosts(parseHostsFile(read.text), name) };
    },
    proxyFor: (url) => proxyFromEnvironment(url, process.env),
  };
}

function resolversFromFile(): ResolverFacts | Failure {
  const read = readBoundedFile(resolvConfPath, configurationLimitBytes);
  // Without the file no resolver is configured (resolv.conf(5)).
  if (isFailure(read)) return read.code === 'ENOENT' ? parseResolvConf('', process.env) : read;
  return parseResolvConf(read.text, process.env);
}
