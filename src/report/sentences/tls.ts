import type { Detail } from '../../model/finding.ts';
import { clientNames } from '../client-names.ts';
import { day, duration, listed, plural } from '../wording.ts';
import { clause, dayIn, endpointOr, list, nameOr, number, text, within } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

/**
 * `host` is the name asked for, `address` and `port` the server's, `names` the names on the certificate, `subject` and `issuer` its
 * distinguished names, `notBefore` and `notAfter` ISO 8601, `days` whole days from now (always positive: past for expired ones).
 *
 * | cause | detail read |
 * |---|---|
 * | `tls.cert-expired`, `tls.expires-soon` | `days`, `hours`, `notAfter`; `addresses` and `later` (that have a longer one) of the last |
 * | `tls.cert-not-yet-valid` | `days`, `notBefore`; `above` and `subject` when it is one above the leaf |
 * | `tls.name-mismatch` | `host`, `names`, `subject` |
 * | `tls.self-signed` | `subject` |
 * | `tls.unknown-ca`, `tls.missing-intermediate`, `tls.intercepted` | `issuer`; `product`, `allowed` (authorities, by CAA) and `addresses` (where not all) of the last |
 * | `tls.chain-expired` | `subject` (of the expired one above the leaf), `notAfter`, `days`; `oldRoot` (expired, and trusted here) |
 * | `tls.chain-expired`, `tls.missing-intermediate`, `tls.unknown-ca` | `accepting`, `refusing` (kinds of clients) |
 * | `tls.revoked` | `reason` |
 * | `tls.wrong-usage` | `subject`, `code` |
 * | `tls.weak` | `keyType`, `keyBits`, `signatureAlgorithm`, `weakKey` (else it is the signature), `above` (with `subject`) |
 * | `tls.version` | `version` (of the server), `alertName` |
 * | `tls.cipher` | `alertName`, `cipher` and `group` (the server's), `primeBits`; `browser` (it is browsers alone that are refused), `keyType` |
 * | `tls.unrecognized-name` | `host`, `address`, `port`, `alertName`, `withoutName`, `otherName` (that is answered) |
 * | `tls.client-cert-required` | `alertName`, `status` |
 * | `tls.alert` | `alertName`, `alert`, `by` (`client` when we sent it, `captured-client` when a recorded client did), `failure` |
 * | `tls.not-tls` | `address`, `port`, `looksLike` |
 * | `tls.timeout` | `address`, `port`, `waitedMs`, `answered` |
 * | `tls.sni-filtered` | `host`, `address`, `port`, `otherName`, `how` (`reset`, `closed` or `silent`) |
 * | `tls.large-hello` | `address`, `port`, `smallBytes`, `largeBytes` |
 * | `tls.aborted-encrypted` | `address`, `port`, `by` (`client` or `server`) |
 * | `tls.reset`, `tls.closed` | `address`, `port`, `phase`, `answered` (the version, where that of the greeting decides) |
 * | `tls.address-differs` | `addresses` (with the bad certificate), `good` (the others), `what` (`expired`, `early`, `name`, `revoked`, `incomplete`, `untrusted`), `notAfter` |
 * | `tls.legacy` | `version`, `cipher`, `what` |
 * | `tls.slow` | `durationMs`, `budgetMs` |
 */
