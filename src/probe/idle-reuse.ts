import { isIpv6 } from '../model/address.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { TcpIdleReused } from '../model/observations/tcp.ts';
import type { Connection } from '../ports/connection.ts';
import { encodeHttp1Request } from '../wire/http1-request.ts';
import { createHttp1ResponseDecoder } from '../wire/http1-response.ts';
import type { FollowUp } from './follow-up.ts';
import { observedTarget } from './observed-target.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { isSafe, repeatExchange } from './repeat-exchange.ts';
import { requestFields } from './request.ts';
import type { Target } from './target.ts';
import { unknownTcpFacts } from './tcp.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/**
 * On request: a connection is used, left alone for a time, and used again. What forgets it meanwhile without a word is between here and there: a
 * server that no longer wants it closes it.
 */
export const idleReuse: FollowUp = {
  name: 'idle-reuse',
  afterSuccess: true,
  isWanted: (context) => context.options.idleMs !== null && !isProxied(context) && answeredServer(context) !== null,
  async run(context) {
    const server = answeredServer(context);
    const target = observedTarget(context.recorder);
    const { idleMs, method } = context.options;
    if (server === null || target === null || idleMs === null || !isSafe(method) || isProxied(context)) return;
    context.recorder.contact({ ...server, purpose: 'follow-up' });
    await reuse(context, target, server, idleMs);
  },
};

function answeredServer({ recorder }: WalkContext): Endpoint | null {
  return recorder.seen('http.response-received').find((response) => response.followUp === undefined)?.server ?? null;
}

async function reuse(context: WalkContext, target: Target, server: Endpoint, idleMs: number): Promise<void> {
  const { ports, recorder } = context;
  const id = recorder.nextConnection();
  const dialed = await ports.tcp.dial(server, waitOf(context));
  if (dialed.kind !== 'connected') return;
  let connection: Connection = dialed.connection;
  const observe = (outcome: TcpIdleReused['outcome'], afterMs: number, fresh: TcpIdleReused['fresh']): void =>
    recorder.observe({
      kind: 'tcp.idle-reused',
      checkpoint: 'tcp',
      atMs: recorder.sinceStart(),
      connection: id,
      server,
      family: isIpv6(server.address) ? 'ipv6' : 'ipv4',
      idleMs,
      outcome,
      afterMs: round(afterMs),
      fresh,
      facts: dialed.connection.facts() ?? unknownTcpFacts,
    });
  try {
    if (target.scheme === 'https' || target.scheme === 'wss') {
      const offer = { serverName: target.hostKind === 'name' ? target.host : null, alpn: ['http/1.1'] };
      const secured = await ports.tls.handshake(connection, offer, waitOf(context));
      if (secured.kind !== 'completed') return;
      connection = secured.connection;
    }
    const first = await ask(context, target, connection);
    if (first.outcome !== 'answered') return;
    if (!first.isKept) {
      observe('not-kept', 0, null);
      return;
    }
    const idleFromMs = ports.clock.nowMs();
    const { signal } = context.options;
    const idle = await connection.read({ timeoutMs: idleMs, ...(signal === null ? {} : { signal }) });
    if (idle.kind === 'aborted') return;
    if (idle.kind !== 'timed-out') {
      // A server that says so is within its rights (RFC 9112 section 9.5).
      observe('ended-while-idle', idle.atMs - idleFromMs, null);
      return;
    }
    const askedMs = ports.clock.nowMs();
    const [again, fresh] = await Promise.all([ask(context, target, connection), askAnew(context, target, server)]);
    if (again.outcome !== 'aborted') observe(again.outcome, again.atMs - askedMs, fresh);
  } finally {
    connection.destroy();
  }
}

interface Asked {
  outcome: 'answered' | 'silent' | 'reset' | 'closed' | 'aborted';
  isKept: boolean;
  atMs: number;
}

/** One request and its whole answer, on a connection that is open. */
async function ask(context: WalkContext, target: Target, connection: Connection): Promise<Asked> {
  const { clock } = context.ports;
  const { method, maxBodyBytes, timeoutMs } = context.options;
  const overMs = clock.nowMs() + timeoutMs;
  const ended = (outcome: Asked['outcome'], atMs = clock.nowMs()): Asked => ({ outcome, isKept: false, atMs });
  const refused = await connection.write(
    encodeHttp1Request({ method, target: target.requestTarget, headers: requestFields(context, target) }),
  );
  if (refused !== null) return ended(refused.name === 'aborted' ? 'aborted' : 'reset');
  const decoder = createHttp1ResponseDecoder({ requestMethod: method });
  let isPersistent = true;
  let hasHead = false;
  for (;;) {
    const read = await connection.read(waitOf(context, overMs - clock.nowMs()));
    if (read.kind === 'timed-out') return ended(hasHead ? 'answered' : 'silent', read.atMs);
    if (read.kind === 'aborted') return ended('aborted', read.atMs);
    if (read.kind !== 'bytes') return ended(hasHead ? 'answered' : read.kind === 'end' ? 'closed' : 'reset', read.atMs);
    for (const event of decoder.push(read.bytes)) {
      if (event.kind === 'header') {
        hasHead = true;
        isPersistent = keepsOpen(event.head);
      } else if (event.kind === 'complete') return { outcome: 'answered', isKept: isPersistent, atMs: read.atMs };
    }
    if (decoder.malformed !== null || decoder.bodyBytes >= maxBodyBytes) return ended('answered', read.atMs);
  }
}

/** RFC 9112 section 9.3: HTTP/1.1 keeps a connection unless it says "close". */
function keepsOpen(head: { version: string; fields: readonly { name: string; value: string }[] }): boolean {
  const options = head.fields.filter((field) => field.name === 'connection').flatMap((field) => field.value.toLowerCase().split(','));
  const says = (option: string): boolean => options.some((one) => one.trim() === option);
  return head.version === '1.0' ? says('keep-alive') : !says('close');
}

/** The same request on a connection of its own: whether new ones work. */
async function askAnew(context: WalkContext, target: Target, server: Endpoint): Promise<TcpIdleReused['fresh']> {
  const { clock, tcp } = context.ports;
  const dialed = await tcp.dial(server, waitOf(context));
  if (dialed.kind !== 'connected') return dialed.kind === 'aborted' ? null : 'failed';
  const { outcome } = await repeatExchange(context, target, dialed.connection, 'response', clock.nowMs() + context.options.timeoutMs);
  return outcome === 'aborted' ? null : outcome === 'went-on' ? 'answered' : 'failed';
}
