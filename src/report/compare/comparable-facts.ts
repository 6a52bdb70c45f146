import type { CheckpointId } from '../../model/checkpoint.ts';
import { type Case, evidenceOf, firstEvidence, ownEvidence } from '../case.ts';
import { certificateNames, failureWords, resolverText } from '../fact-words.ts';
import { day, endpointText } from '../wording.ts';

/** Something that two reports can say differently. Remote text in it is raw. */
export interface ComparableFact {
  checkpoint: CheckpointId | null;
  what: string;
  value: string;
  evidence: string[];
}

/** What a case says, each fact under a key by which it is found in another case. Order is walking order. */
export function comparableFacts(subject: Case): Map<string, ComparableFact> {
  const facts = [
    ...wholeFacts(subject),
    ...localFacts(subject),
    ...dnsFacts(subject),
    ...routeFacts(subject),
    ...tcpFacts(subject),
    ...tlsFacts(subject),
    ...httpFacts(subject),
    ...pageFacts(subject),
  ];
  return new Map(facts.map((fact) => [`${fact.checkpoint ?? ''} ${fact.what}`, fact]));
}

function fact(checkpoint: CheckpointId | null, what: string, value: string | null | undefined, ...evidence: string[]): ComparableFact[] {
  return value === null || value === undefined || value === '' ? [] : [{ checkpoint, what, value, evidence }];
}

function wholeFacts(subject: Case): ComparableFact[] {
  return [
    ...fact(null, 'target', subject.title),
    ...fact(null, 'seen from', subject.vantage),
    ...fact(null, 'version of wirewalk', subject.tool.version),
  ];
}

function localFacts(subject: Case): ComparableFact[] {
  const addresses = evidenceOf(subject, 'local.address').filter((one) => one.scope === 'global');
  const gateways = evidenceOf(subject, 'local.route').filter((one) => one.purpose === 'default');
  const resolvers = firstEvidence(subject, 'local.resolvers');
  const proxy = evidenceOf(subject, 'local.proxy-configured').find((one) => !one.bypassed);
  return [
    ...fact('local', 'addresses', sorted(addresses.map((one) => one.address)), ...addresses.map((one) => one.id)),
    ...fact('local', 'gateways', sorted(gateways.map((one) => one.gateway ?? 'none')), ...gateways.map((one) => one.id)),
    ...(resolvers === null
      ? []
      : fact('local', 'resolvers', resolvers.servers.map((one) => resolverText(one)).join(', ') || 'none', resolvers.id)),
    ...fact('local', 'proxy', proxy?.url ?? (subject.evidence.length > 0 ? 'none' : null), ...(proxy === undefined ? [] : [proxy.id])),
  ];
}

function dnsFacts(subject: Case): ComparableFact[] {
  const chosen = firstEvidence(subject, 'dns.addresses-chosen');
  const answers = evidenceOf(subject, 'dns.answered').filter((one) => one.name === subject.host && !one.checkingDisabled && one.edns);
  const silent = evidenceOf(subject, 'dns.unanswered').filter((one) => one.name === subject.host);
  return [
    ...(chosen === null ? [] : fact('dns', 'addresses used', sorted(chosen.addresses) || 'none', chosen.id)),
    ...answers.flatMap((one) => {
      const data = sorted(one.answers.filter((record) => record.type === one.type).map((record) => record.data));
      return fact(
        'dns',
        `${one.type} from ${resolverText(one.resolver)}`,
        one.rcodeName === 'NOERROR' ? data || 'no data' : one.rcodeName,
        one.id,
      );
    }),
    ...silent.flatMap((one) => fact('dns', `${one.type} from ${resolverText(one.resolver)}`, 'no answer', one.id)),
  ];
}