export const tlsSentences: SentencesOf<'tls'> = {
  'tls.cert-expired': (detail) => {
    const days = number(detail, 'days');
    if (days === null) return `The certificate ${clause(text(detail, 'notAfter'), (time) => `expired on ${day(time)}`) || 'has expired'}.`;
    return `The certificate expired ${days < 1 ? 'today' : `${plural(Math.floor(days), 'day')} ago`}${dayIn(detail, 'notAfter')}.`;
  },
  'tls.cert-not-yet-valid': (detail) =>
    `${detail.above === true ? `A certificate above the server's own${clause(text(detail, 'subject'), (subject) => ` (${subject})`)}` : 'The certificate'} is not valid yet${clause(text(detail, 'notBefore'), (time) => `: it begins on ${day(time)}`)}${clause(number(detail, 'days'), (days) => (days < 1 ? ' (later today)' : ` (in ${plural(Math.floor(days), 'day')})`))}.`,
  'tls.name-mismatch': (detail) => {
    const names = list(detail, 'names');
    const holder =
      names.length > 0
        ? `it is for ${listed(names)}`
        : clause(text(detail, 'subject'), (subject) => `it is for ${subject}`) || 'no name on it matches';
    return `The certificate is not for ${nameOr(detail, 'this name')}: ${holder}.`;
  },
  'tls.self-signed': (detail) =>
    `The certificate is self-signed${clause(text(detail, 'subject'), (subject) => ` (${subject})`)}: no authority vouches for it.`,
  'tls.unknown-ca': (detail) =>
    `The certificate was issued by an authority that this computer does not trust${clause(text(detail, 'issuer'), (issuer) => ` (${issuer})`)}${whoWorks(detail)}.`,
  'tls.missing-intermediate': (detail) =>
    `The server does not send the intermediate certificate${clause(text(detail, 'issuer'), (issuer) => ` "${issuer}"`)} that links its own to a trusted authority${whoWorks(detail)}.`,
  'tls.chain-expired': (detail) =>
    `A certificate above the server's own${clause(text(detail, 'subject'), (subject) => ` (${subject})`)}${clause(number(detail, 'days'), (days) => ` expired ${days < 1 ? 'today' : `${plural(Math.floor(days), 'day')} ago`}`) || ' has expired'}${dayIn(detail, 'notAfter')}${clause(text(detail, 'oldRoot'), (root) => `; this host trusts it by an old root that has expired too (${root}): clients with a newer store do without that`)}${whoWorks(detail)}.`,
  'tls.intercepted': (detail) =>
    `The certificate${clause(listed(list(detail, 'addresses')) || null, (shown) => ` that ${shown} ${list(detail, 'addresses').length === 1 ? 'shows' : 'show'}`)} is not the site's own: ${clause(text(detail, 'issuer'), (issuer) => `"${issuer}"`) || 'an inspection system'}${clause(text(detail, 'product'), (product) => ` (${product})`)} on the way opens the encryption${clause(listed(list(detail, 'allowed')) || null, (allowed) => `; the site's owner lets ${allowed} issue and nobody else (CAA)`)}.`,
  'tls.revoked': (detail) =>
    `The certificate has been revoked by its issuer${dayIn(detail, 'revokedAt')}${clause(text(detail, 'reason'), (reason) => ` (${reason.replaceAll('-', ' ')})`)}.`,
  'tls.weak': (detail) =>
    detail.above === true
      ? `A certificate above the server's own${clause(text(detail, 'subject'), (subject) => ` (${subject})`)} is too weak to be accepted${clause(weakness(detail), (what) => `: ${what}`)}.`
      : `The certificate is too weak to be accepted${clause(weakness(detail), (what) => `: ${what}`)}.`,
  'tls.wrong-usage': (detail) =>
    constraints[text(detail, 'code') ?? ''] ??
    `The certificate${clause(text(detail, 'subject'), (subject) => ` (${subject})`)} is not meant for servers.`,
  'tls.version': (detail) =>
    `Client and server have no TLS version in common${clause(text(detail, 'version'), (version) => `: the server speaks ${version}`)}${alertIn(detail)}.`,
  'tls.cipher': (detail) => {
    if (detail.browser === true) {
      const chosen = [text(detail, 'cipher'), text(detail, 'group')].filter((part) => part !== null);
      const key = clause(text(detail, 'keyType'), (type) => `, with an ${type.toUpperCase()} key`);
      return `The server refuses what a browser offers${alertIn(detail)}; of this walk's offer, which is wider, it took ${listed(chosen) || 'something'}${key}.`;
    }
    const bits = number(detail, 'primeBits');
    const wants =
      bits !== null
        ? `: the server's Diffie-Hellman key has ${bits} bits, too few to be accepted`
        : clause(
            text(detail, 'cipher'),
            (cipher) => `: the server accepts ${cipher}${clause(text(detail, 'group'), (group) => ` with ${group}`)}`,
          );
    return `Client and server have no cipher or key exchange in common${wants}${alertIn(detail)}.`;
  },
  'tls.unrecognized-name': (detail) =>
    detail.withoutName === true
      ? `${endpointOr(detail, 'The server')} rejects ${nameOr(detail, 'the name asked for')} and every other name${alertIn(detail)}: it works only for those who send none.`
      : text(detail, 'otherName') !== null
        ? `${endpointOr(detail, 'The server')} refuses ${nameOr(detail, 'the name asked for')} whatever is offered${alertIn(detail)}, and answers another name (${text(detail, 'otherName')}): it is not set up for this one, or has no certificate for it.`
        : `${endpointOr(detail, 'The server')} does not know the name ${nameOr(detail, 'asked for')} (alert unrecognized_name).`,
  'tls.client-cert-required': (detail) =>
    `The server wants a certificate from the client${alertIn(detail)}${clause(number(detail, 'status'), (status) => `: it answers ${status} without one`)}.`,
  'tls.alert': (detail) =>
    text(detail, 'by') === 'captured-client'
      ? `The client ended the TLS handshake with ${endpointOr(detail, 'the server')} with the alert ${text(detail, 'alertName') ?? 'of an unknown kind'}.`
      : text(detail, 'by') === 'client'
        ? `What ${endpointOr(detail, 'the server')} sent in the TLS handshake does not hold${alertSentIn(detail)}.`
        : `The server ended the TLS handshake with the alert ${text(detail, 'alertName') ?? text(detail, 'alert') ?? 'of an unknown kind'}.`,
  'tls.not-tls': (detail) => {
    const looksLike = text(detail, 'looksLike');
    const speaks = protocols[looksLike ?? ''] ?? null;
    return `${endpointOr(detail, 'The port')} does not speak TLS${speaks === null ? '' : `: it answers in ${speaks}`}.`;
  },
  'tls.timeout': (detail) =>
    `${endpointOr(detail, 'The server')} accepts the connection and then stays silent when TLS begins${clause(number(detail, 'waitedMs'), (waited) => ` (waited ${duration(waited)})`)}${onlyOldAnswered(detail)}.`,
  'tls.sni-filtered': (detail) =>
    `${cuts[text(detail, 'how') ?? ''] ?? 'The connection is cut'} only when it asks for ${nameOr(detail, 'this name')}; another name${clause(text(detail, 'otherName'), (name) => ` (${name})`)} on ${endpointOr(detail, 'the same address')} gets an answer.`,
  'tls.large-hello': (detail) =>
    `${endpointOr(detail, 'The server')} answers a small TLS greeting${bytesIn(detail, 'smallBytes')} and not the same one over two packets${bytesIn(detail, 'largeBytes')}: something on the way, or the server itself, cannot read the larger one.`,
  'tls.aborted-encrypted': (detail) =>
    `The ${text(detail, 'by') ?? 'other side'} ended the handshake with ${endpointOr(detail, 'the server')} for a reason that is encrypted.`,
  'tls.reset': (detail) =>
    `${endpointOr(detail, 'The server')} reset the connection during the TLS handshake${phaseIn(detail)}${onlyOldAnswered(detail)}.`,
  'tls.closed': (detail) =>
    `${endpointOr(detail, 'The server')} closed the connection during the TLS handshake${phaseIn(detail)}${onlyOldAnswered(detail)}.`,
  'tls.address-differs': (detail) => {
    const addresses = list(detail, 'addresses');
    const good = list(detail, 'good');
    const who =
      addresses.length === 0 ? 'Some addresses of the name show' : `${listed(addresses)} ${addresses.length === 1 ? 'shows' : 'show'}`;
    const what = badCertificates[text(detail, 'what') ?? ''];
    const trouble =
      what === undefined
        ? `another certificate, and it is bad${clause(text(detail, 'notAfter'), (time) => ` (valid until ${day(time)})`)}`
        : `${what}${text(detail, 'what') === 'expired' ? dayIn(detail, 'notAfter') : ''}`;
    return `${who} ${trouble}${good.length === 0 ? '' : `; ${listed(good)} ${good.length === 1 ? 'has' : 'have'} a good one`}.`;
  },
  'tls.expires-soon': (detail) => {
    const days = number(detail, 'days');
    const when =
      days === null
        ? 'soon'
        : days < 1
          ? clause(number(detail, 'hours'), (hours) => `in ${plural(Math.floor(hours), 'hour')}`) || 'within a day'
          : `in ${plural(Math.floor(days), 'day')}`;
    const later = list(detail, 'later');
    const whose = later.length === 0 ? '' : ` of ${listed(list(detail, 'addresses'))}`;
    return `The certificate${whose} expires ${when}${dayIn(detail, 'notAfter')}${later.length === 0 ? '' : `; ${listed(later)} ${later.length === 1 ? 'has' : 'have'} one that lasts`}.`;
  },
  'tls.legacy': (detail) =>
    `${outdated[text(detail, 'what') ?? ''] ?? 'Only outdated encryption is offered'}${clause(text(detail, 'version'), (version) => ` (${version}${clause(text(detail, 'cipher'), (cipher) => `, ${cipher}`)})`)}.`,
  'tls.slow': (detail) =>
    `The TLS handshake took ${clause(number(detail, 'durationMs'), duration) || 'too long'}${clause(number(detail, 'budgetMs'), (budget) => `, more than ${duration(budget)}`)}.`,
};

