import { parseAddress } from '../model/address.ts';
import type { TargetParsed, TargetRejected } from '../model/observations/target.ts';

/** A target as the rest of the walk uses it. */
export interface Target {
  /** Without credentials and fragment. */
  url: string;
  scheme: 'http' | 'https' | 'ws' | 'wss';
  /** Name in A-labels without trailing dot, or address without brackets. */
  host: string;
  hostKind: 'name' | 'ipv4' | 'ipv6';
  port: number;
  /** IPv6 scope id, null without one. */
  zone: string | null;
  /** Path and query, as they go into the request line. */
  requestTarget: string;
  /** `user:password` as given in the URL, percent-decoded; null without. Never recorded. */
  credentials: string | null;
}

type Rejection = Pick<TargetRejected, 'reason' | 'scheme'>;

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443 };

/**
 * Reads what the user typed: a URL, `host`, `host:port`, or an address (IPv6 with or without brackets, with or without a scope id).
 * Without a scheme, https is meant. Source: WHATWG URL Standard; RFC 4007 section 11 for scope ids, which that standard leaves out.
 */
export function parseTarget(input: string): Target | Rejection {
  const text = input.trim();
  if (text === '') return { reason: 'empty' };
  const schemeMatch = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  const scheme = schemeMatch?.[1]?.toLowerCase();
  if (scheme !== undefined && defaultPorts[`${scheme}:`] === undefined) return { reason: 'unsupported-scheme', scheme };
  if (scheme === undefined) {
    const opaque = /^(mailto|tel|data|javascript|file|about|blob|urn|sms|news):/i.exec(text);
    if (opaque !== null && !/^[^/:]+:\d+(\/|$)/.test(text)) return { reason: 'unsupported-scheme', scheme: opaque[1]!.toLowerCase() };
  }
  const absolute = scheme === undefined ? `https://${bracketed(text)}` : text;
  const { withoutZone, zone } = splitZone(absolute);
  return parseUrl(withoutZone, zone);
}

/** Puts a bare IPv6 address into the brackets a URL needs. */
function bracketed(text: string): string {
  const address = /^([^/?#]*)(.*)$/s.exec(text);
  const host = address?.[1] ?? text;
  const isBareIpv6 = !host.startsWith('[') && host.split(':').length > 2 && parseAddress(host) !== null;
  return isBareIpv6 ? `[${host}]${address?.[2] ?? ''}` : text;
}

/** Takes `%zone` (or `%25zone`, RFC 6874) out of a bracketed host. */
function splitZone(url: string): { withoutZone: string; zone: string | null } {
  const match = /^([^[\]/]*\/\/(?:[^/?#@]*@)?\[[0-9a-f:.]+)%(?:25)?([A-Za-z0-9._~-]+)(\].*)$/is.exec(url);
  return match === null ? { withoutZone: url, zone: null } : { withoutZone: `${match[1]}${match[3]}`, zone: match[2] ?? null };
}

/** Reads an absolute URL: what was typed, or where a redirect points. */
export function parseUrl(text: string, zone: string | null = null): Target | Rejection {
  if (!URL.canParse(text)) return { reason: explain(text) };
  const url = new URL(text);
  const defaultPort = defaultPorts[url.protocol];
  if (defaultPort === undefined) return { reason: 'unsupported-scheme', scheme: url.protocol.slice(0, -1) };
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === '' || host.length > 253 || host.split('.').some((label) => label.length > 63 || (label === '' && host !== '')))
    return { reason: 'bad-host' };
  const credentials = url.username === '' && url.password === '' ? null : `${decode(url.username)}:${decode(url.password)}`;
  url.username = '';
  url.password = '';
  url.hash = '';
  const value = parseAddress(host);
  return {
    url: url.href,
    scheme: url.protocol.slice(0, -1) as Target['scheme'],
    host,
    hostKind: value === null ? 'name' : value.bits === 32 ? 'ipv4' : 'ipv6',
    port: url.port === '' ? defaultPort : Number(url.port),
    zone,
    requestTarget: `${url.pathname}${url.search}`,
    credentials,
  };
}

export function isTarget(parsed: Target | Rejection): parsed is Target {
  return 'url' in parsed;
}

/** What about a text makes it no URL, as far as that can be told. */
function explain(text: string): TargetRejected['reason'] {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(text)?.[1] ?? '';
  const port = /:([^:\]]*)$/.exec(authority)?.[1];
  if (port !== undefined && port !== '' && !(/^\d+$/.test(port) && Number(port) <= 65535) && !authority.endsWith(']')) return 'bad-port';
  return authority === '' ? 'not-a-url' : 'bad-host';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The facts of a target for the record. */
export function targetFacts(target: Target): Pick<TargetParsed, 'url' | 'scheme' | 'host' | 'hostKind' | 'port' | 'zone'> {
  const { url, scheme, host, hostKind, port, zone } = target;
  return { url, scheme, host, hostKind, port, ...(zone === null ? {} : { zone }) };
}
