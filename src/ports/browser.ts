import type { Observed } from '../model/observations/base.ts';
import type { PageBrowserVisited } from '../model/observations/page.ts';

/** A browser to be started for one visit. */
export interface BrowserVisit {
  url: string;
  /** The whole visit ends after this time, whatever has arrived. */
  timeoutMs: number;
  /** `host:port` to be reached at `address:port`, in place of what the name says; null for none. */
  mapped: { from: string; to: string } | null;
  /** URL of the proxy to go through; `none` for none, null for what the environment says. */
  proxy: string | null;
  screenshot: boolean;
  signal?: AbortSignal;
}

/** The facts of a visit, without what the recorder adds. */
export type VisitFacts = Omit<PageBrowserVisited, keyof Observed | 'kind' | 'checkpoint'>;

export type BrowserVisitOutcome =
  | {
      kind: 'visited';
      facts: VisitFacts;
      /** PNG; null when none was asked for or it could not be made. */
      screenshot: Uint8Array | null;
      /** Addresses that content came from, once each. */
      contacted: { address: string; port: number }[];
    }
  /** `absent`: there is no browser, or no library to drive it; `failed`: it did not start, or ended by itself. `reason` in a few words. */
  | { kind: 'absent'; reason: string }
  | { kind: 'failed'; reason: string }
  | { kind: 'aborted' };

/** A real browser with an empty profile, that sends nothing but what the page makes it send. Never throws. */
export interface Browser {
  visit(visit: BrowserVisit): Promise<BrowserVisitOutcome>;
}
