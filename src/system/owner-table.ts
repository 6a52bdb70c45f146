import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { rangeOf } from '../model/address-range.ts';
import type { Failure } from '../model/failure.ts';
import { ownerSort } from '../model/known-owners.ts';
import type { OwnerTable, OwnerTables } from '../ports/owner-table.ts';
import { openOwnerTable } from '../wire/owner-table.ts';
import { addressBytes } from './address-bytes.ts';
import { fileFailureOf } from './errno.ts';
import { isFailure } from './network-tables.ts';
import { type OwnNetwork, ownNetworkOf, parseOwnNetworks } from './own-networks.ts';

/** The built package lies one folder deeper than the sources. */
const places = ['../../data/address-owners.bin', '../../../data/address-owners.bin'];
/** Names for networks of one's own: the path of a file, see {@link parseOwnNetworks}. They come before the table. */
const ownNetworksVariable = 'WIREWALK_OWNERS';

let opening: Promise<OwnerTable | Failure> | null = null;

/** The table that comes with this package, read whole on first use: 7 MB, 3 to 7 ms. */
export const systemOwnerTables: OwnerTables = {
  open() {
    opening ??= openTable();
    return opening;
  },
};

async function openTable(): Promise<OwnerTable | Failure> {
  const own = await readOwnNetworks();
  if (isFailure(own)) return own;
  const bytes = readTable();
  if (isFailure(bytes)) return bytes;
  const table = openOwnerTable(bytes);
  if (table === null) return { name: 'unknown', raw: 'the table of owners is damaged' };
  return {
    title: table.title,
    date: table.date,
    find(address) {
      const range = rangeOf(address);
      const mine = ownNetworkOf(address, own);
      if (mine !== null) return { address, range, asNumber: mine.asNumber, name: mine.name, sort: null };
      const octets = range === 'public' ? addressBytes(address) : null;
      const row = octets === null ? null : table.find(octets);
      if (row === null) return { address, range, asNumber: null, name: null, sort: null };
      return { address, range, asNumber: row.asNumber, name: row.name, sort: ownerSort(row.asNumber) };
    },
  };
}

/** In one piece: by pieces, as reading in the background does it, it takes three times as long. */
function readTable(): Uint8Array | Failure {
  let last: Failure = { name: 'unknown', raw: 'no table of owners' };
  for (const place of places) {
    try {
      return readFileSync(new URL(place, import.meta.url));
    } catch (error) {
      last = fileFailureOf(error);
    }
  }
  return last;
}

async function readOwnNetworks(): Promise<OwnNetwork[] | Failure> {
  const file = process.env[ownNetworksVariable];
  if (file === undefined || file === '') return [];
  const text = await readFile(file, 'utf8').catch(fileFailureOf);
  return typeof text === 'string' ? parseOwnNetworks(text) : text;
}
