import { readFileSync } from 'node:fs';
import type { NetNamespaces } from '../kernel/net-namespace.ts';
import type { LinkReader } from '../link/wires.ts';
import type { Change } from '../scenario/change.ts';
import { changesOf } from '../scenario/changes-of.ts';
import type { Proof } from '../scenario/scenario.ts';
import { stateFolder } from '../servers/daemon.ts';
import type { HitCounter } from '../servers/odd/hit-counter.ts';
import { readCounters } from '../topology/filter.ts';

/** Where the lab's own records are. */
export interface Records {
  namespaces: NetNamespaces;
  changes: readonly Change[];
  hits: ReadonlyMap<string, HitCounter>;
  links: LinkReader;
}

/** Proofs that rest on what the walk's own traffic left behind. */
export type TrafficProof = Extract<Proof, { counter: string } | { log: string } | { hits: string } | { link: string } | { kernel: string }>;

export function isTrafficProof(proof: Proof): proof is TrafficProof {
  return 'counter' in proof || 'log' in proof || 'hits' in proof || 'link' in proof || 'kernel' in proof;
}

/** How much of what the proof counts was seen. */
export async function countTraffic(proof: TrafficProof, records: Records): Promise<number> {
  const { namespaces, changes, hits, links } = records;
  if ('counter' in proof) {
    const filter = changesOf(changes, 'filter').find(({ name }) => name === proof.counter);
    if (!filter) throw new TypeError(`no filter is called ${proof.counter}`);
    return (await readCounters(namespaces, filter.at)).get(proof.counter) ?? 0;
  }
  if ('log' in proof) {
    const text = readFileSync(`${stateFolder}/${proof.log}/log`, 'utf8');
    return text.match(new RegExp(proof.matches, 'g'))?.length ?? 0;
  }
  if ('hits' in proof) {
    const counter = hits.get(proof.hits);
    if (!counter) throw new TypeError(`no odd server is called ${proof.hits}`);
    return counter.count;
  }
  if ('link' in proof) return links(proof.link, proof.what);
  return namespaces.within(proof.at, () => kernelCounter(proof.kernel));
}

/** A kernel counter by table and name (`TcpExt.ListenDrops`, `Ip.InNoRoutes`, `Ip6.InNoRoutes`) of the namespace the thread is in. */
function kernelCounter(name: string): number {
  const [table = '', field = ''] = name.split('.');
  if (table.endsWith('6')) {
    const found = new RegExp(`^${table}${field}\\s+(\\d+)$`, 'm').exec(readFileSync('/proc/thread-self/net/snmp6', 'utf8'));
    return Number(found?.[1] ?? 0);
  }
  for (const file of ['/proc/thread-self/net/netstat', '/proc/thread-self/net/snmp']) {
    const lines = readFileSync(file, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.startsWith(`${table}: `));
    const index = at < 0 ? -1 : (lines[at]?.split(' ').indexOf(field) ?? -1);
    if (index > 0) return Number(lines[at + 1]?.split(' ')[index] ?? 0);
  }
  throw new TypeError(`the kernel has no counter ${name}`);
}
