import type { CheckpointId } from '../../model/checkpoint.ts';
import type { Evidence } from '../../model/walk-report.ts';
import { type Case, type EvidenceOf, evidenceOf, firstEvidence, ofLastRequest, ownEvidence } from '../case.ts';
import { type DnsQuestion, isDnsQuestion } from '../dns-question.ts';
import { evidenceLine } from '../evidence-line.ts';
import { certificateNames, failureWords, resolverText } from '../fact-words.ts';
import { icmpWords } from '../icmp.ts';
import { day, duration, endpointText, grouped, plural } from '../wording.ts';

/** One line of a section: what was asked, what is known, and by which evidence. Remote text in it is raw. */
export interface Fact {
  label: string;
  value: string;
  evidence: string[];
}

/** Evidence that no labelled fact uses is listed after them, so many at most. */
const mostOther = 6;

/** What is known at one checkpoint, labelled as the worksheet asks for it, then what else was seen there. */
export function factsAt(whole: Case, checkpoint: CheckpointId): Fact[] {
  const subject = ofLastRequest(whole);
  const labelled = labelledFacts[checkpoint](subject);
  const used = new Set(labelled.flatMap((fact) => fact.evidence));
  const others = ownEvidence(subject).filter((one) => one.checkpoint === checkpoint && !used.has(one.id) && !isUnremarkable(one));
  const shown = others.slice(0, mostOther).map((one) => ({ label: 'Also seen', value: evidenceLine(one), evidence: [one.id] }));
  const more = others.length - shown.length;
  if (more > 0) shown.push({ label: 'Also seen', value: `${plural(more, 'more observation')} in the report`, evidence: [] });
  return [...labelled, ...shown];
}

/** Told by the table of resolvers, or true of every host. */
function isUnremarkable(one: Evidence): boolean {
  if (isDnsQuestion(one)) return true;
  switch (one.kind) {
    case 'local.link':
      return one.loopback;
    case 'local.address':
      return one.scope === 'host';
    default:
      return false;
  }
}

const labelledFacts: Readonly<Record<CheckpointId, (subject: Case) => Fact[]>> = {
  target: (subject) =>
    [
      fact(firstEvidence(subject, 'target.parsed'), 'Understood as', (one) => `${one.scheme}, ${one.host}, port ${one.port}`),
      fact(firstEvidence(subject, 'target.preload'), 'In browsers', (one) =>
        one.entry === null
          ? `not in their list of names reached by https alone (${one.listDate})`
          : `https alone: ${one.entry} is in their list (${one.list}, ${one.listDate})`,
      ),
      fact(firstEvidence(subject, 'target.rejected'), 'Not understood', (one) => one.reason.replaceAll('-', ' ')),
    ].flat(),
  local: localFacts,
  dns: dnsFacts,
  route: routeFacts,
  tcp: tcpFacts,
  tls: tlsFacts,
  http: httpFacts,
  page: (subject) => [fact(firstEvidence(subject, 'page.document'), 'Document', evidenceLine)].flat(),
};

function localFacts(subject: Case): Fact[] {
  const links = evidenceOf(subject, 'local.link').filter((link) => !link.loopback);
  const addresses = evidenceOf(subject, 'local.address').filter((address) => address.scope !== 'host');
  return [
    ...links.flatMap((link) => fact(link, 'Link', evidenceLine)),
    ...addresses.flatMap((address) => fact(address, 'Address', evidenceLine)),
    ...evidenceOf(subject, 'local.route').flatMap((route) => fact(route, `Route (${route.purpose})`, evidenceLine)),
    ...evidenceOf(subject, 'local.neighbor').flatMap((neighbor) => fact(neighbor, 'Next hop', evidenceLine)),
    ...evidenceOf(subject, 'local.resolvers').flatMap((resolvers) => fact(resolvers, 'Resolvers', evidenceLine)),
  ];
}

function dnsFacts(subject: Case): Fact[] {
  const chosen = firstEvidence(subject, 'dns.addresses-chosen');
  const lookup = firstEvidence(subject, 'dns.system-lookup');
  const aliases = evidenceOf(subject, 'dns.answered').flatMap((answer) =>
    answer.answers
      .filter((record) => record.type === 'CNAME')
      .map((record) => ({ id: answer.id, text: `${record.name} -> ${record.data}` })),
  );
  const [alias] = aliases;
  return [
    ...(subject.host === null ? [] : [{ label: 'Name', value: subject.host, evidence: [] }]),
    ...fact(lookup, 'What applications get', evidenceLine),
    ...(alias === undefined
      ? []
      : [{ label: 'Alias', value: [...new Set(aliases.map(({ text }) => text))].join('; '), evidence: [alias.id] }]),
    ...fact(
      chosen,
      'Addresses used',
      (one) => `${one.addresses.join(', ')}${one.durationMs === undefined ? '' : ` after ${duration(one.durationMs)}`}`,
    ),
  ];
}

