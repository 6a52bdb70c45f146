import type { Endpoint } from '../model/observations/base.ts';
import { type DnsMessage, decodeDnsMessage } from '../wire/dns-message.ts';
import {
  dnsAnswered,
  dnsAnswerFrame,
  dnsAnswerTime,
  dnsAttempts,
  dnsClientAddress,
  dnsContradicted,
  dnsFirstQueryTime,
  dnsHasQuery,
  dnsIcmpFrame,
  dnsIcmpTypeCode,
  dnsId,
  dnsLastQueryFrame,
  dnsLastQueryTime,
  dnsNumber,
  dnsOverTcp,
  dnsPorts,
  dnsQueryFrame,
  dnsResponses,
  dnsServerAddress,
  dnsState,
  dnsVersion,
} from './dns-record.ts';
import type { DnsTracker } from './dns-tracker.ts';
import { addressText } from './endpoint.ts';

/** One question to one server and what came of it. Times are milliseconds since the reading's origin. */
export interface DnsTransaction {
  number: number;
  transport: 'udp' | 'tcp';
  client: Endpoint;
  server: Endpoint;
  id: number;
  /** Null when only the answer was captured, or the query is damaged. */
  query: DnsMessage | null;
  attempts: number;
  firstQueryMs: number | null;
  lastQueryMs: number | null;
  queryFrame: number | null;
  lastQueryFrame: number | null;
  /** The first response; null when there was none or its header is damaged. */
  response: DnsMessage | null;
  responseDamaged: boolean;
  responseBytes: Uint8Array;
  responses: number;
  answerMs: number | null;
  answerFrame: number | null;
  /** A response to another question came on the same id. */
  contradicted: boolean;
  /** An ICMP error about the query: its frame, type and code. */
  icmp: { frame: number; version: 4 | 6; type: number; code: number } | null;
}

/** Describes the transaction at `base`, decoding what was kept of its messages. */
export function describeDns(tracker: DnsTracker, base: number): DnsTransaction {
  const { words, doubles } = tracker;
  const state = words[base + dnsState]!;
  const version = words[base + dnsVersion]!;
  const ports = words[base + dnsPorts]!;
  const hasQuery = (state & dnsHasQuery) !== 0;
  const answered = (state & dnsAnswered) !== 0;
  const responseBytes = tracker.responseBytes(base);
  const response = decodeDnsMessage(responseBytes);
  const icmpFrame = words[base + dnsIcmpFrame]!;
  const icmpTypeCode = words[base + dnsIcmpTypeCode]!;
  return {
    number: words[base + dnsNumber]!,
    transport: state & dnsOverTcp ? 'tcp' : 'udp',
    client: { address: addressText(version, words, base + dnsClientAddress), port: ports >>> 16 },
    server: { address: addressText(version, words, base + dnsServerAddress), port: ports & 0xffff },
    id: words[base + dnsId]!,
    query: hasQuery ? decodeDnsMessage(tracker.queryBytes(base)).message : null,
    attempts: words[base + dnsAttempts]!,
    firstQueryMs: hasQuery ? doubles[(base + dnsFirstQueryTime) >> 1]! : null,
    lastQueryMs: hasQuery ? doubles[(base + dnsLastQueryTime) >> 1]! : null,
    queryFrame: hasQuery ? words[base + dnsQueryFrame]! : null,
    lastQueryFrame: hasQuery ? words[base + dnsLastQueryFrame]! : null,
    response: answered ? response.message : null,
    responseDamaged: answered && response.error !== null,
    responseBytes,
    responses: words[base + dnsResponses]!,
    answerMs: answered ? doubles[(base + dnsAnswerTime) >> 1]! : null,
    answerFrame: answered ? words[base + dnsAnswerFrame]! : null,
    contradicted: (state & dnsContradicted) !== 0,
    icmp:
      icmpFrame === 0
        ? null
        : { frame: icmpFrame, version: icmpTypeCode >> 16 === 6 ? 6 : 4, type: (icmpTypeCode >> 8) & 0xff, code: icmpTypeCode & 0xff },
  };
}
