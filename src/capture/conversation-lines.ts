import type { ReportedConversation } from '../model/read-report.ts';
import { asciiBytes, JsonBytes } from '../wire/json-bytes.ts';
import { type ReportedTls, reportTcp, reportUdp } from './conversation-report.ts';
import {
  atFirstTime,
  atHighAddress,
  atLastTime,
  atLowAddress,
  atNumber,
  atPorts,
  atState,
  atVersion,
  type ConversationTable,
  stateClientIsHigh,
} from './conversation-table.ts';
import { addressText } from './endpoint.ts';
import { isoTime } from './exchange-writer.ts';
import type { Reading } from './reading.ts';
import { mixHash } from './slot-index.ts';
import { duplicateAcks, fastRetransmissions, keepAlives, outOfOrder, retransmissions, zeroWindows } from './tcp-anomalies.ts';
import { resetBy, stateOf } from './tcp-conversation.ts';
import { historyText } from './tcp-history.ts';
import {
  knowsRoundTrip,
  sawClientReset,
  sawServerReset,
  sideBytes,
  sideFins,
  sidePackets,
  sideResets,
  sideSynAcks,
  sideSyns,
  sideWords,
  tcpAnomalies,
  tcpFlagsSeen,
  tcpInitialRoundTripMs,
  tcpResetTime,
  tcpSides,
} from './tcp-record.ts';
import { udpBytes, udpPackets } from './udp-tracker.ts';

/** Bytes of a piece that is given away, and more than any line of the plain form takes. */
const pieceBytes = 262_144;
const plainBytes = 1024;
/** Times of four-digit years from 1970 on are written from their parts. */
const lastPlainMs = 253_402_300_799_999;
const longestName = 255;
const rememberedAddresses = 1024;

const quote = 0x22;
const dot = 0x2e;
const colon = 0x3a;

const separator = asciiBytes(',\n');
const firstSeparator = asciiBytes('\n');
const tcpId = asciiBytes('{"id":"t');
const udpId = asciiBytes('{"id":"u');
const tcpClient = asciiBytes('","protocol":"tcp","client":"');
const udpClient = asciiBytes('","protocol":"udp","client":"');
const serverKey = asciiBytes('","server":"');
const startKey = asciiBytes('","startAt":"');
const durationKey = asciiBytes('Z","durationMs":');
const strangeDurationKey = asciiBytes('","durationMs":');
const packetsToServerKey = asciiBytes(',"packetsToServer":');
const packetsToClientKey = asciiBytes(',"packetsToClient":');
const bytesToServerKey = asciiBytes(',"bytesToServer":');
const bytesToClientKey = asciiBytes(',"bytesToClient":');
const synKey = asciiBytes(',"syn":');
const synAckKey = asciiBytes(',"synAck":');
const finKey = asciiBytes(',"fin":');
const rstKey = asciiBytes(',"rst":');
const synAgainKey = asciiBytes(',"synRetransmissions":');
const retransmissionsKey = asciiBytes(',"retransmissions":');
const outOfOrderKey = asciiBytes(',"outOfOrder":');
const duplicateAcksKey = asciiBytes(',"duplicateAcks":');
const zeroWindowsKey = asciiBytes(',"zeroWindows":');
const nothingWrong = asciiBytes(',"retransmissions":0,"outOfOrder":0,"duplicateAcks":0,"zeroWindows":0');
const handshakeKey = asciiBytes(',"handshakeMs":');
const nothing = asciiBytes('null');
const historyKey = asciiBytes(',"history":"');
const sniKey = asciiBytes('","sni":');
const versionKey = asciiBytes(',"tlsVersion":');
const withoutTls = asciiBytes('","sni":null,"tlsVersion":null,"alerts":[],"state":"');
const noAlerts = asciiBytes(',"alerts":[],"state":"');
const fastKey = asciiBytes('","fastRetransmissions":');
const keepAlivesKey = asciiBytes(',"keepAlives":');
const neverAgain = asciiBytes('","fastRetransmissions":0,"keepAlives":0');
const resetByKey = asciiBytes(',"resetBy":"');
const resetAfterKey = asciiBytes('","resetAfterMs":');
const neverReset = asciiBytes(',"resetBy":null,"resetAfterMs":null}');
const objectEnd = 0x7d;
const withoutQuic = asciiBytes(',"sni":null,"quicVersion":null}');

/**
 * Conversations as lines of JSON, the items of an array: the same documents as `reportTcp` and `reportUdp` make, one a line. Those of the usual form
 * are written straight from their records, for there may be millions; `render` is asked for the others.
 */
