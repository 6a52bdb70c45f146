import type { Failure } from '../../model/failure.ts';
import type { Connection } from '../../ports/connection.ts';
import {
  decodeSocksChoice,
  decodeSocksLoginStatus,
  decodeSocksReply,
  encodeSocksConnect,
  encodeSocksGreeting,
  encodeSocksLogin,
  type SocksDecoded,
  socksMethod,
} from '../../wire/socks5.ts';
import { concat } from '../dns/bytes.ts';
import { failureOfRead } from '../small-exchange.ts';
import { waitOf } from '../walk-context.ts';
import { observeProxyAnswer, observeProxyFailure, type PassageStep } from './passage-step.ts';
import { prefixedConnection } from './prefixed-connection.ts';

/** What a message was answered with: its code, and the bytes behind the answer. */
type Answer = { code: number; leftover: Uint8Array; atMs: number } | Failure;

/** Longer than any answer of SOCKS5. */
const longestAnswer = 1024;

/** Greeting, login where asked for, request (RFC 1928, RFC 1929); the connection beyond, or null. Observes each step. */
export async function openSocks(step: PassageStep): Promise<Connection | null> {
  const { connection } = step.opened;
  const request = encodeSocksConnect(step.host, step.port);
  const login = loginOf(step.proxy.credentials);
  if (request === null) {
    observeProxyFailure(step, 'socks-connect', { name: 'invalid-argument', raw: 'the name is too long for SOCKS5' });
    return null;
  }
  const methods = login === null ? [socksMethod.none] : [socksMethod.none, socksMethod.password];
  const method = await ask(step, 'socks-greeting', encodeSocksGreeting(methods), decodeSocksChoice);
  if (method === null || method.code === socksMethod.unacceptable) return null;
  if (method.code === socksMethod.password && login !== null) {
    const status = await ask(step, 'socks-authentication', login, decodeSocksLoginStatus);
    if (status === null || status.code !== 0) return null;
  } else if (method.code !== socksMethod.none) {
    observeProxyFailure(step, 'socks-greeting', { name: 'unknown', raw: 'the proxy chose a login that was not offered' });
    return null;
  }
  const reply = await ask(step, 'socks-connect', request, decodeSocksReply);
  return reply === null || reply.code !== 0 ? null : prefixedConnection(connection, reply.leftover, reply.atMs);
}

function loginOf(credentials: string | null): Uint8Array | null {
  if (credentials === null) return null;
  const colon = credentials.indexOf(':');
  return encodeSocksLogin(credentials.slice(0, colon), credentials.slice(colon + 1));
}

/** Sends one message and observes what came of it. */
async function ask(
  step: PassageStep,
  name: 'socks-greeting' | 'socks-authentication' | 'socks-connect',
  message: Uint8Array,
  decode: (bytes: Uint8Array) => SocksDecoded,
): Promise<Exclude<Answer, Failure> | null> {
  const answer = await exchange(step, message, decode);
  if ('name' in answer) {
    observeProxyFailure(step, name, answer);
    return null;
  }
  observeProxyAnswer(step, name, answer.code);
  return answer;
}

async function exchange(step: PassageStep, message: Uint8Array, decode: (bytes: Uint8Array) => SocksDecoded): Promise<Answer> {
  const { context, opened } = step;
  const { clock } = context.ports;
  const refused = await opened.connection.write(message);
  if (refused !== null) return refused;
  const overMs = clock.nowMs() + context.options.timeoutMs;
  let bytes: Uint8Array = new Uint8Array(0);
  for (;;) {
    const outcome = await opened.connection.read(waitOf(context, overMs - clock.nowMs()));
    if (outcome.kind !== 'bytes') return failureOfRead(outcome);
    bytes = concat([bytes, outcome.bytes]);
    const decoded = decode(bytes);
    if (decoded.kind === 'decoded') return { code: decoded.code, leftover: bytes.subarray(decoded.used), atMs: outcome.atMs };
    if (decoded.kind === 'malformed' || bytes.length > longestAnswer) return { name: 'unknown', raw: 'the answer is not SOCKS5' };
  }
}
