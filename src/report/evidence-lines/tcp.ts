import type { ObservationKind } from '../../model/observation.ts';
import { kernelWords, phases } from '../connection-words.ts';
import { endpoint, inBrackets, words } from '../fact-words.ts';
import { duration, grouped, plural } from '../wording.ts';
import type { LinesOf } from './lines.ts';

/** What became of connections. */
export const tcpLines: LinesOf<Extract<ObservationKind, `tcp.${string}`>> = {
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
    `${endpoint(stated.server)}, another port of the same address: ${words(stated.outcome)} (${duration(stated.afterMs)})${byIcmpError(stated.errorFrom)}`,
  'tcp.short-reach-tried': (stated) =>
    `the same bytes to ${endpoint(stated.server)}, ${stated.serverDistance} hops away, in packets that end after ${stated.hopLimit}: ${words(stated.outcome)} (${duration(stated.afterMs)})`,
  'tcp.idle-reused': (stated) =>
    `a connection to ${endpoint(stated.server)} used again after ${duration(stated.idleMs)}: ${words(stated.outcome)}${stated.fresh === null ? '' : `; a new one: ${stated.fresh}`}`,
  'tcp.flow-tried': (stated) =>
    `${endpoint(stated.server)} from source port ${stated.sourcePort}, time ${stated.round}: ${words(stated.outcome)} (${duration(stated.afterMs)})${byIcmpError(stated.errorFrom)}`,
  'tcp.silent-connection': (stated) =>
    `a second connection to ${endpoint(stated.server)} on which nothing was sent: ${words(stated.outcome)} (${duration(stated.afterMs)})`,
};

function byIcmpError(from: string | undefined): string {
  return from === undefined ? '' : ` by an ICMP error of ${from}`;
}
