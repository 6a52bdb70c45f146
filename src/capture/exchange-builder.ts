import { type Budgets, defaultBudgets } from '../model/expectation.ts';
import type { ReadExchange } from '../model/read-record.ts';
import { type ConnectAttempt, ConnectRace } from './connect-race.ts';
import type { ConnectionFollower } from './connection-follower.ts';
import { ConnectionStory } from './connection-story.ts';
import { atHighAddress, atLowAddress, atNumber, atPorts, atState, atVersion, stateClientIsHigh } from './conversation-table.ts';
import { dnsAddresses, dnsHasQuery, dnsState, dnsTold, dnsType, dnsUses, dnsWantsRecursion } from './dns-record.ts';
import { type DnsTransaction, describeDns } from './dns-transaction.ts';
import { EvidenceNumbers } from './evidence-log.ts';
import { classify, classifyPlain, type ExchangeClass } from './exchange-class.ts';
import { defaultListing, ExchangeTallies, type ListingLimits } from './exchange-tallies.ts';
import { type ExchangeParts, type FindPreload, writeExchange, writeLookup } from './exchange-writer.ts';
import type { HttpExchange } from './http-exchange.ts';
import { HttpStory } from './http-story.ts';
import { LoneLookup } from './lone-lookup.ts';
import { isAddressType, isLookedUpAlone } from './lookup-group.ts';
import { LookupStory } from './lookup-story.ts';
import { NumberMap } from './number-map.ts';
import type { ReadCertificate } from './observe-tls.ts';
import { connectWasSlow, isPlain, wasToldByHttp } from './plain-exchange.ts';
import type { Reading } from './reading.ts';
import { mixHash } from './slot-index.ts';
import { describeTcp } from './tcp-conversation.ts';
import {
  sawOpen,
  sidePackets,
  sideSyns,
  sideWords,
  tcpFirstSynTime,
  tcpFlagsSeen,
  tcpIcmpFrame,
  tcpOpenTime,
  tcpSides,
} from './tcp-record.ts';

export interface BuilderOptions {
  listing: ListingLimits;
  budgets: Budgets;
  readCertificate: ReadCertificate;
  findPreload: FindPreload;
}

const dnsPort = 53;
/** What servers say to a client that sent nothing, or closed at once. */
const badRequest = 400;
const requestTimeout = 408;

/**
 * Joins what a reading tells to exchanges: which lookup led to which connection, what was asked on it and what came back. Classifies every exchange and
 * describes those that are to be shown.
 */
export class ExchangeBuilder {
  readonly tallies: ExchangeTallies;
  readonly numbers: EvidenceNumbers = new EvidenceNumbers();
  /** Whether there were connections of which only the client's packets were captured, and any of which both sides' were. */
  private sawOneWay = false;
  private sawBothWays = false;
  private readonly connection = new ConnectionStory();
  private readonly rival = new ConnectionStory();
  private readonly http = new HttpStory();
  private readonly lone = new LoneLookup();
  private readonly races = new Map<number, ConnectRace>();
  /** The only connection after a lookup so far that races somebody else, if one does, by its base. */
  private readonly alone = new NumberMap();
  private readonly reading: Reading;
  private readonly options: BuilderOptions;
  private readonly emit: (exchange: ReadExchange) => void;
  private readonly lookup = new LookupStory();

  constructor(reading: Reading, options: BuilderOptions, emit: (exchange: ReadExchange) => void) {
    this.reading = reading;
    this.options = options;
    this.tallies = new ExchangeTallies(options.listing);
    this.emit = emit;
  }

  opened(base: number): void {
    const { words } = this.reading.tcpTracker.table;
    const key = this.reading.lookups.lineOf(base);
    if (key === 0) return;
    let race = this.races.size === 0 ? undefined : this.races.get(key);
    if (race === undefined) {
      const first = this.alone.get(key);
      // Nearly always it is the address that was connected to before: what is open there has won its race, if there was one.
      if (first < 0 || (isOpen(words, first) && isSameServer(words, first, base))) {
        this.alone.set(key, base);
        return;
      }
      this.alone.delete(key);
      race = new ConnectRace();
      this.races.set(key, race);
      this.enter(race, first);
    }
    this.enter(race, base);
  }

