import { Token, Tokenizer, TokenizerMode } from 'parse5';
import type { PageElement, PageNeed } from '../model/observations/page.ts';
import type { Reference } from './reference.ts';
import { chooseCandidate, matchesMedia } from './srcset.ts';

/** What a document refers to, as a browser with scripts on would find it without running any. */
export interface DocumentReferences {
  /** What relative references are resolved against. */
  baseUrl: string;
  /** In document order, each URL once for each kind of element. */
  references: Reference[];
  /** Contents of `<meta http-equiv=content-security-policy>`, in order. */
  policies: string[];
  /** Style sheets inside the document. */
  styles: string[];
  /** Without a doctype of its own, which makes browsers lenient (HTML standard, quirks mode). */
  quirks: boolean;
  /** More references than were kept. */
  overflow: boolean;
}

/** References kept of one document: far more than real pages have. */
const referenceLimit = 2000;
const styleLimitCharacters = 1024 * 1024;
const policyLimit = 16;

/** Elements whose content is text for the tokenizer (HTML standard, parsing). With scripts on, `noscript` is one of them: its content is not there. */
const textModes: Readonly<Record<string, Tokenizer['state']>> = {
  title: TokenizerMode.RCDATA,
  textarea: TokenizerMode.RCDATA,
  style: TokenizerMode.RAWTEXT,
  xmp: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  noscript: TokenizerMode.RAWTEXT,
  script: TokenizerMode.SCRIPT_DATA,
  plaintext: TokenizerMode.PLAINTEXT,
};

const scriptTypes = /^(?:|module|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/(?:javascript1\.[0-5]|jscript|livescript))$/i;
const imageTypes = /^image\/(?:avif|webp|png|jpe?g|gif|svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)$/i;

/**
 * Reads a document with the tokenizer alone: linear in its length, whatever it holds, where building the tree is not. Never throws.
 *
 * @param url of the document after redirects
 */
export function readDocument(html: string, url: string): DocumentReferences {
  const reader = new DocumentReader(url);
  const tokenizer = new Tokenizer(
    {},
    {
      onComment() {},
      onDoctype: (token) => reader.doctype(token),
      onStartTag: (token) => {
        reader.startTag(token);
        const mode = textModes[token.tagName];
        if (mode !== undefined) tokenizer.state = mode;
      },
      onEndTag: (token) => reader.endTag(token.tagName),
      onEof() {},
      onCharacter: (token) => reader.text(token.chars),
      onNullCharacter() {},
      onWhitespaceCharacter: (token) => reader.text(token.chars),
    },
  );
  tokenizer.write(html, true);
  return reader.result();
}

/** Elements that a head may hold (HTML standard, "in head" insertion mode); any other begins the body. */
const headElements: ReadonlySet<string> = new Set([
  'html',
  'head',
  'base',
  'basefont',
  'bgsound',
  'link',
  'meta',
  'title',
  'noscript',
  'noframes',
  'script',
  'style',
  'template',
]);

class DocumentReader {
  readonly #url: string;
  #baseUrl: string;
  #hasBase = false;
  /** No element came so far that begins the body. */
  #isHead = true;
  #quirks = true;
  #overflow = false;
  readonly #references = new Map<string, Reference>();
  readonly #policies: string[] = [];
  readonly #styles: string[] = [];
  /** Inside `template` nothing is rendered or fetched. */
  #templates = 0;
  #style: string[] | null = null;
  #styleCharacters = 0;
  /** The first usable `source` of the `picture` or media element that is open. */
  #picture: { url: string | null } | null = null;

  constructor(url: string) {
    this.#url = url;
    this.#baseUrl = url;
  }