function routeFacts(subject: Case): Fact[] {
  const reached = firstEvidence(subject, 'tcp.connected') ?? firstEvidence(subject, 'tcp.syn-refused');
  return [
    ...evidenceOf(subject, 'route.icmp-error').flatMap((error) =>
      fact(
        error,
        'A router answers',
        (one) =>
          `${one.from ?? 'unknown'}: ${icmpWords(one.version, one.type, one.code)}, for ${endpointText(one.destination.address, one.destination.port)}`,
      ),
    ),
    ...evidenceOf(subject, 'route.path-traced').flatMap((trace) => fact(trace, 'Path', evidenceLine)),
    ...evidenceOf(subject, 'route.address-owners').flatMap((owners) => fact(owners, 'Owners', evidenceLine)),
    ...fact(reached, 'Packets come back', (one) => `from ${one.server.address}`),
  ];
}

/** How an attempt to connect ended. Whatever else is seen of a connection is listed after these. */
const attemptLabels: Readonly<Partial<Record<Evidence['kind'], string>>> = {
  'tcp.connected': 'Connected',
  'tcp.syn-unanswered': 'Not connected',
  'tcp.syn-ack-unheard': 'Not connected',
  'tcp.syn-refused': 'Not connected',
  'tcp.connect-failed': 'Not connected',
  'tcp.connect-abandoned': 'Not waited for',
};

function tcpFacts(subject: Case): Fact[] {
  const attempts = ownEvidence(subject).filter((one) => one.checkpoint === 'tcp' && one.followUp === undefined);
  return [
    ...attempts.flatMap((one) => {
      const label = attemptLabels[one.kind];
      return label === undefined ? [] : fact(one, label, connectWords);
    }),
    ...(subject.timings.roundTripMs === null ? [] : [{ label: 'Round trip', value: duration(subject.timings.roundTripMs), evidence: [] }]),
  ];
}

