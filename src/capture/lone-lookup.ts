import {
  dnsAddresses,
  dnsAnswered,
  dnsAttempts,
  dnsFirstQueryTime,
  dnsLastQueryFrame,
  dnsLastQueryTime,
  dnsResponseFlags,
  dnsState,
  dnsTold,
  dnsType,
  dnsUses,
} from './dns-record.ts';
import type { DnsTracker } from './dns-tracker.ts';
import { isAddressType, typeAaaa } from './lookup-group.ts';

const unansweredMs = 3000;
/** Resolvers ask again within 5 s. Who asked once and is content for longer got an answer that was not captured. */
const askedAgainMs = 10_000;

/** What the questions of a lookup that nobody connected after amount to. Times are milliseconds since the reading's origin. */
export class LoneLookup {
  questions = 0;
  /** Connections that came of it. */
  uses = 0;
  lastQueryMs = 0;
  lastFrame = 0;
  private addresses = 0;
  private isAnswered = false;
  /** There are no addresses of the newer family, which says nothing of the other. */
  private isHalfAnswered = false;
  private isOfIpv6Alone = false;
  private wasAskedAgain = false;
  /** When the first of the questions that were sent again was sent first. */
  private repeatedMs = 0;

  /** Reads a lookup by its transactions, which count as told from here on. */
  read({ words, doubles }: DnsTracker, siblings: readonly number[]): void {
    this.questions = 0;
    this.uses = 0;
    this.lastQueryMs = Number.NEGATIVE_INFINITY;
    this.lastFrame = 0;
    this.addresses = 0;
    this.isAnswered = false;
    this.isHalfAnswered = false;
    this.isOfIpv6Alone = true;
    this.repeatedMs = Number.POSITIVE_INFINITY;
    let ipv6Questions = 0;
    for (const sibling of siblings) {
      const type = words[sibling + dnsType]!;
      if (!isAddressType(type)) continue;
      words[sibling + dnsState]! |= dnsTold;
      this.questions++;
      if (type === typeAaaa) ipv6Questions++;
      this.uses += words[sibling + dnsUses]!;
      this.addresses += words[sibling + dnsAddresses]!;
      const isAnswered = (words[sibling + dnsState]! & dnsAnswered) !== 0;
      const isNoIpv6 = type === typeAaaa && (words[sibling + dnsResponseFlags]! & 15) === 0;
      if (isAnswered && isNoIpv6) this.isHalfAnswered = true;
      else if (isAnswered) this.isAnswered = true;
      if (!isNoIpv6) this.isOfIpv6Alone = false;
      this.lastQueryMs = Math.max(this.lastQueryMs, doubles[(sibling + dnsLastQueryTime) >> 1]!);
      this.lastFrame = Math.max(this.lastFrame, words[sibling + dnsLastQueryFrame]!);
      if (words[sibling + dnsAttempts]! > 1) this.repeatedMs = Math.min(this.repeatedMs, doubles[(sibling + dnsFirstQueryTime) >> 1]!);
    }
    this.wasAskedAgain = this.repeatedMs < Number.POSITIVE_INFINITY || ipv6Questions > 1 || this.questions - ipv6Questions > 1;
  }

  /** An answer was captured. */
  get wasHeard(): boolean {
    return this.isAnswered || this.isHalfAnswered;
  }

  /** No address came of it, and none is to be expected: an answer said so, or it was watched for long enough. */
  cameToNothing(watchedUntilMs: number): boolean {
    if (this.addresses > 0 || this.isOfIpv6Alone) return false;
    if (this.isAnswered || watchedUntilMs - this.repeatedMs >= unansweredMs) return true;
    const waitedMs = watchedUntilMs - this.lastQueryMs;
    return waitedMs >= unansweredMs && (this.wasAskedAgain || (waitedMs < askedAgainMs && !this.isHalfAnswered));
  }
}
