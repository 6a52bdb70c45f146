/** What "working" means for a target, stated before anything is sent. An absent field expects nothing. */
export interface Expectation {
  /** Acceptable final statuses; without it, any status below 400 is. */
  statuses?: number[];
  /** Text the decoded body must contain. */
  text?: string;
  /** Networks (CIDR) or addresses; every answer must lie in one of them. */
  addresses?: string[];
  /** Text that the owner of the address must contain. */
  owner?: string;
}

/** Budgets beyond which something that works counts as impaired, in milliseconds. */
export interface Budgets {
  lookupMs: number;
  connectMs: number;
  handshakeMs: number;
  firstByteMs: number;
  /** From the request for the document to the last thing the page needs. */
  pageMs: number;
  /** There and back to the target: no distance on Earth takes so long by itself. */
  roundTripMs: number;
}

/** The defaults of `causes.md`. */
export const defaultBudgets: Budgets = {
  lookupMs: 300,
  connectMs: 1000,
  handshakeMs: 1000,
  firstByteMs: 1800,
  pageMs: 2000,
  roundTripMs: 400,
};

/** Everything beside the observations that a judgement may depend on. */
export interface JudgementContext {
  expect: Expectation;
  budgets: Budgets;
  /** Whether the walk was stopped before it ended by itself. */
  interrupted: boolean;
}
