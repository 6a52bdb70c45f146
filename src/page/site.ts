import { getDomain } from 'tldts';

/**
 * The site a host belongs to: the name under a public suffix, private suffixes included (`shop.github.io` is a site of its own), as browsers draw
 * the line (HTML standard, "same site"). Addresses and names without a public suffix are sites by themselves.
 */
export function siteOf(host: string): string {
  return getDomain(host, { allowPrivateDomains: true, validateHostname: false }) ?? host;
}