  private enter(race: ConnectRace, base: number): void {
    const { words, doubles } = this.reading.tcpTracker.table;
    const begunMs = doubles[(base + tcpFirstSynTime) >> 1]!;
    const attempt = race.begin(words[base + atNumber]!, base, serverHash(words, base), serverPort(words, base), begunMs);
    if (attempt === null) return;
    attempt.isStranger = this.reading.lookups.isStranger(base);
    if (isOpen(words, base)) race.open(attempt, doubles[(base + tcpOpenTime) >> 1]!);
  }

  private raceOf(base: number): ConnectRace | null {
    if (this.races.size === 0) return null;
    const key = this.reading.lookups.lineOf(base);
    return key === 0 ? null : (this.races.get(key) ?? null);
  }

  /** The lookup before a connection is about to be another. */
  unjoined(base: number): void {
    const key = this.reading.lookups.lineOf(base);
    if (key === 0) return;
    if (this.alone.get(key) === base) this.alone.delete(key);
    const race = this.raceOf(base);
    race?.leave(this.reading.tcpTracker.table.words[base + atNumber]!);
    if (race?.isOver === true) this.races.delete(key);
  }

  established(base: number): void {
    const race = this.raceOf(base);
    const attempt = race?.find(this.reading.tcpTracker.table.words[base + atNumber]!) ?? null;
    if (attempt !== null) race?.open(attempt, this.reading.now);
  }

  /** An HTTP exchange in clear is over. */
  exchange(exchange: HttpExchange, follower: ConnectionFollower): void {
    const { connection, http } = this;
    // What is asked through an open tunnel is told by itself.
    if (exchange.isConnect && exchange.switched) return;
    if (!exchange.hasRequest && this.isUnasked(follower.base, exchange.status)) return;
    const isWarm = (follower.inside?.exchanges ?? follower.httpExchanges) > 1;
    const { budgets } = this.options;
    const { table } = this.reading.tcpTracker;
    const rivals = isWarm ? noRivals : this.failedRivals(follower.base);
    const lookup = this.readLookup(follower.base, isWarm || isForAnother(exchange, follower), rivals);
    if (isPlain(table, exchange, follower) && !http.isLong(exchange)) {
      const key = classifyPlain(
        !isWarm && connectWasSlow(table, follower.base, budgets),
        lookup,
        exchange.status,
        http.isSlow(exchange, budgets),
      );
      if (!this.tallies.count(key)) return;
      connection.read(this.reading, follower.base, follower);
      http.read(exchange, connection);
      this.list(key, follower.base, follower, exchange, isWarm, rivals);
      return;
    }
    connection.read(this.reading, follower.base, follower);
    http.read(exchange, connection);
    const key = classify(
      connection,
      !isWarm && connection.connectIsSlow(budgets),
      lookup,
      exchange,
      http,
      http.isSlow(exchange, budgets),
      !isWarm && connection.handshakeIsSlow(budgets),
    );
    if (this.tallies.count(key)) this.list(key, follower.base, follower, exchange, isWarm, rivals);
  }

  /** Servers tell connections that stay silent that they do not wait any longer (RFC 9110 section 15.5.9): nobody asked for anything. */
  private isUnasked(base: number, status: number): boolean {
    const { connection } = this;
    connection.read(this.reading, base, null);
    if (connection.bytesToServer > 0) return false;
    return connection.hasSyn ? connection.acknowledgedBytes <= 1 : status === badRequest || status === requestTimeout;
  }

  /** A TCP conversation is over, or leaves. */
  tcp(base: number, follower: ConnectionFollower | null): void {
    const { connection } = this;
    const { words } = this.reading.tcpTracker.table;
    const client = base + tcpSides;
    if (words[client + sideWords + sidePackets]! === 0) this.sawOneWay ||= words[client + sidePackets]! > words[client + sideSyns]!;
    else this.sawBothWays ||= words[client + sidePackets]! > 0;
    const race = this.raceOf(base);
    if (race !== null || !wasToldByHttp(this.reading.tcpTracker.table, base, follower)) {
      connection.read(this.reading, base, follower);
      if (race !== null) this.settle(race, base);
      this.tell(base, follower, race);
    }
    const key = this.reading.lookups.lineOf(base);
    if (key === 0) return;
    if (race?.isOver === true) this.races.delete(key);
    else if (race === null && this.alone.get(key) === base) this.alone.delete(key);
  }

