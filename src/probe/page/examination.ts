import type { PageExamined, PageResource } from '../../model/observations/page.ts';
import { type DocumentReferences, readDocument } from '../../page/document.ts';
import type { Reference } from '../../page/reference.ts';
import { type DeclaredFont, readStylesheet, usesRange } from '../../page/stylesheet.ts';
import { probeDns } from '../dns.ts';
import { round } from '../recorder.ts';
import { optionsFor } from '../redirect.ts';
import { isTarget, parseUrl, type Target, targetFacts } from '../target.ts';
import type { OpenConnection } from '../tcp.ts';
import type { WalkContext } from '../walk-context.ts';
import { createOriginPool, type OriginPool } from './origin-pool.ts';
import { type Item, resourceRecord } from './resource-record.ts';
import { type Errand, type Requested, requestResource } from './resource-request.ts';

/** How far an examination goes. */
interface Extent {
  /** Resources asked for at most, bytes read in all, and time as a multiple of the walk's timeout. */
  count: number;
  bytes: number;
  timeouts: number;
}

const extents: Readonly<Record<PageExamined['extent'], Extent>> = {
  site: { count: 40, bytes: 4 * 1024 * 1024, timeouts: 2 },
  all: { count: 300, bytes: 64 * 1024 * 1024, timeouts: 3 },
};

/** Of one resource, no more than this is read. */
const resourceBytes = 4 * 1024 * 1024;
/** Names of other hosts looked up where nothing is sent to them. */
const nameLimit = 12;
/** How long such lookups are waited for once all else is done. */
const namePatienceMs = 1000;
/** Resources whose failures are kept in full; more of the same explain nothing. */
const keptFailureLimit = 12;
const otherSiteLimit = 20;
/** Different characters of the page that decide which fonts it needs. */
const characterLimit = 256;

/** A document that was received whole, and the connection it came over, which the examination closes. */
export interface ExaminedDocument {
  target: Target;
  text: string;
  /** Policies of the response's header. */
  policies: readonly string[];
  connection: OpenConnection | null;
  receivedAtMs: number;
}

/**
 * Asks for what the document refers to, as a browser would: six connections to a host or one of HTTP/2, style sheets and scripts first, what style sheets import and
 * the fonts they use after them. Observes each resource, and in full why one failed.
 *
 * @param onAsked called once the first requests are on their way
 */
export async function examinePage(context: WalkContext, document: ExaminedDocument, onAsked: () => void): Promise<void> {
  const examination = new Examination(context, document);
  await examination.run(onAsked);
}

class Examination {
  readonly #context: WalkContext;
  readonly #document: ExaminedDocument;
  readonly #references: DocumentReferences;
  readonly #extentName: PageExamined['extent'];
  readonly #extent: Extent;
  readonly #errand: Errand;
  readonly #over = new AbortController();
  readonly #pools = new Map<string, OriginPool>();
  readonly #items = new Map<string, Item>();
  /** Which site a host belongs to; loaded when there are other hosts, as the list it needs is long. */
  #siteOf: (host: string) => string = (host) => host;
  #knowsSites = false;
  readonly #upgrades: boolean;
  readonly #wantedByOrigin = new Map<string, number>();
  readonly #fonts: { font: DeclaredFont; foundIn: string }[] = [];
  readonly #families = new Set<string>();
  #fetched = 0;
  #bytes = 0;
  #kept = 0;
  #named = 0;
  #limit: PageExamined['limit'] = null;
  #seed: OpenConnection | null;
  readonly #expectsHttp2: boolean;

