import type { Budgets } from '../model/expectation.ts';
import { acknowledgedBytes, isAcknowledged, isFull, sentBytes } from './acknowledgment.ts';
import type { ConnectionFollower } from './connection-follower.ts';
import { atLastFrame, atLastTime } from './conversation-table.ts';
import type { Reading } from './reading.ts';
import { fastRetransmissions, retransmissions, type TcpAnomalies, windowFull, zeroWindowProbes, zeroWindows } from './tcp-anomalies.ts';
import {
  finFirstByServer,
  knowsRoundTrip,
  resetFirstByServer,
  sawClientFin,
  sawClientReset,
  sawOpen,
  sawServerFin,
  sawServerReset,
  sawSyn,
  sawSynAck,
  sideBytes,
  sideFlags,
  sideInitialSequence,
  sideKnowsAck,
  sideKnowsInitial,
  sideLastAck,
  sideLastAckTime,
  sideNextSequenceTime,
  sidePackets,
  sideSynAcks,
  sideSyns,
  sideTtl,
  sideWords,
  tcpAnomalies,
  tcpFinTime,
  tcpFirstSynTime,
  tcpFlagsSeen,
  tcpIcmpFrame,
  tcpInitialRoundTripMs,
  tcpOpenTime,
  tcpResetTime,
  tcpSides,
  tcpSynAckTime,
  tcpSynTime,
} from './tcp-record.ts';
import { glanceAtCertificates, TlsGlance } from './tls-glance.ts';

/** How the attempt to connect went. */
export type ConnectOutcome =
  /** Handshake seen, or bytes of both sides, which is as good. */
  | 'open'
  | 'unanswered'
  | 'refused'
  /** An ICMP error answered the SYN. */
  | 'icmp'
  /** The server answered, and the client went on asking: its answers do not arrive. */
  | 'unheard'
  /** The capture does not say: it ended too soon, or holds one direction only. */
  | 'unknown';

/** What happened on an open connection where more was due. */
export type ConnectionEnd = 'none' | 'reset' | 'closed' | 'silent';

/** How far TLS came. */
export type TlsStage = 'none' | 'hello-sent' | 'handshaking' | 'completed' | 'midstream';

/** A SYN without an answer says something once it was sent again, or this long was waited. */
const unansweredMs = 3000;
/** Whoever waits for an answer has asked again by then: systems send a SYN again after 1 to 3 s. Who has not is a scanner, or got one that was not captured. */
const askedAgainMs = 10_000;
/** A hello or first segment without an answer for this long is not merely slow: the default limit of the live walk. */
const silenceMs = 5000;
/** A client that gives up by itself had waited for an answer, when nothing came for this long. */
const givenUpMs = 2500;
const persistent = 3;
/** Nothing smaller than this is lost for its size: every network takes 576 (RFC 791) with headers. */
const largeBytes = 500;
/** A connection closed this soon after it opened was never meant to be used. */
const atOnceMs = 1000;
/** Path traces send packets with a time to live up to this; systems send with 64 and more, of which no way takes so much. */
const longestTrace = 31;

/**
 * What a TCP conversation amounts to, worked out from its record and followers without decoding more than is needed. One object serves all: it is
 * filled anew for every conversation. Times are milliseconds since the reading's origin.
 */
