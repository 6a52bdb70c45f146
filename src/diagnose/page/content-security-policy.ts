import type { PageElement } from '../../model/observations/page.ts';

/** One policy: directive name to its sources, lower case but for nonces, hashes and paths. */
export type Policy = ReadonlyMap<string, readonly string[]>;

/** What a policy is asked about. */
export interface PolicyRequest {
  element: PageElement;
  url: string;
  /** Where redirects led; null when there were none. */
  finalUrl: string | null;
  nonce: string | null;
  integrity: string | null;
}

const policyLimit = 20;

/** Directives that decide about an element, the most specific first (CSP 3, section 6.8.3). Null: none is applied here. */
const directives: Readonly<Record<PageElement, readonly string[] | null>> = {
  script: ['script-src-elem', 'script-src', 'default-src'],
  module: ['script-src-elem', 'script-src', 'default-src'],
  stylesheet: ['style-src-elem', 'style-src', 'default-src'],
  import: ['style-src-elem', 'style-src', 'default-src'],
  image: ['img-src', 'default-src'],
  icon: ['img-src', 'default-src'],
  font: ['font-src', 'default-src'],
  frame: ['frame-src', 'child-src', 'default-src'],
  media: ['media-src', 'default-src'],
  object: ['object-src', 'default-src'],
  manifest: ['manifest-src', 'default-src'],
  preload: null,
};

/** Reads header values or the contents of `<meta>`: one value may hold several policies, by comma (CSP 3, section 2.2.2). */
export function parsePolicies(values: readonly string[]): Policy[] {
  const policies: Policy[] = [];
  for (const serialized of values.flatMap((value) => value.slice(0, 65_536).split(',')).slice(0, policyLimit)) {
    const policy = new Map<string, readonly string[]>();
    for (const directive of serialized.split(';')) {
      const [name = '', ...sources] = directive.trim().split(/[\t\n\f\r ]+/);
      // The first of a name counts.
      if (name !== '' && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), sources);
    }
    if (policy.size > 0) policies.push(policy);
  }
  return policies;
}

/** The directive, with its sources, of the first policy that refuses a request; null when all allow it. */
export function refusedBy(policies: readonly Policy[], request: PolicyRequest, documentUrl: string): string | null {
  const names = directives[request.element];
  if (names === null) return null;
  for (const policy of policies) {
    const name = names.find((one) => policy.has(one));
    const sources = name === undefined ? undefined : policy.get(name);
    if (name === undefined || sources === undefined) continue;
    if (!allows(sources, request, documentUrl)) return [name, ...sources].join(' ');
  }
  return null;
}

/** CSP 3, sections 6.7.2.7 and 6.7.3. */
function allows(sources: readonly string[], request: PolicyRequest, documentUrl: string): boolean {
  const { element, nonce, integrity } = request;
  const isScript = element === 'script' || element === 'module';
  if ((isScript || element === 'stylesheet') && nonce !== null && sources.includes(`'nonce-${nonce}'`)) return true;
  if (isScript && integrity !== null && allHashesListed(integrity, sources)) return true;
  // What the parser inserts is then known by nonce or hash alone.
  if (isScript && sources.some((source) => source.toLowerCase() === "'strict-dynamic'")) return false;
  const isAllowed = (url: string, afterRedirect: boolean): boolean =>
    sources.some((source) => matchesSource(source, url, documentUrl, afterRedirect));
  return isAllowed(request.url, false) && (request.finalUrl === null || isAllowed(request.finalUrl, true));
}

function allHashesListed(integrity: string, sources: readonly string[]): boolean {
  const hashes = [...integrity.matchAll(/(?:^|\s)(sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2})/g)].map((match) => match[1] ?? '');
  return hashes.length > 0 && hashes.every((hash) => sources.includes(`'${hash}'`));
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443' };

/** CSP 3, section 6.7.2.8 and the matching of its parts. */
function matchesSource(source: string, url: string, documentUrl: string, afterRedirect: boolean): boolean {
  const target = new URL(url);
  const self = new URL(documentUrl);
  const word = source.toLowerCase();
  if (word === '*') return defaultPorts[target.protocol] !== undefined || target.protocol === self.protocol;
  if (word === "'self'") return isSelf(target, self);
  if (word.startsWith("'")) return false;
  if (/^[a-z][a-z0-9+.-]*:$/.test(word)) return matchesScheme(word, target.protocol);
  const match = /^(?:([a-z][a-z0-9+.-]*:)\/\/)?((?:\*\.)?[^:/?#*]+|\*)(?::(\d{1,5}|\*))?(\/[^?#]*)?$/i.exec(source);
  if (match === null) return false;
  const [, scheme, host = '', port, path] = match;
  if (!matchesScheme((scheme ?? self.protocol).toLowerCase(), target.protocol)) return false;
  if (!matchesHost(host.toLowerCase(), target.hostname)) return false;
  const targetPort = target.port === '' ? defaultPorts[target.protocol] : target.port;
  if (port === undefined ? target.port !== '' : port !== '*' && port !== targetPort && !(port === '80' && targetPort === '443'))
    return false;
  return path === undefined || path === '/' || afterRedirect || matchesPath(path, target.pathname);
}

/** The same origin, or the same host on the secure form of the scheme with both ports the usual ones. */
function isSelf(target: URL, self: URL): boolean {
  if (target.origin === self.origin) return true;
  return target.hostname === self.hostname && target.port === '' && self.port === '' && matchesScheme(self.protocol, target.protocol);
}

function matchesScheme(stated: string, actual: string): boolean {
  if (stated === actual) return true;
  if (stated === 'http:') return actual === 'https:';
  if (stated === 'ws:') return actual === 'wss:' || actual === 'http:' || actual === 'https:';
  return stated === 'wss:' && actual === 'https:';
}

function matchesHost(stated: string, actual: string): boolean {
  if (stated === '*') return true;
  return stated.startsWith('*.') ? actual.endsWith(stated.slice(1)) : stated === actual;
}

function matchesPath(stated: string, actual: string): boolean {
  const wanted = decoded(stated);
  return wanted.endsWith('/') ? decoded(actual).startsWith(wanted) : decoded(actual) === wanted;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
