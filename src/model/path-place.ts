import type { AddressOwner, PathHop } from './observations/route.ts';

/**
 * In whose hands a packet is at a hop: this host's own network, the network that connects it, networks between, the destination's network, the
 * destination itself.
 */
export type PathPlace = 'own network' | 'access provider' | 'transit' | 'destination network' | 'destination host';

/** Finds an owner by address. */
export type OwnersByAddress = ReadonlyMap<string, AddressOwner>;

export function ownersByAddress(lists: readonly { owners: readonly AddressOwner[] }[]): OwnersByAddress {
  return new Map(lists.flatMap(({ owners }) => owners.map((owner) => [owner.address, owner])));
}

/**
 * Where each hop of a path is, by the owners of the addresses that answered; null for silent hops and unknown owners. A link between two networks
 * bears an address of either: the first router of a network may answer under its neighbour's.
 */
export function pathPlaces(hops: readonly PathHop[], destination: string, owners: OwnersByAddress): (PathPlace | null)[] {
  const system = (address: string): number | null => owners.get(address)?.asNumber ?? null;
  const target = system(destination);
  let isOwn = true;
  let access: number | null = null;
  return hops.map((hop): PathPlace | null => {
    const [answer] = hop.answers;
    if (answer === undefined) return null;
    if (answer.from === destination) return 'destination host';
    const owner = owners.get(answer.from);
    const number = system(answer.from);
    if (number === null) {
      if (owner === undefined || owner.range === 'public') isOwn = false;
      else if (owner.range === 'shared') {
        isOwn = false;
        return 'access provider';
      } else if (isOwn) return 'own network';
      return null;
    }
    isOwn = false;
    if (number === target) return 'destination network';
    access ??= number;
    return number === access ? 'access provider' : 'transit';
  });
}
