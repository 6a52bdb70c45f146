import { type CaptureReading, conversationKey, keyOf } from './reading-of.ts';
import { isSure, type Truth } from './truth.ts';

const headersFrame = 1;

/** Requests and responses of HTTP/2 per stream of TCP, as sets. */
export function compareHttp2(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const streams = new Map((truth.tcp.streams ?? []).map((stream) => [stream.stream, stream]));
  const wanted = new Map<number, string[]>();
  for (const message of truth.http2?.messages ?? []) {
    const headers = message.headers ?? {};
    const text = headers[':method'] === undefined ? headers[':status'] : `${headers[':method']} ${headers[':path']}`;
    // Streams with even numbers answer no request: the server pushed.
    if ((message.h2_stream ?? 0) % 2 === 0) continue;
    if (message.over !== 'tcp' || message.type !== headersFrame || text === undefined) continue;
    wanted.set(message.stream, [...(wanted.get(message.stream) ?? []), text]);
  }
  return [...wanted].flatMap(([number, theirs]) => {
    const stream = streams.get(number);
    if (stream === undefined) return [];
    const key = conversationKey(stream.first_frame, stream.a, stream.b);
    const exchanges = read.http.filter((one) => one.isHttp2 && one.conversation !== null && keyOf(one.conversation) === key);
    const mine = exchanges.flatMap((one) => [...(one.hasRequest ? [one.request] : []), ...one.statuses.map(String)]);
    const [given, expected] = [mine.sort().join(', '), theirs.sort().join(', ')];
    return given === expected ? [] : [`stream ${number}: ${given} | ${expected}`];
  });
}
