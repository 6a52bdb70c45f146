import type { CauseCode, Side } from './cause.ts';

export type Severity = 'failure' | 'impairment' | 'note';

/** How sure a judgement is. `proven`: the evidence admits no other cause of the vocabulary; `likely`: one is far more probable; `possible`: a guess worth testing. */
export type Confidence = 'proven' | 'likely' | 'possible';

/** Words that narrow a verdict without needing more codes. */
export type ScopeWord =
  | 'ipv4'
  | 'ipv6'
  | 'address'
  | 'resolver'
  | 'intermittent'
  | 'large'
  | 'path'
  | 'no-sni'
  | 'browser'
  | 'old-clients'
  | 'redirect'
  | 'subresource'
  | 'vantage';

export type DetailValue = string | number | boolean | null | readonly string[] | readonly number[];

/** The facts of one finding that its sentence needs (days expired, names on the certificate, the address). Remote text in it is raw: renderers escape. */
export type Detail = Readonly<Record<string, DetailValue>>;

/** A cause that remains possible beside the one named. */
export interface Alternative {
  cause: CauseCode;
  /** Why it remains possible. */
  why: string;
  /** The command or test that would decide. */
  decidedBy: string;
}

/** A cause that the evidence excludes. */
export interface RuledOut {
  cause: CauseCode;
  /** Ids of the evidence that excludes it. */
  by: string[];
}

/** One judgement: a cause holds, and this is the evidence. No prose: the report room words it. */
export interface Finding {
  /** `f1`, `f2`, ... in walking order. */
  id: string;
  cause: CauseCode;
  severity: Severity;
  confidence: Confidence;
  detail: Detail;
  /** Ids of the observations it rests on; never empty. */
  evidence: string[];
  scope: ScopeWord[];
  /** Id of the finding that this one merely follows from, or null. */
  consequenceOf: string | null;
  /** Which request of a redirect chain, 0 for the one typed. */
  hop: number;
  /** Whose side it lies on, where the evidence says more of that than the cause does. */
  side?: Side;
  /** For a cause whose own target fails (`http.redirect-broken`, `page.subresource-failed`). */
  nested?: { url: string; cause: CauseCode };
}
