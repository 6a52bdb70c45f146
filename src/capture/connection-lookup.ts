import type { PacketCursor } from '../wire/packet-cursor.ts';
import { isLoopbackClient } from './answer-memory.ts';
import { atHighAddress, atLowAddress, atState, atVersion, type ConversationTable, stateClientIsHigh } from './conversation-table.ts';
import {
  dnsAnswerTime,
  dnsAskedByOthers,
  dnsLine,
  dnsNameHash,
  dnsReferences,
  dnsState,
  dnsUses,
  dnsVantage,
  dnsVersion,
} from './dns-record.ts';
import type { DnsTracker } from './dns-tracker.ts';
import { vantageOfSide } from './tcp-duplicate.ts';
import { tcpFirstSynTime, tcpLookup, tcpLookupLine, tcpSides } from './tcp-record.ts';

/**
 * Which lookup led to which connection. At first the latest that told the client the address is taken for it; many names may be behind one address, so that
 * another is taken, or none, once it is known whom the connection is for.
 */
export class ConnectionLookup {
  private readonly table: ConversationTable;
  private readonly tracker: DnsTracker;

  constructor(table: ConversationTable, tracker: DnsTracker) {
    this.table = table;
    this.tracker = tracker;
  }

  /** The connection at `base` is begun: the cursor is at its first packet. */
  begin(cursor: PacketCursor, base: number): void {
    const { tracker } = this;
    if (tracker.total === 0) return;
    const own = tracker.answers.recall(cursor, tracker.words, tracker.doubles);
    if (own >= 0) {
      this.hold(base, own, true);
      return;
    }
    const any = tracker.answers.recallAny(cursor, tracker.words);
    if (any >= 0) this.hold(base, any, this.mayHaveAsked(base, any, cursor.vantage));
  }

  private hold(base: number, lookup: number, isOwn: boolean): void {
    const { words } = this.table;
    const { words: dns } = this.tracker;
    dns[lookup + dnsReferences]!++;
    dns[lookup + dnsUses]!++;
    words[base + tcpLookup] = lookup + 1;
    words[base + tcpLookupLine] = isOwn ? dns[lookup + dnsLine]! : -dns[lookup + dnsLine]!;
  }

  /**
   * Whether the client of the connection, which sends from `vantage`, may have asked what another address asked: a host asks in one family and connects in the
   * other. So may two hosts; where links tell stations apart, only the one that asked connects after it. What a host asks itself is asked on another link.
   */
  private mayHaveAsked(base: number, lookup: number, vantage: number): boolean {
    const { words: dns } = this.tracker;
    if (dns[lookup + dnsVersion] === this.table.words[base + atVersion] || (dns[lookup + dnsState]! & dnsAskedByOthers) !== 0) return false;
    return dns[lookup + dnsVantage] === vantage || isLoopbackClient(dns, lookup);
  }

  private clientOf(base: number): number {
    return base + ((this.table.words[base + atState]! & stateClientIsHigh) === 0 ? atLowAddress : atHighAddress);
  }

  /** Whether the connection at `base`, which turns out to be for the name with this hash, is held to be for another. */
  isOtherwise(base: number, name: number): boolean {
    const lookup = this.table.words[base + tcpLookup]!;
    return lookup > 0 && this.tracker.words[lookup - 1 + dnsNameHash] !== name && this.holds(base, lookup - 1);
  }

  /** Whether the record of the lookup that a connection holds is its own still. */
  private holds(base: number, lookup: number): boolean {
    return this.tracker.words[lookup + dnsLine] === Math.abs(this.table.words[base + tcpLookupLine]!);
  }

  /** Takes the lookup of the name with this hash for the connection's; where there is none, the one it has says nothing about it. */
  rename(base: number, name: number): void {
    const { tracker } = this;
    const { words } = this.table;
    const held = words[base + tcpLookup]! - 1;
    const client = this.clientOf(base);
    const server = client === base + atLowAddress ? base + atHighAddress : base + atLowAddress;
    const version = words[base + atVersion]!;
    const own = tracker.answers.recallNamed(name, version, words, client, server, tracker.words);
    const known = own >= 0 ? own : tracker.answers.recallNamedAny(name, version, words, server, tracker.words);
    const isInTime = known >= 0 && tracker.doubles[(known + dnsAnswerTime) >> 1]! <= this.table.doubles[(base + tcpFirstSynTime) >> 1]!;
    // Who asks for "intranet" looks up "intranet.corp.example".
    if (!isInTime && tracker.asked.isNameWithin(tracker, held, name)) return;
    tracker.words[held + dnsUses]!--;
    if (isInTime) {
      this.letGo(held);
      this.hold(base, known, own >= 0 || this.mayHaveAsked(base, known, vantageOfSide(words, base + tcpSides)));
    } else words[base + tcpLookup] = -held - 1;
  }

  private letGo(lookup: number): void {
    if (this.tracker.words[lookup + dnsReferences]! > 0) this.tracker.words[lookup + dnsReferences]!--;
  }

  /** The connection at `base` is over. */
  end(base: number): void {
    const { words } = this.table;
    const lookup = Math.abs(words[base + tcpLookup]!) - 1;
    if (lookup >= 0 && this.holds(base, lookup)) this.letGo(lookup);
    words[base + tcpLookup] = 0;
    words[base + tcpLookupLine] = 0;
  }

  /** The transaction that told the client of the connection at `base` where the name is; -1 when there is none. */
  of(base: number): number {
    const lookup = this.table.words[base + tcpLookup]!;
    return lookup > 0 && this.holds(base, lookup - 1) ? lookup - 1 : -1;
  }

  /** Whether the client of the connection at `base` asked for its lookup itself. */
  isOwn(base: number): boolean {
    return this.table.words[base + tcpLookupLine]! > 0;
  }

  /**
   * Names the lookups of the name that told the client the address, whatever name the connection is for: the same for connections that may stand in for each
   * other. 0 for none.
   */
  lineOf(base: number): number {
    return Math.max(0, this.table.words[base + tcpLookupLine]!);
  }

  /** The lookup that told the address was about another name than the connection is for. */
  isStranger(base: number): boolean {
    return this.table.words[base + tcpLookup]! < 0;
  }
}
