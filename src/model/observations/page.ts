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
  /** It sends browsers elsewhere by itself (Refresh field, or meta element), after so long. The URL as written. Absent otherwise. */
  refresh?: { afterSeconds: number; url: string };
  /** Whether the stated expectation of text was found; null when none was stated. */
  expectedTextFound: boolean | null;
}

/** Which part of a page refers to something. `import`: a style sheet's `@import`; `preload`: a hint that something is needed later. */
export type PageElement =
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
 * What becomes of the page without it. `blocking`: the page is not drawn, or does not work, without it; `shown`: a visitor sees that it is missing;
 * `optional`: nobody sees that it is missing.
 */
export type PageNeed = 'blocking' | 'shown' | 'optional';

/** What the document refers to, all in all, and how much of it was asked for. `durationMs` is how long that took. */
export interface PageExamined extends Observed {
  kind: 'page.examined';
  checkpoint: 'page';
  url: string;
  /** `site`: what the site itself serves, and the names of other hosts; `all`: everything. */
  extent: 'site' | 'all';
  /** References found: in the document and one level deep in its style sheets. */
  references: number;
  /** Of these, how many were asked for. */
  fetched: number;
  /** Bytes of content transferred for them. */
  bytes: number;
  /** Sites other than the page's own it refers to, most references first, with how many. At most 20. */
  otherSites: { site: string; references: number }[];
  /** Content security policies that the document states itself (`<meta>`); those of the header are in the response. */
  metaPolicies: string[];
  /** The document has no proper doctype, which makes browsers lenient with types. */
  quirks: boolean;
  /** Why the rest was not asked for; null when nothing was left out but what belongs to other sites. */
  limit: 'count' | 'bytes' | 'time' | null;
}

/** One thing the page refers to, and what came of asking for it. `durationMs` is from the request to the end of the content. */
export interface PageResource extends Observed {
  kind: 'page.resource';
  checkpoint: 'page';
  /** `r1`, `r2`, ...: observations made for it carry this name. */
  reference: string;
  url: string;
  element: PageElement;
  need: PageNeed;
  /** The document or style sheet that refers to it. */
  foundIn: string;
  /** The site its host belongs to: the name under a public suffix. */
  site: string;
  /** Another site than the page's own. */
  otherSite: boolean;
  /** A browser fetches it only once it is scrolled to. */
  lazy: boolean;
  /** A script that nothing waits for. */
  async: boolean;
  /** How permission to read it is asked for (Fetch standard, request mode and credentials mode); `none` for what is only shown or run. */
  cors: 'none' | 'anonymous' | 'use-credentials';
  /** How many of the document's own policies (`metaPolicies` of `page.examined`) stand before it, and apply; absent for all of them. */
  policiesBefore?: number;
  /** Value of the `nonce` attribute; null without one. */
  nonce: string | null;
  /** Value of the `integrity` attribute; null without one. */
  integrity: string | null;
  /** Whether the content has one of the hashes of `integrity`; null when there is none, or it was not received whole. */
  integrityMatches: boolean | null;
  /**
   * `received`: an answer came, whatever it says; `failed`: none, or not all of it, and the observations that carry its name (or `evidenceOf`)
   * say why; `unfinished`: it was still arriving when the walk stopped waiting; `resolved`: its host's name has addresses, nothing was sent
   * to them; `not-fetched`: it was not asked for.
   */
  outcome: 'received' | 'failed' | 'unfinished' | 'resolved' | 'not-fetched';
  /** The name of another resource of the same host, whose observations say why this one failed as well. */
  evidenceOf: string | null;
  /** Where redirects led; null when there were none. With a redirecting status, nothing was sent there, as it is another site. */
  finalUrl: string | null;
  status: number | null;
  /** Media type of the answer, lower case; null when not sent. */
  mediaType: string | null;
  /** `X-Content-Type-Options: nosniff`. */
  noSniff: boolean;
  /** `Access-Control-Allow-Origin` and `-Credentials` as sent; null without. */
  allowOrigin: string | null;
  allowCredentials: boolean;
  bytes: number | null;
  /** How long its host took to be reached when this was the first to want it: lookup, connection, TLS. Null when it used what was open. */
  reachMs: number | null;
  /** Round trip of the connection it came over; null when unknown. */
  roundTripMs: number | null;
}

/** Another address of the name, asked for the document that was just received. */
export interface PageCompared extends Observed {
  kind: 'page.compared';
  checkpoint: 'page';
  address: string;
  port: number;
  url: string;
  /** Null when no answer came: then nothing can be compared, and what failed is told elsewhere. */
  status: number | null;
  bytes: number | null;
  /** HTML without anything to see, where the document received has something; null when not HTML, or not received whole. */
  blank: boolean | null;
  /** Entity tag and date as sent. */
  etag: string | null;
  lastModified: string | null;
  /** Byte by byte the document received; null when either was not received whole. */
  same: boolean | null;
  /** How often it was asked; a bad answer is asked for a second time. */
  asked: number;
}

/** A request that failed in a browser. */
export interface BrowserFailure {
  url: string;
  /** What the browser asked for it as: `Document`, `Script`, `Stylesheet`, `Image`, `Font`, `Fetch`, ... (DevTools protocol, Network.ResourceType). */
  type: string;
  /** Without `net::`. */
  error: string;
  /** Why the browser itself refused it (`csp`, `mixed-content`, `origin`, ...; DevTools protocol, Network.BlockedReason and CorsError); null when it did not. */
  refused: string | null;
}

/** A real browser opened the URL. Times in milliseconds since it began to, null for what did not happen. */
export interface PageBrowserVisited extends Observed {
  kind: 'page.browser-visited';
  checkpoint: 'page';
  /** Path of the program, and what it calls itself. */
  program: string;
  product: string;
  url: string;
  finalUrl: string;
  /** The error its error page shows, without `net::`; null when there is none. */
  error: string | null;
  /** The load event came, or an error page did, before the time was over. */
  finished: boolean;
  status: number | null;
  /** As the browser names it: `http/1.1`, `h2`, `h3`. */
  protocol: string | null;
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  firstByteMs: number | null;
  contentLoadedMs: number | null;
  loadedMs: number | null;
  firstPaintMs: number | null;
  firstContentfulPaintMs: number | null;
  largestContentfulPaintMs: number | null;
  /** Characters of text and number of pictures and the like that are drawn; null when the page could not be asked. */
  textCharacters: number | null;
  contentElements: number | null;
  /** Requests made, and bytes that came over the network for them. */
  requests: number;
  bytes: number;
  /** At most 30. */
  failed: BrowserFailure[];
  /** Errors written to the console, at most 20 and 300 characters each. */
  consoleErrors: string[];
}

/** A browser was wanted and could not be used. */
export interface PageBrowserNotUsed extends Observed {
  kind: 'page.browser-not-used';
  checkpoint: 'page';
  /** `absent`: none found, or the library that drives it is not installed; `failed`: it did not start, or ended by itself. */
  outcome: 'absent' | 'failed';
  reason: string;
}

export type PageObservation = PageDocument | PageExamined | PageResource | PageCompared | PageBrowserVisited | PageBrowserNotUsed;
