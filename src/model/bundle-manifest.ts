import type { ToolIdentity } from './walk-report.ts';

/** One file of a bundle. */
export interface BundledFile {
  /** Path within the bundle. */
  name: string;
  /** SHA-256 in hex. */
  sha256: string;
  bytes: number;
  /** What it holds. */
  what: string;
}

/** A secret that was removed: where it stood and how often. Never what it was. */
export interface RemovedSecret {
  /** Path within `report.json`, evidence by its id, header fields by name; of another file its name, and what of it. */
  where: string;
  count: number;
}

/** `manifest.json` of a bundle: what it holds, with hashes by which a change is seen. */
export interface BundleManifest {
  schema: 'wirewalk.bundle/1';
  tool: ToolIdentity;
  /** When what it tells of began, ISO 8601 UTC; null where that is not known. */
  startedAt: string | null;
  /** `secrets`: credentials, tokens and keys were removed; `strict`: internal addresses and names are pseudonyms, too. */
  redaction: 'secrets' | 'strict';
  files: BundledFile[];
  removed: RemovedSecret[];
  /** What of the packets in `capture.pcap` is not as it was recorded, in sentences; only where there is that file. */
  changed?: string[];
}
