import type { CauseCode } from '../../../src/model/cause.ts';
import type { ScopeWord } from '../../../src/model/finding.ts';
import type { Change, SiteChange } from '../../scenario/change.ts';
import type { CaptureExpectation, EvidencePattern, Proof } from '../../scenario/scenario.ts';
import { addresses } from '../../topology/plan.ts';
import { synsAtEdge } from '../ingredients.ts';

/**
 * The cases of badssl.com (chromium/badssl.com), each served by the lab's own servers with certificates of the lab's own authorities. A case is one row:
 * what is served, and what a walk must say.
 */
export interface BadsslCase {
  /** Its name there, below badssl.com. */
  name: string;
  title: string;
  made: string;
  site?: SiteChange;
  /** In place of what `site` changes. */
  changes?: readonly Change[];
  /** Default: the site's own name and page. */
  url?: string;
  /** Default: everything works. */
  status?: 'failed' | 'degraded';
  cause?: CauseCode;
  scope?: readonly ScopeWord[];
  without?: readonly CauseCode[];
  evidence?: readonly EvidencePattern[];
  proof?: readonly Proof[];
  captureClient?: CaptureExpectation;
  naive?: string;
}

export const completed: EvidencePattern = { kind: 'tls.handshake-completed' };
/** Ciphers and keys of any strength. */
export const anyStrength = '"ALL:@SECLEVEL=0"';

/** The site at another name. */
export function called(label: string): readonly Change[] {
  return [
    synsAtEdge,
    { zone: { zone: 'shop.example', add: [`${label}.shop.example 300 A ${addresses.edgeA}`] } },
    { nginx: { at: 'edge', http: ['server_names_hash_bucket_size 128;'] } },
    { site: { names: [`${label}.shop.example`], certificate: { names: [`${label}.shop.example`] } } },
  ];
}