  result(): DocumentReferences {
    const references = [...this.#references.values()];
    return {
      baseUrl: this.#baseUrl,
      references,
      policies: this.#policies,
      styles: this.#styles,
      quirks: this.#quirks,
      overflow: this.#overflow,
    };
  }

  doctype(token: Token.DoctypeToken): void {
    this.#quirks =
      token.forceQuirks || token.name !== 'html' || (token.publicId !== null && !/^-\/\/W3C\/\/DTD X?HTML/i.test(token.publicId));
  }

  text(characters: string): void {
    if (this.#style === null || this.#styleCharacters > styleLimitCharacters) return;
    this.#style.push(characters);
    this.#styleCharacters += characters.length;
  }

  endTag(name: string): void {
    if (name === 'template') this.#templates = Math.max(0, this.#templates - 1);
    else if (name === 'picture') this.#picture = null;
    else if (name === 'style' && this.#style !== null) {
      this.#styles.push(this.#style.join(''));
      this.#style = null;
    }
  }

  startTag(token: Token.TagToken): void {
    const name = token.tagName;
    if (name === 'template') this.#templates += 1;
    if (this.#templates > 0) return;
    this.#isHead &&= headElements.has(name);
    const get = (attribute: string): string | null => Token.getTokenAttr(token, attribute);
    switch (name) {
      case 'base':
        this.#base(get('href'));
        break;
      case 'meta':
        this.#meta(get);
        break;
      case 'link':
        this.#link(get);
        break;
      case 'script':
        this.#script(get);
        break;
      case 'style':
        if (matchesMedia(get('media'))) this.#style = [];
        break;
      case 'picture':
        this.#picture = { url: null };
        break;
      case 'source':
        this.#source(get);
        break;
      case 'img':
        this.#image(get);
        break;
      case 'input':
        if (get('type')?.toLowerCase() === 'image') this.#add(get('src'), 'image', 'shown', get);
        break;
      case 'image':
        this.#add(get('href'), 'image', 'shown', get);
        break;
      case 'body':
        this.#add(get('background'), 'image', 'optional', get);
        break;
      case 'iframe':
      case 'frame':
        if (get('srcdoc') === null) this.#add(get('src'), 'frame', isHidden(get) ? 'optional' : 'shown', get);
        break;
      case 'embed':
        this.#add(get('src'), 'object', 'shown', get);
        break;
      case 'object':
        this.#add(get('data'), 'object', 'shown', get);
        break;
      case 'video':
        this.#add(get('poster'), 'image', 'shown', get);
        break;
      default:
        break;
    }
  }

  #base(href: string | null): void {
    if (this.#hasBase || href === null || !URL.canParse(href.trim(), this.#url)) return;
    const base = new URL(href.trim(), this.#url);
    if (base.protocol === 'data:' || base.protocol === 'javascript:') return;
    this.#hasBase = true;
    this.#baseUrl = base.href;
  }

  #meta(get: Attributes): void {
    const content = get('content');
    const isPolicy = get('http-equiv')?.trim().toLowerCase() === 'content-security-policy';
    // HTML standard, "Content security policy state": outside of the head it does nothing.
    if (isPolicy && this.#isHead && content !== null && this.#policies.length < policyLimit) this.#policies.push(content);
  }

  #link(get: Attributes): void {
    const relations = new Set((get('rel') ?? '').toLowerCase().split(/\s+/));
    if (!matchesMedia(get('media'))) {
      if (relations.has('stylesheet')) this.#add(get('href'), 'stylesheet', 'optional', get);
      return;
    }
    if (relations.has('stylesheet')) {
      if (get('disabled') !== null) return;
      this.#add(get('href'), 'stylesheet', relations.has('alternate') ? 'optional' : 'blocking', get);
    } else if (relations.has('icon') || relations.has('apple-touch-icon')) {
      // Of the touch icons a browser on a desk asks for none.
      if (relations.has('icon')) this.#add(get('href'), 'icon', 'optional', get);
    } else if (relations.has('modulepreload')) this.#add(get('href'), 'module', 'optional', get, 'anonymous');
    else if (relations.has('preload')) this.#add(get('href'), get('as') === 'font' ? 'font' : 'preload', 'optional', get);
    else if (relations.has('manifest')) this.#add(get('href'), 'manifest', 'optional', get);
  }

  #script(get: Attributes): void {
    const type = (get('type') ?? '').trim();
    if (!scriptTypes.test(type)) return;
    const isModule = type.toLowerCase() === 'module';
    // Browsers that know modules leave these to those that do not.
    if (!isModule && get('nomodule') !== null) return;
    this.#add(get('src'), isModule ? 'module' : 'script', 'blocking', get, isModule ? 'anonymous' : null);
  }

  #source(get: Attributes): void {
    if (this.#picture === null || this.#picture.url !== null) return;
    const type = get('type');
    const set = get('srcset');
    if (set === null || !matchesMedia(get('media')) || (type !== null && type !== '' && !imageTypes.test(type.split(';', 1)[0]!.trim())))
      return;
    this.#picture.url = chooseCandidate(set, get('sizes'));
  }

  #image(get: Attributes): void {
    const chosen = this.#picture?.url ?? (get('srcset') === null ? null : chooseCandidate(get('srcset') ?? '', get('sizes')));
    this.#add(chosen ?? get('src'), 'image', isHidden(get) ? 'optional' : 'shown', get);
  }

  #add(raw: string | null, element: PageElement, need: PageNeed, get: Attributes, crossOriginByDefault: 'anonymous' | null = null): void {
    const url = raw === null ? null : fetchable(raw, this.#baseUrl);
    if (url === null) return;
    const key = `${element} ${url}`;
    const known = this.#references.get(key);
    if (known !== undefined) {
      if (needs.indexOf(need) < needs.indexOf(known.need)) known.need = need;
      return;
    }
    if (this.#references.size >= referenceLimit) {
      this.#overflow = true;
      return;
    }
    const asked = get('crossorigin');
    const crossOrigin = asked === null ? crossOriginByDefault : asked.toLowerCase() === 'use-credentials' ? 'use-credentials' : 'anonymous';
    this.#references.set(key, {
      url,
      element,
      need,
      lazy: get('loading')?.toLowerCase() === 'lazy',
      crossOrigin: element === 'font' ? (crossOrigin ?? 'anonymous') : crossOrigin,
      integrity: nonEmpty(get('integrity')),
      nonce: nonEmpty(get('nonce')),
      async: element === 'script' || element === 'module' ? get('async') !== null : false,
      policiesBefore: this.#policies.length,
    });
  }
}

type Attributes = (name: string) => string | null;

const needs: readonly PageNeed[] = ['blocking', 'shown', 'optional'];

/** Pictures of one pixel, and what is not displayed, are there to be counted: nobody misses them. */
function isHidden(get: Attributes): boolean {
  const isTiny = (text: string | null): boolean => text !== null && /^\s*[01](?:px)?\s*$/.test(text);
  const style = get('style') ?? '';
  return (
    (isTiny(get('width')) && isTiny(get('height'))) || get('hidden') !== null || /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style)
  );
}

function nonEmpty(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

const longestUrl = 8192;

/** A reference as the absolute URL of something to fetch over HTTP, without fragment; null for `data:`, `blob:`, an empty one and the like. */
export function fetchable(raw: string, baseUrl: string): string | null {
  const text = raw.trim();
  if (text === '' || text.length > longestUrl || text.startsWith('#') || !URL.canParse(text, baseUrl)) return null;
  const url = new URL(text, baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  return url.href;
}
