import type { Failure } from '../model/failure.ts';
import type { Connection, ReadOutcome } from '../ports/connection.ts';
import { encodeHttp1Request, type Http1RequestOffer } from '../wire/http1-request.ts';
import { createHttp1ResponseDecoder, type Http1ResponseHead } from '../wire/http1-response.ts';
import { concat } from './dns/bytes.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** What came of one small request. */
export type SmallAnswer =
  | {
      kind: 'answered';
      head: Http1ResponseHead;
      /** The beginning of the content. */
      body: Uint8Array;
      /** Bytes behind the message. */
      leftover: Uint8Array;
      /** {@link Clock.nowMs} when the header was complete. */
      atMs: number;
    }
  | { kind: 'failed'; failure: Failure };

/** Once the header is there, the rest of a page is waited for so long at most. */
const contentPatienceMs = 500;

/**
 * One request and the beginning of its answer on a connection of its own, outside of the walk's own exchange. Never throws for what the network
 * does.
 *
 * @param overMs {@link Clock.nowMs} at which the wait for the header ends
 * @param contentMs how long the rest is waited for once the header is there
 */
export async function exchangeSmall(
  context: WalkContext,
  connection: Connection,
  request: Http1RequestOffer,
  overMs: number,
  bodyBytes: number,
  contentMs: number = contentPatienceMs,
): Promise<SmallAnswer> {
  const { clock } = context.ports;
  const refused = await connection.write(encodeHttp1Request(request));
  if (refused !== null) return { kind: 'failed', failure: refused };
  const decoder = createHttp1ResponseDecoder({ requestMethod: request.method });
  let head: Http1ResponseHead | null = null;
  let atMs = 0;
  let isOver = false;
  const body: Uint8Array[] = [];
  const leftover: Uint8Array[] = [];
  while (!isOver && decoder.bodyBytes < bodyBytes) {
    const untilMs = head === null ? overMs : Math.min(overMs, atMs + contentMs);
    const outcome = await connection.read(waitOf(context, untilMs - clock.nowMs()));
    if (outcome.kind !== 'bytes') {
      if (head === null) return { kind: 'failed', failure: failureOfRead(outcome) };
      break;
    }
    for (const event of decoder.push(outcome.bytes)) {
      if (event.kind === 'header') {
        head = event.head;
        atMs = outcome.atMs;
      } else if (event.kind === 'body') body.push(event.bytes);
      else if (event.kind === 'leftover') leftover.push(event.bytes);
      else if (event.kind === 'complete') isOver = true;
    }
    if (decoder.malformed !== null) {
      if (head === null) return { kind: 'failed', failure: { name: 'unknown', raw: 'the answer is not HTTP' } };
      isOver = true;
    }
  }
  // The loop ends without a header only when no content was wanted at all.
  if (head === null) return { kind: 'failed', failure: { name: 'timed-out' } };
  return { kind: 'answered', head, body: concat(body).subarray(0, bodyBytes), leftover: concat(leftover), atMs };
}

/** A read that ended without bytes, as a failure. */
export function failureOfRead(outcome: Exclude<ReadOutcome, { kind: 'bytes' }>): Failure {
  if (outcome.kind === 'failed') return outcome.failure;
  if (outcome.kind === 'end') return { name: 'connection-aborted', raw: 'closed without an answer' };
  return { name: outcome.kind };
}

/** The title of an HTML document, white space folded; null without one. Looks at what is there: the document may be cut. */
export function titleIn(body: Uint8Array): string | null {
  const text = new TextDecoder('utf-8').decode(body);
  const title = /<title[^>]{0,200}>([^<]{1,300})/i.exec(text)?.[1]?.replace(/\s+/g, ' ').trim();
  return title === undefined || title === '' ? null : title;
}
