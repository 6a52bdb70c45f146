import type { BundleManifest } from '../model/bundle-manifest.ts';
import type { ReadReport } from '../model/read-report.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { Pseudonyms, pseudonymized } from './pseudonyms.ts';

/** How much is removed. `secrets`: credentials, tokens and keys; `strict`: internal addresses and names too. */
export type Redaction = BundleManifest['redaction'];

/** A report with as much removed as asked for; every form of it is made from this one. */
export interface RedactedReport<T extends WalkReport | ReadReport = WalkReport | ReadReport> {
  report: T;
  redaction: Redaction;
  pseudonyms: Pseudonyms;
}

/** Removes from a report, which holds no secrets, what else is to be removed. `pseudonyms`: those that were given already. */
export function redactedReport<T extends WalkReport | ReadReport>(
  report: T,
  redaction: Redaction,
  pseudonyms: Pseudonyms = new Pseudonyms(),
): RedactedReport<T> {
  return { report: redaction === 'strict' ? pseudonymized(report, pseudonyms) : report, redaction, pseudonyms };
}
