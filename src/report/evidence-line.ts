import type { Failure } from '../model/failure.ts';
import type { ObservationKind, ObservationOf } from '../model/observation.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { DnsQuestionFacts, ResolverIdentity } from '../model/observations/dns.ts';
import type { CertificateFacts } from '../model/observations/tls.ts';
import type { Evidence } from '../model/walk-report.ts';
import { clientNames } from './client-names.ts';
import { kernelWords, phases, proxySteps, proxyTrials } from './connection-words.ts';
import { icmpWords } from './icmp.ts';
import { linkLines } from './link-evidence-line.ts';
import { pageLines } from './page-evidence-line.ts';
import { ownerWords, pathLine } from './path-words.ts';
import { sampleText } from './sentences/detail-facts.ts';
import { clipped, day, duration, endpointText, grouped, listed, plural } from './wording.ts';

/** What one observation states, before or after it got its time of day. */
type Stated<K extends ObservationKind> = Omit<ObservationOf<K>, 'atMs'>;

type Lines = Readonly<{ [K in ObservationKind]: (stated: Stated<K>) => string }>;

const remoteTextLimit = 120;

const lines: Lines = {
  'target.parsed': (stated) => `${stated.url}: ${stated.scheme}, host ${stated.host}, port ${stated.port}`,
  'target.preload': (stated) =>
    stated.entry === null
      ? `${clip(stated.host)} is not in the list of names that browsers reach by https alone (${stated.list}, ${stated.listDate})`
      : `browsers reach ${clip(stated.host)} by https alone: ${clip(stated.entry)} is in their list (${stated.list}, ${stated.listDate})`,
  'target.rejected': (stated) => `"${clip(stated.input)}" was not understood (${words(stated.reason)})`,

  'local.link': (stated) =>
    `interface ${stated.name} is ${stated.up ? 'up' : 'down'}${stated.carrier === null ? '' : stated.carrier ? ' with a link' : ' without a link'}${stated.mtuBytes === null ? '' : `, MTU ${stated.mtuBytes}`}`,
  'local.address': (stated) =>
    `${stated.interface} has ${stated.address}/${stated.prefixLength}${stated.scope === 'global' ? '' : ` (${words(stated.scope)})`}`,
  'local.route': (stated) =>
    stated.found
      ? `route to ${stated.destination}${stated.gateway === null ? ' on this link' : ` via ${stated.gateway}`}${stated.interface === null ? '' : ` over ${stated.interface}`}`
      : `no route to ${stated.destination}${inBrackets(stated.failure)}`,
  'local.neighbor': (stated) =>
    `neighbour ${stated.address} on ${stated.interface} is ${stated.state}${stated.linkAddress === null ? '' : ` (${stated.linkAddress})`}`,
  'local.arp-answered': (stated) =>
    `asked who has ${stated.address} on ${stated.interface}, ${stated.linkAddresses.length === 0 ? 'nobody answers' : `${listed(stated.linkAddresses)} ${stated.linkAddresses.length === 1 ? 'answers' : 'answer'}`}`,
  ...linkLines,
  'local.resolvers': (stated) =>
    `${stated.servers.length === 0 ? 'no resolver' : `resolvers ${listed(stated.servers.map((server) => resolverText(server)))}`} from ${stated.source}`,
  'local.hosts-entry': (stated) => `${stated.file} gives ${stated.name} ${listed(stated.addresses)}`,
  'local.proxy-configured': (stated) =>
    `${stated.variable} names the proxy ${stated.url}${stated.bypassed ? ', not used for this target' : ''}`,
  'local.proxy-resolved': (stated) =>
    stated.failure === undefined
      ? `the proxy's name ${stated.name} resolves to ${listed(stated.addresses)}`
      : `the proxy's name ${stated.name} does not resolve${inBrackets(stated.failure)}`,
  'local.proxy-answered': (stated) =>
    `the proxy ${stated.proxy} answers ${stated.code} to ${proxySteps[stated.step]} (${clip(stated.destination)})${stated.title === null ? '' : `, page titled "${clip(stated.title)}"`}`,
  'local.proxy-failed': (stated) =>
    `the proxy ${stated.proxy} fails at ${proxySteps[stated.step]} (${clip(stated.destination)})${inBrackets(stated.failure)}`,
  'local.proxy-tried': (stated) =>
    `${clip(stated.destination)} tried through the proxy ${stated.proxy} (${stated.variable}): ${proxyTrials[stated.outcome]}`,
  'local.check-answered': (stated) =>
    `${clip(stated.url)} at ${endpoint(stated.server)}, asked beside: ${stated.status}${stated.location === null ? '' : `, to ${clip(stated.location)}`}${stated.title === null ? '' : `, titled "${clip(stated.title)}"`}${stated.asKnown === false ? ', not the answer known in advance' : ''}${stated.captive === undefined ? '' : stated.captive ? ', says that this host is captive' : ', says that this host is not captive'}${stated.clockAheadMs === null ? '' : `, this host's clock is ${duration(Math.abs(stated.clockAheadMs))} ${stated.clockAheadMs < 0 ? 'behind' : 'ahead'}`}`,
  'local.check-unanswered': (stated) => `${clip(stated.url)}, asked beside: no answer${inBrackets(stated.failure)}`,
  'local.dhcp-lease': (stated) =>
    `lease of ${stated.address}${stated.interface === null ? '' : ` on ${stated.interface}`}${stated.dhcpServer === null ? '' : ` from ${stated.dhcpServer}`}${stated.expiresAt === null ? '' : `, until ${day(stated.expiresAt)}`} (${stated.source})`,
  'local.wireless': (stated) =>
    `${stated.interface} ${stated.associated ? `is on the Wi-Fi${stated.ssid === null ? '' : ` "${clip(stated.ssid)}"`}` : 'is on no Wi-Fi'}${stated.signalDbm === null ? '' : `, signal ${stated.signalDbm} dBm`}`,
  'local.send-refused': (stated) =>
    stated.shownBy === undefined
      ? `this host refused to send ${stated.protocol} to ${endpoint(stated.destination)}${inBrackets(stated.failure)}`
      : `${stated.protocol} to ${endpoint(stated.destination)} was sent again and never left this host`,
  'local.resource-exhausted': (stated) => `this host ran out of a resource during ${stated.during}${inBrackets(stated.failure)}`,
  'local.not-measured': (stated) => `${words(stated.what)} could not be read${inBrackets(stated.failure)}`,

  'dns.answered': (stated) => {
    const data = stated.answers.map((record) => (record.type === stated.type ? record.data : `${record.type} ${record.data}`));
    const answers = data.length === 0 ? 'no records' : listed(data.map(clip), 4);
    const errors = stated.extendedErrors
      .map((error) => `, extended error ${error.infoCode}${error.text === '' ? '' : ` "${clip(error.text)}"`}`)
      .join('');
    return `${question(stated)}: ${stated.rcodeName}, ${answers}${errors}${stated.truncated ? ', truncated' : ''}`;
  },
  'dns.unanswered': (stated) =>
    `${question(stated)}: no answer within ${duration(stated.waitedMs)}${stated.attempts > 1 ? `, asked ${plural(stated.attempts, 'time')}` : ''}`,
  'dns.undeliverable': (stated) => `${question(stated)}: not delivered${inBrackets(stated.failure)}`,
  'dns.answer-rejected': (stated) => `${question(stated)}: an unusable answer (${words(stated.reason)})`,
  'dns.system-lookup': (stated) =>
    stated.failure === undefined
      ? `the system resolves ${stated.name} to ${listed(stated.addresses)}`
      : `the system does not resolve ${stated.name}${inBrackets(stated.failure)}`,
  'dns.delegation-step': (stated) => {
    const records = [...stated.answers, ...(stated.answers.length === 0 ? stated.authority.filter((record) => record.type === 'SOA') : [])];
    const data = records.map((record) => `${record.type} ${record.type === 'SOA' ? record.name : clip(record.data)}`);
    const what = stated.referredZone === null ? (data.length === 0 ? '' : `, ${listed(data)}`) : ` to ${stated.referredZone}`;
    const code = stated.rcodeName === null || stated.rcodeName === 'NOERROR' ? '' : ` (${stated.rcodeName})`;
    const lacks = stated.authoritative === false && stated.response !== 'referral' ? ', not authoritative' : '';
    return `${stated.nameServer}${stated.address === null ? '' : ` ${stated.address}`} for zone ${stated.zone}: ${words(stated.response)}${code}${what}${lacks}${inBrackets(stated.failure)}`;
  },
  'dns.trust-link': (stated) =>
    `${stated.type} of ${stated.name}, vouched for by ${stated.zone}: ${words(stated.outcome)}${stated.keyTag === null ? '' : ` (key ${stated.keyTag}${stated.validUntil === null ? '' : `, until ${day(stated.validUntil)}`})`}`,
  'dns.question-repeated': (stated) =>
    `${stated.name} ${stated.type} at ${resolverText(stated.resolver)} asked ${plural(stated.asked, 'time')}: ${listed(stated.outcomes.map((one) => `${one.count} ${words(one.outcome)}`))}`,
  'dns.address-tried': (stated) => `${endpoint(stated)} tried for ${stated.name}: ${words(stated.outcome)}`,
  'dns.addresses-chosen': (stated) => `${listed(stated.addresses)} used for ${stated.name} (${sources[stated.source]})`,

  'route.icmp-error': (stated) =>
    `${stated.from ?? 'a router'} answers "${icmpWords(stated.version, stated.type, stated.code)}" for ${endpoint(stated.destination)}`,
  'route.path-traced': pathLine,
  'route.address-owners': (stated) =>
    `${listed(
      stated.owners.map((owner) => `${owner.address} is of ${clip(ownerWords(owner))}`),
      4,
    )} (${stated.table}, ${stated.tableDate})`,

  'tcp.connected': (stated) =>
    `connected to ${endpoint(stated.server)}${stated.again === true ? ', the second time, while the first attempt stayed silent' : ''}`,
  'tcp.syn-unanswered': (stated) =>
    `${endpoint(stated.server)} did not answer the SYN within ${duration(stated.waitedMs)}${stated.synRetransmissions === null || stated.synRetransmissions === 0 ? '' : `, repeated ${plural(stated.synRetransmissions, 'time')}`}`,
  'tcp.segment-never-arrived': (stated) =>
    `${endpoint(stated.server)} sent a segment of ${plural(stated.segmentBytes, 'byte')} ${plural(stated.sentTimes, 'time')}, and it never arrived`,
  'tcp.syn-ack-unheard': (stated) =>
    `${endpoint(stated.server)} answered the SYN ${plural(stated.synAcks, 'time')}, and the client sent it again as if nothing had come`,
  'tcp.syn-refused': (stated) =>
    `${endpoint(stated.server)} answered the SYN with a reset (refused)${stated.ttl === null ? '' : `, TTL ${stated.ttl}`}`,
  'tcp.connect-failed': (stated) => `connecting to ${endpoint(stated.server)} failed${inBrackets(stated.failure)}`,
  'tcp.connect-abandoned': (stated) => `connecting to ${endpoint(stated.server)} was given up after ${duration(stated.afterMs)}`,
  'tcp.reset-received': (stated) =>
    `${endpoint(stated.server)} reset the connection ${phases[stated.phase]}, ${duration(stated.sinceOpenMs)} after it opened`,
  'tcp.closed-by-peer': (stated) =>
    `${endpoint(stated.server)} closed the connection ${phases[stated.phase]}, ${duration(stated.sinceOpenMs)} after it opened`,
  'tcp.peer-silent': (stated) =>
    `${endpoint(stated.server)} stayed silent ${phases[stated.phase]} for ${duration(stated.waitedMs)}${stated.facts.bytesAcknowledged === null ? '' : `; ${stated.facts.bytesAcknowledged > 0 ? 'what was sent was acknowledged' : 'nothing sent was acknowledged'}`}`,
  'tcp.measured': (stated) =>
    `the connection to ${endpoint(stated.server)} ${phases[stated.phase]}: ${grouped(stated.bytesSent)} bytes sent, ${grouped(stated.bytesReceived)} received${kernelWords(stated.facts)}`,
  'tcp.segments-tried': (stated) =>
    `the same exchange with ${endpoint(stated.server)} once more, ${stated.maxSegmentBytes === null ? "segments of the system's own size" : `segments of at most ${grouped(stated.maxSegmentBytes)} bytes`}: ${words(stated.outcome)} ${phases[stated.phase]} (${duration(stated.sinceOpenMs)}), ${grouped(stated.bytesReceived)} bytes received`,
  'tcp.port-tried': (stated) =>
    `${endpoint(stated.server)}, another port of the same address: ${words(stated.outcome)} (${duration(stated.afterMs)})${stated.errorFrom === undefined ? '' : ` by an ICMP error of ${stated.errorFrom}`}`,
  'tcp.short-reach-tried': (stated) =>
    `the same bytes to ${endpoint(stated.server)}, ${stated.serverDistance} hops away, in packets that end after ${stated.hopLimit}: ${words(stated.outcome)} (${duration(stated.afterMs)})`,
  'tcp.idle-reused': (stated) =>
    `a connection to ${endpoint(stated.server)} used again after ${duration(stated.idleMs)}: ${words(stated.outcome)}${stated.fresh === null ? '' : `; a new one: ${stated.fresh}`}`,
  'tcp.flow-tried': (stated) =>
    `${endpoint(stated.server)} from source port ${stated.sourcePort}, time ${stated.round}: ${words(stated.outcome)} (${duration(stated.afterMs)})`,
  'tcp.silent-connection': (stated) =>
    `a second connection to ${endpoint(stated.server)} on which nothing was sent: ${words(stated.outcome)} (${duration(stated.afterMs)})`,

  'tls.handshake-completed': (stated) =>
    `${stated.version}, ${stated.cipher}${stated.group === null ? '' : `, ${stated.group}`}${stated.alpn === null ? '' : `, ALPN ${stated.alpn}`}${stated.resumed ? ', resumed' : ''}${stated.retried === true ? ', another key share asked for' : ''}${stated.postQuantum === true ? ', post-quantum' : ''}${stated.forwardSecret === false ? ', no forward secrecy' : ''}${stated.ocspResponseBytes === undefined || stated.ocspResponseBytes === null ? '' : ', OCSP response stapled'} with ${endpoint(stated.server)}${stated.readable === undefined || stated.readable.length === 0 ? '' : `; in clear: ${stated.readable.map(words).join(', ')}`}`,
  'tls.certificates-received': (stated) => {
    const leaf = stated.certificates[0];
    if (leaf === undefined) return `${endpoint(stated.server)} sent no certificate`;
    const trust = stated.trust
      .map((result) => `${stores[result.store]}: ${result.trusted ? 'trusted' : (result.code ?? 'not trusted')}`)
      .join(', ');
    return `${plural(stated.certificates.length, 'certificate')} for ${certificateNames(leaf)}, valid ${day(leaf.notBefore)} to ${day(leaf.notAfter)}, issued by ${clip(leaf.issuer)}${trust === '' ? '' : `; ${trust}`}`;
  },
  'tls.paths-judged': (stated) => {
    const holding = stated.paths.filter(({ end, faults }) => end === 'anchor' && faults.every(({ improper }) => improper === true)).length;
    const clients = stated.clients.map(
      (view) => `${clientNames[view.client]} ${view.accepts ? 'accepts' : `refuses (${view.code ?? ''})`}`,
    );
    const order = stated.inOrder ? '' : ', sent in the wrong order';
    const unused = stated.unused.length === 0 ? '' : `, ${plural(stated.unused.length, 'certificate')} sent for nothing`;
    return `${plural(stated.paths.length, 'path')} from the certificate upwards, ${holding === 0 ? 'none holds' : `${holding} ${holding === 1 ? 'holds' : 'hold'}`}${order}${unused}; ${clients.join('; ')}`;
  },
  'tls.issuer-fetched': (stated) => {
    const from = stated.source === null ? '' : ` from ${endpoint(stated.source)}`;
    return `${clip(stated.url)}, where a certificate says its issuer is${from}: ${fetchOutcomes[stated.outcome]}${stated.failure === null ? '' : inBrackets(stated.failure)}`;
  },
  'tls.revocation-stated': (stated) => {
    const said =
      stated.status === null
        ? `says nothing of this certificate (${words(stated.response)})`
        : `says ${stated.status}${stated.revokedAt === null ? '' : ` since ${day(stated.revokedAt)}`}${stated.reason === null ? '' : ` (${words(stated.reason)})`}`;
    return `the ${stated.source} OCSP response ${said}${stated.status === null ? '' : `, ${signatureWords[stated.signature]}`}${stated.nextUpdate === null ? '' : `, good until ${day(stated.nextUpdate)}`}`;
  },
  'tls.revocation-listed': (stated) => {
    const from = stated.source === null ? '' : ` from ${endpoint(stated.source)}`;
    const said =
      stated.status === 'revoked'
        ? `lists this certificate${stated.revokedAt === null ? '' : ` since ${day(stated.revokedAt)}`}${stated.reason === null ? '' : ` (${words(stated.reason)})`}`
        : stated.status === null
          ? 'says nothing of this certificate'
          : `does not list this certificate${stated.covers ? '' : ', and may leave it out'}`;
    const list = `${plural(stated.entries ?? 0, 'entry', 'entries')}, ${said}, ${signatureWords[stated.signature]}${stated.faults.length === 0 ? '' : ` (${stated.faults.map(words).join(', ')})`}${stated.nextUpdate === null ? '' : `, good until ${day(stated.nextUpdate)}`}`;
    return `${clip(stated.url)}, where the certificate says its revocation list is${from}: ${stated.outcome === 'list' ? list : listOutcomes[stated.outcome]}${stated.failure === null ? '' : inBrackets(stated.failure)}`;
  },
  'tls.alert-received': (stated) =>
    `${endpoint(stated.server)} sent the ${stated.level} alert ${stated.alertName} (${stated.alert}) after ${words(stated.after)}`,
  'tls.not-tls': (stated) => {
    const sample = sampleText(stated.sampleHex);
    return `${endpoint(stated.server)} answered in ${stated.looksLike === 'unknown' ? 'something that is not TLS' : stated.looksLike.toUpperCase()}${sample === null ? '' : `: "${sample}"`}`;
  },
  'tls.handshake-failed': (stated) => `the TLS handshake with ${endpoint(stated.server)} failed${inBrackets(stated.failure)}`,

  'tls.resumption-tried': (stated) => {
    const ticket = `${stated.lifetimeSeconds === null ? '' : `, good for ${duration(stated.lifetimeSeconds * 1000)}`}${stated.earlyDataBytes === null ? '' : stated.earlyDataBytes > 0 ? `, 0-RTT of ${plural(stated.earlyDataBytes, 'byte')} offered` : ', no 0-RTT'}`;
    return `a session with ${endpoint(stated.server)} taken up again: ${words(stated.outcome)}${ticket}${stated.resumedMs === null ? '' : ` (${duration(stated.resumedMs)}, anew ${duration(stated.fullMs)})`}`;
  },
  'tls.hello-tried': (stated) =>
    `a ClientHello ${hellos[stated.variant]}${stated.serverName === null ? ', no name' : ` for ${clip(stated.serverName)}`}${stated.helloBytes === null ? '' : ` (${plural(stated.helloBytes, 'byte')})`} to ${endpoint(stated.server)}: ${helloOutcome(stated)}`,

  'http.request-sent': (stated) => `${stated.method} ${clip(stated.url)} sent over HTTP/${stated.version} to ${endpoint(stated.server)}`,
  'http.response-received': (stated) => {
    const server = stated.headers.find((header) => header.name === 'server')?.value;
    return `${stated.status}${stated.reason === '' ? '' : ` ${clip(stated.reason)}`}${server === undefined ? '' : ` from "${clip(server)}"`}, HTTP/${stated.version}${stated.durationMs === undefined ? '' : `, first byte after ${duration(stated.durationMs)}`}`;
  },
  'http.response-malformed': (stated) => {
    const sample = sampleText(stated.sampleHex);
    return `the answer of ${endpoint(stated.server)} breaks HTTP (${words(stated.rule)})${sample === null ? '' : `: "${sample}"`}`;
  },
  'http.body-received': (stated) => {
    const of = stated.expectedBytes === null ? '' : ` of ${grouped(stated.expectedBytes)}`;
    const decoding = stated.decodeFailure === null ? '' : `, cannot be decoded (${clip(stated.decodeFailure)})`;
    return `body: ${grouped(stated.bytes)}${of} bytes, ${bodyEnds[stated.end]}${stated.endedBy === null ? '' : ` (${words(stated.endedBy)})`}${decoding}`;
  },
  'http.stream-ended': (stated) =>
    `${endpoint(stated.server)} ${stated.how === 'goaway' ? 'gave the HTTP/2 connection up' : 'reset the HTTP/2 stream'} ${phases[stated.phase]}: ${stated.errorName}${stated.debug === '' ? '' : ` "${clip(stated.debug)}"`}`,
  'http.quic-tried': (stated) =>
    `${stated.advertisedBy === 'client' ? 'the client tried HTTP/3' : `HTTP/3 is offered (${words(stated.advertisedBy)})`}; QUIC to ${endpoint(stated.server)}: ${quicOutcomes[stated.outcome]}${stated.errorName === undefined ? '' : `, ${stated.errorName}`}${stated.versions === undefined ? '' : ` (${listed(stated.versions, 4)})`}${stated.attempts > 1 ? `, sent ${plural(stated.attempts, 'time')}` : ''}`,
  'http.websocket': (stated) =>
    `WebSocket with ${endpoint(stated.server)}: ${stated.accepted ? 'accepted' : 'Sec-WebSocket-Accept does not answer our key'}, ${plural(stated.received, 'frame')}, ${stated.closedBy === null ? 'our close was not answered' : `ended by ${words(stated.closedBy)}`}${stated.closeCode === null ? '' : `, code ${stated.closeCode}${stated.closeReason === '' ? '' : ` "${clip(stated.closeReason)}"`}`}`,
  'http.variation-tried': (stated) =>
    `${variations[stated.variation]} (${clip(stated.url)} at ${endpoint(stated.server)}${stated.variation === 'other-host' ? `, Host ${clip(stated.host)}` : ''}): ${stated.status === null ? words(stated.outcome) : `${stated.status}${stated.outcome === 'answered' ? '' : `, ${words(stated.outcome)}`}`}${stated.proven === false ? '; its certificate does not prove the name' : ''}`,
  'http.excerpt': (stated) => {
    const title = stated.title === null || stated.title === '' ? '' : `, titled "${clip(stated.title)}"`;
    const marks =
      stated.marks.length === 0
        ? ''
        : `, with ${listed(
            stated.marks.map((mark) => `"${clip(mark)}"`),
            3,
          )}`;
    return `the content says ${stated.text === '' ? 'nothing' : `"${clip(stated.text)}"`}${title}${marks}`;
  },
  'http.warm-run': (stated) =>
    `the same request on the kept connection: ${stated.outcome === 'answered' ? `${stated.status ?? 'no status'} in ${stated.durationMs === undefined ? 'an unknown time' : duration(stated.durationMs)}` : stated.outcome === 'silent' ? 'no answer' : 'the connection ended'}`,
  'http.redirected': (stated) =>
    `${stated.status} to ${stated.location === null ? 'nowhere (no Location)' : clip(stated.location)}${stated.downgrade === true ? ', from https down to http' : ''}${stated.reusesConnection === true ? ', where a browser goes on over the same connection' : ''}${stated.outcome === 'followed' ? '' : `: ${words(stated.outcome)}`}`,
  'http.hidden': (stated) =>
    `what was said is encrypted: ${plural(stated.bytesSent, 'byte')} to ${endpoint(stated.server)}, ${plural(stated.bytesReceived, 'byte')} from it`,

  ...pageLines,
};