export class ConversationLines {
  private readonly json = new JsonBytes();
  private readonly render: (conversation: ReportedConversation) => string;
  private readonly write: (piece: Uint8Array<ArrayBuffer>) => void;
  private isFirst = true;
  /** The second that `secondText` spells, as a time without its fraction. */
  private second: number = Number.NaN;
  private secondText = '';
  /** IPv6 addresses written last, by hash: their words and their text. */
  private readonly longAddresses = new Int32Array(4 * rememberedAddresses);
  private readonly longTexts: string[] = [];

  /** `write` takes pieces to keep. */
  constructor(render: (conversation: ReportedConversation) => string, write: (piece: Uint8Array<ArrayBuffer>) => void) {
    this.render = render;
    this.write = write;
  }

  tcp(reading: Reading, base: number, tls: ReportedTls): void {
    this.begin();
    const { sni, tlsVersion, alerts } = tls;
    if (alerts.length > 0 || (sni !== null && (sni.length > longestName || !plainName.test(sni)))) {
      this.json.any(this.render(reportTcp(reading, base, tls)));
      return;
    }
    const { json } = this;
    const { table, anomalies } = reading.tcpTracker;
    const { words, doubles } = table;
    const client = base + tcpSides;
    const server = client + sideWords;
    json.constant(tcpId);
    this.ends(reading, table, base, tcpClient);
    this.amounts(
      words[client + sidePackets]!,
      words[server + sidePackets]!,
      doubles[(client + sideBytes) >> 1]!,
      doubles[(server + sideBytes) >> 1]!,
    );
    this.count(synKey, words[client + sideSyns]!);
    this.count(synAckKey, words[server + sideSynAcks]!);
    this.count(finKey, words[client + sideFins]! + words[server + sideFins]!);
    this.count(rstKey, words[client + sideResets]! + words[server + sideResets]!);
    this.count(synAgainKey, Math.max(0, words[client + sideSyns]! - 1));
    const handle = words[base + tcpAnomalies]!;
    if (handle === 0) json.constant(nothingWrong);
    else {
      this.count(retransmissionsKey, anomalies.get(handle, 0, retransmissions) + anomalies.get(handle, 1, retransmissions));
      this.count(outOfOrderKey, anomalies.get(handle, 0, outOfOrder) + anomalies.get(handle, 1, outOfOrder));
      this.count(duplicateAcksKey, anomalies.get(handle, 0, duplicateAcks) + anomalies.get(handle, 1, duplicateAcks));
      this.count(zeroWindowsKey, anomalies.get(handle, 0, zeroWindows) + anomalies.get(handle, 1, zeroWindows));
    }
    json.constant(handshakeKey);
    if (words[base + tcpFlagsSeen]! & knowsRoundTrip) json.thousandths(doubles[(base + tcpInitialRoundTripMs) >> 1]!);
    else json.constant(nothing);
    json.constant(historyKey);
    json.ascii(historyText(words, base));
    if (sni === null && tlsVersion === null) json.constant(withoutTls);
    else {
      json.constant(sniKey);
      this.nullable(sni);
      json.constant(versionKey);
      this.nullable(tlsVersion);
      json.constant(noAlerts);
    }
    this.outcome(reading, base, handle);
  }

  private outcome(reading: Reading, base: number, handle: number): void {
    const { json } = this;
    const { table, anomalies } = reading.tcpTracker;
    const seen = table.words[base + tcpFlagsSeen]!;
    json.ascii(stateOf(seen));
    if (handle === 0) json.constant(neverAgain);
    else {
      this.count(fastKey, anomalies.get(handle, 0, fastRetransmissions) + anomalies.get(handle, 1, fastRetransmissions));
      this.count(keepAlivesKey, anomalies.get(handle, 0, keepAlives) + anomalies.get(handle, 1, keepAlives));
    }
    if ((seen & (sawClientReset | sawServerReset)) === 0) {
      json.constant(neverReset);
      return;
    }
    json.constant(resetByKey);
    json.ascii(resetBy(seen));
    json.constant(resetAfterKey);
    json.thousandths(table.doubles[(base + tcpResetTime) >> 1]! - table.doubles[(base + atFirstTime) >> 1]!);
    json.octet(objectEnd);
  }

