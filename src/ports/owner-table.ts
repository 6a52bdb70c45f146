import type { Failure } from '../model/failure.ts';
import type { AddressOwner } from '../model/observations/route.ts';

/** Whose public addresses are, from a file: asks nobody. */
export interface OwnerTable {
  /** What the table is called. */
  table: string;
  /** ISO 8601 day of the data. */
  date: string;
  /** Number and name of the autonomous system that announces an address; null where the table has none. */
  find(address: string): Pick<AddressOwner, 'asNumber' | 'name' | 'sort'> | null;
}

export interface OwnerTables {
  /** Opens the table, once; a failure where it is missing or damaged. */
  open(): Promise<OwnerTable | Failure>;
}
