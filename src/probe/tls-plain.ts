import type { Endpoint } from '../model/observations/base.ts';
import { encodeHttp1Request } from '../wire/http1-request.ts';
import { foreignProtocol } from '../wire/tls-record.ts';
import { concat, toHex } from './dns/bytes.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import { carriedBy } from './tls-hellos.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** What a port says to those who do not begin with TLS. */

const sampleBytes = 64;
/** Enough for a status line, a header and the first sentences of an error page. */
const answerBytes = 1024;
const patienceMs = 3000;

/** Servers that speak TLS, and answer plain HTTP to say so (nginx, Apache, Go), or send to https. */
const saysItIsTls = /HTTPS|\bSSL|\bTLS/i;

/** Nothing came back to the ClientHello: does the port answer plain HTTP? */
export const plainHttp: FollowUp = {
  name: 'plain-http',
  isWanted: (context) => unansweredHellos(context).length > 0 && !isProxied(context),
  async run(context) {
    const target = context.recorder.seen('target.parsed')[0];
    const server = carriedBy(context)?.server;
    // Thorough walks run everything: where TLS works there is nothing to learn.
    if (target === undefined || server === undefined || unansweredHellos(context).length === 0) return;
    await askPlainly(context, server, target.host);
  },
};

function unansweredHellos(context: WalkContext): readonly { server: Endpoint }[] {
  const { recorder } = context;
  return [...recorder.seen('tcp.reset-received'), ...recorder.seen('tcp.closed-by-peer'), ...recorder.seen('tcp.peer-silent')].filter(
    (end) => end.followUp === undefined && end.phase === 'hello-sent' && end.bytesReceived === 0,
  );
}

async function askPlainly(context: WalkContext, server: Endpoint, host: string): Promise<void> {
  const { ports, recorder } = context;
  const overMs = ports.clock.nowMs() + Math.min(patienceMs, context.options.timeoutMs);
  recorder.contact({ ...server, purpose: 'follow-up' });
  const id = recorder.nextConnection();
  const dialed = await ports.tcp.dial(server, waitOf(context, patienceMs));
  if (dialed.kind !== 'connected') return;
  const { connection } = dialed;
  try {
    const headers = [
      { name: 'Host', value: host },
      { name: 'User-Agent', value: context.options.userAgent },
      { name: 'Connection', value: 'close' },
    ];
    if ((await connection.write(encodeHttp1Request({ method: 'GET', target: '/', headers }))) !== null) return;
    let answer: Uint8Array = new Uint8Array(0);
    let atMs = 0;
    while (answer.length < answerBytes) {
      const read = await connection.read(waitOf(context, overMs - ports.clock.nowMs()));
      if (read.kind !== 'bytes') break;
      answer = concat([answer, read.bytes.subarray(0, answerBytes - answer.length)]);
      atMs = read.atMs;
    }
    const text = new TextDecoder('latin1').decode(answer);
    if (saysItIsTls.test(text) && /^HTTP\/1\.[01] (3\d\d|400|497)/.test(text)) return;
    if (foreignProtocol(answer.subarray(0, sampleBytes)) === 'http') observeBanner(context, server, id, answer, atMs);
  } finally {
    connection.destroy();
  }
}

/** States that a port meant for TLS said something else on a connection of an experiment. */
export function observeBanner(context: WalkContext, server: Endpoint, connection: string, bytes: Uint8Array, atMs: number): void {
  const { recorder } = context;
  const scheme = recorder.seen('target.parsed')[0]?.scheme;
  if (scheme !== 'https' && scheme !== 'wss') return;
  const sample = bytes.subarray(0, sampleBytes);
  recorder.observe({
    kind: 'tls.not-tls',
    checkpoint: 'tls',
    atMs: recorder.sinceStart(atMs),
    connection,
    server,
    serverName: null,
    looksLike: foreignProtocol(sample),
    sampleHex: toHex(sample),
  });
}
