import type { PageExamined, PageResource } from '../../model/observations/page.ts';
import type { Facts } from '../facts.ts';
import { response } from '../progress.ts';
import { type Policy, parsePolicies, refusedBy } from './content-security-policy.ts';

/** Why a browser refuses something although it was, or could be, delivered. */
export interface Refusal {
  by: 'content-security-policy' | 'cross-origin' | 'integrity' | 'media-type';
  /** What says so: a directive, a header field, a media type. */
  rule: string;
}

/** MIME Sniffing standard, "JavaScript MIME type". */
const scriptTypes =
  /^(?:application\/(?:ecmascript|javascript|x-ecmascript|x-javascript)|text\/(?:ecmascript|javascript(?:1\.[0-5])?|jscript|livescript|x-ecmascript|x-javascript))$/;

/** The policies of a page, and which of them apply to what it refers to. */
export interface PagePolicies {
  for(resource: PageResource): readonly Policy[];
}

/** The policies of the header, and those of the document itself for what stands behind them. */
export function policiesOf(facts: Facts, examined: PageExamined): PagePolicies {
  const stated = response(facts)?.headers.filter((field) => field.name === 'content-security-policy') ?? [];
  const ofHeader = parsePolicies(stated.map((field) => field.value));
  const known = new Map<number, readonly Policy[]>();
  return {
    for({ policiesBefore = examined.metaPolicies.length }) {
      const count = Math.min(policiesBefore, examined.metaPolicies.length);
      const policies = known.get(count) ?? [...ofHeader, ...parsePolicies(examined.metaPolicies.slice(0, count))];
      known.set(count, policies);
      return policies;
    },
  };
}

/** Null when nothing that was observed refuses it. */
export function refusalOf(resource: PageResource, examined: PageExamined, policies: PagePolicies): Refusal | null {
  return byPolicy(resource, examined, policies) ?? afterAnswer(resource, examined);
}

/** A request that the policies forbid is never made. */
export function byPolicy(resource: PageResource, examined: PageExamined, policies: PagePolicies): Refusal | null {
  const directive = refusedBy(policies.for(resource), requestOf(resource), examined.url);
  return directive === null ? null : { by: 'content-security-policy', rule: directive };
}

/** Where the picture of an encrypted page is asked for with https in place of http, the policies see https. */
function requestOf(resource: PageResource): Parameters<typeof refusedBy>[1] {
  const { element, url, finalUrl, nonce, integrity } = resource;
  const secure = url.replace(/^http:/, 'https:');
  const isUpgraded = finalUrl !== null && url !== secure && finalUrl === secure;
  return { element, url: isUpgraded ? secure : url, finalUrl: isUpgraded ? null : finalUrl, nonce, integrity };
}

function afterAnswer(resource: PageResource, examined: PageExamined): Refusal | null {
  const { outcome, status, element } = resource;
  if (outcome !== 'received' || status === null || status < 200 || status > 299) return null;
  const isForeign = new URL(resource.finalUrl ?? resource.url).origin !== new URL(examined.url).origin;
  const hasPermission = isForeign && resource.cors !== 'none' ? permission(resource, examined) : null;
  if (hasPermission !== null && !hasPermission.given) return { by: 'cross-origin', rule: hasPermission.rule };
  const isChecked = element === 'script' || element === 'module' || element === 'stylesheet';
  if (isChecked && resource.integrity !== null) {
    if (resource.integrityMatches === false) return { by: 'integrity', rule: resource.integrity.split(/\s+/, 1)[0] ?? '' };
    // W3C Subresource Integrity, section 3.3.2: content that may not be read cannot be checked.
    if (isForeign && resource.cors === 'none') return { by: 'integrity', rule: 'integrity without crossorigin' };
  }
  return byMediaType(resource, examined);
}

/** Fetch standard, "CORS check". */
function permission(resource: PageResource, examined: PageExamined): { given: boolean; rule: string } {
  const { allowOrigin, allowCredentials, cors } = resource;
  const { origin } = new URL(examined.url);
  const rule = allowOrigin === null ? 'no Access-Control-Allow-Origin' : `Access-Control-Allow-Origin: ${allowOrigin}`;
  if (cors === 'anonymous') return { given: allowOrigin === '*' || allowOrigin === origin, rule };
  return { given: allowOrigin === origin && allowCredentials, rule };
}

/** Fetch standard, "should response to request be blocked due to its MIME type" and "due to nosniff"; HTML standard for modules and styles. */
function byMediaType(resource: PageResource, examined: PageExamined): Refusal | null {
  const { element, mediaType, noSniff } = resource;
  const rule = `${mediaType ?? 'no content type'}${noSniff ? ', nosniff' : ''}`;
  const refusal: Refusal = { by: 'media-type', rule };
  if (element === 'script' || element === 'module') {
    const isScript = mediaType !== null && scriptTypes.test(mediaType);
    if (isScript) return null;
    if (noSniff || element === 'module') return refusal;
    return mediaType !== null && /^(?:image|audio|video)\/|^text\/csv$/.test(mediaType) ? refusal : null;
  }
  if (element === 'stylesheet' || element === 'import') {
    if (mediaType === 'text/css') return null;
    if (noSniff) return refusal;
    // Documents without a doctype are shown leniently, but for styles of other origins.
    return mediaType === null || examined.quirks ? null : refusal;
  }
  return null;
}
