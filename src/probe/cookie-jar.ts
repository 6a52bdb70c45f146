import type { HeaderField } from '../model/observations/http.ts';
import type { Target } from './target.ts';

/** Kept for the length of one walk, in memory alone (RFC 6265 section 6.1 asks for 50 of a host and 4096 bytes of each at least). */
const cookieLimit = 50;
const cookieCharacters = 4096;

/** What would end a field or a line where it is sent: a cookie with one of them is refused whole. */
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

interface Cookie {
  name: string;
  value: string;
  /** A host, or with `isHostOnly` false a domain and all below it. */
  domain: string;
  isHostOnly: boolean;
  path: string;
  isSecure: boolean;
}

/** Cookies that the answers of a redirect chain set, as a browser keeps them from one request to the next (RFC 6265 section 5). */
export class CookieJar {
  readonly #cookies: Cookie[] = [];

  /** Takes the cookies of an answer. `Expires` and `Max-Age` count as far as they remove a cookie. */
  async take(target: Target, headers: readonly HeaderField[], wallMs: number): Promise<void> {
    for (const { name, value } of headers) {
      if (name.toLowerCase() !== 'set-cookie' || value.length > cookieCharacters || forbidden.test(value)) continue;
      const [pair = '', ...rest] = value.split(';');
      const equals = pair.indexOf('=');
      if (equals < 1) continue;
      const attributes = new Map(rest.map(attributeOf));
      const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase() ?? '';
      if (domain !== '' && !(await mayBeSetFor(domain, target))) continue;
      const path = attributes.get('path') ?? '';
      const cookie: Cookie = {
        name: pair.slice(0, equals).trim(),
        value: pair.slice(equals + 1).trim(),
        domain: domain === '' ? target.host : domain,
        isHostOnly: domain === '',
        path: path.startsWith('/') ? path : defaultPath(target),
        isSecure: attributes.has('secure'),
      };
      const known = this.#cookies.findIndex((one) => one.name === cookie.name && one.domain === cookie.domain && one.path === cookie.path);
      if (known >= 0) this.#cookies.splice(known, 1);
      if (!isOver(attributes, wallMs) && this.#cookies.length < cookieLimit) this.#cookies.push(cookie);
    }
  }

  /** The field a browser would send; null without a cookie for the target. Longer paths come first (RFC 6265 section 5.4). */
  fieldFor(target: Target): HeaderField | null {
    const path = pathOf(target);
    const isSecure = target.scheme === 'https' || target.scheme === 'wss';
    const sent = this.#cookies
      .filter(
        (cookie) =>
          (cookie.isHostOnly ? target.host === cookie.domain : isWithin(target.host, cookie.domain)) &&
          isBelow(path, cookie.path) &&
          (isSecure || !cookie.isSecure),
      )
      .sort((one, other) => other.path.length - one.path.length);
    return sent.length === 0 ? null : { name: 'Cookie', value: sent.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ') };
  }
}

/** Fields of a request with the cookies kept; what the user gave as cookies stays, and comes first. */
export function withCookies(headers: readonly HeaderField[], kept: HeaderField | null): readonly HeaderField[] {
  if (kept === null) return headers;
  const given = headers.filter((field) => /^cookie$/i.test(field.name));
  const value = [...given.map((field) => field.value), kept.value].join('; ');
  return [...headers.filter((field) => !given.includes(field)), { name: 'Cookie', value }];
}

function attributeOf(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  return [name.trim().toLowerCase(), equals < 0 ? '' : text.slice(equals + 1).trim()];
}

/** Max-Age wins over Expires (RFC 6265 section 5.3). */
function isOver(attributes: ReadonlyMap<string, string>, wallMs: number): boolean {
  const age = attributes.get('max-age');
  if (age !== undefined && /^-?\d{1,12}$/.test(age)) return Number(age) <= 0;
  const until = Date.parse(attributes.get('expires') ?? '');
  return !Number.isNaN(until) && until <= wallMs;
}

/** A host may set cookies for domains above it, down to its site: nobody may set one for `co.uk`. The list of public suffixes is long. */
async function mayBeSetFor(domain: string, target: Target): Promise<boolean> {
  if (domain === target.host) return true;
  if (target.hostKind !== 'name' || !isWithin(target.host, domain)) return false;
  const { siteOf } = await import('../page/site.ts');
  return isWithin(domain, siteOf(target.host));
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

function pathOf(target: Target): string {
  return target.requestTarget.split(/[?#]/, 1)[0] ?? '/';
}

/** RFC 6265 section 5.1.4. */
function defaultPath(target: Target): string {
  const path = pathOf(target);
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}

function isBelow(path: string, above: string): boolean {
  return path === above || (path.startsWith(above) && (above.endsWith('/') || path.charAt(above.length) === '/'));
}
