import { parseAddress } from '../../model/address.ts';
import type { PageCompared } from '../../model/observations/page.ts';
import { type HttpAnswer, probeHttp } from '../http.ts';
import { readDocumentFacts } from '../page.ts';
import { optionsFor } from '../redirect.ts';
import type { Target } from '../target.ts';
import { type OpenConnection, probeTcp } from '../tcp.ts';
import { probeTls } from '../tls.ts';
import type { BesideHandshakes } from '../tls-addresses.ts';
import { type WalkContext, waitOf } from '../walk-context.ts';
import { noStopwatch } from './no-stopwatch.ts';

/** Addresses that are asked beside the one that answered. */
const addressLimit = 3;
/** Answers longer than this are compared by what their headers say. */
const comparedBytes = 1024 * 1024;

/** The document that was received, to compare with. */
export interface ReceivedPage {
  target: Target;
  body: Uint8Array;
  address: string;
  port: number;
}

/**
 * Asks the other addresses of the name for the same document, over connections that are open already where there are any. Observes what each says; where one cannot be reached,
 * that is no matter of the page, and told by those who try all addresses.
 */
export async function compareAddresses(
  context: WalkContext,
  page: ReceivedPage,
  takeSecured: BesideHandshakes['take'] | null,
): Promise<void> {
  const addresses = await otherAddresses(context, page);
  await Promise.all(addresses.slice(0, addressLimit).map((address) => compareAddress(context, page, address, takeSecured)));
}

/** With an address given by option the name was never looked up: its other addresses are what this host finds for it. */
async function otherAddresses(context: WalkContext, page: ReceivedPage): Promise<string[]> {
  const { options, ports, recorder } = context;
  if (page.target.hostKind !== 'name') return [];
  const chosen = recorder.seen('dns.addresses-chosen')[0];
  let addresses = chosen?.addresses ?? [];
  if (chosen?.source === 'connect-to') {
    const outcome = await ports.names.lookup(page.target.host, options.family, waitOf(context));
    const found = outcome.kind === 'found' ? outcome.addresses.map(({ address }) => address) : [];
    // An address that is none of the name's (a machine to be tested) has no others to be compared with.
    addresses = found.includes(page.address) ? found : [];
  }
  const connected = new Set(recorder.seen('tcp.connected').map(({ server }) => server.address));
  const own = canonical(page.address);
  return addresses.filter((address) => canonical(address) !== own && (chosen?.source === 'connect-to' || connected.has(address)));
}

function canonical(address: string): string {
  const value = parseAddress(address);
  return value === null ? address : `${value.bits} ${value.value}`;
}

async function compareAddress(
  context: WalkContext,
  page: ReceivedPage,
  address: string,
  takeSecured: BesideHandshakes['take'] | null,
): Promise<void> {
  const secured = (await takeSecured?.(address)) ?? null;
  const overOpen = secured === null ? 'ended' : await fetchOver(context, page, secured);
  // A server may close a connection on which nothing was asked so far.
  const first = overOpen === 'ended' ? await fetchFrom(context, page, address) : overOpen;
  if (typeof first === 'string') return;
  // One bad answer may be chance.
  const again = isBad(first) ? await fetchFrom(context, page, address) : null;
  const asked = again === null ? 1 : 2;
  const fetched = again !== null && typeof again !== 'string' && !isBad(again) ? again : first;
  context.recorder.observe({ ...fetched, kind: 'page.compared', checkpoint: 'page', atMs: context.recorder.sinceStart(), asked });
}

type Fetched = Pick<PageCompared, 'address' | 'port' | 'url' | 'status' | 'bytes' | 'blank' | 'etag' | 'lastModified' | 'same'>;

function isBad({ status, blank }: Fetched): boolean {
  return (status ?? 0) >= 500 || status === 404 || status === 410 || blank === true;
}

/** How a request went that was not answered. */
type Unanswered = 'silent' | 'ended';

/** Over a new connection. */
async function fetchFrom(context: WalkContext, page: ReceivedPage, address: string): Promise<Fetched | Unanswered> {
  const aside = { ...context, recorder: context.recorder.aside().recorder };
  const { first, all } = probeTcp(aside, [address], page.port, 'follow-up');
  const opened = await first;
  await all;
  if (opened === null) return 'ended';
  const isTls = page.target.scheme === 'https';
  const secured = isTls ? await probeTls(aside, page.target, opened, noStopwatch) : opened;
  if (secured === null) {
    opened.connection.destroy();
    return 'ended';
  }
  return fetchOver(context, page, secured);
}

/** Over an open connection, which is closed then. */
async function fetchOver(context: WalkContext, page: ReceivedPage, opened: OpenConnection): Promise<Fetched | Unanswered> {
  const { recorder } = context.recorder.aside();
  const options = { ...optionsFor(context.options, page.target, page.target), expect: {}, maxBodyBytes: comparedBytes };
  try {
    const answer = await probeHttp({ ...context, options, recorder }, page.target, 'GET', opened, noStopwatch);
    if (answer === null) return recorder.seen('tcp.peer-silent').length > 0 ? 'silent' : 'ended';
    const received = recorder.seen('http.body-received')[0];
    const body = received?.end === 'complete' ? answer.body : null;
    return {
      address: opened.connection.remote.address,
      port: page.port,
      url: page.target.url,
      status: answer.status,
      bytes: received?.bytes ?? null,
      blank: body === null ? null : isBlank(answer, body, page),
      etag: fieldOf(answer, 'etag'),
      lastModified: fieldOf(answer, 'last-modified'),
      same: body === null || answer.status !== 200 ? null : isSame(body, page.body),
    };
  } finally {
    opened.connection.destroy();
  }
}

function isBlank(answer: HttpAnswer, body: Uint8Array, page: ReceivedPage): boolean | null {
  if (answer.status !== 200) return null;
  const facts = readDocumentFacts({ url: page.target.url, headers: answer.headers, body });
  if (facts.textCharacters === null) return body.length === 0 && page.body.length > 0 ? true : null;
  return facts.textCharacters === 0 && facts.contentElements === 0;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function fieldOf(answer: HttpAnswer, name: string): string | null {
  return answer.headers.find((field) => field.name.toLowerCase() === name)?.value ?? null;
}
