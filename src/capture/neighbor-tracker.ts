/** Addresses and questions that are remembered at most; beyond that the oldest are forgotten. */
const maxRemembered = 4096;
/** An answer this late belongs to something else. */
const answerMs = 10_000;
/** Answers to one question come together. */
const sameQuestionMs = 500;
/**
 * Who gets no answer asks again after about a second (RFC 4861 section 10, RETRANS_TIMER; ARP is done likewise). What is asked less often is asked anew,
 * by machines that watch another, some of them every two seconds.
 */
const sameRunMs = 1600;
/** One question seen on several interfaces. */
const copyMs = 100;

/** Who asks the link for an address, by its own address and by its link-layer address; the latter is empty where the question does not say. */
export interface Asker {
  address: string;
  link: string;
}

/** Questions for the link-layer address of one neighbour (ARP request, neighbour solicitation) by one station, and what came of them. */
export interface NeighborQuestion {
  asker: Asker;
  address: string;
  /** Questions in a row, a second or so between them. */
  attempts: number;
  firstMs: number;
  lastMs: number;
  frames: number[];
}

/** Two link-layer addresses that claimed one address. */
export interface NeighborConflict {
  address: string;
  links: [string, string];
  /** Station that was told so; empty when nobody in particular was. */
  told: string;
  frame: number;
  timeMs: number;
}

interface OpenQuestion {
  now: NeighborQuestion;
  /** The longest run of questions before. */
  longest: NeighborQuestion | null;
}

const maxFrames = 16;

/** Follows who asks for whom on the captured links, and who answers. Memory is bounded. */
export class NeighborTracker {
  private readonly open = new Map<string, OpenQuestion>();
  private readonly links = new Map<string, { link: string; before: string | null; told: string; timeMs: number }>();
  private readonly told = new Set<string>();
  private readonly askers = new Set<string>();
  /** Questions that nobody answered, the longest run of each. */
  readonly unanswered: NeighborQuestion[] = [];
  readonly conflicts: NeighborConflict[] = [];

  /** `asker` asks for `address`. */
  ask(asker: Asker, address: string, timeMs: number, frame: number): void {
    remember(this.askers, asker.link === '' ? asker.address : asker.link);
    const key = `${asker.address} ${address}`;
    const known = this.open.get(key);
    if (known === undefined) {
      this.open.set(key, { now: begun(asker, address, timeMs, frame), longest: null });
      this.bound();
      return;
    }
    const { now, longest } = known;
    if (timeMs - now.lastMs < copyMs) return;
    if (timeMs - now.lastMs > sameRunMs) {
      known.longest = longer(longest, now);
      known.now = begun(asker, address, timeMs, frame);
      return;
    }
    now.attempts++;
    now.lastMs = timeMs;
    if (now.frames.length < maxFrames) now.frames.push(frame);
  }

  /** `address` says that it is at `link`, to the station at `to`. */
  answer(address: string, link: string, to: string, timeMs: number, frame: number): void {
    this.claim(address, link, to, timeMs, frame);
    // Who announces itself is told nothing.
    if (to !== address) remember(this.told, to);
    const key = `${to} ${address}`;
    const question = this.open.get(key);
    if (question !== undefined && timeMs - question.now.lastMs <= answerMs) this.open.delete(key);
  }

  /**
   * A station uses an address with a link-layer address, and told another so. An address may move, as it does when a standby takes over; two stations
   * claim it only when it moves back, or when both answer one question.
   */
  claim(address: string, link: string, told: string, timeMs: number, frame: number): void {
    const known = this.links.get(address);
    if (known === undefined) {
      this.links.set(address, { link, before: null, told, timeMs });
      if (this.links.size > maxRemembered) this.links.delete(this.links.keys().next().value!);
      return;
    }
    if (known.link !== link) {
      const answeredBoth = told !== '' && known.told === told && timeMs - known.timeMs < sameQuestionMs;
      if ((known.before === link || answeredBoth) && this.conflicts.length < maxFrames)
        this.conflicts.push({ address, links: [known.link, link], told, frame, timeMs });
      known.before = known.link;
      known.link = link;
    }
    known.told = told;
    known.timeMs = timeMs;
  }

  /** Addresses that were claimed by anybody, with the link-layer address that claimed them last. */
  claims(): { address: string; link: string }[] {
    return [...this.links].map(([address, { link }]) => ({ address, link }));
  }

  /** Whether somebody told `address` where another is: answers to it pass where the packets were captured. */
  wasTold(address: string): boolean {
    return this.told.has(address);
  }

  /** How many stations asked anything. */
  get askerCount(): number {
    return this.askers.size;
  }

  private bound(): void {
    if (this.open.size <= maxRemembered) return;
    const [key, oldest] = this.open.entries().next().value!;
    this.open.delete(key);
    this.settle(oldest);
  }

  private settle({ now, longest }: OpenQuestion): void {
    if (this.unanswered.length < maxRemembered) this.unanswered.push(longer(longest, now));
  }

  /** Every packet was given. */
  finish(): void {
    for (const question of this.open.values()) this.settle(question);
    this.open.clear();
  }
}

function begun(asker: Asker, address: string, timeMs: number, frame: number): NeighborQuestion {
  return { asker, address, attempts: 1, firstMs: timeMs, lastMs: timeMs, frames: [frame] };
}

function longer(one: NeighborQuestion | null, other: NeighborQuestion): NeighborQuestion {
  return one !== null && one.attempts > other.attempts ? one : other;
}

function remember(addresses: Set<string>, address: string): void {
  if (addresses.size < maxRemembered) addresses.add(address);
}
