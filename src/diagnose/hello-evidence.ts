import type { ObservationOf } from '../model/observation.ts';
import type { HelloVariant } from '../model/observations/tls.ts';
import type { Facts } from './facts.ts';

/** What the trials with other ClientHellos show, read by the rules and the look-alikes. */

export type Tried = ObservationOf<'tls.hello-tried'>;

/** How the walk's own handshake ended before the server had said anything. */
export type HelloEnd =
  | ObservationOf<'tcp.reset-received'>
  | ObservationOf<'tcp.closed-by-peer'>
  | ObservationOf<'tcp.peer-silent'>
  | ObservationOf<'tls.alert-received'>;

/** Trials that name the target and differ in what they offer. */
const named: ReadonlySet<HelloVariant> = new Set(['small', 'large', 'small-answer', 'tls12-only', 'tls13-only', 'widest', 'browser']);

/** Between them, these offer everything there is: what they all are refused is not refused for what is offered. */
export const everyOffer: readonly HelloVariant[] = ['widest', 'tls13-only', 'browser'];

export function trials(facts: Facts): readonly Tried[] {
  return facts.of('tls.hello-tried').filter((tried) => tried.variant !== 'as-walked');
}

export function trial(facts: Facts, variant: HelloVariant): Tried | null {
  return trials(facts).find((tried) => tried.variant === variant) ?? null;
}

/** The server began a handshake. */
export function isWelcome(tried: Tried | null): tried is Tried {
  return tried !== null && (tried.outcome === 'hello' || tried.outcome === 'retry');
}

/** Reset, closed, or left waiting, without a word. */
export function isUnanswered(tried: Tried | null): tried is Tried {
  return (
    tried !== null && (tried.outcome === 'reset' || tried.outcome === 'closed' || tried.outcome === 'silent') && tried.bytesReceived === 0
  );
}

/** The server refused in TLS. */
export function isRefused(tried: Tried | null): tried is Tried {
  return tried !== null && tried.outcome === 'alert';
}

/** Trials that name the target, whatever came of them. */
export function namedTrials(facts: Facts): readonly Tried[] {
  return trials(facts).filter((tried) => named.has(tried.variant) && tried.serverName !== null);
}

/**
 * Whether it is the size that decides: every trial that got an answer was smaller than every one that got none. An overloaded server, or one that
 * forgets connections, leaves some of any size without.
 */
export function isDecidedBySize(facts: Facts): boolean {
  const sized = trials(facts).filter((tried) => named.has(tried.variant) && tried.helloBytes !== null);
  const answered = sized.filter((tried) => tried.bytesReceived > 0).map((tried) => tried.helloBytes ?? 0);
  const unanswered = sized.filter(isUnanswered).map((tried) => tried.helloBytes ?? 0);
  return answered.length > 0 && unanswered.length > 0 && Math.max(...answered) < Math.min(...unanswered);
}

/**
 * The trial of TLS 1.2 alone that was answered, followed by those that offered TLS 1.3 as well, of which none was: it is the version that decides.
 * Empty where it does not.
 */
export function oldVersionAnswered(facts: Facts): readonly Tried[] {
  const old = trial(facts, 'tls12-only');
  const newer = (['small', 'small-answer', 'tls13-only'] as const).map((variant) => trial(facts, variant));
  return isWelcome(old) && newer.every(isUnanswered) ? [old, ...newer] : [];
}

/** The walk's own hello was reset, closed, or left without any answer. */
export function unansweredHello(facts: Facts): Exclude<HelloEnd, ObservationOf<'tls.alert-received'>> | null {
  const ends = [...facts.of('tcp.reset-received'), ...facts.of('tcp.closed-by-peer'), ...facts.of('tcp.peer-silent')];
  return ends.find((end) => end.followUp === undefined && end.phase === 'hello-sent' && end.bytesReceived === 0) ?? null;
}

/** The walk's own hello was answered with a fatal alert in place of a ServerHello. */
export function refusedHello(facts: Facts): ObservationOf<'tls.alert-received'> | null {
  const alerts = facts.of('tls.alert-received');
  return alerts.find((alert) => alert.followUp === undefined && alert.level === 'fatal' && alert.after === 'client-hello') ?? null;
}
