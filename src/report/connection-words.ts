import type { ObservationOf } from '../model/observation.ts';
import type { TcpFacts } from '../model/observations/tcp.ts';
import { duration, grouped, plural } from './wording.ts';

export const phases: Readonly<Record<ObservationOf<'tcp.reset-received'>['phase'], string>> = {
  opened: 'before anything was sent',
  'hello-sent': 'after the TLS ClientHello',
  handshaking: 'during the TLS handshake',
  secured: 'after the TLS handshake',
  'request-sent': 'after the request',
  'response-header': 'in the response header',
  'response-body': 'in the response body',
  answered: 'after the response',
};

export const proxySteps: Readonly<Record<ObservationOf<'local.proxy-answered'>['step'], string>> = {
  settings: 'its settings',
  tls: 'TLS',
  tunnel: 'CONNECT',
  itself: 'a request for itself',
  'socks-greeting': 'the SOCKS greeting',
  'socks-authentication': 'the SOCKS login',
  'socks-connect': 'the SOCKS request',
};

export const proxyTrials: Readonly<Record<ObservationOf<'local.proxy-tried'>['outcome'], string>> = {
  proven: 'the target answers and proves its name',
  answered: 'the target answers',
  failed: 'no answer of the target',
};

/** What the kernel counted on a connection, where it says something. */
export function kernelWords(facts: TcpFacts): string {
  const { kernel } = facts;
  const said = [
    facts.rttMs === null ? null : `round trip ${duration(facts.rttMs)}`,
    (facts.retransmissions ?? 0) === 0 ? null : plural(facts.retransmissions ?? 0, 'retransmission'),
    (kernel?.bytesUnacknowledged ?? 0) === 0 ? null : `${grouped(kernel?.bytesUnacknowledged ?? 0)} bytes not acknowledged`,
    (kernel?.outOfOrderSegments ?? 0) === 0 ? null : `${plural(kernel?.outOfOrderSegments ?? 0, 'segment')} came ahead of a gap`,
  ].filter((words) => words !== null);
  return said.map((words) => `, ${words}`).join('');
}
