import type { JudgementContext } from '../model/expectation.ts';
import type { Observation } from '../model/observation.ts';
import type { ReadExchange, ReadRecord } from '../model/read-record.ts';
import type { CaptureDamage, ProtocolCounts, ReportedCapture, ReportedConversation } from '../model/read-report.ts';
import type { ContainerReader } from '../wire/capture-container.ts';
import { linkTypeName } from '../wire/link-type.ts';
import { CaptureFeed } from './capture-feed.ts';
import type { ConnectionFollower } from './connection-follower.ts';
import type { ConversationLines } from './conversation-lines.ts';
import { noTls, type ReportedTls, reportTcp, reportTls, reportUdp } from './conversation-report.ts';
import { EvidenceLog } from './evidence-log.ts';
import { type BuilderOptions, ExchangeBuilder } from './exchange-builder.ts';
import { isoTime } from './exchange-writer.ts';
import { joinOlderVersions, markExperiments, noteConflicts, noteScopes } from './hindsight.ts';
import type { HttpExchange } from './http-exchange.ts';
import { observeLink } from './observe-link.ts';
import { Reading, type ReadingOptions } from './reading.ts';
import type { ReadingSink } from './reading-sink.ts';
import { tcpWords } from './tcp-record.ts';

/** What becomes of conversations: nothing, a list as long as there are few, or each as it ends. */
export interface StudyOptions {
  reading: ReadingOptions;
  builder: BuilderOptions;
  context: JudgementContext;
  /** Conversations are kept up to this many; when there are more, none is. */
  fewConversations: number;
  /** Every conversation is written there as it leaves, in place of keeping any. */
  lines: ConversationLines | null;
}

/**
 * One reading of one or more captures, from bytes to facts: feeds the packets to trackers, joins what they tell to exchanges, and keeps what a report
 * needs. Give each file to a feed of {@link beginFile}, then {@link finish}.
 */
export class CaptureStudy implements ReadingSink {
  readonly reading: Reading;
  private readonly builder: ExchangeBuilder;
  private readonly options: StudyOptions;
  private readonly captures: ReportedCapture[] = [];
  private readonly exchanges: ReadExchange[] = [];
  private conversations: ReportedConversation[] = [];
  private conversationCount = 0;
  /** What TLS told of conversations that are settled and have not left, by record. */
  private readonly tlsOf: (ReportedTls | null)[] = [];
  private readonly protocols: ProtocolCounts = {
    arp: 0,
    ipv4: 0,
    ipv6: 0,
    icmp: 0,
    icmpv6: 0,
    tcp: 0,
    udp: 0,
    dns: 0,
    tls: 0,
    http: 0,
    quic: 0,
    dhcp: 0,
  };

  constructor(options: StudyOptions) {
    this.options = options;
    this.reading = new Reading(this, options.reading);
    this.builder = new ExchangeBuilder(this.reading, options.builder, (exchange) => this.exchanges.push(exchange));
  }

  /** A feed for the bytes of the next file; `room` as {@link CaptureFeed} takes it. */
  beginFile(room?: ArrayBufferLike): CaptureFeed {
    this.reading.beginCapture();
    return new CaptureFeed(this.reading, room);
  }

  /** The file given to the feed is over; `damage` is what ended it too early. False when it was no capture. */
  endFile(name: string, feed: CaptureFeed, damage: CaptureDamage['reason'] | null = null): boolean {
    feed.finish();
    const container = feed.reader;
    if (container === null) return false;
    this.noteZero();
    const { counts } = this.reading;
    this.captures.push({
      file: name,
      format: container.format,
      linkTypes: [...new Set(container.interfaces.map((one) => linkTypeName(one.linkType)))],
      packets: counts.packets,
      bytes: feed.acceptedBytes,
      firstAt: this.wallClock(counts.firstMs),
      lastAt: this.wallClock(counts.lastMs),
      truncatedPackets: counts.truncatedPackets,
      malformedPackets: counts.malformedPackets,
      interfaces: describeInterfaces(container),
      // A packet that is not whole is no more than what follows where the bytes end too early.
      damage: damage === null || !endsWell(container.damage) ? container.damage : { atByte: feed.acceptedBytes, reason: damage },
    });
    for (const name of ['arp', 'ipv4', 'ipv6', 'icmp', 'icmpv6', 'tcp', 'udp'] as const) this.protocols[name] += counts[name];
    return true;
  }

  /** Times count from the first packet of the first capture that has any. */
  private noteZero(): void {
    const { numbers } = this.builder;
    if (Number.isNaN(numbers.zeroMs)) numbers.zeroMs = this.reading.packetTracker.firstPacketMs;
  }

  private wallClock(timeMs: number): string | null {
    return Number.isNaN(timeMs) ? null : isoTime(this.reading.packetTracker.originSeconds * 1000 + timeMs);
  }

  opened(base: number): void {
    this.builder.opened(base);
  }

  unjoined(base: number): void {
    this.builder.unjoined(base);
  }

  established(base: number): void {
    this.builder.established(base);
  }

