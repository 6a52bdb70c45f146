import type { Failure } from '../../model/failure.ts';
import type { HeaderField } from '../../model/observations/http.ts';
import type { Connection } from '../../ports/connection.ts';
import type { HandshakeOutcome } from '../../ports/tls-client.ts';
import { recordableFields } from '../request.ts';
import { exchangeSmall, titleIn } from '../small-exchange.ts';
import type { Target } from '../target.ts';
import type { OpenConnection } from '../tcp.ts';
import { isProven } from '../tls.ts';
import { waitOf } from '../walk-context.ts';
import { observeProxyAnswer, observeProxyFailure, type PassageStep } from './passage-step.ts';
import { prefixedConnection } from './prefixed-connection.ts';
import { authorityOf, basicAuthorization, type ProxyServer, speaksSocks } from './proxy-server.ts';
import { openSocks } from './socks.ts';

/** The way to the target through a proxy, open; what goes over it from here on goes to the target, but for a request that the proxy forwards. */
export interface Passage {
  opened: OpenConnection;
  /** The request target in the form the way needs (RFC 9112 section 3.2). */
  target: Target;
  /** Fields that the proxy wants with the request. */
  fields: readonly HeaderField[];
  /** Round trips it took. */
  roundTrips: number;
}

/** Of a page that comes with a refusal, its beginning has the title. */
const pageBytes = 4096;

/** Opens the way through a proxy over a connection to it; null when that fails. Observes each step. */
export async function openPassage(step: PassageStep, target: Target): Promise<Passage | null> {
  const { context, proxy, opened } = step;
  if (speaksSocks(proxy)) {
    const connection = await openSocks(step);
    return connection === null
      ? null
      : { opened: { ...opened, connection }, target, fields: [], roundTrips: proxy.credentials === null ? 2 : 3 };
  }
  const secured = proxy.scheme === 'https' ? await secureProxy(step) : opened.connection;
  if (secured === null) return null;
  const fields = authorizationFields(proxy);
  // A plain request is forwarded as it is (RFC 9112 section 3.2.2); one for another address than its own needs a tunnel.
  if (target.scheme === 'http' && context.options.connectTo === null)
    return { opened: { ...opened, connection: secured }, target: { ...target, requestTarget: target.url }, fields, roundTrips: 0 };
  const connection = await openTunnel(step, secured, fields);
  return connection === null ? null : { opened: { ...opened, connection }, target, fields: [], roundTrips: 1 };
}

function authorizationFields(proxy: ProxyServer): HeaderField[] {
  return proxy.credentials === null ? [] : [{ name: 'Proxy-Authorization', value: basicAuthorization(proxy.credentials) }];
}

/** TLS with the proxy itself. Nothing is sent to one that does not prove its name: credentials would be the first thing. */
async function secureProxy(step: PassageStep): Promise<Connection | null> {
  const { context, proxy, opened } = step;
  const serverName = /^[\d.]+$|:/.test(proxy.host) ? null : proxy.host;
  const outcome = await context.ports.tls.handshake(opened.connection, { serverName, alpn: ['http/1.1'] }, waitOf(context));
  if (outcome.kind === 'completed' && isProven(outcome.record, proxy)) return outcome.connection;
  if (outcome.kind === 'completed') outcome.connection.destroy();
  observeProxyFailure(step, 'tls', handshakeFailure(outcome));
  return null;
}

const transportFailures = {
  closed: 'connection-aborted',
  reset: 'connection-reset',
  'timed-out': 'timed-out',
  aborted: 'aborted',
} as const;

function handshakeFailure(outcome: HandshakeOutcome): Failure {
  if (outcome.kind === 'completed') return { name: 'certificate-rejected' };
  return outcome.kind === 'failed' ? outcome.failure : { name: transportFailures[outcome.kind] };
}

/** CONNECT (RFC 9110 section 9.3.6): any status below 300 opens the tunnel. */
async function openTunnel(step: PassageStep, connection: Connection, fields: readonly HeaderField[]): Promise<Connection | null> {
  const { context, host, port } = step;
  const { clock } = context.ports;
  const authority = authorityOf(host, port);
  const headers = [{ name: 'Host', value: authority }, { name: 'User-Agent', value: context.options.userAgent }, ...fields];
  const overMs = clock.nowMs() + context.options.timeoutMs;
  const answer = await exchangeSmall(context, connection, { method: 'CONNECT', target: authority, headers }, overMs, pageBytes);
  if (answer.kind === 'failed') {
    observeProxyFailure(step, 'tunnel', answer.failure);
    return null;
  }
  observeProxyAnswer(step, 'tunnel', answer.head.status, { headers: recordableFields(answer.head.fields), title: titleIn(answer.body) });
  return answer.head.status < 300 ? prefixedConnection(connection, answer.leftover, answer.atMs) : null;
}
