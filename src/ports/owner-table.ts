import type { Failure } from '../model/failure.ts';
import type { AddressOwner } from '../model/observations/route.ts';

/** Whose addresses are, from files: asks nobody. */
export interface OwnerTable {
  /** What the table is called. */
  title: string;
  /** ISO 8601 day of the data. */
  date: string;
  find(address: string): AddressOwner;
}

export interface OwnerTables {
  /** Opens the table, once; a failure where it is missing or damaged. */
  open(): Promise<OwnerTable | Failure>;
}