const fetchOutcomes: Readonly<Record<ObservationOf<'tls.issuer-fetched'>['outcome'], string>> = {
  certificates: 'found',
  'no-certificate': 'no certificate there',
  'no-answer': 'no answer',
  'not-asked': 'not asked for (not plain http, or an inside address)',
};

const listOutcomes: Readonly<Record<Exclude<ObservationOf<'tls.revocation-listed'>['outcome'], 'list'>, string>> = {
  'no-list': 'no list there',
  'too-large': 'too large to be read',
  'no-answer': 'no answer',
  'not-asked': 'not asked for (not plain http, or an inside address)',
};

const signatureWords: Readonly<Record<ObservationOf<'tls.revocation-stated'>['signature'], string>> = {
  valid: 'signed by its issuer',
  wrong: 'its signature is wrong',
  unchecked: 'its signature could not be checked',
};

/** Whether this version knows evidence of a kind. */
export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(lines, kind);
}

/** What one piece of evidence states, in one line of words. Remote text in it is raw and clipped: renderers escape. */
export function evidenceLine<K extends ObservationKind>(stated: Stated<K> | Evidence): string {
  return (lines[stated.kind] as (stated: object) => string)(stated);
}

/** The names on a certificate; its subject when it has none. */
export function certificateNames(certificate: CertificateFacts): string {
  const names = [...certificate.dnsNames, ...certificate.ipAddresses];
  return names.length === 0 ? clip(certificate.subject) : listed(names.map(clip), 2);
}