export class ConnectionStory {
  base = 0;
  connect: ConnectOutcome = 'unknown';
  hasSyn = false;
  firstSynMs = 0;
  synRetransmissions = 0;
  openMs: number = Number.NaN;
  /** When the first SYN-ACK came; meaningless when none did. */
  synAckMs = 0;
  lastMs = 0;
  /** In a handshake of TLS: when each side last sent a record; when the connection opened where it sent none. */
  clientSpokeMs = 0;
  serverSpokeMs = 0;
  bytesToClient = 0;
  /**
   * The server's segment that never arrived, although it was sent again and again and the client was there to acknowledge: its size. 0 when there is
   * none, or when as much as that had arrived before.
   */
  lostSegmentBytes = 0;
  lostSegmentTimes = 0;
  /** When the server ended the connection before the client did; NaN when it did not. */
  serverEndMs: number = Number.NaN;
  serverEndIsReset = false;
  /** When the client gave up or closed; NaN when it did not, or did after the server. */
  clientEndMs: number = Number.NaN;
  tlsStage: TlsStage = 'none';
  readonly tls: TlsGlance = new TlsGlance();
  /** When the handshake was complete; NaN when it was not. */
  securedMs: number = Number.NaN;
  /** From the client's hello until then, without what the client took for itself. */
  private handshakeMs = Number.NaN;
  /** The client ended the handshake after the server's flight, and did not say why in clear. */
  clientAborted = false;
  /** The server ended the connection with an encrypted alert in place of anything else, as soon as the client's handshake was complete. */
  serverAborted = false;
  /** A fatal alert in clear by the server, and by the client; -1 for none. */
  serverAlert = -1;
  clientAlert = -1;
  private clientAlertMs = Number.NaN;
  isForeign = false;
  /** The client sent something of its own once the handshake was over: it was content with the server's certificate. */
  clientWentOn = false;
  private reading: Reading | null = null;
  private words: Int32Array = new Int32Array(0);
  private doubles: Float64Array = new Float64Array(0);

  /** Reads the conversation at `base`. What few conversations are asked for is read from its record on demand, as long as that holds. */
  read(reading: Reading, base: number, follower: ConnectionFollower | null): void {
    const { words, doubles } = reading.tcpTracker.table;
    const seen = words[base + tcpFlagsSeen]!;
    const client = base + tcpSides;
    const server = client + sideWords;
    this.base = base;
    this.reading = reading;
    this.words = words;
    this.doubles = doubles;
    this.hasSyn = (seen & sawSyn) !== 0;
    this.firstSynMs = doubles[(base + tcpFirstSynTime) >> 1]!;
    this.synRetransmissions = Math.max(0, words[client + sideSyns]! - 1);
    this.synAckMs = doubles[(base + tcpSynAckTime) >> 1]!;
    this.openMs = seen & sawOpen ? doubles[(base + tcpOpenTime) >> 1]! : Number.NaN;
    this.lastMs = doubles[(base + atLastTime) >> 1]!;
    this.bytesToClient = doubles[(server + sideBytes) >> 1]!;
    const { anomalies } = reading.tcpTracker;
    const handle = words[base + tcpAnomalies]!;
    this.readLostSegment(words, doubles, client, server, anomalies, handle);
    this.readEnd(seen, doubles[(base + tcpFinTime) >> 1]!, doubles[(base + tcpResetTime) >> 1]!);
    this.connect = this.connectOutcome(seen, words, client, server, base, doubles[(base + tcpSynTime) >> 1]!);
    this.readTls(follower);
  }

  /** How long the connection was watched after its last packet. */
  get watchedUntilMs(): number {
    return this.reading?.watchedUntil(this.words[this.base + atLastFrame]!, this.lastMs) ?? this.lastMs;
  }

  /** One round trip as the handshake showed it; NaN when not known. */
  get roundTripMs(): number {
    const { words, doubles, base } = this;
    return words[base + tcpFlagsSeen]! & knowsRoundTrip ? doubles[(base + tcpInitialRoundTripMs) >> 1]! : Number.NaN;
  }

  get bytesToServer(): number {
    const client = this.base + tcpSides;
    return sentBytes(this.words, client) ?? this.doubles[(client + sideBytes) >> 1]!;
  }

  /** What the server acknowledged of the client's bytes; -1 when not known. */
  get acknowledgedBytes(): number {
    const client = this.base + tcpSides;
    return acknowledgedBytes(this.words, client, client + sideWords);
  }

