import type { RemovedSecret } from '../../model/bundle-manifest.ts';

/** One file of a bundle. */
export interface BundleFile {
  /** Path within the bundle. */
  name: string;
  /** What it holds, in one clause. */
  what: string;
  content: string | Uint8Array;
}

/** The recorded packets of a walk, without secrets. */
export interface BundledCapture {
  file: BundleFile;
  removed: RemovedSecret[];
  /** What of it is not as it was recorded, in sentences. */
  changed: string[];
}

/** What a bundle holds beside its report. */
export interface BundleExtras {
  capture?: BundledCapture;
  /** PNG of what a browser showed. */
  screenshot?: Uint8Array;
}
