import type { Endpoint } from '../model/observations/base.ts';
import { isProxied } from './proxy/choice.ts';
import type { WalkContext } from './walk-context.ts';

/** The port that is dialled for the target itself. */
export function dialledPort(context: WalkContext): number | null {
  const { connectTo } = context.options;
  if (connectTo !== null && connectTo.port !== 0) return connectTo.port;
  return context.recorder.seen('target.parsed')[0]?.port ?? null;
}

/**
 * Addresses of the target whose SYN is not answered, or not yet: what is still being dialled counts when `withPending`. None behind a proxy, where
 * it is not the target that is dialled.
 */
export function unansweredServers(context: WalkContext, withPending: boolean): Endpoint[] {
  const { seen } = context.recorder;
  const port = dialledPort(context);
  if (isProxied(context) || port === null) return [];
  const own = <T extends { followUp?: string }>(all: readonly T[]): readonly T[] => all.filter((one) => one.followUp === undefined);
  const silent = own(seen('tcp.syn-unanswered')).map((attempt) => attempt.server);
  const opened = own(seen('tcp.connected'));
  // An address that opened the second time stayed silent the first.
  const again = opened.filter((connected) => connected.again === true).map((connected) => connected.server);
  const ended = [...opened, ...own(seen('tcp.syn-refused')), ...own(seen('tcp.connect-failed')), ...own(seen('tcp.connect-abandoned'))];
  const answered = new Set([...ended.map((attempt) => attempt.server.address), ...silent.map((server) => server.address)]);
  const chosen = withPending ? seen('dns.addresses-chosen').flatMap(({ addresses }) => addresses) : [];
  const pending = chosen.filter((address) => !answered.has(address)).map((address) => ({ address, port }));
  const all = [...silent, ...again, ...pending];
  return all.filter((server, index) => all.findIndex((other) => other.address === server.address) === index);
}
