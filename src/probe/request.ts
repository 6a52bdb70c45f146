import type { HeaderField } from '../model/observations/http.ts';
import type { Target } from './target.ts';
import type { WalkContext } from './walk-context.ts';

/** Fields whose values are secrets (RFC 9110 section 11, RFC 6265), and names that look like one. */
const secretName =
  /^(authorization|proxy-authorization|cookie|set-cookie|set-cookie2)$|auth|token|secret|password|session|api-?key|signature/i;
export const removed = '(removed)';

/** Fields of the request, in the order sent. What the user gave replaces ours of the same name. */
export function requestFields(context: WalkContext, target: Target): HeaderField[] {
  const { options } = context;
  const own: HeaderField[] = [
    { name: 'Host', value: hostField(target) },
    { name: 'User-Agent', value: options.userAgent },
    { name: 'Accept', value: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
    { name: 'Accept-Encoding', value: 'gzip, deflate, br' },
    ...(target.credentials === null ? [] : [{ name: 'Authorization', value: `Basic ${btoa(utf8(target.credentials))}` }]),
  ];
  const given = new Set(options.headers.map((field) => field.name.toLowerCase()));
  return [...own.filter((field) => !given.has(field.name.toLowerCase())), ...options.headers];
}

/** RFC 9110 section 7.2: the authority of the target, its port left out when it is the scheme's own. */
function hostField(target: Target): string {
  const host = target.hostKind === 'ipv6' ? `[${target.host}]` : target.host;
  const isDefault = target.port === (target.scheme === 'https' || target.scheme === 'wss' ? 443 : 80);
  return isDefault ? host : `${host}:${target.port}`;
}

/** RFC 7617 section 2.1: the credentials as UTF-8, one character for each byte. */
function utf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

export function isSecretField(name: string): boolean {
  return secretName.test(name);
}

/** Fields as they may be written down: names in lower case, secrets removed. */
export function recordableFields(fields: readonly HeaderField[]): HeaderField[] {
  return fields.map(({ name, value }) => ({ name: name.toLowerCase(), value: isSecretField(name) ? removed : value }));
}
