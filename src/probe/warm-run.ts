import type { HttpAnswer } from './http.ts';
import { prepareRequest, type ResponseDecoder, takeBytes } from './http-version.ts';
import { round } from './recorder.ts';
import { requestFields } from './request.ts';
import type { Target } from './target.ts';
import type { OpenConnection } from './tcp.ts';
import { isInterrupted, type WalkContext, waitOf } from './walk-context.ts';

/** Sent again without asking (RFC 9110 section 9.2.1). */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD']);

interface WarmAnswer {
  status: number | null;
  firstByteMs: number | null;
  outcome: 'answered' | 'ended' | 'silent';
}

/**
 * The same request once more on the connection that was kept: what it costs when name, connection and keys are there already. Only when asked for, and
 * where the answer leaves the connection open.
 */
export async function probeWarmRun(
  context: WalkContext,
  target: Target,
  method: string,
  opened: OpenConnection,
  answer: HttpAnswer,
): Promise<void> {
  const { options, recorder, ports } = context;
  const isWhole = recorder.seen('http.body-received').at(-1)?.end === 'complete';
  const isClosed = answer.headers.some(({ name, value }) => name === 'connection' && /\bclose\b/i.test(value));
  if (!options.warmRun || !repeatable.has(method) || !isWhole || isClosed || isInterrupted(context)) return;
  const { version, bytes, decoder } = prepareRequest(opened, {
    method,
    target: target.requestTarget,
    headers: requestFields(context, target),
  });
  const lookupMs = await lookUpAgain(context, target);
  const startMs = ports.clock.nowMs();
  if ((await opened.connection.write(bytes)) !== null) return;
  const warm = await readAnswer(context, opened, decoder, startMs);
  if (warm === null) return;
  recorder.observe({
    kind: 'http.warm-run',
    checkpoint: 'http',
    atMs: recorder.sinceStart(),
    durationMs: round(ports.clock.nowMs() - startMs),
    connection: opened.id,
    server: opened.connection.remote,
    version,
    bytes: decoder.bodyBytes,
    ...(lookupMs === null ? {} : { lookupMs }),
    ...warm,
  });
}

/** How long the system takes for the name that it found before; null where it did not. */
async function lookUpAgain(context: WalkContext, target: Target): Promise<number | null> {
  const { options, ports, recorder } = context;
  if (recorder.seen('dns.addresses-chosen')[0]?.source !== 'system') return null;
  const startMs = ports.clock.nowMs();
  const outcome = await ports.names.lookup(target.host, options.family, waitOf(context));
  return outcome.kind === 'found' ? round(ports.clock.nowMs() - startMs) : null;
}

/** Reads to the end of the answer; null when the walk was interrupted. */
async function readAnswer(
  context: WalkContext,
  opened: OpenConnection,
  decoder: ResponseDecoder,
  startMs: number,
): Promise<WarmAnswer | null> {
  const answer: WarmAnswer = { status: null, firstByteMs: null, outcome: 'ended' };
  const overMs = startMs + context.options.timeoutMs;
  for (;;) {
    const read = await opened.connection.read(waitOf(context, overMs - context.ports.clock.nowMs()));
    if (read.kind === 'aborted') return null;
    if (read.kind === 'timed-out') return { ...answer, outcome: 'silent' };
    if (read.kind !== 'bytes') return answer;
    answer.firstByteMs ??= round(read.atMs - startMs);
    for (const event of takeBytes(opened, decoder, read.bytes)) {
      if (event.kind === 'header') answer.status = event.head.status;
      if (event.kind === 'complete') return { ...answer, outcome: 'answered' };
    }
    if (decoder.bodyBytes >= context.options.maxBodyBytes) return { ...answer, outcome: 'answered' };
    if (context.ports.clock.nowMs() >= overMs) return { ...answer, outcome: 'silent' };
  }
}
