import type { CauseCode } from '../../src/model/cause.ts';
import type { Stage } from './stage.ts';

/** What a user types: the URL and the options of the walk. */
export interface Walked {
  url: string;
  /** `address:port`. */
  resolvers?: readonly string[];
  /** PEM of the authority the user trusts. */
  ca?: string;
  /** URL of the proxy to go through; without it none, whatever the environment says. */
  proxy?: string;
  timeoutSeconds?: number;
  expectStatus?: number;
  expectText?: string;
  family?: 4 | 6;
}

/** The verdict a row must get, as one line. */
export type ExpectedVerdict = 'ok' | `failed ${CauseCode}` | `degraded ${CauseCode}` | `failed http.redirect-broken by ${CauseCode}`;

/** One row of the table: how things are, and the verdict that alone is right then. */
export interface Scenario {
  /** Completes the sentence "when ...". */
  when: string;
  walk: (stage: Stage) => Promise<Walked>;
  verdict: ExpectedVerdict;
  /** Also walked by the installed command, its document validated. */
  command?: true;
}
