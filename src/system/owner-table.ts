import { readFile } from 'node:fs/promises';
import { rangeOf } from '../model/address-range.ts';
import type { Failure } from '../model/failure.ts';
import { ownerSort } from '../model/known-owners.ts';
import type { OwnerTable, OwnerTables } from '../ports/owner-table.ts';
import { openOwnerTable } from '../wire/owner-table.ts';
import { addressBytes } from './address-bytes.ts';
import { readDataFile } from './data-file.ts';
import { fileFailureOf } from './errno.ts';
import { isFailure } from './network-tables.ts';
import { type OwnNetwork, ownNetworkOf, parseOwnNetworks } from './own-networks.ts';

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
  const bytes = readDataFile('address-owners.bin');
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

async function readOwnNetworks(): Promise<OwnNetwork[] | Failure> {
  const file = process.env[ownNetworksVariable];
  if (file === undefined || file === '') return [];
  const text = await readFile(file, 'utf8').catch(fileFailureOf);
  return typeof text === 'string' ? parseOwnNetworks(text) : text;
}