const protocols: Readonly<Record<string, string>> = {
  http: 'plain HTTP',
  ssh: 'SSH',
  smtp: 'SMTP',
  ftp: 'FTP',
  imap: 'IMAP',
  pop3: 'POP3',
  mysql: 'the MySQL protocol',
  'proxy-protocol': 'the PROXY protocol',
};

const badCertificates: Readonly<Record<string, string>> = {
  expired: 'a certificate that has expired',
  early: 'a certificate that is not valid yet',
  name: 'a certificate for another name',
  revoked: 'a certificate that has been revoked',
  incomplete: 'its certificate without the intermediate that the others send',
  untrusted: 'a certificate that is not trusted',
};

/** What of the chain forbids the certificate, by OpenSSL's verify code. */
const constraints: Readonly<Record<string, string>> = {
  INVALID_CA: 'The certificate was issued by one that is no authority.',
  KEYUSAGE_NO_CERTSIGN: 'The certificate was issued by one whose key must not sign certificates.',
  PATH_LENGTH_EXCEEDED: 'The chain has more authorities than one of them allows below itself.',
  PERMITTED_VIOLATION: 'An authority of the chain may not issue certificates for this name: it is limited to others.',
  EXCLUDED_VIOLATION: 'An authority of the chain may not issue certificates for this name: it is excluded.',
  UNSUPPORTED_CONSTRAINT_TYPE: 'An authority of the chain is limited in a way that clients cannot check, and so refuse.',
  UNHANDLED_CRITICAL_EXTENSION: 'A certificate of the chain has a critical extension that clients do not know, and so refuse.',
  INVALID_EXTENSION: 'A certificate of the chain is malformed.',
  EC_KEY_EXPLICIT_PARAMS: 'A certificate of the chain has a key on a curve without a name, which clients refuse.',
};

