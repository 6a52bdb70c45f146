import type { ReportedConversation } from '../model/read-report.ts';
import { JsonBytes, type JsonPart, jsonPart } from '../wire/json-bytes.ts';
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
import { isFlipped } from './tcp-history.ts';
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
  tcpHistory,
  tcpHistoryLength,
  tcpInitialRoundTripMs,
  tcpResetTime,
  tcpSides,
} from './tcp-record.ts';
import type { TcpTracker } from './tcp-tracker.ts';
import { udpBytes, udpPackets } from './udp-tracker.ts';

/** Bytes of a piece that is given away, and more than any line of the plain form takes. */
const pieceBytes = 262_144;
const plainBytes = 1024;
/** Times of four-digit years from 1970 on are written from their parts. */
const lastPlainMs = 253_402_300_799_999;
const longestName = 255;
const rememberedAddresses = 1024;
const rememberedNames = 4096;

const circumflex = 0x5e;
const dot = 0x2e;
const colon = 0x3a;

const separator = jsonPart(',\n');
const firstSeparator = jsonPart('\n');
const tcpId = jsonPart('{"id":"t');
const udpId = jsonPart('{"id":"u');
const tcpClient = jsonPart('","protocol":"tcp","client":"');
const udpClient = jsonPart('","protocol":"udp","client":"');
const serverKey = jsonPart('","server":"');
const startKey = jsonPart('","startAt":"');
const durationKey = jsonPart('Z","durationMs":');
const strangeDurationKey = jsonPart('","durationMs":');
const packetsToServerKey = jsonPart(',"packetsToServer":');
const packetsToClientKey = jsonPart(',"packetsToClient":');
const bytesToServerKey = jsonPart(',"bytesToServer":');
const bytesToClientKey = jsonPart(',"bytesToClient":');
const synKey = jsonPart(',"syn":');
const synAckKey = jsonPart(',"synAck":');
const finKey = jsonPart(',"fin":');
const rstKey = jsonPart(',"rst":');
const synAgainKey = jsonPart(',"synRetransmissions":');
const retransmissionsKey = jsonPart(',"retransmissions":');
const outOfOrderKey = jsonPart(',"outOfOrder":');
const duplicateAcksKey = jsonPart(',"duplicateAcks":');
const zeroWindowsKey = jsonPart(',"zeroWindows":');
const nothingWrong = jsonPart(',"retransmissions":0,"outOfOrder":0,"duplicateAcks":0,"zeroWindows":0');
const usualControls = jsonPart(
  ',"syn":1,"synAck":1,"fin":2,"rst":0,"synRetransmissions":0,"retransmissions":0,"outOfOrder":0,"duplicateAcks":0,"zeroWindows":0',
);
const handshakeKey = jsonPart(',"handshakeMs":');
const nothing = jsonPart('null');
const historyKey = jsonPart(',"history":"');
const sniKey = jsonPart('","sni":');
const versionKey = jsonPart(',"tlsVersion":');
const withoutTls = jsonPart('","sni":null,"tlsVersion":null,"alerts":[],"state":"');
const noAlerts = jsonPart(',"alerts":[],"state":"');
const fastKey = jsonPart('","fastRetransmissions":');
const keepAlivesKey = jsonPart(',"keepAlives":');
const neverAgain = jsonPart('","fastRetransmissions":0,"keepAlives":0');
const resetByKey = jsonPart(',"resetBy":"');
const resetAfterKey = jsonPart('","resetAfterMs":');
const neverReset = jsonPart(',"resetBy":null,"resetAfterMs":null}');
const objectEnd = 0x7d;
const withoutQuic = jsonPart(',"sni":null,"quicVersion":null}');

/**
 * Conversations as lines of JSON, the items of an array: the same documents as `reportTcp` and `reportUdp` make, one a line. Those of the usual form
 * are written straight from their records, for there may be millions; `render` is asked for the others.
 */
