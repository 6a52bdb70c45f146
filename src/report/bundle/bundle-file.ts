/** One file of a bundle. */
export interface BundleFile {
  /** Path within the bundle. */
  name: string;
  /** What it holds, in one clause. */
  what: string;
  content: string | Uint8Array;
}
