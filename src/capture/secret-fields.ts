import type { HeaderField } from '../model/observations/http.ts';
import type { Http1Field } from '../wire/http1-syntax.ts';

const secretName =
  /^(authorization|proxy-authorization|cookie|set-cookie|set-cookie2)$|auth|token|secret|password|session|api-?key|signature/i;
const removed = '(removed)';
/** A shorter value is part of other words by chance. */
const shortestRepeated = 6;

/** The secrets that fields hold, longest first: whole values, what follows the name of a scheme, the values of cookies. */
export function secretsOf(fields: readonly Http1Field[]): string[] {
  const secrets = fields
    .filter(({ name }) => secretName.test(name))
    .flatMap(({ name, value }) => {
      if (/^set-cookie2?$/i.test(name)) return [pairValue(value.split(';', 1)[0] ?? '')];
      if (/^cookie$/i.test(name)) return value.split(';').map(pairValue);
      return [value.trim(), value.trim().replace(/^\S+\s+/, '')];
    });
  return [...new Set(secrets)].filter((secret) => secret.length >= shortestRepeated).sort((one, other) => other.length - one.length);
}

function pairValue(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1).trim();
}

/** Fields as they may be written down: names in lower case, values of those that hold secrets removed, and secrets from others that repeat them. */
export function recordableFields(fields: readonly Http1Field[], secrets: readonly string[]): HeaderField[] {
  return fields.map(({ name, value }) => ({
    name: name.toLowerCase(),
    value: secretName.test(name) ? removed : secrets.reduce((rest, secret) => rest.replaceAll(secret, removed), value),
  }));
}