export class ConversationLines {
  private readonly json = new JsonBytes(pieceBytes + plainBytes);
  private readonly render: (conversation: ReportedConversation) => string;
  private readonly write: (piece: Uint8Array<ArrayBuffer>) => void;
  private isFirst = true;
  /** The second that `secondPart` spells, as a time without its fraction. */
  private second: number = Number.NaN;
  private secondPart = nothing;
  /** IPv6 addresses written last, by hash: their words and their text. */
  private readonly longAddresses = new Int32Array(4 * rememberedAddresses);
  private readonly longTexts: JsonPart[] = [];
  /** Names written last, in quotes. */
  private readonly names = new Map<string, JsonPart>();

  /** `write` takes pieces to keep, until it gives them back. */
  constructor(render: (conversation: ReportedConversation) => string, write: (piece: Uint8Array<ArrayBuffer>) => void) {
    this.render = render;
    this.write = write;
  }

  tcp(reading: Reading, base: number, tls: ReportedTls): void {
    this.begin();
    const name = this.nameOf(tls.sni);
    if (tls.alerts.length > 0 || name === null) {
      this.json.any(this.render(reportTcp(reading, base, tls)));
      return;
    }
    const { json } = this;
    const { table } = reading.tcpTracker;
    const { words, doubles } = table;
    const client = base + tcpSides;
    const server = client + sideWords;
    json.part(tcpId);
    this.ends(reading, table, base, tcpClient);
    this.amounts(
      words[client + sidePackets]!,
      words[server + sidePackets]!,
      doubles[(client + sideBytes) >> 1]!,
      doubles[(server + sideBytes) >> 1]!,
    );
    this.controls(reading.tcpTracker, base);
    json.part(handshakeKey);
    if (words[base + tcpFlagsSeen]! & knowsRoundTrip) json.thousandths(doubles[(base + tcpInitialRoundTripMs) >> 1]!);
    else json.part(nothing);
    json.part(historyKey);
    if (isFlipped(words, base)) json.octet(circumflex);
    json.packed(words, base + tcpHistory, words[base + tcpHistoryLength]!);
    if (tls.sni === null && tls.tlsVersion === null) json.part(withoutTls);
    else {
      json.part(sniKey);
      json.part(name);
      json.part(versionKey);
      json.part(this.nameOf(tls.tlsVersion) ?? nothing);
      json.part(noAlerts);
    }
    this.outcome(reading.tcpTracker, base);
  }

  /** Segments with flags, and what went wrong: of nearly all connections the same. */
  private controls({ table, anomalies }: TcpTracker, base: number): void {
    const { words } = table;
    const client = base + tcpSides;
    const server = client + sideWords;
    const syns = words[client + sideSyns]!;
    const synAcks = words[server + sideSynAcks]!;
    const fins = words[client + sideFins]! + words[server + sideFins]!;
    const resets = words[client + sideResets]! + words[server + sideResets]!;
    const handle = words[base + tcpAnomalies]!;
    if (syns === 1 && synAcks === 1 && fins === 2 && resets === 0 && handle === 0) {
      this.json.part(usualControls);
      return;
    }
    this.count(synKey, syns);
    this.count(synAckKey, synAcks);
    this.count(finKey, fins);
    this.count(rstKey, resets);
    this.count(synAgainKey, Math.max(0, syns - 1));
    if (handle === 0) {
      this.json.part(nothingWrong);
      return;
    }
    this.count(retransmissionsKey, anomalies.get(handle, 0, retransmissions) + anomalies.get(handle, 1, retransmissions));
    this.count(outOfOrderKey, anomalies.get(handle, 0, outOfOrder) + anomalies.get(handle, 1, outOfOrder));
    this.count(duplicateAcksKey, anomalies.get(handle, 0, duplicateAcks) + anomalies.get(handle, 1, duplicateAcks));
    this.count(zeroWindowsKey, anomalies.get(handle, 0, zeroWindows) + anomalies.get(handle, 1, zeroWindows));
  }

  /** A name in quotes, or nothing; null for one that may have to be escaped. */
  private nameOf(text: string | null): JsonPart | null {
    if (text === null) return nothing;
    const known = this.names.get(text);
    if (known !== undefined) return known;
    if (text.length > longestName || !plainName.test(text)) return null;
    const name = jsonPart(`"${text}"`);
    if (this.names.size >= rememberedNames) this.names.clear();
    this.names.set(text, name);
    return name;
  }