  constructor(context: WalkContext, document: ExaminedDocument) {
    this.#context = context;
    this.#document = document;
    this.#references = readDocument(document.text, document.target.url);
    this.#extentName = context.options.page === 'all' || context.options.thorough ? 'all' : 'site';
    this.#extent = extents[this.#extentName];
    this.#upgrades = [...document.policies, ...this.#references.policies].some((policy) =>
      /(?:^|[;,])\s*upgrade-insecure-requests\s*(?:[;,]|$)/i.test(policy),
    );
    this.#seed = document.connection;
    // Hosts of one site are mostly served alike.
    this.#expectsHttp2 = document.connection?.alpn === 'h2';
    const { signal } = context.options;
    const limited = {
      ...context,
      options: {
        ...context.options,
        expect: {},
        maxBodyBytes: resourceBytes,
        signal: signal === null ? this.#over.signal : AbortSignal.any([signal, this.#over.signal]),
      },
    };
    this.#errand = {
      context: limited,
      document: document.target,
      pool: (target) => this.#pool(target),
      contextFor: (target) => ({ ...limited, options: optionsFor(limited.options, document.target, target) }),
      isOver: () => limited.options.signal.aborted,
      mayAsk: async (target) => {
        await this.#prepareSites([target]);
        return this.#extentName === 'all' || !this.#isOther(target);
      },
    };
  }

  async run(onAsked: () => void): Promise<void> {
    const { clock } = this.#context.ports;
    const ended = new AbortController();
    const limitMs = this.#context.options.timeoutMs * this.#extent.timeouts;
    void clock.sleep(limitMs, ended.signal).then(() => {
      if (!ended.signal.aborted) this.#end('time');
    });
    try {
      const first = this.#admitDocument();
      // Which sites the other hosts belong to takes a moment to load: what needs no knowledge of it goes first.
      const atOnce = this.#fetch(first.filter((item) => this.#isWanted(item)));
      onAsked();
      await this.#prepareSites(first);
      const names = this.#lookUpOthers(first);
      await Promise.all([atOnce, this.#fetch(first.filter((item) => !this.#isWanted(item)))]);
      await this.#fetch(this.#neededFonts());
      const patience = new AbortController();
      await Promise.race([names, clock.sleep(namePatienceMs, patience.signal)]);
      patience.abort();
    } finally {
      ended.abort();
      for (const pool of this.#pools.values()) pool.close();
      this.#seed?.connection.destroy();
      this.#over.abort();
    }
    this.#observeWhole();
  }

  #end(why: NonNullable<PageExamined['limit']>): void {
    this.#limit ??= why;
    this.#over.abort();
  }

  /** The document's own references, in the order of the document. */
  #admitDocument(): Item[] {
    const { url } = this.#document.target;
    const preloaded = new Set(this.#references.references.filter(({ element }) => element !== 'preload').map((one) => one.url));
    const wanted = this.#references.references.filter(({ element, url: one }) => element !== 'preload' || !preloaded.has(one));
    const first = wanted.flatMap((reference) => this.#admit(reference, url) ?? []);
    for (const css of this.#references.styles) first.push(...this.#readStyle(css, this.#references.baseUrl, url));
    return first;
  }

  async #prepareSites(items: readonly Pick<Item, 'host'>[]): Promise<void> {
    if (this.#knowsSites || items.every((item) => item.host === this.#document.target.host)) return;
    this.#siteOf = (await import('../../page/site.ts')).siteOf;
    this.#knowsSites = true;
  }

  #isOther(item: Pick<Item, 'host'>): boolean {
    return item.host !== this.#document.target.host && this.#siteOf(item.host) !== this.#siteOf(this.#document.target.host);
  }

  /** Takes a reference in, once; null for what is known already. */
  #admit(reference: Reference, foundIn: string): Item | null {
    const url = this.#asFetched(reference);
    const key = `${reference.element === 'module' ? 'module' : ''} ${url}`;
    if (this.#items.has(key)) return null;
    const { origin } = new URL(url);
    const item = { reference, foundIn, url, host: hostOf(url) };
    this.#items.set(key, item);
    this.#wantedByOrigin.set(origin, (this.#wantedByOrigin.get(origin) ?? 0) + 1);
    return item;
  }

  /** Browsers ask for pictures and media with https where an encrypted page says http (W3C Mixed Content), and for everything where the page says so. */
  #asFetched(reference: Reference): string {
    const { url, element } = reference;
    if (!this.#isMixed(url)) return url;
    const isUpgraded = this.#upgrades || ((element === 'image' || element === 'media') && reference.crossOrigin === null);
    return isUpgraded ? url.replace(/^http:/, 'https:') : url;
  }

  #isMixed(url: string): boolean {
    if (this.#document.target.scheme !== 'https' || !url.startsWith('http:')) return false;
    // W3C Secure Contexts, section 3.1: this host itself is trustworthy.
    return !/^(?:localhost|(?:.*\.)localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
  }

  /** Whether a request is made for it: not for what browsers refuse to ask for, and in the site's extent only for what visitors would miss. */
  #isWanted(item: Item): boolean {
    if (this.#isMixed(item.url)) return false;
    if (this.#extentName === 'all') return true;
    return !this.#isOther(item) && item.reference.need !== 'optional' && !item.reference.lazy && item.reference.element !== 'media';
  }

  /** Whether its host's name is looked up in place of asking for it. What style sheets refer to comes too late for that. */
  #isNamed(item: Item): boolean {
    const isOfDocument = item.foundIn === this.#document.target.url && item.reference.element !== 'font';
    return (
      this.#extentName === 'site' && this.#isOther(item) && isOfDocument && item.reference.need !== 'optional' && !this.#isMixed(item.url)
    );
  }

  async #fetch(items: readonly Item[]): Promise<void> {
    // What the document refers to is known from the start; what style sheets do may belong to other sites still unknown.
    if (this.#fetched > 0) await this.#prepareSites(items);
    const byNeed = [...items].sort((one, other) => priorityOf(one) - priorityOf(other));
    await Promise.all(byNeed.map((item) => this.#fetchOne(item)));
  }

  async #fetchOne(item: Item): Promise<void> {
    if (!this.#isWanted(item)) {
      // What another site serves is observed by its host's name; see #lookUpOthers.
      if (!this.#isNamed(item)) this.#observe(item, 'not-fetched', null, null);
      return;
    }
    if (this.#fetched >= this.#extent.count) {
      this.#limit ??= 'count';
      this.#observe(item, 'not-fetched', null, null);
      return;
    }
    this.#fetched += 1;
    const requested = await requestResource(this.#errand, item.reference, item.url);
    this.#bytes += requested.body?.bytes ?? 0;
    if (this.#bytes > this.#extent.bytes) this.#end('bytes');
    await this.#prepareSites([item]);
    this.#observeRequested(item, requested);
    const { element } = item.reference;
    if (element === 'stylesheet' && requested.outcome === 'received' && (requested.answer?.status ?? 0) < 400 && requested.answer?.body)
      await this.#fetch(this.#readStyle(decode(requested.answer.body), requested.finalUrl ?? item.url, item.url));
    else if (element === 'import' && requested.answer?.body)
      this.#readStyle(decode(requested.answer.body), requested.finalUrl ?? item.url, item.url, false);
  }

  /** Takes in what a style sheet imports, and remembers its fonts. */
  #readStyle(css: string, baseUrl: string, foundIn: string, follows = true): Item[] {
    const { imports, fonts, usedFamilies } = readStylesheet(css, baseUrl);
    for (const font of fonts) this.#fonts.push({ font, foundIn });
    for (const family of usedFamilies) this.#families.add(family);
    if (!follows) return [];
    return imports.flatMap((url) => this.#admit({ ...plainReference, url, element: 'import', need: 'blocking' }, foundIn) ?? []);
  }

  /** Fonts whose family a rule names and whose characters the page holds. */
  #neededFonts(): Item[] {
    const characters = new Set<number>();
    for (const character of this.#document.text) {
      if (characters.size >= characterLimit) break;
      characters.add(character.codePointAt(0) ?? 0);
    }
    return this.#fonts
      .filter(({ font }) => this.#families.has(font.family) && usesRange(characters, font.unicodeRange))
      .flatMap(
        ({ font, foundIn }) =>
          this.#admit({ ...plainReference, url: font.url, element: 'font', need: 'shown', crossOrigin: 'anonymous' }, foundIn) ?? [],
      );
  }

  /** In the site's extent nothing is sent to other sites: their names are looked up, where this host looks up names anyway. */
  async #lookUpOthers(items: readonly Item[]): Promise<void> {
    if (this.#extentName === 'all') return;
    const byHost = new Map<string, Item[]>();
    for (const item of items) {
      if (!this.#isNamed(item)) continue;
      byHost.set(item.host, [...(byHost.get(item.host) ?? []), item]);
    }
    await Promise.all([...byHost.values()].map((items) => this.#lookUp(items)));
  }

  async #lookUp(items: readonly Item[]): Promise<void> {
    const [first] = items;
    const target = first === undefined ? null : parseUrl(first.url);
    if (first === undefined || target === null || !isTarget(target)) return;
    if (this.#named >= nameLimit) {
      for (const item of items) this.#observe(item, 'not-fetched', null, null);
      return;
    }
    this.#named += 1;
    const aside = this.#context.recorder.aside();
    const { recorder } = aside;
    recorder.observe({ kind: 'target.parsed', checkpoint: 'target', atMs: recorder.sinceStart(), ...targetFacts(target) });
    const context = this.#errand.contextFor(target);
    const lookup = await probeDns({ ...context, recorder }, target);
    const isFound = lookup.addresses.length > 0;
    if (isFound) lookup.giveUp();
    if (!isFound && this.#errand.isOver()) return;
    let evidenceOf: string | null = null;
    for (const item of items) {
      const reference = this.#observe(item, isFound ? 'resolved' : 'failed', null, evidenceOf);
      if (isFound || evidenceOf !== null) continue;
      evidenceOf = reference;
      this.#kept += 1;
      aside.keepAs(reference);
    }
  }

  #pool(target: Target): OriginPool {
    const { origin } = new URL(target.url);
    const known = this.#pools.get(origin);
    if (known !== undefined) return known;
    const isOwn = origin === new URL(this.#document.target.url).origin;
    const seed = isOwn ? this.#seed : null;
    if (isOwn) this.#seed = null;
    const pool = createOriginPool(this.#errand.contextFor(target), target, this.#wantedByOrigin.get(origin) ?? 1, seed, this.#expectsHttp2);
    this.#pools.set(origin, pool);
    return pool;
  }

  #observeRequested(item: Item, requested: Requested): void {
    const status = requested.answer?.status ?? null;
    const isBad = requested.outcome === 'failed' || (status !== null && (status >= 300 || status < 200) && !requested.endsElsewhere);
    const sameAs = requested.unreachable?.failureKeptAs ?? null;
    const reference = this.#observe(item, requested.outcome, requested, isBad ? sameAs : null);
    if (!isBad || sameAs !== null || this.#kept >= keptFailureLimit) return;
    this.#kept += 1;
    requested.keepAs(reference);
  }

  #observed = 0;

  #observe(item: Item, outcome: PageResource['outcome'], requested: Requested | null, evidenceOf: string | null): string {
    this.#observed += 1;
    const name = `r${this.#observed}`;
    this.#context.recorder.observe(
      resourceRecord(this.#context, name, item, {
        outcome,
        requested,
        evidenceOf,
        site: this.#siteOf(item.host),
        otherSite: this.#isOther(item),
      }),
    );
    return name;
  }

  #observeWhole(): void {
    const { recorder } = this.#context;
    const atMs = recorder.sinceStart();
    const bySite = new Map<string, number>();
    for (const item of this.#items.values()) {
      const site = this.#siteOf(item.host);
      if (this.#isOther(item)) bySite.set(site, (bySite.get(site) ?? 0) + 1);
    }
    recorder.observe({
      kind: 'page.examined',
      checkpoint: 'page',
      atMs,
      durationMs: round(atMs - recorder.sinceStart(this.#document.receivedAtMs)),
      url: this.#document.target.url,
      extent: this.#extentName,
      references: this.#items.size,
      fetched: this.#fetched,
      bytes: this.#bytes,
      otherSites: [...bySite]
        .map(([site, references]) => ({ site, references }))
        .sort((one, other) => other.references - one.references)
        .slice(0, otherSiteLimit),
      metaPolicies: this.#references.policies,
      quirks: this.#references.quirks,
      limit: this.#limit,
    });
  }
}

const plainReference: Omit<Reference, 'url' | 'element' | 'need'> = {
  lazy: false,
  crossOrigin: null,
  integrity: null,
  nonce: null,
  async: false,
};

/** Name or address, without brackets. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

/** The order in which browsers ask: what blocks, what is seen, the rest. */
function priorityOf(item: Item): number {
  const { need, lazy, element } = item.reference;
  if (need === 'blocking') return element === 'stylesheet' || element === 'import' ? 0 : 1;
  return need === 'shown' ? (lazy ? 3 : 2) : 4;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
