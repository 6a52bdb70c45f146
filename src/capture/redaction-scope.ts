import type { ClearHandshakes } from './clear-handshake.ts';

/** Stand-ins for what says something about the inside; the same thing has the same one everywhere. */
export interface InternalNames {
  /** Null for an address that is not internal. */
  ofAddress(text: string): string | null;
  /** Six octets in hexadecimal with colons. */
  ofLinkAddress(text: string): string;
  /** The text with all of them replaced. */
  text(text: string): string;
}

export interface RedactionScope {
  /** `address port` of everybody the walk spoke with: only their messages may be kept. */
  servers: ReadonlySet<string>;
  /** Names the walk asked about: what others on this host asked the same resolver is nobody's business. */
  names: ReadonlySet<string>;
  /** Null where internal addresses stay. */
  internal: InternalNames | null;
}

/** How often what was changed. */
export interface RedactionCounts {
  /** TCP and UDP payloads of which something or all was cut off. */
  payloadsCut: number;
  /** Packets of which addresses were replaced. */
  addressesReplaced: number;
  /** Options of IP and TCP that were overwritten. */
  optionsBlanked: number;
  /** Checksums that no longer fitted and were made zero. */
  checksumsCleared: number;
}

/** What the parts of the redaction share. */
export interface Redaction extends RedactionScope {
  /** Of the servers: what ICMP quotes of anybody else's packets is nobody's business. */
  addresses: ReadonlySet<string>;
  counts: RedactionCounts;
  handshakes: ClearHandshakes;
}