  /** The capture holds what both sides sent: of one direction alone nothing can be said about answers, nor about who ended it. */
  get isHeard(): boolean {
    const client = this.base + tcpSides;
    return this.words[client + sidePackets]! > 0 && this.words[client + sideWords + sidePackets]! > 0;
  }

  /** From where the capture was taken to the server and back, as the handshake showed it; NaN when not known. */
  get serverTripMs(): number {
    const { words, base } = this;
    if ((words[base + tcpFlagsSeen]! & (sawSyn | sawSynAck)) !== (sawSyn | sawSynAck) || this.synRetransmissions > 0) return Number.NaN;
    return this.synAckMs - this.firstSynMs;
  }

  /** The server acknowledged all that the client sent. */
  get tookEverything(): boolean {
    const client = this.base + tcpSides;
    return isAcknowledged(this.words, client, client + sideWords);
  }

  /** The client let the server send no more: it does not take what it was sent. */
  get clientIsFull(): boolean {
    const client = this.base + tcpSides;
    return isFull(this.words, client + sideWords, client);
  }

  /** At some time the client let the server send no more. */
  get clientWasFull(): boolean {
    return this.anomaly(0, zeroWindows) + this.anomaly(1, windowFull) > 0;
  }

  /** What each side sent was acknowledged, or sent again: where it ends, no packet is missing from the capture. */
  get isSettled(): boolean {
    const { words, base } = this;
    const client = base + tcpSides;
    const server = client + sideWords;
    return (
      (isAcknowledged(words, client, server) || this.wasSentAgain(0)) && (isAcknowledged(words, server, client) || this.wasSentAgain(1))
    );
  }

  /** How often the client sent something again. */
  get sentAgain(): number {
    return this.anomaly(0, retransmissions);
  }

  private wasSentAgain(direction: number): boolean {
    return (
      this.anomaly(direction, retransmissions) + this.anomaly(direction, fastRetransmissions) + this.anomaly(direction, zeroWindowProbes) >
      0
    );
  }

  private anomaly(direction: number, kind: number): number {
    return this.reading?.tcpTracker.anomalies.get(this.words[this.base + tcpAnomalies]!, direction, kind) ?? 0;
  }

  private readEnd(seen: number, finMs: number, resetMs: number): void {
    const hasFin = (seen & (sawClientFin | sawServerFin)) !== 0;
    const hasReset = (seen & (sawClientReset | sawServerReset)) !== 0;
    this.serverEndMs = Number.NaN;
    this.clientEndMs = Number.NaN;
    this.serverEndIsReset = false;
    if ((!hasFin && !hasReset) || !this.isHeard) return;
    const resetFirst = hasReset && (!hasFin || resetMs <= finMs);
    const byServer = resetFirst ? (seen & resetFirstByServer) !== 0 : (seen & finFirstByServer) !== 0;
    if (byServer) {
      this.serverEndMs = resetFirst ? resetMs : finMs;
      this.serverEndIsReset = resetFirst;
    } else {
      this.clientEndMs = resetFirst ? resetMs : finMs;
    }
  }

  private connectOutcome(seen: number, words: Int32Array, client: number, server: number, base: number, synMs: number): ConnectOutcome {
    const fromClient = words[client + sidePackets]!;
    const fromServer = words[server + sidePackets]!;
    // Of a capture that holds one direction only, nothing can be said about answers.
    if (fromServer === 0 && fromClient > words[client + sideSyns]!) return 'unknown';
    if (fromClient === 0) return 'unknown';
    if (seen & sawOpen) return 'open';
    if (seen & sawSynAck) {
      const wentOn = this.synRetransmissions > 0 && synMs > this.synAckMs && words[server + sideSynAcks]! > 1;
      return wentOn && (seen & (sawClientReset | sawServerReset)) === 0 ? 'unheard' : 'unknown';
    }
    if (!this.hasSyn) return fromClient > 0 && fromServer > 0 && this.bytesToServer + this.bytesToClient > 0 ? 'open' : 'unknown';
    if (seen & sawServerReset) return 'refused';
    // Sent to expire on the way, as path traces are: that it got no answer says nothing about the server.
    if (words[client + sideTtl]! <= longestTrace) return 'unknown';
    if (words[base + tcpIcmpFrame] !== 0) return 'icmp';
    if (fromServer > 0 || seen & sawClientReset) return 'unknown';
    if (this.synRetransmissions > 0) return 'unanswered';
    const waitedMs = this.watchedUntilMs - synMs;
    return waitedMs >= unansweredMs && waitedMs < askedAgainMs ? 'unanswered' : 'unknown';
  }

