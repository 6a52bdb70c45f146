import { type Case, evidenceOf, failedCheckpoint, firstEvidence, ofLastRequest } from '../case.ts';
import { certificateNames, resolverText } from '../fact-words.ts';
import { day, duration, endpointText, grouped, listed, plural } from '../wording.ts';
import { outcomeOf } from '../worksheet/outcome.ts';
import { requestWrapping, segmentsOf } from './layers.ts';
import { cacheLines, roundTripLines, warmLines } from './round-trips.ts';
import { type NarratedTable, warmTable } from './warm-table.ts';

/** One step in the life of a request, told with its own numbers. Remote text in it is raw. */
export interface NarratedStep {
  title: string;
  sentences: string[];
  table?: NarratedTable;
  /** Ids of the evidence it is told from. */
  evidence: string[];
}

/** The life of this request, from the lease to the teardown, as far as it came. */
export function narrate(whole: Case): NarratedStep[] {
  const subject = ofLastRequest(whole);
  const steps = [
    redirects(subject),
    ownAddress(subject),
    name(subject),
    handshake(subject),
    keys(subject),
    request(subject),
    answer(subject),
    teardown(subject),
    ending(subject),
    roundTrips(subject),
    nextTime(subject),
  ];
  return steps.filter((step) => step.sentences.length > 0);
}

/** What came before, where a request was sent on: the steps after it are of the last one. */
function redirects(subject: Case): NarratedStep {
  const followed = evidenceOf(subject, 'http.redirected').filter((one) => one.outcome === 'followed');
  const [first] = followed;
  if (first === undefined) return { title: 'Redirects', sentences: [], evidence: [] };
  const { redirectMs } = subject.timings;
  const ways = listed(
    followed.map((one) => `${one.status} to ${one.url ?? one.location}`),
    3,
  );
  return {
    title: 'Redirects',
    sentences: [
      `The site redirected the request ${followed.length === 1 ? 'once' : `${followed.length} times`}${redirectMs === null ? '' : `, which took ${duration(redirectMs)}`}: ${ways}.`,
      `What follows is the life of the last request, for ${subject.url ?? subject.title}.`,
    ],
    evidence: idsOf(...followed.slice(0, 3)),
  };
}

function ownAddress(subject: Case): NarratedStep {
  const lease = firstEvidence(subject, 'local.dhcp-lease');
  const route =
    evidenceOf(subject, 'local.route').find((one) => one.purpose === 'target' && one.found) ??
    evidenceOf(subject, 'local.route').find((one) => one.purpose === 'default' && one.found) ??
    null;
  const addresses = evidenceOf(subject, 'local.address').filter((one) => one.scope === 'global');
  const address = addresses.find((one) => one.address === route?.sourceAddress) ?? addresses[0] ?? null;
  const neighbor = evidenceOf(subject, 'local.neighbor').find((one) => one.address === route?.gateway) ?? null;
  const sentences = [
    ...(lease === null
      ? []
      : [
          `This computer has the address ${lease.address} as a lease${lease.dhcpServer === null ? '' : ` from ${lease.dhcpServer}`}${lease.expiresAt === null ? '' : ` until ${lease.expiresAt}`}, and with it the gateway ${listed(lease.routers)} and the resolvers ${listed(lease.resolvers)}.`,
        ]),
    ...(lease !== null || address === null
      ? []
      : [
          `This computer has the address ${address.address}/${address.prefixLength} on ${address.interface}; no lease is kept that could be read.`,
        ]),
    ...(route === null
      ? []
      : [
          route.gateway === null
            ? `${route.destination} is on this link: no gateway is needed.`
            : `Packets beyond this link go to the gateway ${route.gateway}${route.interface === null ? '' : ` over ${route.interface}`}${neighbor === null ? '' : `, whose link address is ${neighbor.linkAddress ?? 'not known'} (${neighbor.state})`}: one hop that every step below begins with.`,
        ]),
  ];
  return { title: 'Lease and gateway', sentences, evidence: idsOf(lease, address, route, neighbor) };
}

