import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { NetNamespaces } from '../kernel/net-namespace.ts';
import { homeBridge, type Link, type LinkEnd, links, type Place, routers, routes, standingPlaces, wellKnownAddresses } from './plan.ts';

/** A cable with a forwarder in the middle: its namespace, and the interfaces there that lead to either end. */
export interface Wire {
  namespace: string;
  /** Towards the first and the second place of the link as planned. */
  interfaces: [string, string];
  ends: [Place, Place];
}

export interface Network {
  places: readonly Place[];
  wires: Wire[];
}

/**
 * Builds every namespace, cable, address and route of the plan, with a wire in the middle of the links asked for. Runs in an empty network
 * namespace, which becomes the client. Rejects with the tool's own words when `ip` refuses.
 */
export async function buildNetwork(
  namespaces: NetNamespaces,
  extra: readonly Place[],
  wired: readonly (readonly [Place, Place])[],
): Promise<Network> {
  const places: Place[] = [...standingPlaces, ...extra];
  const cables = links.filter((link) => places.includes(link.a.place) && places.includes(link.b.place));
  const wires: Wire[] = [];
  const wireOf = new Map<Link, Wire>();
  for (const [first, second] of wired) {
    const cable = cables.find(({ a, b }) => (a.place === first && b.place === second) || (a.place === second && b.place === first));
    if (!cable) throw new TypeError(`no link between ${first} and ${second}`);
    if (wireOf.has(cable)) continue;
    const wire: Wire = { namespace: `wire-${wires.length + 1}`, interfaces: ['near', 'far'], ends: [cable.a.place, cable.b.place] };
    wires.push(wire);
    wireOf.set(cable, wire);
  }
  const named = [...places.filter((place) => place !== 'client'), ...wires.map(({ namespace }) => namespace)];
  await runIp(named.map((name) => `netns add ${name}`));
  for (const place of places) namespaces.within(place, () => setKernel(place));
  await runIp(cables.flatMap((cable) => cableLines(cable, wireOf.get(cable))));
  await Promise.all([
    ...places.map((place) => runIp(placeLines(place, cables), place)),
    ...wires.map(({ namespace }) => {
      namespaces.within(namespace, () => setSysctl('net/ipv6/conf/all/disable_ipv6', '1'));
      return runIp(['link set near up arp off', 'link set far up arp off'], namespace);
    }),
  ]);
  return { places, wires };
}

/** Writes below /proc/sys, in the namespace the thread is in. */
export function setSysctl(key: string, value: string): void {
  writeFileSync(`/proc/sys/${key}`, value);
}

function setKernel(place: Place): void {
  // New namespaces take IPv4 settings from the host (devconf_inherit_init_net), so nothing may be left to chance.
  for (const scope of ['all', 'default']) {
    setSysctl(`net/ipv4/conf/${scope}/rp_filter`, '0');
    setSysctl(`net/ipv4/conf/${scope}/accept_redirects`, '0');
    setSysctl(`net/ipv4/conf/${scope}/send_redirects`, '0');
    setSysctl(`net/ipv6/conf/${scope}/accept_dad`, '0');
    setSysctl(`net/ipv6/conf/${scope}/accept_ra`, '0');
    setSysctl(`net/ipv6/conf/${scope}/disable_ipv6`, '0');
  }
  const forwards = routers.has(place) ? '1' : '0';
  setSysctl('net/ipv4/ip_forward', forwards);
  setSysctl('net/ipv6/conf/all/forwarding', forwards);
  setSysctl('net/ipv4/icmp_ratelimit', '0');
  setSysctl('net/ipv6/icmp/ratelimit', '0');
  if (place === 'client') setSysctl('net/ipv4/ping_group_range', '0 0');
}

function cableLines({ a, b }: Link, wire: Wire | undefined): string[] {
  if (!wire) return [vethLine(a.place, a.interface, b.place, b.interface)];
  return [vethLine(a.place, a.interface, wire.namespace, 'near'), vethLine(b.place, b.interface, wire.namespace, 'far')];
}

/** One segment per packet: otherwise frames of 64 KiB would cross, and loss, rate and captures would mean something else. */
function vethLine(aPlace: string, aInterface: string, bPlace: string, bInterface: string): string {
  const inPlace = (place: string): string => (place === 'client' ? '' : ` netns ${place}`);
  return `link add name ${aInterface}${inPlace(aPlace)} gso_max_segs 1 type veth peer name ${bInterface}${inPlace(bPlace)} gso_max_segs 1`;
}

function placeLines(place: Place, cables: readonly Link[]): string[] {
  const ends = cables.flatMap(({ a, b }) => [a, b]).filter((end) => end.place === place);
  return [
    'link set lo up',
    ...(wellKnownAddresses[place] ?? []).map(
      (address) => `addr add ${address}/${address.includes(':') ? '128 dev lo nodad' : '32 dev lo'}`,
    ),
    ...ends.flatMap(endLines),
    ...(place === 'gateway' ? bridgeLines(ends) : []),
    ...(routes[place] ?? []).map((route) => `route add ${route}`),
  ];
}

function endLines(end: LinkEnd): string[] {
  return [`link set ${end.interface} up`, ...end.addresses.map((address) => addressLine(address, end.interface))];
}

function bridgeLines(ends: readonly LinkEnd[]): string[] {
  const ports = ends.map((end) => end.interface).filter((name) => homeBridge.ports.includes(name));
  const { name, addresses } = homeBridge;
  return [
    `link add name ${name} type bridge forward_delay 0`,
    ...ports.map((port) => `link set ${port} master ${name}`),
    `link set ${name} up`,
    ...addresses.map((address) => addressLine(address, name)),
  ];
}

function addressLine(address: string, device: string): string {
  return `addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`;
}

/** Runs lines through one `ip -batch`, in a place or here. */
export function runIp(lines: readonly string[], place?: string): Promise<void> {
  if (lines.length === 0) return Promise.resolve();
  const where = place === undefined || place === 'client' ? [] : ['-n', place];
  return runTool('ip', [...where, '-batch', '-'], lines.join('\n'));
}

/** Runs a tool with its input; rejects with what it said when it fails. */
export function runTool(command: string, commandArguments: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${commandArguments.join(' ')}: ${said.trim()}\n${input}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
