import type { ConnectionPhase, TcpFacts } from '../model/observations/tcp.ts';
import type { Connection } from '../ports/connection.ts';
import { encodeHttp1Request } from '../wire/http1-request.ts';
import { createHttp1ResponseDecoder } from '../wire/http1-response.ts';
import { requestFields } from './request.ts';
import type { Target } from './target.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** How far an exchange has to come: past the TLS handshake, past the header of the response, or to the end of its content. */
export type ExchangeStage = 'handshake' | 'response' | 'body';

/** What came of an exchange that was made once more. */
export interface RepeatedExchange {
  /** `went-on`: it came as far as asked for, or was answered otherwise; `stalled`: bytes were due and none came. */
  outcome: 'went-on' | 'stalled' | 'reset' | 'closed' | 'aborted';
  phase: ConnectionPhase;
  /** {@link Clock.nowMs} */
  atMs: number;
  facts: TcpFacts | null;
  bytesSent: number;
  bytesReceived: number;
}

/** Methods that may be sent again without asking (RFC 9110 section 9.2.1). */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * Makes the exchange of this request once more on an open connection, up to a stage, and destroys the connection. Never throws for what the network
 * does.
 *
 * @param overMs {@link Clock.nowMs} at which the whole of it ends
 */
export async function repeatExchange(
  context: WalkContext,
  target: Target,
  connection: Connection,
  stage: ExchangeStage,
  overMs: number,
): Promise<RepeatedExchange> {
  const { clock } = context.ports;
  let over = connection;
  const result = (outcome: RepeatedExchange['outcome'], phase: ConnectionPhase, atMs: number): RepeatedExchange => ({
    outcome,
    phase,
    atMs,
    facts: connection.facts(),
    bytesSent: connection.bytesSent,
    bytesReceived: connection.bytesReceived,
  });
  try {
    if (target.scheme === 'https' || target.scheme === 'wss') {
      const offer = { serverName: target.hostKind === 'name' ? target.host : null, alpn: ['http/1.1'] };
      const secured = await context.ports.tls.handshake(connection, offer, waitOf(context, overMs - clock.nowMs()));
      if (secured.kind !== 'completed') {
        const phase = secured.wire.messagesReceived.length > 0 ? 'handshaking' : 'hello-sent';
        const outcome = secured.kind === 'timed-out' ? 'stalled' : secured.kind === 'failed' ? 'went-on' : secured.kind;
        return result(outcome, phase, secured.atMs);
      }
      if (stage === 'handshake') return result('went-on', 'secured', secured.atMs);
      over = secured.connection;
    }
    return await repeatRequest(context, target, over, stage, overMs, result);
  } finally {
    over.destroy();
    connection.destroy();
  }
}

async function repeatRequest(
  context: WalkContext,
  target: Target,
  over: Connection,
  stage: ExchangeStage,
  overMs: number,
  result: (outcome: RepeatedExchange['outcome'], phase: ConnectionPhase, atMs: number) => RepeatedExchange,
): Promise<RepeatedExchange> {
  const { clock } = context.ports;
  const { method } = context.options;
  const refused = await over.write(encodeHttp1Request({ method, target: target.requestTarget, headers: requestFields(context, target) }));
  if (refused !== null) return result(refused.name === 'aborted' ? 'aborted' : 'reset', 'request-sent', clock.nowMs());
  const decoder = createHttp1ResponseDecoder({ requestMethod: method });
  let hasHead = false;
  for (;;) {
    const read = await over.read(waitOf(context, overMs - clock.nowMs()));
    const phase = (): ConnectionPhase => (hasHead ? 'response-body' : decoder.phase === 'start' ? 'request-sent' : 'response-header');
    if (read.kind === 'timed-out') return result('stalled', phase(), read.atMs);
    if (read.kind === 'aborted') return result('aborted', phase(), read.atMs);
    if (read.kind !== 'bytes') {
      const events = decoder.end(read.kind === 'end' ? 'closed' : 'reset');
      const isComplete = events.some((event) => event.kind === 'complete');
      return result(isComplete ? 'went-on' : read.kind === 'end' ? 'closed' : 'reset', isComplete ? 'answered' : phase(), read.atMs);
    }
    const events = decoder.push(read.bytes);
    hasHead ||= events.some((event) => event.kind === 'header');
    if (events.some((event) => event.kind === 'complete')) return result('went-on', 'answered', read.atMs);
    // Not HTTP: an answer all the same.
    if (decoder.malformed !== null) return result('went-on', phase(), read.atMs);
    if ((hasHead && stage !== 'body') || decoder.bodyBytes >= context.options.maxBodyBytes) return result('went-on', phase(), read.atMs);
  }
}
