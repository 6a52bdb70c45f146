import type { Failure } from '../model/failure.ts';
import type { AddressFamily } from '../model/observations/base.ts';
import type { Wait } from './connection.ts';

export type NameLookupOutcome =
  | { kind: 'found'; addresses: { address: string; family: AddressFamily }[] }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'timed-out' }
  | { kind: 'aborted' };

/** Names to addresses as applications on this host get them (getaddrinfo, RFC 3493 section 6.1): order kept, duplicates removed. */
export interface NameLookup {
  lookup(name: string, family: AddressFamily | null, wait: Wait): Promise<NameLookupOutcome>;
}
