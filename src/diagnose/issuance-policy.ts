import type { ObservationOf } from '../model/observation.ts';
import type { Facts } from './facts.ts';

/**
 * Names by which public authorities are named in CAA records (RFC 8659 section 4.2), from the authorities' practice statements as collected by the
 * Common CA Database; those that issue nearly all of the web's certificates.
 */
const publicAuthorities: ReadonlySet<string> = new Set([
  'letsencrypt.org',
  'digicert.com',
  'www.digicert.com',
  'symantec.com',
  'thawte.com',
  'geotrust.com',
  'rapidssl.com',
  'quovadisglobal.com',
  'sectigo.com',
  'comodo.com',
  'comodoca.com',
  'usertrust.com',
  'trust-provider.com',
  'pki.goog',
  'amazon.com',
  'amazontrust.com',
  'awstrust.com',
  'amazonaws.com',
  'globalsign.com',
  'godaddy.com',
  'starfieldtech.com',
  'ssl.com',
  'entrust.net',
  'affirmtrust.com',
  'identrust.com',
  'buypass.com',
  'buypass.no',
  'certum.pl',
  'certum.eu',
  'actalis.it',
  'harica.gr',
  'telesec.de',
  'swisssign.com',
  'trustwave.com',
  'd-trust.net',
  'twca.com.tw',
  'pki.apple.com',
  'microsoft.com',
]);

/** What the owner of a name lets issue for it. */
export interface IssuancePolicy {
  authorities: readonly string[];
  answer: ObservationOf<'dns.answered'>;
}

/**
 * The policy for the host, where it names public authorities and nobody else. Null when there is none, when it names others, which may be the
 * owner's own, or when it forbids everybody: who does that may well have an authority that nobody knows.
 */
export function publicIssuancePolicy(facts: Facts): IssuancePolicy | null {
  const answer = nearestAnswer(facts);
  if (answer === null) return null;
  const records = answer.answers.filter(({ type }) => type === 'CAA').map(({ data }) => /^\d+ (\S+) "?([^";]*)/.exec(data));
  const isOf = (tag: string): string[] =>
    records.flatMap((record) => (record?.[1]?.toLowerCase() === tag ? [record[2]?.trim().toLowerCase() ?? ''] : []));
  const authorities = [...new Set([...isOf('issue'), ...isOf('issuewild')])];
  const isPublic =
    isOf('issue').length > 0 && records.every((record) => record !== null) && authorities.every((one) => publicAuthorities.has(one));
  return isPublic ? { authorities, answer } : null;
}

/** The answer with records for the longest name; null when there is none, or what a longer name has is not known. */
function nearestAnswer(facts: Facts): IssuancePolicy['answer'] | null {
  const answered = facts.of('dns.answered').filter(({ type }) => type === 'CAA');
  const failed = [...facts.of('dns.unanswered'), ...facts.of('dns.undeliverable'), ...facts.of('dns.answer-rejected')];
  const unknown = [...failed.filter(({ type }) => type === 'CAA'), ...answered.filter(({ rcodeName }) => !tellsRecords.has(rcodeName))];
  const nearest = answered
    .filter((one) => one.answers.some(({ type }) => type === 'CAA'))
    .sort((one, other) => other.name.length - one.name.length)[0];
  return nearest === undefined || unknown.some(({ name }) => name.length > nearest.name.length) ? null : nearest;
}

const tellsRecords: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN']);
