import type { HopAnswer, PathHop, RouteAddressOwners, RoutePathTraced } from '../model/observations/route.ts';
import { icmpWords } from './icmp.ts';
import { duration, endpointText, listed, plural } from './wording.ts';

/** A traced path and what belongs to it, in words. */

type Path = Pick<RoutePathTraced, 'protocol' | 'destination' | 'hops' | 'reachedAtTtl' | 'probedToTtl' | 'by' | 'family'>;

const probes: Readonly<Record<RoutePathTraced['protocol'], string>> = { tcp: 'SYNs', udp: 'datagrams', icmp: 'echo requests' };

/** What a path came to, in one line. */
export function pathLine(path: Path): string {
  const { address, port } = path.destination;
  const by = path.by === 'kernel' ? '' : ` by ${path.by}`;
  const lead = `path traced${by} with ${probes[path.protocol]} to ${path.protocol === 'tcp' ? endpointText(address, port) : address}`;
  const last = lastAnswering(path.hops);
  if (path.reachedAtTtl !== null) {
    const answer = path.hops[path.reachedAtTtl - 1]?.answers.find((one) => one.what !== 'expired');
    const how = answer === undefined ? '' : `, ${answerWords(answer, path.family)}`;
    return `${lead}: reached at hop ${path.reachedAtTtl}${how}${silentWords(path)}`;
  }
  const refusal = last?.answers.find((answer) => answer.what === 'icmp-error');
  if (last !== null && refusal !== undefined)
    return `${lead}: ${refusal.from} says "${answerWords(refusal, path.family)}" at hop ${last.ttl}`;
  const beyond = path.probedToTtl > (last?.ttl ?? 0) ? `; nothing from hops ${(last?.ttl ?? 0) + 1} to ${path.probedToTtl}` : '';
  return last === null
    ? `${lead}: no hop answered, up to hop ${path.probedToTtl}`
    : `${lead}: the last to answer is ${listed(last.answers.map((answer) => answer.from))} at hop ${last.ttl}${beyond}`;
}

function silentWords(path: Path): string {
  const silent = path.hops.filter((hop) => hop.answers.length === 0 && hop.ttl < (path.reachedAtTtl ?? 0)).length;
  return silent === 0 ? '' : `; ${plural(silent, 'router')} on the way stayed silent`;
}

function lastAnswering(hops: readonly PathHop[]): PathHop | null {
  return hops.findLast((hop) => hop.answers.length > 0) ?? null;
}

/** What an answer said. */
export function answerWords(answer: Pick<HopAnswer, 'what' | 'type' | 'code'>, family: 'ipv4' | 'ipv6'): string {
  switch (answer.what) {
    case 'opened':
      return 'open';
    case 'refused':
      return 'refused';
    case 'echo-reply':
      return 'echo reply';
    default:
      return icmpWords(family === 'ipv4' ? 4 : 6, answer.type ?? 0, answer.code ?? 0);
  }
}

const ranges: Readonly<Record<Exclude<RouteAddressOwners['owners'][number]['range'], 'public'>, string>> = {
  private: 'a private address',
  shared: 'an address shared behind a provider',
  'link-local': 'a link-local address',
  loopback: 'this host itself',
  documentation: 'an address for documentation',
  multicast: 'a multicast address',
  reserved: 'a reserved address',
};

/** The round trip to a hop. On a link that is near, tenths matter. */
export function hopTime(ms: number): string {
  if (ms < 0.05) return '<0.1 ms';
  return ms < 0.95 ? `${ms.toFixed(1)} ms` : duration(ms);
}

/** Whose an address is: `AS64500 Example Net`, or what its range is for. */
export function ownerWords(owner: Omit<RouteAddressOwners['owners'][number], 'address'>): string {
  if (owner.asNumber !== null) return `AS${owner.asNumber}${owner.name === null ? '' : ` ${owner.name}`}`;
  return owner.range === 'public' ? 'an unknown network' : ranges[owner.range];
}