  private readLostSegment(
    words: Int32Array,
    doubles: Float64Array,
    client: number,
    server: number,
    anomalies: TcpAnomalies,
    handle: number,
  ): void {
    this.lostSegmentBytes = 0;
    this.lostSegmentTimes = 0;
    if (handle === 0 || (words[client + sideFlags]! & sideKnowsAck) === 0 || (words[server + sideFlags]! & sideKnowsInitial) === 0) return;
    const { times, bytes } = anomalies.stuckAt(handle, 1, words[client + sideLastAck]!);
    const arrivedBytes = ((words[client + sideLastAck]! - words[server + sideInitialSequence]!) | 0) - 1;
    const clientWasThereMs = doubles[(client + sideLastAckTime) >> 1]! - doubles[(server + sideNextSequenceTime) >> 1]!;
    if (times < persistent || bytes < largeBytes || arrivedBytes >= bytes || clientWasThereMs < atOnceMs) return;
    this.lostSegmentBytes = bytes;
    this.lostSegmentTimes = times + 1;
  }

  private readTls(follower: ConnectionFollower | null): void {
    const tls = follower?.tlsFollower ?? null;
    this.tlsStage = 'none';
    this.securedMs = Number.NaN;
    this.clientAborted = false;
    this.serverAborted = false;
    this.serverAlert = -1;
    this.clientAlert = -1;
    this.clientAlertMs = Number.NaN;
    this.isForeign = false;
    this.clientWentOn = false;
    this.clientSpokeMs = this.openMs;
    this.serverSpokeMs = this.openMs;
    if (tls === null) return;
    const [client, server] = tls.sides;
    this.clientSpokeMs = Number.isNaN(client.recordMs) ? this.openMs : client.recordMs;
    this.serverSpokeMs = Number.isNaN(server.recordMs) ? this.openMs : server.recordMs;
    this.tls.copy(tls.glance());
    const certificate = follower?.inside?.certificate ?? null;
    if (certificate !== null) glanceAtCertificates(certificate.certificates, this.tls);
    this.isForeign = tls.foreignSample !== null;
    for (const alert of tls.alerts) {
      if (alert.level !== 2) continue;
      if (alert.direction === 1 && this.serverAlert < 0) this.serverAlert = alert.description;
      if (alert.direction === 0 && this.clientAlert < 0) {
        this.clientAlert = alert.description;
        this.clientAlertMs = alert.timeMs;
      }
    }
    const hasHello = (this.tls.clientMessages & (1 << 1)) !== 0;
    const hasServerHello = this.tls.version !== 0;
    if (!hasHello && !hasServerHello) {
      this.tlsStage = 'midstream';
      return;
    }
    if (this.tls.version >= 0x0304) {
      // The client's Finished is its first record behind the server's hello; a shorter one is an alert.
      const finished = client.firstApplicationLength > longestAlertRecord;
      if (finished) this.securedMs = client.firstApplicationMs;
      this.clientAborted = !finished && client.firstApplicationLength > 0;
      const ended = !Number.isNaN(this.serverEndMs) && server.lastApplicationLength <= longestAlertRecord;
      this.serverAborted = finished && ended && server.lateRecords === 1;
      this.clientWentOn = finished && !Number.isNaN(client.secondApplicationMs) && client.lastApplicationLength > longestAlertRecord;
    } else if (!Number.isNaN(client.encryptedHandshakeMs) && !Number.isNaN(server.encryptedHandshakeMs)) {
      this.securedMs = Math.max(client.encryptedHandshakeMs, server.encryptedHandshakeMs);
      this.clientWentOn = client.applicationRecords > 0;
    }
    const isThought = this.tls.version >= 0x0304 && client.heardMs < this.securedMs;
    this.handshakeMs = (isThought ? client.heardMs : this.securedMs) - client.helloMs;
    if (follower?.inside?.clientSpoke === true) this.clientWentOn = true;
    if (!Number.isNaN(this.securedMs)) this.tlsStage = 'completed';
    else if ((client.lost || server.lost || client.resumed || server.resumed) && !this.isForeign) this.tlsStage = 'midstream';
    else this.tlsStage = Number.isNaN(server.firstMs) ? 'hello-sent' : 'handshaking';
  }