function name(subject: Case): NarratedStep {
  const chosen = firstEvidence(subject, 'dns.addresses-chosen');
  const answers = evidenceOf(subject, 'dns.answered').filter((one) => one.followUp === undefined && one.name === subject.host);
  const [first] = answers;
  const ttls = answers.flatMap((one) => one.answers.map((record) => record.ttlSeconds));
  if (chosen === null && first === undefined) return { title: 'Name', sentences: [], evidence: [] };
  if (chosen?.source === 'literal')
    return { title: 'Name', sentences: ['The target is an address: no name had to be looked up.'], evidence: [chosen.id] };
  const sentences = [
    ...(first === undefined
      ? []
      : [
          `The resolver ${resolverText(first.resolver)} was asked over ${first.resolver.transport.toUpperCase()} for ${listed([...new Set(answers.map((one) => one.type))])} of ${subject.host ?? 'the name'}, and said ${first.rcodeName} in ${first.responseBytes} bytes${first.durationMs === undefined ? '' : ` after ${duration(first.durationMs)}`}: one round trip to it, and as many more as it needed itself.`,
        ]),
    ...(chosen === null
      ? []
      : [
          `${plural(chosen.addresses.length, 'address', 'addresses')} ${chosen.addresses.length === 1 ? 'was' : 'were'} known${chosen.durationMs === undefined ? '' : ` after ${duration(chosen.durationMs)}`}: ${listed(chosen.addresses, 4)}.`,
        ]),
    ...(ttls.length === 0 ? [] : [`The answer may be kept for ${plural(Math.min(...ttls), 'second')}.`]),
  ];
  return { title: 'Name', sentences, evidence: idsOf(first, chosen) };
}

function handshake(subject: Case): NarratedStep {
  const connected = evidenceOf(subject, 'tcp.connected').find((one) => one.carried) ?? firstEvidence(subject, 'tcp.connected');
  if (connected === null) return { title: 'Handshake', sentences: [], evidence: [] };
  const { mssBytes, rttMs, synRetransmissions } = connected.facts;
  const sentences = [
    `SYN, SYN-ACK, ACK with ${endpointText(connected.server.address, connected.server.port)}${connected.durationMs === undefined ? '' : ` took ${duration(connected.durationMs)}`}: one round trip before anything useful could be sent${rttMs === null || connected.frames !== undefined ? '' : ` (the kernel measured ${duration(rttMs)})`}.`,
    ...(mssBytes === null ? [] : [`Both sides agreed on at most ${plural(mssBytes, 'byte')} of payload per packet (MSS).`]),
    ...(synRetransmissions === null || synRetransmissions === 0
      ? []
      : [`The SYN had to be sent again ${plural(synRetransmissions, 'time')}.`]),
  ];
  return { title: 'Handshake', sentences, evidence: [connected.id] };
}

function keys(subject: Case): NarratedStep {
  const done = firstEvidence(subject, 'tls.handshake-completed');
  const received = firstEvidence(subject, 'tls.certificates-received');
  if (done === null) return { title: 'Keys', sentences: [], evidence: [] };
  const [leaf] = received?.certificates ?? [];
  const isNew = done.version === 'TLSv1.3';
  const sentences = [
    `${done.version} agreed on ${done.cipher}${done.group === null ? '' : ` with keys from ${done.group}`}${done.durationMs === undefined ? '' : ` in ${duration(done.durationMs)}`}${done.roundTrips === null ? '' : `: ${plural(done.roundTrips, 'round trip')}`}${done.resumed ? ', resumed from an earlier connection' : ''}.`,
    isNew
      ? `What somebody on the way sees is the name in the greeting (${done.serverName ?? 'none was sent'}) and the sizes; the certificate was encrypted already.`
      : `What somebody on the way sees is the name in the greeting (${done.serverName ?? 'none was sent'}) and the certificate, which this version sends in clear.`,
    ...(isNew || /DHE/.test(done.cipher)
      ? ['The keys are made for this connection alone: who records it and steals the key of the certificate later reads nothing.']
      : ['The keys depend on the key of the certificate: who records this and steals that later can read it.']),
    ...(leaf === undefined ? [] : [`The certificate is for ${certificateNames(leaf)}, until ${day(leaf.notAfter)}.`]),
  ];
  return { title: 'Keys', sentences, evidence: idsOf(done, received) };
}

function request(subject: Case): NarratedStep {
  const sent = evidenceOf(subject, 'http.request-sent')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  if (sent === undefined) return { title: 'Request', sentences: [], evidence: [] };
  const wrapping = requestWrapping(subject);
  const sentences = [`${sent.method} ${sent.url} over HTTP/${sent.version}: ${plural(sent.bytes, 'byte')}.`];
  if (wrapping !== null) {
    const around = wrapping.layers.map((layer) => `${layer.name} ${layer.bytes} (${layer.why})`).join(', ');
    const wrapped = wrapping.totalBytes - wrapping.payloadBytes;
    sentences.push(`Around them: ${around}: ${wrapped} bytes of headers in one packet, ${grouped(wrapping.totalBytes)} in all.`);
    if (wrapping.packets !== null && wrapping.mssBytes !== null) {
      sentences.push(
        `${wrapping.packets === 1 ? 'It fits into one packet' : `It takes ${wrapping.packets} packets`}: ${wrapping.agreed ? `the MSS is ${wrapping.mssBytes}` : `room for ${wrapping.mssBytes}`}${wrapping.mtuBytes === null ? '' : `, the MTU of the link ${wrapping.mtuBytes}`}.`,
      );
    }
  }
  return { title: 'Request', sentences, evidence: [sent.id] };
}