  private outcome({ table, anomalies }: TcpTracker, base: number): void {
    const { json } = this;
    const seen = table.words[base + tcpFlagsSeen]!;
    const handle = table.words[base + tcpAnomalies]!;
    json.ascii(stateOf(seen));
    if (handle === 0) json.part(neverAgain);
    else {
      this.count(fastKey, anomalies.get(handle, 0, fastRetransmissions) + anomalies.get(handle, 1, fastRetransmissions));
      this.count(keepAlivesKey, anomalies.get(handle, 0, keepAlives) + anomalies.get(handle, 1, keepAlives));
    }
    if ((seen & (sawClientReset | sawServerReset)) === 0) {
      json.part(neverReset);
      return;
    }
    json.part(resetByKey);
    json.ascii(resetBy(seen));
    json.part(resetAfterKey);
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
    json.part(udpId);
    this.ends(reading, table, base, udpClient);
    this.amounts(
      words[base + udpPackets]!,
      words[base + udpPackets + 1]!,
      doubles[(base + udpBytes) >> 1]!,
      doubles[(base + udpBytes + 2) >> 1]!,
    );
    json.part(withoutQuic);
  }

  /** A piece that was given away is needed no more. */
  giveBack(piece: Uint8Array<ArrayBuffer>): void {
    this.json.giveBack(piece);
  }

  /** Gives away what is not given away yet. */
  end(): void {
    this.write(this.json.take());
  }

  private begin(): void {
    const { json } = this;
    if (json.length > pieceBytes) this.write(json.take());
    json.reserve(plainBytes);
    json.part(this.isFirst ? firstSeparator : separator);
    this.isFirst = false;
  }

  private count(key: JsonPart, value: number): void {
    this.json.part(key);
    this.json.integer(value);
  }

  private amounts(packetsToServer: number, packetsToClient: number, bytesToServer: number, bytesToClient: number): void {
    this.count(packetsToServerKey, packetsToServer);
    this.count(packetsToClientKey, packetsToClient);
    this.count(bytesToServerKey, bytesToServer);
    this.count(bytesToClientKey, bytesToClient);
  }

  /** Number, endpoints, start and duration. */
  private ends(reading: Reading, { words, doubles }: ConversationTable, base: number, clientKey: JsonPart): void {
    const { json } = this;
    const clientIsHigh = (words[base + atState]! & stateClientIsHigh) !== 0;
    const ports = words[base + atPorts]!;
    const version = words[base + atVersion]!;
    json.integer(words[base + atNumber]!);
    json.part(clientKey);
    this.endpoint(words, version, base + (clientIsHigh ? atHighAddress : atLowAddress), clientIsHigh ? ports & 0xffff : ports >>> 16);
    json.part(serverKey);
    this.endpoint(words, version, base + (clientIsHigh ? atLowAddress : atHighAddress), clientIsHigh ? ports >>> 16 : ports & 0xffff);
    json.part(startKey);
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
    } else json.part(this.longAddress(words, version, at));
    json.octet(colon);
    json.integer(port);
  }

  /** An IPv6 address in brackets. */
  private longAddress(words: Int32Array, version: number, at: number): JsonPart {
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
    const text = jsonPart(`[${addressText(version, words, at)}]`);
    this.longTexts[place] = text;
    return text;
  }

  /** A wall clock time, and the key behind it. */
  private time(wallMs: number): void {
    const { json } = this;
    if (!(wallMs >= 0 && wallMs < lastPlainMs)) {
      json.ascii(isoTime(wallMs));
      json.part(strangeDurationKey);
      return;
    }
    const whole = Math.floor(wallMs);
    const second = Math.floor(whole / 1000);
    if (second !== this.second) {
      this.second = second;
      this.secondPart = jsonPart(isoTime(second * 1000).slice(0, 20));
    }
    json.part(this.secondPart);
    json.threeDigits(whole - 1000 * second);
    json.part(durationKey);
  }
}

/** Nothing in it is escaped. */
const plainName = /^[\w.-]*$/;