function connectWords(one: Evidence): string {
  if (one.kind !== 'tcp.connected') return evidenceLine(one);
  const { mssBytes, synRetransmissions } = one.facts;
  const parts = [
    endpointText(one.server.address, one.server.port),
    one.durationMs === undefined ? '' : `in ${duration(one.durationMs)}`,
    mssBytes === null ? '' : `MSS ${mssBytes}`,
    synRetransmissions === null || synRetransmissions === 0 ? '' : `${plural(synRetransmissions, 'SYN')} sent again`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function tlsFacts(subject: Case): Fact[] {
  const received = firstEvidence(subject, 'tls.certificates-received');
  return [
    ...fact(firstEvidence(subject, 'tls.handshake-completed'), 'Handshake', (one) => {
      const took = one.durationMs === undefined ? '' : ` in ${duration(one.durationMs)}`;
      return `${one.version}, ${one.cipher}${one.group === null ? '' : `, ${one.group}`}${one.alpn === null ? '' : `, ALPN ${one.alpn}`}${took}`;
    }),
    ...(received === null ? [] : certificateFacts(received)),
    ...fact(firstEvidence(subject, 'tls.resumption-tried'), 'Session', evidenceLine),
    ...encryptedHelloFacts(subject),
    ...fact(firstEvidence(subject, 'tls.alert-received'), 'Alert', evidenceLine),
    ...fact(firstEvidence(subject, 'tls.not-tls'), 'The answer', evidenceLine),
    ...fact(firstEvidence(subject, 'tls.handshake-failed'), 'Handshake', (one) => failureWords(one.failure)),
  ];
}

/** Whether the zone offers a key to hide the name in the hello (RFC 9848): known where its HTTPS record was asked for. */
function encryptedHelloFacts(subject: Case): Fact[] {
  const answer = evidenceOf(subject, 'dns.answered').find((one) => one.type === 'HTTPS' && one.rcode === 0);
  if (answer === undefined || firstEvidence(subject, 'tls.handshake-completed') === null) return [];
  const isOffered = answer.answers.some(({ type, data }) => type === 'HTTPS' && /(^|\s)ech=/.test(data));
  const value = isOffered
    ? 'the zone offers a key for it (ECH); this walk sent the name in clear'
    : 'the zone offers no key for it (ECH); the name is sent in clear';
  return [{ label: 'Encrypted hello', value, evidence: [answer.id] }];
}

function certificateFacts(received: EvidenceOf<'tls.certificates-received'>): Fact[] {
  const [leaf] = received.certificates;
  const evidence = [received.id];
  if (leaf === undefined) return [{ label: 'Certificate', value: 'none sent', evidence }];
  const trust = received.trust.map((result) => `${result.store}: ${result.trusted ? 'trusted' : (result.code ?? 'not trusted')}`);
  return [
    { label: 'Server name sent', value: received.serverName ?? 'none', evidence },
    { label: 'Certificate names', value: certificateNames(leaf), evidence },
    { label: 'Valid', value: `${day(leaf.notBefore)} to ${day(leaf.notAfter)}`, evidence },
    { label: 'Issuer', value: leaf.issuer, evidence },
    { label: 'Chain', value: `${plural(received.certificates.length, 'certificate')} sent; ${trust.join('; ')}`, evidence },
  ];
}

/** Fields that say who answered, and by which the answer is found again in somebody's log. */
const telling = /^(?:server|via|x-cache|x-served-by|age|date|retry-after|location|server-timing|.*-id|.*-ray)$/;

function httpFacts(subject: Case): Fact[] {
  const last =
    evidenceOf(subject, 'http.request-sent')
      .filter((one) => one.followUp === undefined)
      .at(-1) ?? null;
  const responses = evidenceOf(subject, 'http.response-received').filter((one) => one.followUp === undefined);
  const response = responses.at(-1) ?? null;
  const { timings } = subject;
  return [
    ...fact(last, 'Request', (one) => `${one.method} ${one.url}, HTTP/${one.version}, ${plural(one.bytes, 'byte')}`),
    ...evidenceOf(subject, 'http.redirected').flatMap((one) => fact(one, 'Redirect', evidenceLine)),
    ...fact(response, 'Status', (one) => `${one.status}${one.reason === '' ? '' : ` ${one.reason}`}`),
    ...(response === null
      ? []
      : response.headers
          .filter((field) => telling.test(field.name))
          .map((field) => ({ label: 'Header', value: `${field.name}: ${field.value}`, evidence: [response.id] }))),
    ...fact(
      firstEvidence(subject, 'http.body-received'),
      'Body',
      (one) =>
        `${plural(one.bytes, 'byte')}${one.expectedBytes === null ? '' : ` of ${grouped(one.expectedBytes)}`}, ${one.end.replaceAll('-', ' ')}`,
    ),
    ...(timings.firstByteMs === null ? [] : [{ label: 'Timing', value: curlTimings(subject), evidence: [] }]),
  ];
}

/** The stages as curl's `-w` would print them: each from the beginning, in seconds. */
export function curlTimings({ timings }: Pick<Case, 'timings'>): string {
  const stages: [string, number | null][] = [
    ['namelookup', timings.dnsMs],
    ['connect', timings.connectMs],
    ['appconnect', timings.tlsMs],
    ['pretransfer', timings.requestMs],
    ['starttransfer', timings.firstByteMs],
    ['total', timings.contentMs],
  ];
  let sinceMs = timings.redirectMs ?? 0;
  return stages
    .map(([name, milliseconds]) => {
      sinceMs += milliseconds ?? 0;
      return milliseconds === null ? `${name}=-` : `${name}=${(sinceMs / 1000).toFixed(3)}`;
    })
    .join(' ');
}

function fact<E extends Evidence>(one: E | null, label: string, words: (one: E) => string): Fact[] {
  return one === null ? [] : [{ label, value: words(one), evidence: [one.id] }];
}

/** One row for every question asked about the name: who was asked, what for, what came back. */
export function resolverRows(subject: Case): { resolver: string; asked: string; answer: string; evidence: string }[] {
  const questions = ownEvidence(subject).filter(isDnsQuestion);
  return questions.map((one) => ({
    resolver: `${resolverText(one.resolver)}${one.resolver.serverName === undefined ? '' : ` (${one.resolver.serverName})`}`,
    asked: `${one.name} ${one.type}${one.checkingDisabled ? ', validation off' : ''}${one.edns ? '' : ', no EDNS'}${one.resolver.transport === 'udp' ? '' : `, ${one.resolver.transport.toUpperCase()}`}`,
    answer: answerWords(one),
    evidence: one.id,
  }));
}

function answerWords(one: DnsQuestion): string {
  switch (one.kind) {
    case 'dns.answered': {
      const data = one.answers.map(
        (record) => `${record.type === one.type ? '' : `${record.type} `}${record.data} (${record.ttlSeconds} s)`,
      );
      const took = one.durationMs === undefined ? '' : `, ${duration(one.durationMs)}`;
      return `${one.rcodeName}${data.length === 0 ? ', no records' : `: ${data.join(', ')}`}${one.truncated ? ', truncated' : ''}${took}`;
    }
    case 'dns.unanswered':
      return `no answer in ${duration(one.waitedMs)}`;
    case 'dns.undeliverable':
      return failureWords(one.failure);
    case 'dns.answer-rejected':
      return `unusable answer: ${one.reason.replaceAll('-', ' ')}`;
  }
}
