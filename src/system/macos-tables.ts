import type { Failure } from '../model/failure.ts';
import type { ResolverFacts } from '../ports/host.ts';
import { addressBytes, familyOf } from './address-bytes.ts';
import { runCommand } from './command.ts';
import { parseArp, parseIfconfig, parseNdp, parseNetstatDefaults, parseRouteGet, parseScutilDns } from './macos-commands.ts';
import { isFailure, type NetworkTables } from './network-tables.ts';
import { sourceAddressFor } from './source-address.ts';

async function outputOf(file: string, parameters: readonly string[]): Promise<{ text: string } | Failure> {
  const result = await runCommand(file, parameters);
  if (isFailure(result)) return result;
  const text = `${result.output}\n${result.errors}`;
  return result.status === 0 || /not in table/u.test(text) ? { text } : { name: 'unknown', raw: `${file}: status ${result.status}` };
}

/** macOS by its own commands. Written from their manual pages; not run on macOS. */
export const macosTables: NetworkTables = {
  links: async () => {
    const output = await outputOf('/sbin/ifconfig', ['-a']);
    return isFailure(output) ? output : parseIfconfig(output.text);
  },
  route: async (destination) => {
    const bytes = addressBytes(destination);
    if (bytes === null) return { name: 'invalid-argument' };
    const family = familyOf(bytes);
    const output = await outputOf('/sbin/route', ['-n', 'get', ...(family === 'ipv6' ? ['-inet6'] : []), destination]);
    if (isFailure(output)) return output;
    const route = parseRouteGet(output.text, destination, family);
    if (route === null) return { name: 'unknown', raw: 'route get printed no route' };
    const source = route.found ? await sourceAddressFor(destination) : null;
    return source === null || isFailure(source) ? route : { ...route, sourceAddress: source.sourceAddress };
  },
  defaultRoutes: async (family) => {
    const output = await outputOf('/usr/sbin/netstat', ['-rn', '-f', family === 'ipv4' ? 'inet' : 'inet6']);
    return isFailure(output) ? output : parseNetstatDefaults(output.text, family);
  },
  neighbor: async (address, interfaceName) => {
    const old = addressBytes(address)?.length === 4;
    const output = await outputOf(old ? '/usr/sbin/arp' : '/usr/sbin/ndp', ['-an']);
    if (isFailure(output)) return output;
    return old ? parseArp(output.text, address, interfaceName) : parseNdp(output.text, address, interfaceName);
  },
};

/** The resolvers programs on macOS ask: `/etc/resolv.conf` is only a copy for old ones. */
export async function macosResolvers(): Promise<ResolverFacts | Failure> {
  const output = await outputOf('/usr/sbin/scutil', ['--dns']);
  if (isFailure(output)) return output;
  return parseScutilDns(output.text) ?? { name: 'unknown', raw: 'scutil printed no configuration' };
}
