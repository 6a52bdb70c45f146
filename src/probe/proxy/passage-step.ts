import type { Failure } from '../../model/failure.ts';
import type { LocalProxyAnswered, LocalProxyFailed } from '../../model/observations/proxy.ts';
import type { OpenConnection } from '../tcp.ts';
import type { WalkContext } from '../walk-context.ts';
import { authorityOf, type ProxyServer } from './proxy-server.ts';

type Step = Pick<LocalProxyAnswered, 'proxy' | 'connection' | 'server' | 'destination'>;

/** One proxy, one connection to it, one destination, and the notebook: what every step works with. */
export interface PassageStep {
  context: WalkContext;
  proxy: ProxyServer;
  opened: OpenConnection;
  /** Name or address asked for. */
  host: string;
  port: number;
}

function stepFacts({ proxy, opened, host, port }: PassageStep): Step {
  return { proxy: proxy.url, connection: opened.id, server: opened.connection.remote, destination: authorityOf(host, port) };
}

/** Writes down that a proxy answered a step. */
export function observeProxyAnswer(
  step: PassageStep,
  name: LocalProxyAnswered['step'],
  code: number,
  page: Pick<LocalProxyAnswered, 'headers' | 'title'> = { headers: [], title: null },
): void {
  const { recorder } = step.context;
  const atMs = recorder.sinceStart();
  recorder.observe({ kind: 'local.proxy-answered', checkpoint: 'local', atMs, ...stepFacts(step), step: name, code, ...page });
}

/** Writes down that a step failed; nothing for one that was interrupted. */
export function observeProxyFailure(step: PassageStep, name: LocalProxyFailed['step'], failure: Failure): void {
  if (failure.name === 'aborted') return;
  const { recorder } = step.context;
  const atMs = recorder.sinceStart();
  recorder.observe({ kind: 'local.proxy-failed', checkpoint: 'local', atMs, ...stepFacts(step), step: name, failure });
}