  private tell(base: number, follower: ConnectionFollower | null, race: ConnectRace | null): void {
    const { connection } = this;
    if (!this.isExchange(base, follower)) return;
    const failed = connection.connect !== 'open';
    if (failed && race !== null && this.isExcused(race, this.reading.tcpTracker.table.words[base + atNumber]!)) return;
    const rivals = this.failedRivals(base);
    const lookup = this.readLookup(base, false, rivals);
    const { budgets } = this.options;
    const key = classify(connection, connection.connectIsSlow(budgets), lookup, null, null, false, connection.handshakeIsSlow(budgets));
    if (this.tallies.count(key)) this.list(key, base, follower, null, false, rivals);
  }

  /** Whether another address made up for a failed attempt, or is still to fail: the last of them speaks for all. */
  private isExcused(race: ConnectRace, conversation: number): boolean {
    if (race.isCovered(conversation)) return true;
    return race.rivalsOf(conversation).some((rival) => {
      if (rival.outcome !== 'pending') return rival.outcome === 'open';
      this.rival.read(this.reading, rival.base, null);
      return this.rival.connect !== 'unknown';
    });
  }

  private settle(race: ConnectRace, base: number): void {
    const { connection, reading } = this;
    const number = reading.tcpTracker.table.words[base + atNumber]!;
    // One more to an address that was open does not take part, unless it fails.
    if (connection.connect !== 'open' && race.find(number) === null) this.enter(race, base);
    const attempt = race.find(number);
    if (attempt === null) return;
    attempt.outcome = connection.connect;
    attempt.isOver = true;
    if (connection.connect !== 'open') this.describeAttempt(attempt, base, connection);
  }

  private describeAttempt(attempt: ConnectAttempt, base: number, story: ConnectionStory): void {
    const { reading } = this;
    const conversation = describeTcp(reading.tcpTracker, base);
    attempt.client = conversation.client;
    attempt.server = conversation.server;
    attempt.firstSynMs = story.firstSynMs;
    attempt.settledMs = story.connect === 'refused' ? story.serverEndMs : story.watchedUntilMs;
    attempt.synRetransmissions = story.synRetransmissions;
    attempt.frames = [conversation.firstFrame, conversation.resetFrame ?? conversation.lastFrame];
    attempt.resetTtl = conversation.resetTtl;
    attempt.icmp = reading.icmpErrors.get(reading.tcpTracker.table.words[base + tcpIcmpFrame]!) ?? null;
  }

  /** Attempts at other addresses that came to nothing, those included that are still waiting and will hardly get an answer any more. */
  private failedRivals(base: number): readonly ConnectAttempt[] {
    if (this.races.size === 0) return noRivals;
    const rivals = this.raceOf(base)?.rivalsOf(this.reading.tcpTracker.table.words[base + atNumber]!) ?? [];
    return rivals.flatMap((rival) => {
      if (rival.outcome !== 'pending') return rival.server === null ? [] : [rival];
      this.rival.read(this.reading, rival.base, null);
      if (this.rival.connect === 'unknown' || this.rival.connect === 'open') return [];
      const seen = { ...rival, outcome: this.rival.connect };
      this.describeAttempt(seen, rival.base, this.rival);
      return [seen];
    });
  }

  /** Whether a conversation amounts to a request of its own, apart from those its HTTP has told. */
  private isExchange(base: number, follower: ConnectionFollower | null): boolean {
    const { connection } = this;
    if (serverPort(this.reading.tcpTracker.table.words, base) === dnsPort) return false;
    if (connection.connect === 'unanswered' || connection.connect === 'refused' || connection.connect === 'icmp') return true;
    if (connection.connect === 'unheard') return true;
    if (connection.connect !== 'open') return false;
    if (connection.tlsStage !== 'none') return connection.tlsStage !== 'midstream' && (follower?.inside?.exchanges ?? 0) === 0;
    return (follower?.httpExchanges ?? 0) === 0 && connection.endBeforeRequest() !== 'none';
  }

  /** The lookup before a connection, and what else was tried after it. `isAside`: the request had nothing to do with it. */
  private readLookup(base: number, isAside: boolean, rivals: readonly ConnectAttempt[]): LookupStory {
    const { lookup, reading } = this;
    if (isAside) lookup.forget();
    else lookup.read(reading, base, this.options.budgets.lookupMs);
    if (rivals.length > 0) lookup.addRivals(rivals);
    return lookup;
  }

