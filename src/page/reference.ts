/** Which part of a page refers to something. */
export type ElementKind =
  | 'stylesheet'
  | 'script'
  | 'module'
  | 'image'
  | 'font'
  | 'icon'
  | 'frame'
  | 'media'
  | 'object'
  | 'import'
  | 'preload'
  | 'manifest';

/**
 * What becomes of the page without it. `blocking`: nothing is drawn, or the page does not work, until it is there; `shown`: a visitor sees that it
 * is missing; `optional`: nobody sees that it is missing.
 */
export type Need = 'blocking' | 'shown' | 'optional';

/** Something a page refers to and a browser would fetch. */
export interface Reference {
  /** Absolute, without fragment. */
  url: string;
  element: ElementKind;
  need: Need;
  /** A browser fetches it only once it is scrolled to. */
  lazy: boolean;
  /** Value of `crossorigin`: null without it, which for scripts, styles and images means that no permission is asked. */
  crossOrigin: 'anonymous' | 'use-credentials' | null;
  integrity: string | null;
  nonce: string | null;
  /** A script that nothing waits for. */
  async: boolean;
  /** How many of the document's own policies stand before it: those after it do not apply (HTML standard, `http-equiv`); absent for all of them. */
  policiesBefore?: number;
}