/** A resolver as `dig` would be told: the port only where it is not 53. */
export function resolverText(resolver: Endpoint | ResolverIdentity): string {
  return resolver.port === 53 ? resolver.address : endpointText(resolver.address, resolver.port);
}

const sources: Readonly<Record<ObservationOf<'dns.addresses-chosen'>['source'], string>> = {
  system: "the system's answer",
  resolver: "the named resolver's answer",
  'hosts-file': 'from the hosts file',
  literal: 'given as an address',
  'connect-to': 'given by --connect-to',
  connection: 'where the client connected; no lookup of it was captured',
};

const hellos: Readonly<Record<ObservationOf<'tls.hello-tried'>['variant'], string>> = {
  'as-walked': 'like the first',
  small: 'of a small offer',
  large: 'of the same offer over more than one segment',
  'small-answer': 'that a hundred bytes can answer',
  'without-name': 'of a small offer',
  'other-name': 'of a small offer',
  'tls12-only': 'of TLS 1.2 alone',
  'tls13-only': 'of TLS 1.3 alone',
  widest: 'of every cipher up to TLS 1.2',
  browser: "of a browser's offer",
};

function helloOutcome(stated: Stated<'tls.hello-tried'>): string {
  const after = ` after ${duration(stated.afterMs)}`;
  switch (stated.outcome) {
    case 'hello':
      return `answered with ${stated.version ?? 'an unknown version'}, ${stated.cipher ?? 'no cipher'}${stated.group === null ? '' : `, ${stated.group}`}`;
    case 'retry':
      return `answered with a request for another key share (${stated.version ?? 'an unknown version'})`;
    case 'alert':
      return `refused with the alert ${stated.alertName ?? ''} (${stated.alert ?? '?'})`;
    case 'not-tls':
      return 'answered in something that is not TLS';
    case 'silent':
      return `no answer within ${duration(stated.afterMs)}${stated.bytesAcknowledged === null ? '' : stated.bytesAcknowledged > 0 ? ', acknowledged' : ', not acknowledged'}`;
    case 'connect-failed':
      return 'no connection';
    default:
      return `${stated.outcome}${after}`;
  }
}

