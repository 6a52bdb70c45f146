import type { PageElement, PageNeed } from '../model/observations/page.ts';

/** Something a page refers to and a browser would fetch. */
export interface Reference {
  /** Absolute, without fragment. */
  url: string;
  element: PageElement;
  need: PageNeed;
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
