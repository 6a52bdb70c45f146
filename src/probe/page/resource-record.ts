import type { ObservationDraft } from '../../model/observation.ts';
import type { PageResource } from '../../model/observations/page.ts';
import { matchesIntegrity } from '../../page/integrity.ts';
import type { Reference } from '../../page/reference.ts';
import { round } from '../recorder.ts';
import type { WalkContext } from '../walk-context.ts';
import type { Requested } from './resource-request.ts';

/** One resource on its way. */
export interface Item {
  reference: Reference;
  foundIn: string;
  /** What is asked for: `https` in place of `http` where browsers do that. */
  url: string;
  host: string;
}

/** What became of an item; `requested` is null when nothing was asked for. */
export interface Became {
  outcome: PageResource['outcome'];
  requested: Requested | null;
  evidenceOf: string | null;
  /** The site of its host, and whether that is another than the page's. */
  site: string;
  otherSite: boolean;
}

/** The observation of one resource. */
export function resourceRecord(context: WalkContext, name: string, item: Item, became: Became): ObservationDraft {
  const { recorder, ports } = context;
  const { reference, foundIn } = item;
  const { outcome, requested, evidenceOf, site, otherSite } = became;
  const answer = requested?.answer ?? null;
  const field = (wanted: string): string | null => answer?.headers.find((one) => one.name.toLowerCase() === wanted)?.value.trim() ?? null;
  const askedAtMs = requested?.askedAtMs ?? null;
  const content = requested?.body?.end === 'complete' ? (answer?.body ?? null) : null;
  const { integrity } = reference;
  return {
    kind: 'page.resource',
    checkpoint: 'page',
    atMs: recorder.sinceStart(requested?.endedAtMs),
    ...(requested === null || askedAtMs === null ? {} : { durationMs: round(requested.endedAtMs - askedAtMs) }),
    reference: name,
    url: reference.url,
    element: reference.element,
    need: reference.need,
    foundIn,
    site,
    otherSite,
    lazy: reference.lazy,
    async: reference.async,
    cors: reference.crossOrigin ?? 'none',
    ...(reference.policiesBefore === undefined ? {} : { policiesBefore: reference.policiesBefore }),
    nonce: reference.nonce,
    integrity,
    integrityMatches:
      integrity === null || content === null
        ? null
        : matchesIntegrity(integrity, content, (algorithm, bytes) => ports.hasher.base64(algorithm, bytes)),
    outcome,
    evidenceOf,
    finalUrl: requested?.finalUrl ?? (item.url === reference.url ? null : item.url),
    status: answer?.status ?? null,
    mediaType: mediaTypeOf(field('content-type')),
    noSniff: /^nosniff\b/i.test(field('x-content-type-options') ?? ''),
    allowOrigin: field('access-control-allow-origin'),
    allowCredentials: field('access-control-allow-credentials') === 'true',
    bytes: requested?.body?.bytes ?? null,
    reachMs: requested?.reachMs == null ? null : round(requested.reachMs),
    roundTripMs: requested?.roundTripMs ?? null,
  };
}

function mediaTypeOf(contentType: string | null): string | null {
  const type = contentType === null ? '' : (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return type === '' ? null : type;
}