  settled(base: number, follower: ConnectionFollower | null): void {
    this.noteZero();
    if (follower?.tlsFollower != null) {
      this.protocols.tls += follower.segments;
      if (this.wantsConversation()) this.keepTls(base, reportTls(this.reading, follower.tlsFollower, follower.inside));
    } else if (follower?.protocol === 'http' || follower?.protocol === 'http2') this.protocols.http += follower.segments;
    this.builder.tcp(base, follower);
  }

  tcp(base: number): void {
    const tls = this.takeTls(base);
    this.conversationCount++;
    if (!this.wantsConversation()) return;
    const { lines } = this.options;
    if (lines === null) this.conversations.push(reportTcp(this.reading, base, tls));
    else lines.tcp(this.reading, base, tls);
  }

  private keepTls(base: number, tls: ReportedTls): void {
    const record = base / tcpWords;
    // Behind a gap the engine would make a map of it.
    while (this.tlsOf.length < record) this.tlsOf.push(null);
    this.tlsOf[record] = tls;
  }

  private takeTls(base: number): ReportedTls {
    const record = base / tcpWords;
    if (record >= this.tlsOf.length) return noTls;
    const tls = this.tlsOf[record] ?? noTls;
    this.tlsOf[record] = null;
    return tls;
  }

  udp(base: number): void {
    this.conversationCount++;
    if (!this.wantsConversation()) return;
    const { lines } = this.options;
    if (lines === null) this.conversations.push(reportUdp(this.reading, base));
    else lines.udp(this.reading, base);
  }

  private wantsConversation(): boolean {
    const { tcpTracker, udpTracker } = this.reading;
    return this.options.lines !== null || tcpTracker.table.total + udpTracker.table.total <= this.options.fewConversations;
  }

  dns(base: number): void {
    this.noteZero();
    this.builder.dns(base);
  }

  http(exchange: HttpExchange, follower: ConnectionFollower): void {
    this.noteZero();
    this.builder.exchange(exchange, follower);
  }

  icmp(): void {}

  arp(): void {}

  dhcp(): void {
    this.protocols.dhcp++;
  }

  dhcpv6(): void {
    this.protocols.dhcp++;
  }

  /** Every file was given: what was learned. */
  finish(durationMs: number): ReadRecord {
    this.reading.finish();
    this.protocols.dns = this.reading.dnsTracker.messages;
    this.protocols.quic = this.reading.quicTracker.packets;
    const { fewConversations, context } = this.options;
    if (this.conversationCount > fewConversations) this.conversations = [];
    this.conversations.sort((one, other) => one.startAt.localeCompare(other.startAt));
    this.exchanges.sort((one, other) => one.startMs - other.startMs);
    noteConflicts(this.exchanges, this.reading.link.neighbors.conflicts, this.builder.numbers);
    markExperiments(this.exchanges);
    joinOlderVersions(this.exchanges, this.builder.numbers);
    this.reading.link.sawIpv4 = this.protocols.ipv4 > 0 || this.protocols.arp > 0;
    noteScopes(this.exchanges, this.reading.link, this.builder.numbers);
    return {
      startedAt: this.wallClock(this.builder.numbers.zeroMs),
      durationMs,
      captures: this.captures,
      protocols: this.protocols,
      conversations: this.conversations,
      conversationCount: this.conversationCount,
      exchanges: this.exchanges,
      tallies: this.builder.tallies.all(),
      exchangeCount: this.builder.tallies.total,
      link: this.linkObservations(),
      context,
    };
  }

  /** Where requests are seen, they tell what there is to tell; and where others talk, who gets nowhere is not what the capture is about. */
  private linkObservations(): Observation[] {
    const log = new EvidenceLog(this.builder.numbers);
    this.noteZero();
    const { link } = this.reading;
    const isQuiet = this.conversationCount <= this.options.fewConversations && !this.conversations.some(isDialogue);
    if (this.builder.tallies.total === 0 && isQuiet) observeLink(log, link, speakersOf(this.conversations));
    return log.observations;
  }
}

/** Both sides spoke, of more than names and addresses: those may be had on the link itself. */
function isDialogue(conversation: ReportedConversation): boolean {
  const { server, packetsToServer, packetsToClient } = conversation;
  return packetsToServer > 0 && packetsToClient > 0 && !isDhcp(conversation) && !/:53$/.test(server);
}

function isDhcp({ client, server }: ReportedConversation): boolean {
  return /:6[78]$/.test(client) && /:6[78]$/.test(server);
}

/** Addresses that sent anything in these conversations, but for DHCP: who gives out addresses is heard before anybody asks where it is. */
function speakersOf(conversations: readonly ReportedConversation[]): Set<string> {
  const spoke = conversations
    .filter((one) => !isDhcp(one))
    .flatMap(({ client, server, packetsToServer, packetsToClient }) => [
      ...(packetsToServer > 0 ? [client] : []),
      ...(packetsToClient > 0 ? [server] : []),
    ]);
  return new Set(spoke.map((endpoint) => endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')));
}

function endsWell(damage: CaptureDamage | null): boolean {
  return damage === null || damage.reason === 'cut-short';
}

function describeInterfaces(container: ContainerReader): ReportedCapture['interfaces'] {
  return container.interfaces.map((one, id) => ({
    id,
    name: one.name,
    linkType: linkTypeName(one.linkType),
    snapBytes: one.snapBytes === 0 ? null : one.snapBytes,
    droppedPackets: one.droppedPackets,
  }));
}