/** `; Go and Firefox work, curl fails`: which clients find a path, where they differ. */
function whoWorks(detail: Detail): string {
  const [accepting, refusing] = ['accepting', 'refusing'].map((key) => list(detail, key).map(clientName)) as [string[], string[]];
  return accepting.length === 0 || refusing.length === 0 ? '' : `; accepted by ${listed(accepting)}; refused by ${listed(refusing)}`;
}

function clientName(kind: string): string {
  return (clientNames as Readonly<Record<string, string>>)[kind] ?? kind;
}

const phases: Readonly<Record<string, string>> = {
  'hello-sent': ', right after the client greeting',
  handshaking: ', after part of its own greeting',
};

function phaseIn(detail: Detail): string {
  return phases[text(detail, 'phase') ?? ''] ?? within(detail, 'durationMs');
}

/** What was answered where TLS 1.3 was not. */
function onlyOldAnswered(detail: Detail): string {
  return clause(
    text(detail, 'answered'),
    (version) => `; a greeting of ${version} alone is answered: something on the way, or the server itself, cannot take TLS 1.3`,
  );
}

const cuts: Readonly<Record<string, string>> = {
  reset: 'The connection is reset',
  closed: 'The connection is closed',
  silent: 'The connection falls silent',
};

function bytesIn(detail: Detail, key: string): string {
  return clause(number(detail, key), (bytes) => ` (${plural(bytes, 'byte')})`);
}

function alertIn(detail: Detail): string {
  return clause(text(detail, 'alertName'), (name) => ` (alert ${name})`);
}

const outdated: Readonly<Record<string, string>> = {
  'broken-cipher': 'A broken cipher is used',
  'no-forward-secrecy': 'The key exchange has no forward secrecy: whoever gets the key later can read what was recorded',
  'short-prime': 'The Diffie-Hellman key exchange is too short',
  'finite-field': 'The key exchange is one that browsers have given up',
  'old-mode': 'The cipher is of an old kind',
};

/** Our own alert, and what the library calls it. */
function alertSentIn(detail: Detail): string {
  const name = text(detail, 'alertName');
  const failure = text(detail, 'failure');
  const parts = [name === null ? '' : `we answered with the alert ${name}`, failure ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** What is weak of a certificate: its key, the signature on it, or both. */
function weakness(detail: Detail): string | null {
  const bits = number(detail, 'keyBits');
  const algorithm = text(detail, 'signatureAlgorithm');
  const key = clause(text(detail, 'keyType'), (type) => `${type.toUpperCase()} key${bits === null ? '' : ` of ${bits} bits`}`);
  const parts = [
    detail.weakKey === false ? '' : key,
    algorithm !== null && (detail.weakKey === false || weakHash.test(algorithm)) ? `signature ${algorithm}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(', ');
}

const weakHash = /md2|md5|sha-?1(?!\d)/i;