const stores: Readonly<Record<'system' | 'mozilla' | 'given', string>> = { system: 'this host', mozilla: "Mozilla's list", given: '--ca' };

const variations: Readonly<Record<ObservationOf<'http.variation-tried'>['variation'], string>> = {
  origin: 'the origin asked directly',
  'health-path': 'another path',
  'past-cache': 'asked past the cache',
  'other-host': 'asked for another host',
  again: 'asked once more',
  'http-1.1': 'asked over HTTP/1.1',
};

const quicOutcomes: Readonly<Record<ObservationOf<'http.quic-tried'>['outcome'], string>> = {
  handshake: 'the server answers',
  retry: 'the server answers and wants the address proved',
  'version-negotiation': 'the server speaks other versions',
  closed: 'the server refuses',
  refused: 'nothing listens there',
  silent: 'no answer',
};

const bodyEnds: Readonly<Record<ObservationOf<'http.body-received'>['end'], string>> = {
  complete: 'complete',
  'cut-off': 'cut off',
  limit: 'not read further',
  silent: 'then silence',
};

function question(stated: Pick<DnsQuestionFacts, 'resolver' | 'name' | 'type' | 'checkingDisabled'>): string {
  const { address, port, transport } = stated.resolver;
  const over = transport === 'udp' ? '' : ` over ${transport.toUpperCase()}`;
  return `${stated.name} ${stated.type} at ${resolverText({ address, port })}${over}${stated.checkingDisabled ? ', validation off' : ''}`;
}

function endpoint(server: Endpoint): string {
  return endpointText(server.address, server.port);
}

function inBrackets(failure: Failure | undefined): string {
  return failure === undefined ? '' : ` (${failureWords(failure)})`;
}

/** A failure in words: its name, the system's code where it adds something, raw text where there is no name. */
export function failureWords(failure: Failure): string {
  if (failure.name === 'unknown') return clip(failure.raw ?? failure.code ?? 'unknown failure');
  return failure.code === undefined ? words(failure.name) : `${words(failure.name)}, ${failure.code}`;
}

function words(name: string): string {
  return name.replaceAll('-', ' ');
}

function clip(text: string): string {
  return clipped(text, remoteTextLimit);
}