  /**
   * What ended the connection, or left it silent, where more was due: up to the end of the handshake of TLS, or before anything was said. What happens
   * to a request is for its exchange to say.
   */
  endBeforeRequest(): ConnectionEnd {
    if (this.connect !== 'open' || Number.isNaN(this.openMs)) return 'none';
    if (this.tlsStage === 'completed' || this.tlsStage === 'midstream') return 'none';
    const inHandshake = this.tlsStage !== 'none';
    if (!inHandshake && this.bytesToClient > 0) return 'none';
    if (!inHandshake && this.bytesToServer === 0) {
      // A spare connection that the server closes after a while is nobody's failure.
      // (Where the client's own acknowledgement was not captured, it opened when the server said so.)
      const openMs = this.words[this.base + tcpFlagsSeen]! & sawSynAck ? Math.min(this.openMs, this.synAckMs) : this.openMs;
      return !Number.isNaN(this.serverEndMs) && this.serverEndMs - openMs < atOnceMs ? this.serverEnd() : 'none';
    }
    // What a server does about a client that gave up the handshake, and said so, is the client's doing.
    if (this.serverEndMs >= this.clientAlertMs) return 'none';
    if (!Number.isNaN(this.serverEndMs)) return this.serverEnd();
    const gaveUp = !Number.isNaN(this.clientEndMs);
    if (!gaveUp && !this.isSettled) return 'none';
    const until = gaveUp ? this.clientEndMs : this.watchedUntilMs;
    // What is sent again and again without an acknowledgement is lost, and not merely waited for.
    const isLost = this.acknowledgedBytes === 0 && this.sentAgain >= persistent;
    const enoughMs = gaveUp || isLost ? givenUpMs : silenceMs;
    if (inHandshake) {
      const clientWaits = this.clientAlert < 0 && (gaveUp || this.clientSpokeMs >= this.serverSpokeMs);
      return clientWaits && until - this.serverSpokeMs >= enoughMs ? 'silent' : 'none';
    }
    // Something unknown was sent, and nothing ever came back.
    return this.acknowledgedBytes === 0 && until - this.openMs >= enoughMs ? 'silent' : 'none';
  }

  private serverEnd(): ConnectionEnd {
    return this.serverEndIsReset ? 'reset' : 'closed';
  }

  /** Whether the handshake of TLS took longer than users accept, one round trip and what the client took left out. */
  handshakeIsSlow(budgets: Budgets): boolean {
    if (this.tlsStage !== 'completed') return false;
    const travelMs = Number.isNaN(this.roundTripMs) ? 0 : this.roundTripMs;
    return this.handshakeMs - travelMs > budgets.handshakeMs;
  }

  /** Whether connecting took longer than users accept, or a SYN had to be sent again. */
  connectIsSlow(budgets: Budgets): boolean {
    return this.connect === 'open' && this.hasSyn && (this.synRetransmissions > 0 || this.openMs - this.firstSynMs > budgets.connectMs);
  }
}

const longestAlertRecord = 24;
