import type { AnswererRole, PageMeaning } from './answerers/answerer.ts';

/** A product that left its signs in an answer. */
export interface AnswerParty {
  /** As in the registry of answerers. */
  id: string;
  name: string;
  role: AnswererRole;
  /** The fields and page texts that show it: `header server`, `page "<center>nginx"`. */
  signs: string[];
}

/** What a cache on the way did: RFC 9211, or the vendor's own word for it. */
export interface CacheState {
  state: 'hit' | 'miss' | 'stale' | 'bypass' | 'refreshed' | 'error' | 'unknown';
  /** Age field (RFC 9111 section 5.1); null without one. */
  ageSeconds: number | null;
  /** The field it was read from. */
  field: string | null;
}

/** One metric of a Server-Timing field (W3C Server Timing). */
export interface ServerTiming {
  name: string;
  durationMs: number | null;
  description: string | null;
}

/** Strict-Transport-Security (RFC 6797 section 6.1) of an answer over TLS. */
export interface TransportSecurity {
  maxAgeSeconds: number;
  includeSubDomains: boolean;
  /** The site asks to be in the list that browsers bring along. */
  preload: boolean;
  /** Whether it is, by the list of this program; null when that was not looked up, or cannot be read. */
  preloaded?: Preloaded | null;
}

/** What the list says that browsers bring along. */
export interface Preloaded {
  /** The entry that speaks for the name; null for none. */
  entry: string | null;
  list: string;
  listDate: string;
}

/** A default time limit of a product that the wait for an answer equals. */
export interface MatchedLimit {
  seconds: number;
  /** Whose limit; null when only the round number speaks for one. */
  answerer: string | null;
  /** The setting, as its documentation calls it; null without a product. */
  setting: string | null;
}

/** Who answered a request, read off one response. */
export interface Answer {
  /** The request of the redirect chain. */
  hop: number;
  status: number;
  /** What stands in front: content network, firewall, load balancer, gateway or platform; null when nothing shows one. */
  edge: AnswerParty | null;
  /** The server or application behind or alone; null when nothing shows one. */
  origin: AnswerParty | null;
  /** Everybody that left a sign, from the client's side to the origin's. */
  parties: AnswerParty[];
  /** Who made the answer, as far as it shows. */
  saidBy: 'edge' | 'origin' | 'unknown';
  /** The product whose own page or field the answer is; null when it is nobody's. */
  author: AnswerParty | null;
  /** What the author's page says; null without one. */
  says: PageMeaning | null;
  cache: CacheState | null;
  /** Values its operators can look the request up by. */
  requestIds: { name: string; value: string }[];
  serverTiming: ServerTiming[];
  /** Via, one entry each. */
  via: string[];
  /** Retry-After in seconds; null without one. */
  retryAfterSeconds: number | null;
  /** Null without the field, over plain http, and for addresses, which cannot have one. */
  transportSecurity: TransportSecurity | null;
  /** Keep-Alive (timeout=) in seconds; null without one. */
  keepAliveSeconds: number | null;
  /**
   * A browser that is given this URL goes to https by itself: `top-level-domain`, because all names under it are in the list that browsers bring along;
   * `name`, because this one is, or one above it. Null when nothing here says so.
   */
  upgradedBy: 'top-level-domain' | 'name' | null;
  /** What the list says of the name of a URL in plain http; null when it was not looked up, or cannot be read. */
  preloaded?: Preloaded | null;
  /** For an answer of status 500 and above. */
  limit: MatchedLimit | null;
  /** Ids of the observations it was read off. */
  evidence: string[];
}