  udp(reading: Reading, base: number): void {
    this.begin();
    const { json } = this;
    const quic = reading.quicTracker.of(base);
    if (quic !== null) {
      json.any(this.render(reportUdp(reading, base)));
      return;
    }
    const { table } = reading.udpTracker;
    const { words, doubles } = table;
    json.constant(udpId);
    this.ends(reading, table, base, udpClient);
    this.amounts(
      words[base + udpPackets]!,
      words[base + udpPackets + 1]!,
      doubles[(base + udpBytes) >> 1]!,
      doubles[(base + udpBytes + 2) >> 1]!,
    );
    json.constant(withoutQuic);
  }

  /** Gives away what is not given away yet. */
  end(): void {
    this.write(this.json.take());
  }

  private begin(): void {
    const { json } = this;
    if (json.length > pieceBytes) this.write(json.take());
    json.reserve(plainBytes);
    json.constant(this.isFirst ? firstSeparator : separator);
    this.isFirst = false;
  }

  private count(key: Uint8Array, value: number): void {
    this.json.constant(key);
    this.json.integer(value);
  }

  private nullable(text: string | null): void {
    const { json } = this;
    if (text === null) {
      json.constant(nothing);
      return;
    }
    json.octet(quote);
    json.ascii(text);
    json.octet(quote);
  }

  private amounts(packetsToServer: number, packetsToClient: number, bytesToServer: number, bytesToClient: number): void {
    this.count(packetsToServerKey, packetsToServer);
    this.count(packetsToClientKey, packetsToClient);
    this.count(bytesToServerKey, bytesToServer);
    this.count(bytesToClientKey, bytesToClient);
  }

  /** Number, endpoints, start and duration. */
  private ends(reading: Reading, { words, doubles }: ConversationTable, base: number, clientKey: Uint8Array): void {
    const { json } = this;
    const clientIsHigh = (words[base + atState]! & stateClientIsHigh) !== 0;
    const ports = words[base + atPorts]!;
    const version = words[base + atVersion]!;
    json.integer(words[base + atNumber]!);
    json.constant(clientKey);
    this.endpoint(words, version, base + (clientIsHigh ? atHighAddress : atLowAddress), clientIsHigh ? ports & 0xffff : ports >>> 16);
    json.constant(serverKey);
    this.endpoint(words, version, base + (clientIsHigh ? atLowAddress : atHighAddress), clientIsHigh ? ports >>> 16 : ports & 0xffff);
    json.constant(startKey);
    const firstMs = doubles[(base + atFirstTime) >> 1]!;
    this.time(reading.packetTracker.originSeconds * 1000 + firstMs);
    json.thousandths(doubles[(base + atLastTime) >> 1]! - firstMs);
  }

  private endpoint(words: Int32Array, version: number, at: number, port: number): void {
    const { json } = this;
    if (version === 4) {
      const address = words[at]!;
      json.integer(address >>> 24);
      json.octet(dot);
      json.integer((address >>> 16) & 0xff);
      json.octet(dot);
      json.integer((address >>> 8) & 0xff);
      json.octet(dot);
      json.integer(address & 0xff);
    } else json.ascii(this.longAddress(words, version, at));
    json.octet(colon);
    json.integer(port);
  }

  /** An IPv6 address in brackets. */
  private longAddress(words: Int32Array, version: number, at: number): string {
    const hash = mixHash(mixHash(mixHash(mixHash(0x2545f491, words[at]!), words[at + 1]!), words[at + 2]!), words[at + 3]!);
    const place = hash & (rememberedAddresses - 1);
    const known = this.longAddresses;
    const isKnown =
      this.longTexts[place] !== undefined &&
      known[4 * place] === words[at] &&
      known[4 * place + 1] === words[at + 1] &&
      known[4 * place + 2] === words[at + 2] &&
      known[4 * place + 3] === words[at + 3];
    if (isKnown) return this.longTexts[place]!;
    for (let i = 0; i < 4; i++) known[4 * place + i] = words[at + i]!;
    const text = `[${addressText(version, words, at)}]`;
    this.longTexts[place] = text;
    return text;
  }

  /** A wall clock time, and the key behind it. */
  private time(wallMs: number): void {
    const { json } = this;
    if (!(wallMs >= 0 && wallMs < lastPlainMs)) {
      json.ascii(isoTime(wallMs));
      json.constant(strangeDurationKey);
      return;
    }
    const whole = Math.floor(wallMs);
    const second = Math.floor(whole / 1000);
    if (second !== this.second) {
      this.second = second;
      this.secondText = isoTime(second * 1000).slice(0, 20);
    }
    json.ascii(this.secondText);
    json.threeDigits(whole - 1000 * second);
    json.constant(durationKey);
  }
}

/** Nothing in it is escaped. */
const plainName = /^[\w.-]*$/;
