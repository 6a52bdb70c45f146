import { isIP } from 'node:net';

/** Entries of one hosts file, addresses in file order. Lines that are no entries are passed over, as resolvers do. */
export interface HostsEntry {
  address: string;
  /** Lower case, without a trailing dot. */
  names: string[];
}

/** hosts(5): `address name [alias...]`, `#` starts a comment anywhere. */
export function parseHostsFile(text: string): HostsEntry[] {
  const entries: HostsEntry[] = [];
  for (const line of text.split(/\r\n|\n|\r/u)) {
    const [address, ...names] = line.replace(/#.*$/u, '').trim().split(/\s+/u);
    if (address === undefined || isIP(address) === 0 || names.length === 0) continue;
    entries.push({ address, names: names.map(plainName) });
  }
  return entries;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/u, '');
}

/** Distinct addresses of one name, compared without regard to case and trailing dot. */
export function addressesInHosts(entries: readonly HostsEntry[], name: string): string[] {
  const wanted = plainName(name);
  return [...new Set(entries.filter((entry) => entry.names.includes(wanted)).map((entry) => entry.address))];
}

/** Where this platform keeps its hosts file. */
export function hostsFilePath(platform: string, environment: Readonly<Record<string, string | undefined>>): string {
  return platform === 'win32' ? `${environment.SystemRoot ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts` : '/etc/hosts';
}