function routeFacts(subject: Case): ComparableFact[] {
  const errors = evidenceOf(subject, 'route.icmp-error');
  const traces = evidenceOf(subject, 'route.path-traced');
  return [
    ...fact(
      'route',
      'ICMP errors',
      sorted(errors.map((one) => `${one.from ?? 'a router'} type ${one.type} code ${one.code}`)),
      ...errors.map((one) => one.id),
    ),
    ...traces.flatMap((trace) => [
      ...fact(
        'route',
        `hops by ${trace.protocol} to ${trace.destination.address}`,
        trace.reachedAtTtl === null ? 'not reached' : `reached after ${trace.reachedAtTtl}`,
        trace.id,
      ),
      ...fact(
        'route',
        `path by ${trace.protocol} to ${trace.destination.address}`,
        trace.hops.map((hop) => hop.answers[0]?.from ?? '*').join(' '),
        trace.id,
      ),
    ]),
  ];
}

function tcpFacts(subject: Case): ComparableFact[] {
  const attempts = ownEvidence(subject).filter((one) => one.checkpoint === 'tcp' && one.followUp === undefined);
  return attempts.flatMap((one) => {
    switch (one.kind) {
      case 'tcp.connected':
        return fact('tcp', endpointText(one.server.address, one.server.port), 'connected', one.id);
      case 'tcp.syn-refused':
        return fact('tcp', endpointText(one.server.address, one.server.port), 'refused', one.id);
      case 'tcp.syn-unanswered':
        return fact('tcp', endpointText(one.server.address, one.server.port), 'no answer', one.id);
      case 'tcp.connect-failed':
        return fact('tcp', endpointText(one.server.address, one.server.port), failureWords(one.failure), one.id);
      default:
        return [];
    }
  });
}

function tlsFacts(subject: Case): ComparableFact[] {
  const handshake = firstEvidence(subject, 'tls.handshake-completed');
  const received = firstEvidence(subject, 'tls.certificates-received');
  const alert = firstEvidence(subject, 'tls.alert-received');
  const [leaf] = received?.certificates ?? [];
  return [
    ...(handshake === null
      ? []
      : [
          ...fact('tls', 'version', handshake.version, handshake.id),
          ...fact('tls', 'cipher', handshake.cipher, handshake.id),
          ...fact('tls', 'ALPN', handshake.alpn ?? 'none', handshake.id),
        ]),
    ...(received === null || leaf === undefined
      ? []
      : [
          ...fact('tls', 'certificate', `${certificateNames(leaf)}, ${leaf.sha256Hex.slice(0, 16)}`, received.id),
          ...fact('tls', 'certificate valid until', day(leaf.notAfter), received.id),
          ...fact('tls', 'issuer', leaf.issuer, received.id),
          ...fact('tls', 'certificates sent', String(received.certificates.length), received.id),
          ...received.trust.flatMap((result) =>
            fact('tls', `trusted by ${result.store}`, result.trusted ? 'yes' : (result.code ?? 'no'), received.id),
          ),
        ]),
    ...(alert === null ? [] : fact('tls', 'alert', alert.alertName, alert.id)),
  ];
}

/** Fields that say who answered; those that change with every answer are left out. */
const telling = /^(?:server|via|x-cache|x-served-by|content-type|location|cache-control|strict-transport-security|alt-svc)$/;

function httpFacts(subject: Case): ComparableFact[] {
  const response = evidenceOf(subject, 'http.response-received')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  const body = evidenceOf(subject, 'http.body-received')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  return [
    ...(response === undefined
      ? []
      : [
          ...fact('http', 'status', `${response.status}${response.reason === '' ? '' : ` ${response.reason}`}`, response.id),
          ...fact('http', 'version', `HTTP/${response.version}`, response.id),
          ...fact('http', 'answered by', endpointText(response.server.address, response.server.port), response.id),
          ...response.headers
            .filter((field) => telling.test(field.name))
            .flatMap((field) => fact('http', `header ${field.name}`, field.value, response.id)),
        ]),
    ...(body === undefined
      ? []
      : [
          ...fact('http', 'end of the body', body.end.replaceAll('-', ' '), body.id),
          ...fact('http', 'bytes of the body', String(body.bytes), body.id),
        ]),
  ];
}

function pageFacts(subject: Case): ComparableFact[] {
  const document = firstEvidence(subject, 'page.document');
  if (document === null) return [];
  return [...fact('page', 'title', document.title, document.id), ...fact('page', 'media type', document.mediaType, document.id)];
}

function sorted(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join(', ');
}
