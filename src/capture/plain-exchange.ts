import type { Budgets } from '../model/expectation.ts';
import type { ConnectionFollower } from './connection-follower.ts';
import type { ConversationTable } from './conversation-table.ts';
import type { HttpExchange } from './http-exchange.ts';
import {
  sawOpen,
  sawSyn,
  sidePackets,
  sidePayloadPackets,
  sideSyns,
  sideWords,
  tcpAnomalies,
  tcpFirstSynTime,
  tcpFlagsSeen,
  tcpOpenTime,
  tcpSides,
} from './tcp-record.ts';

/** Nearly all exchanges are plain: what little there is to say of them is read straight from the record, without a story. */

/** Answered to the end, in clear, on a connection whose beginning was captured and that lost nothing. */
export function isPlain({ words }: ConversationTable, exchange: HttpExchange, { base, tlsFollower }: ConnectionFollower): boolean {
  const client = base + tcpSides;
  return (
    exchange.responseState === 'complete' &&
    !exchange.isGzip &&
    exchange.socket === null &&
    tlsFollower === null &&
    words[base + tcpAnomalies] === 0 &&
    (words[base + tcpFlagsSeen]! & sawOpen) !== 0 &&
    words[client + sidePackets]! > 0 &&
    words[client + sideWords + sidePayloadPackets]! > 0
  );
}

/** Of a plain one: as the story of its connection says. */
export function connectWasSlow({ words, doubles }: ConversationTable, base: number, budgets: Budgets): boolean {
  if ((words[base + tcpFlagsSeen]! & sawSyn) === 0) return false;
  const connectMs = doubles[(base + tcpOpenTime) >> 1]! - doubles[(base + tcpFirstSynTime) >> 1]!;
  return words[base + tcpSides + sideSyns]! > 1 || connectMs > budgets.connectMs;
}

/** Whether its requests were all there is to tell of a connection: it opened, and carried HTTP in clear. */
export function wasToldByHttp({ words }: ConversationTable, base: number, follower: ConnectionFollower | null): boolean {
  if (follower === null || follower.tlsFollower !== null || follower.httpExchanges === 0) return false;
  const client = base + tcpSides;
  const isOpen = (words[base + tcpFlagsSeen]! & sawOpen) !== 0;
  return isOpen && words[client + sidePackets]! > 0 && words[client + sideWords + sidePackets]! > 0;
}
