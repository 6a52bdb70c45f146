import type { Budgets, Expectation } from '../model/expectation.ts';
import type { AddressFamily, Endpoint } from '../model/observations/base.ts';
import type { HeaderField } from '../model/observations/http.ts';
import type { Contact } from '../model/walk-record.ts';
import type { ProxySetting } from '../ports/host.ts';

/** A resolver named by option. */
export interface NamedResolver extends Endpoint {
  /** A literal address; for encrypted transports a name is allowed and looked up first. */
  address: string;
  /** Default `udp`, with TCP where an answer is truncated. */
  transport?: 'udp' | 'tls' | 'https';
  /** The name its certificate must bear; default: the address itself. */
  serverName?: string;
  /** Path of the endpoint, for `https`; default `/dns-query`. */
  path?: string;
}

/** What a walk is asked to do. Everything but `timeoutMs` narrows or states; see {@link defaultWalkOptions}. */
export interface WalkOptions {
  expect: Expectation;
  budgets: Budgets;
  /** The longest any single wait may take. */
  timeoutMs: number;
  /** Use only addresses of this family; null for both. */
  family: AddressFamily | null;
  method: string;
  /** Added to, or in place of, the request's own fields. */
  headers: readonly HeaderField[];
  /** Resolvers to ask in place of this host's; empty for this host's own. */
  resolvers: readonly NamedResolver[];
  /** Well-known public resolvers may be asked, after a failure or when thorough. */
  publicResolvers: boolean;
  /** They are asked about the name whatever becomes of the request, for answers of more than one resolver. */
  secondOpinion: boolean;
  /** How often each resolver is asked the same question again, to measure it; 0 for not at all. */
  lookupCount: number;
  /** Use a connection once more after it has idled for so long; null for not at all. */
  idleMs: number | null;
  /** How many probes go to every hop of the path, to measure loss and latency; 0 for not at all. */
  pathRounds: number;
  /** Run every experiment, whether or not something failed. */
  thorough: boolean;
  /** Make the request once more on the connection that was kept, to measure what it costs then. */
  warmRun: boolean;
  /** Trace the path: `after-failure` when a connection failed for reasons that may lie on it; `always` for every request; `never`. */
  trace: 'after-failure' | 'always' | 'never';
  /** Ask a configured resolver for the names of who stands on a traced path. */
  names: boolean;
  /** Ask this address, keep Host and SNI; port 0 for the target's own. */
  connectTo: Endpoint | null;
  /** Ask this address as well, Host and SNI kept, and compare; port 0 for the target's own. */
  origin: Endpoint | null;
  /** Ask for this path as well, and compare; beginning with a slash. */
  healthPath: string | null;
  /** `environment`: the proxy that the environment names, as other programs use it; `none`: none, whatever it names; or this one, for everything. */
  proxy: 'environment' | 'none' | ProxySetting;
  /** Redirects followed at most; 0 follows none. */
  maxRedirects: number;
  /** Cookies that redirects set go with what follows, from the first; otherwise where a site would redirect in a circle without them. */
  keepsCookies: boolean;
  /** Body bytes read at most. */
  maxBodyBytes: number;
  /**
   * What the page refers to is asked for: `site`, what its own site serves, with the names of other hosts looked up and nothing sent to them; `all`,
   * everything; `none`, nothing.
   */
  page: 'site' | 'all' | 'none';
  /** A real browser opens the URL too; null for none. `onScreenshot` is given a PNG of what it shows, where one is wanted. */
  browser: { onScreenshot: ((png: Uint8Array) => void) | null } | null;
  /** Told of each address before anything is sent to it, but for what a browser does by itself; null for nobody. */
  onContact: ((contact: Contact) => void) | null;
  userAgent: string;
  /** Interrupts the walk: what was learned until then is returned. */
  signal: AbortSignal | null;
}

export const defaultWalkOptions: Omit<WalkOptions, 'budgets'> = {
  expect: {},
  timeoutMs: 5000,
  family: null,
  method: 'GET',
  headers: [],
  resolvers: [],
  publicResolvers: true,
  secondOpinion: false,
  lookupCount: 0,
  idleMs: null,
  pathRounds: 0,
  thorough: false,
  warmRun: false,
  trace: 'after-failure',
  names: false,
  connectTo: null,
  origin: null,
  healthPath: null,
  proxy: 'environment',
  maxRedirects: 20,
  keepsCookies: false,
  maxBodyBytes: 8 * 1024 * 1024,
  page: 'site',
  browser: null,
  onContact: null,
  userAgent: 'wirewalk',
  signal: null,
};
