import { isImpossibleForPublicName, isInNetwork, isLoopback, isPrivate, parseAddress } from '../model/address.ts';
import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import { exchangeSmall } from './small-exchange.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** How much of a file is read. */
interface FileLimits {
  bytes: number;
  /** How long its content is waited for once the header is there; within the walk's timeout in any case. */
  contentMs?: number;
}

/** A file of one certificate has 1 to 2 KB, a bundle of several rarely 20, an OCSP response about 2. */
const smallFile: FileLimits = { bytes: 64 * 1024 };
const plainPort = 80;

/** What came of asking for what a certificate points at. */
export type Fetched =
  /** No plain http URL, or one that leads to an inside address for a target that is outside. */
  | { kind: 'not-asked' }
  | { kind: 'no-answer'; source: Endpoint | null; failure: Failure }
  | { kind: 'answered'; source: Endpoint; status: number; body: Uint8Array };

/**
 * Asks for a file at a URL that a certificate holds, as browsers do: over plain http (RFC 5280 section 8 warns of circles otherwise), without
 * following redirects. The URL is written by whoever made the certificate: it never leads to an inside address unless the target is there itself.
 *
 * @param target address of the server that sent the certificate
 */
export async function fetchNamed(context: WalkContext, target: string, text: string, limits: FileLimits = smallFile): Promise<Fetched> {
  if (!URL.canParse(text)) return { kind: 'not-asked' };
  const url = new URL(text);
  const port = url.port === '' ? plainPort : Number(url.port);
  const targetIsInside = isInside(target);
  if (url.protocol !== 'http:' || url.username !== '' || (port !== plainPort && !targetIsInside)) return { kind: 'not-asked' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const looked = await context.ports.names.lookup(host, context.options.family, waitOf(context));
  if (looked.kind !== 'found') {
    const failure = looked.kind === 'failed' ? looked.failure : ({ name: looked.kind } as const);
    return { kind: 'no-answer', source: null, failure };
  }
  const [first] = looked.addresses;
  if (first === undefined) return { kind: 'no-answer', source: null, failure: { name: 'name-not-found' } };
  if (isInside(first.address) && !targetIsInside) return { kind: 'not-asked' };
  return get(context, { address: first.address, port }, url, limits);
}

/** An address of this host, of its link, or of an inside network, written as IPv4 or within IPv6 (RFC 4291 section 2.5.5.2, RFC 6052). */
function isInside(address: string): boolean {
  const inner = withinIpv6(address) ?? address;
  return isLoopback(inner) || isPrivate(inner) || isImpossibleForPublicName(inner);
}

function withinIpv6(address: string): string | null {
  if (!isInNetwork(address, '::ffff:0:0/96') && !isInNetwork(address, '64:ff9b::/96')) return null;
  const value = parseAddress(address)?.value ?? 0n;
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

async function get(context: WalkContext, source: Endpoint, url: URL, limits: FileLimits): Promise<Fetched> {
  const { ports, recorder, options } = context;
  recorder.contact({ ...source, purpose: 'follow-up' });
  const overMs = ports.clock.nowMs() + options.timeoutMs;
  const dialed = await ports.tcp.dial(source, waitOf(context));
  if (dialed.kind !== 'connected')
    return { kind: 'no-answer', source, failure: dialed.kind === 'failed' ? dialed.failure : { name: dialed.kind } };
  try {
    const headers = [
      { name: 'Host', value: url.host },
      { name: 'User-Agent', value: options.userAgent },
      { name: 'Connection', value: 'close' },
    ];
    const request = { method: 'GET', target: `${url.pathname}${url.search}`, headers };
    const answer = await exchangeSmall(context, dialed.connection, request, overMs, limits.bytes, limits.contentMs);
    if (answer.kind === 'failed') return { kind: 'no-answer', source, failure: answer.failure };
    return { kind: 'answered', source, status: answer.head.status, body: answer.body };
  } finally {
    dialed.connection.destroy();
  }
}
