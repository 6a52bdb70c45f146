import { addressBytes, isWithin } from './address-bytes.ts';

/** A network that whoever runs this program has a name for. */
export interface OwnNetwork {
  network: Uint8Array;
  prefixLength: number;
  asNumber: number | null;
  name: string;
}

const mostNameCharacters = 80;

/**
 * Reads names for networks of one's own: lines `NETWORK NAME` or `NETWORK ASNUMBER NAME`, `#` starts a comment. Lines that are not understood are
 * passed over; the longest prefix comes first.
 */
export function parseOwnNetworks(text: string): OwnNetwork[] {
  const networks: OwnNetwork[] = [];
  for (const line of text.split('\n')) {
    const fields = /^(\S+?)(?:\/(\d{1,3}))?\s+(?:AS)?(?:(\d{1,10})\s+)?(\S.*)$/i.exec(line.replace(/#.*$/, '').trim());
    const network = fields === null ? null : addressBytes(fields[1] ?? '');
    if (fields === null || network === null) continue;
    const prefixLength = fields[2] === undefined ? network.length * 8 : Number(fields[2]);
    if (prefixLength > network.length * 8) continue;
    const asNumber = fields[3] === undefined || Number(fields[3]) > 0xffff_ffff ? null : Number(fields[3]);
    networks.push({ network, prefixLength, asNumber, name: (fields[4] ?? '').slice(0, mostNameCharacters) });
  }
  return networks.sort((one, other) => other.prefixLength - one.prefixLength);
}

/** The network an address lies in; null when it is in none of them. */
export function ownNetworkOf(address: string, networks: readonly OwnNetwork[]): OwnNetwork | null {
  const bytes = addressBytes(address);
  if (bytes === null) return null;
  return networks.find(({ network, prefixLength }) => isWithin(bytes, network, prefixLength)) ?? null;
}
