import type { Observed } from './base.ts';

/** What the document received consists of. Counted from the decoded body. */
export interface PageDocument extends Observed {
  kind: 'page.document';
  checkpoint: 'page';
  url: string;
  /** Media type without parameters, lower case; null when not sent. */
  mediaType: string | null;
  bytes: number;
  /** Characters of text a reader would see (scripts, styles, comments and tags left out); null when not HTML. */
  textCharacters: number | null;
  /** Elements that show or make something: img, script, iframe, form, video, canvas, svg, object, ...; null when not HTML. */
  contentElements: number | null;
  title: string | null;
  /** Whether the stated expectation of text was found; null when none was stated. */
  expectedTextFound: boolean | null;
}

export type PageObservation = PageDocument;
