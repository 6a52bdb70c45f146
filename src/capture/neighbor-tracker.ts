/** Addresses and questions that are remembered at most; beyond that the oldest are forgotten. */
const maxRemembered = 4096;
/** An answer this late belongs to something else. */
const answerMs = 10_000;
/** Answers to one question come together. */
const sameQuestionMs = 500;

/** Questions for the link-layer address of one neighbour (ARP request, neighbour solicitation) by one station, and what came of them. */
export interface NeighborQuestion {
  asker: string;
  address: string;
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

const maxFrames = 16;

/** Follows who asks for whom on the captured links, and who answers. Memory is bounded. */
export class NeighborTracker {
  private readonly open = new Map<string, NeighborQuestion>();
  private readonly links = new Map<string, { link: string; before: string | null; told: string; timeMs: number }>();
  /** Questions that nobody answered while the asker went on asking. */
  readonly unanswered: NeighborQuestion[] = [];
  readonly conflicts: NeighborConflict[] = [];

  /** `asker` asks for `address`. */
  ask(asker: string, address: string, timeMs: number, frame: number): void {
    const key = `${asker} ${address}`;
    const known = this.open.get(key);
    if (known === undefined) {
      this.open.set(key, { asker, address, attempts: 1, firstMs: timeMs, lastMs: timeMs, frames: [frame] });
      this.bound();
      return;
    }
    known.attempts++;
    known.lastMs = timeMs;
    if (known.frames.length < maxFrames) known.frames.push(frame);
  }

  /** `address` says that it is at `link`, to the station at `to`. */
  answer(address: string, link: string, to: string, timeMs: number, frame: number): void {
    this.claim(address, link, to, timeMs, frame);
    const key = `${to} ${address}`;
    const question = this.open.get(key);
    if (question !== undefined && timeMs - question.lastMs <= answerMs) this.open.delete(key);
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

  private bound(): void {
    if (this.open.size <= maxRemembered) return;
    const [key, oldest] = this.open.entries().next().value!;
    this.open.delete(key);
    this.settle(oldest);
  }

  private settle(question: NeighborQuestion): void {
    if (this.unanswered.length < maxRemembered) this.unanswered.push(question);
  }

  /** Every packet was given. */
  finish(): void {
    for (const question of this.open.values()) this.settle(question);
    this.open.clear();
  }
}
