import { spawn } from 'node:child_process';
import type { NetNamespaces } from '../kernel/net-namespace.ts';
import type { FilterChange } from '../scenario/change.ts';
import type { Place } from './plan.ts';

const chains: Record<FilterChange['hook'], string> = {
  prerouting: 'type filter hook prerouting priority mangle;',
  input: 'type filter hook input priority filter;',
  forward: 'type filter hook forward priority filter;',
  output: 'type filter hook output priority filter;',
  postrouting: 'type filter hook postrouting priority mangle;',
  srcnat: 'type nat hook postrouting priority srcnat;',
  dstnat: 'type nat hook prerouting priority dstnat;',
};

/** The home gateway hides its network behind its one address, as they all do. */
const homeNat: FilterChange = {
  name: 'home-nat',
  at: 'gateway',
  hook: 'srcnat',
  match: 'meta nfproto ipv4 oifname "wan"',
  does: 'masquerade',
};

/** Loads the rules, one table `inet lab` per place; each rule counts before it acts. Rejects with nft's own words. */
export async function applyFilters(namespaces: NetNamespaces, filters: readonly FilterChange[]): Promise<void> {
  const all = [...filters, homeNat];
  const places = [...new Set(all.map(({ at }) => at))];
  await Promise.all(places.map((place) => runNft(namespaces, place, ['-f', '-'], renderTable(all.filter(({ at }) => at === place)))));
}

function renderTable(filters: readonly FilterChange[]): string {
  const hooks = [...new Set(filters.map(({ hook }) => hook))];
  return [
    'table inet lab {',
    ...filters.flatMap(({ name, declares }) => [`counter ${name} { }`, ...(declares ?? [])]),
    ...hooks.flatMap((hook) => [
      `chain ${hook} {`,
      chains[hook],
      ...filters.filter((filter) => filter.hook === hook).map(({ match, name, does }) => `${match} counter name "${name}" ${does ?? ''}`),
      '}',
    ]),
    '}',
    '',
  ].join('\n');
}

/** Packets a rule has seen so far, by the rule's name, of one place. */
export async function readCounters(namespaces: NetNamespaces, place: Place): Promise<Map<string, number>> {
  const output = await runNft(namespaces, place, ['-j', 'list', 'counters', 'table', 'inet', 'lab'], '');
  const { nftables } = JSON.parse(output) as { nftables: { counter?: { name: string; packets: number } }[] };
  return new Map(nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter.packets] as const] : [])));
}

function runNft(namespaces: NetNamespaces, place: Place, nftArguments: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = namespaces.within(place, () => spawn('nft', nftArguments, { stdio: 'pipe' }));
    let output = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`nft at ${place}: ${said.trim()}\n${input}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
