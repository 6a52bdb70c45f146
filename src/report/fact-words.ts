import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { ResolverIdentity } from '../model/observations/dns.ts';
import type { CertificateFacts } from '../model/observations/tls.ts';
import { clipped, endpointText, listed } from './wording.ts';

/** How endpoints, names, failures and remote text are put wherever facts are worded. Remote text is raw and clipped: renderers escape. */

const remoteTextLimit = 120;

/** The names on a certificate; its subject when it has none. */
export function certificateNames(certificate: CertificateFacts): string {
  const names = [...certificate.dnsNames, ...certificate.ipAddresses];
  return names.length === 0 ? clip(certificate.subject) : listed(names.map(clip), 2);
}

/** A resolver as `dig` would be told: the port only where it is not 53. */
export function resolverText(resolver: Endpoint | ResolverIdentity): string {
  return resolver.port === 53 ? resolver.address : endpointText(resolver.address, resolver.port);
}

export function endpoint(server: Endpoint): string {
  return endpointText(server.address, server.port);
}

export function inBrackets(failure: Failure | undefined): string {
  return failure === undefined ? '' : ` (${failureWords(failure)})`;
}

/** A failure in words: its name, the system's code where it adds something, raw text where there is no name. */
export function failureWords(failure: Failure): string {
  if (failure.name === 'unknown') return clip(failure.raw ?? failure.code ?? 'unknown failure');
  return failure.code === undefined ? words(failure.name) : `${words(failure.name)}, ${failure.code}`;
}

export function words(name: string): string {
  return name.replaceAll('-', ' ');
}

export function clip(text: string): string {
  return clipped(text, remoteTextLimit);
}