function answer(subject: Case): NarratedStep {
  const received = evidenceOf(subject, 'http.response-received')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  const body = evidenceOf(subject, 'http.body-received')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  if (received === undefined) return { title: 'Answer', sentences: [], evidence: [] };
  const { serverMs, roundTripMs, firstByteMs, contentMs } = subject.timings;
  const segments = body === undefined ? null : segmentsOf(received.headerBytes + body.bytes, subject);
  const sentences = [
    `${received.status}${received.reason === '' ? '' : ` ${received.reason}`}, ${plural(received.headerBytes, 'byte')} of header${firstByteMs === null ? '' : `, ${duration(firstByteMs)} after the request`}${serverMs === null || roundTripMs === null ? '' : `: ${duration(Math.min(roundTripMs, firstByteMs ?? roundTripMs))} of it on the way, ${duration(serverMs)} at the server`}.`,
    ...(body === undefined
      ? []
      : [
          `The body has ${plural(body.bytes, 'byte')}${body.encodings.length === 0 ? '' : ` (${body.encodings.join(', ')}${body.decodedBytes === null ? '' : `, ${grouped(body.decodedBytes)} unpacked`})`}${contentMs === null ? '' : ` and took ${duration(contentMs)}`}${segments === null ? '' : `: at least ${plural(segments, 'packet')} with the header`}.`,
        ]),
  ];
  return { title: 'Answer', sentences, evidence: idsOf(received, body) };
}

function teardown(subject: Case): NarratedStep {
  const closed = firstEvidence(subject, 'tcp.closed-by-peer') ?? firstEvidence(subject, 'tcp.reset-received');
  if (closed !== null && closed.followUp === undefined) {
    const how = closed.kind === 'tcp.reset-received' ? 'reset (RST)' : 'closed (FIN)';
    return {
      title: 'Teardown',
      sentences: [`The peer ${how} the connection ${duration(closed.sinceOpenMs)} after it opened.`],
      evidence: [closed.id],
    };
  }
  const body = evidenceOf(subject, 'http.body-received').at(-1);
  if (body === undefined || body.end !== 'complete') return { title: 'Teardown', sentences: [], evidence: [] };
  const keeps =
    evidenceOf(subject, 'http.response-received')
      .filter((one) => one.followUp === undefined)
      .at(-1)
      ?.headers.some((field) => field.name === 'connection' && /close/i.test(field.value)) !== true;
  return {
    title: 'Teardown',
    sentences: [
      keeps
        ? 'The server would keep the connection for a next request; this walk made one and closed it. A browser keeps it.'
        : 'The server closes the connection after this answer (Connection: close): the next request pays for a new one.',
    ],
    evidence: [body.id],
  };
}

/** Where the life of a request ended early. */
function ending(subject: Case): NarratedStep {
  const failed = failedCheckpoint(subject);
  if (failed === null) return { title: 'Where it ended', sentences: [], evidence: [] };
  return {
    title: 'Where it ended',
    sentences: [`At ${failed.id}: ${outcomeOf(subject, failed).words}. ${subject.verdict.summary} Nothing after it happened.`],
    evidence: subject.findings.filter((finding) => failed.findings.includes(finding.id)).flatMap((finding) => finding.evidence),
  };
}

function roundTrips(subject: Case): NarratedStep {
  return { title: 'Round trips', sentences: roundTripLines(subject), evidence: [] };
}

function nextTime(subject: Case): NarratedStep {
  const table = warmTable(subject);
  const measured = ['http.warm-run', 'tls.resumption-tried'] as const;
  return {
    title: 'Next time',
    sentences: [...cacheLines(subject), ...warmLines(subject)],
    ...(table === null ? {} : { table }),
    evidence: idsOf(...measured.map((kind) => firstEvidence(subject, kind))),
  };
}

function idsOf(...all: ({ id: string } | null | undefined)[]): string[] {
  return all.flatMap((one) => (one === null || one === undefined ? [] : [one.id]));
}
