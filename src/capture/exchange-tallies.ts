import type { ExchangeTally } from '../model/read-record.ts';
import { type ExchangeClass, kindOf } from './exchange-class.ts';

/** How many exchanges are described: enough of every class to be looked at, and not more than memory allows. */
export interface ListingLimits {
  /** All exchanges are described up to this many. */
  everyUpTo: number;
  /** Beyond that, this many of each kind. */
  perKind: number;
  /** Of classes of one kind, which differ by certificates alone, this many of each. */
  perClass: number;
}

export const defaultListing: ListingLimits = { everyUpTo: 200, perKind: 6, perClass: 1 };

/** How often a class was met, and how many of its kind were described. */
interface CountedClass {
  tally: ExchangeTally;
  kind: { listed: number };
}

/** Counts exchanges by class, and says which are to be described. */
export class ExchangeTallies {
  total = 0;
  private listedTotal = 0;
  private readonly counted = new Map<ExchangeClass, CountedClass>();
  private readonly kinds = new Map<number, CountedClass['kind']>();
  private last: CountedClass | null = null;
  private readonly limits: ListingLimits;

  constructor(limits: ListingLimits) {
    this.limits = limits;
  }

  /** Counts an exchange; whether it is to be described. */
  count(key: ExchangeClass): boolean {
    this.total++;
    const counted = this.last?.tally.class === key ? this.last : (this.counted.get(key) ?? this.begin(key));
    this.last = counted;
    const { tally, kind } = counted;
    tally.count++;
    const { everyUpTo, perKind, perClass } = this.limits;
    if (this.listedTotal >= everyUpTo && tally.listed >= perClass && kind.listed >= perKind) return false;
    kind.listed++;
    tally.listed++;
    this.listedTotal++;
    return true;
  }

  private begin(key: ExchangeClass): CountedClass {
    const kind = this.kinds.get(kindOf(key)) ?? { listed: 0 };
    this.kinds.set(kindOf(key), kind);
    const counted: CountedClass = { tally: { class: key, count: 0, listed: 0 }, kind };
    this.counted.set(key, counted);
    return counted;
  }

  /** Of every class. */
  all(): ExchangeTally[] {
    return [...this.counted.values()].map(({ tally }) => tally);
  }
}
