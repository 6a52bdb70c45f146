/** What kind of thing answers, or stands on the way. */
export type AnswererRole =
  | 'cdn'
  | 'firewall'
  | 'load-balancer'
  | 'gateway'
  | 'ingress'
  | 'proxy'
  | 'cache'
  | 'platform'
  | 'parking'
  | 'server'
  | 'framework';

/** A header field that a product leaves. */
export interface HeaderSign {
  /** In lower case; a `*` at the end stands for any rest. */
  name: string;
  /** Its value must match; absent where the name alone tells. */
  value?: RegExp;
  /** Where it shows that the answer was made by the product itself, or that it came from behind it; absent: it was on the way, no more. */
  shows?: 'own' | 'passed-on';
}

/** What an answer says, as far as its own page tells. */
export type PageMeaning =
  | 'error'
  | 'blocked'
  | 'challenge'
  | 'rate-limited'
  | 'upstream-failed'
  | 'upstream-timeout'
  | 'no-backend'
  | 'unknown-site'
  | 'default-page'
  | 'parked'
  | 'maintenance'
  | 'host-not-allowed';

/** A page, or a field in place of one, that a product makes itself. */
export interface PageSign {
  says: PageMeaning;
  /** Literal texts that must all be in the content, markup included. */
  contains: readonly string[];
  /** Only with these statuses; absent: with any. */
  statuses?: readonly number[];
  /** Only with this field as well. */
  header?: HeaderSign;
  /** A short page with this is an error page, whatever its status: some are delivered as success. */
  isErrorAlways?: true;
}

/** How long a product waits by default, and where that is set. */
export interface WaitLimit {
  seconds: number;
  /** For what it waits. */
  what: 'first-byte' | 'connect' | 'whole-answer';
  /** The setting, as its documentation calls it. */
  setting: string;
  /** What it answers then. */
  statuses: readonly number[];
}

/** A product that can be told from an answer. */
export interface Answerer {
  /** Kebab case, unique. */
  id: string;
  name: string;
  role: AnswererRole;
  /** Documentation that the signs are from. */
  sources: readonly string[];
  headers?: readonly HeaderSign[];
  pages?: readonly PageSign[];
  /** Fields whose value its operator can look the request up by. */
  requestIds?: readonly string[];
  /** The field that says what its cache did. */
  cacheField?: string;
  limits?: readonly WaitLimit[];
}
