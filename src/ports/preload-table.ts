import type { Failure } from '../model/failure.ts';

/** The names that browsers bring along as reached by https alone, from a file: asks nobody. */
export interface PreloadTable {
  /** Whose list it is. */
  title: string;
  /** ISO 8601 day of the list. */
  date: string;
  /** The entry that speaks for a name; null without one. */
  find(host: string): { name: string; includesSubdomains: boolean } | null;
}

export interface PreloadTables {
  /** Opens the table, once; a failure where it is missing or damaged. */
  open(): Promise<PreloadTable | Failure>;
}