  private list(
    key: ExchangeClass,
    base: number,
    follower: ConnectionFollower | null,
    exchange: HttpExchange | null,
    isWarm: boolean,
    rivals: readonly ConnectAttempt[],
  ): void {
    const { reading } = this;
    const parts: ExchangeParts = {
      reading,
      base,
      follower,
      story: this.connection,
      exchange,
      httpStory: exchange === null ? null : this.http,
      isWarm,
      lookups: exchange !== null && follower !== null && isForAnother(exchange, follower) ? [] : this.describeLookups(base),
      lookup: this.lookup,
      rivals,
      icmp: reading.icmpErrors.get(reading.tcpTracker.table.words[base + tcpIcmpFrame]!) ?? null,
      readCertificate: this.options.readCertificate,
      findPreload: this.options.findPreload,
      class: key,
    };
    this.emit(writeExchange(this.numbers, parts));
  }

  private describeLookups(base: number): DnsTransaction[] {
    const { dnsTracker, lookups } = this.reading;
    const lookup = lookups.of(base);
    return lookup < 0 ? [] : dnsTracker.siblingsOf(lookup).map((sibling) => describeDns(dnsTracker, sibling));
  }

  /** A DNS transaction leaves: was its lookup a request that came to nothing? */
  dns(base: number): void {
    const { dnsTracker } = this.reading;
    const { words } = dnsTracker;
    const state = words[base + dnsState]!;
    if ((state & (dnsHasQuery | dnsWantsRecursion | dnsTold)) !== (dnsHasQuery | dnsWantsRecursion)) return;
    // Nearly all: a question by itself that a connection came of, or addresses at least.
    if (isLookedUpAlone(words, base)) {
      if (!isAddressType(words[base + dnsType]!)) return;
      words[base + dnsState]! |= dnsTold;
      if (words[base + dnsUses]! > 0 || words[base + dnsAddresses]! > 0) return;
    }
    const siblings = dnsTracker.siblingsOf(base);
    const { lone } = this;
    lone.read(dnsTracker, siblings);
    if (lone.questions === 0 || lone.uses > 0) return;
    const watchedUntilMs = this.reading.watchedUntil(lone.lastFrame, lone.lastQueryMs);
    // Of a capture that holds one direction only, nothing can be said about answers.
    const isOneWay = this.sawOneWay && !this.sawBothWays && !lone.wasHeard;
    if (isOneWay || !lone.cameToNothing(watchedUntilMs) || dnsTracker.asked.isNoRequest(dnsTracker, base, siblings)) return;
    const { lookup } = this;
    lookup.readAlone(dnsTracker, siblings);
    // Classes of lookups alone are negative.
    const key = -1 - (lookup.outcome * 2 + (lookup.wasRepeated ? 1 : 0));
    if (!this.tallies.count(key)) return;
    const transactions = siblings
      .filter((sibling) => isAddressType(words[sibling + dnsType]!))
      .map((sibling) => describeDns(dnsTracker, sibling));
    const exchange = writeLookup(this.numbers, transactions, watchedUntilMs, key);
    if (exchange !== null) this.emit(exchange);
  }
}

const noRivals: readonly ConnectAttempt[] = [];

/** Whether a request is for another host than its connection was made for, which other names may share. */
function isForAnother(exchange: HttpExchange, { nameHash }: ConnectionFollower): boolean {
  return exchange.hostHash !== 0 && nameHash !== 0 && exchange.hostHash !== nameHash;
}

function isOpen(words: Int32Array, base: number): boolean {
  return (words[base + tcpFlagsSeen]! & sawOpen) !== 0;
}

function isSameServer(words: Int32Array, one: number, other: number): boolean {
  return serverPort(words, one) === serverPort(words, other) && serverHash(words, one) === serverHash(words, other);
}

/** Stands for the server's address. */
function serverHash(words: Int32Array, base: number): number {
  const at = base + (words[base + atState]! & stateClientIsHigh ? atLowAddress : atHighAddress);
  const first = mixHash(0x165667b1, words[at]!);
  return words[base + atVersion] === 4 ? first : mixHash(mixHash(mixHash(first, words[at + 1]!), words[at + 2]!), words[at + 3]!);
}

/** The server's port, without describing the whole conversation. */
function serverPort(words: Int32Array, base: number): number {
  const ports = words[base + atPorts]!;
  return words[base + atState]! & stateClientIsHigh ? ports >>> 16 : ports & 0xffff;
}

export const defaultBuilderOptions: BuilderOptions = {
  listing: defaultListing,
  budgets: defaultBudgets,
  readCertificate: () => null,
  findPreload: () => null,
};
