import { type CaptureReading, conversationKey, keyOf, type ReadHttp } from './reading-of.ts';
import { isSure, type Truth, type TruthHttpMessage } from './truth.ts';

/** Requests and responses per stream, as sets; messages on which tshark's own passes differ count as a bonus only. */
export function compareHttp(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const streams = new Map((truth.tcp.streams ?? []).map((stream) => [stream.stream, stream]));
  const mine = grouped(
    read.http.filter((one) => one.conversation !== null && !one.isHttp2),
    (one) => keyOf(one.conversation!),
  );
  const wanted = grouped(
    (truth.http.messages ?? []).filter((message) => message.over === 'tcp'),
    (message) => message.stream,
  );
  const found: string[] = [];
  for (const [number, messages] of wanted) {
    const stream = streams.get(number);
    if (stream === undefined) continue;
    const exchanges = mine.get(conversationKey(stream.first_frame, stream.a, stream.b)) ?? [];
    const requests = exchanges.filter((one) => one.hasRequest).map((one) => one.request);
    const statuses = exchanges.flatMap((one) => one.statuses.map(String));
    found.push(
      ...compareSet(`stream ${number} requests`, requests, messages, 'request'),
      ...compareSet(`stream ${number} responses`, statuses, messages, 'response'),
    );
    found.push(...comparePairs(number, exchanges, messages));
  }
  return found;
}

function textOf(message: TruthHttpMessage): string {
  return message.kind === 'request' ? `${message.method} ${message.uri}` : String(message.status);
}

function compareSet(what: string, mine: readonly string[], messages: readonly TruthHttpMessage[], kind: 'request' | 'response'): string[] {
  const all = messages.filter((message) => message.kind === kind);
  const missing = without(all.filter((message) => message.agreement === undefined).map(textOf), mine);
  const extra = without(mine, all.map(textOf));
  return missing.length + extra.length === 0
    ? []
    : [`${what}: missing ${missing.slice(0, 3).join(', ')}; extra ${extra.slice(0, 3).join(', ')}`];
}

/** What is left of a list when each of another was taken out once. */
function without(list: readonly string[], taken: readonly string[]): string[] {
  const left = [...list];
  for (const one of taken) {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}

function comparePairs(stream: number, exchanges: readonly ReadHttp[], messages: readonly TruthHttpMessage[]): string[] {
  return messages.flatMap((message) => {
    if (message.kind !== 'response' || message.request_in === undefined || message.agreement !== undefined) return [];
    const one = exchanges.find(
      (exchange) =>
        exchange.responseHeadFrame === message.frame ||
        exchange.responseEndFrame === message.frame ||
        exchange.responseStartFrame === message.first_segment_frame,
    );
    const isWrong = one?.hasRequest === true && one.requestEndFrame !== message.request_in;
    return isWrong ? [`stream ${stream}: response ${message.frame} answers ${one.requestEndFrame}, ${message.request_in}`] : [];
  });
}

function grouped<T, K>(list: readonly T[], keyOfOne: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) {
    const key = keyOfOne(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
