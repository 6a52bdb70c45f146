import type { Target } from '../target.ts';
import type { WalkContext } from '../walk-context.ts';
import { authorityOf, type ProxyServer, parseProxy } from './proxy-server.ts';

/** How a request leaves this host. `unusable`: a proxy is named that cannot be used, and going without it is not what was asked for. */
export type ProxyChoice = { kind: 'direct' } | { kind: 'proxy'; proxy: ProxyServer } | { kind: 'unusable' };

const direct: ProxyChoice = { kind: 'direct' };

/** Whether a proxy carries this request, as far as was observed. */
export function isProxied(context: WalkContext): boolean {
  return context.recorder.seen('local.proxy-configured').some((configured) => !configured.bypassed);
}

/** The proxy that the options or the environment name for a target, as other programs of this host would use it. Observes what is named. */
export function chooseProxy(context: WalkContext, target: Target): ProxyChoice {
  const { options, ports, recorder } = context;
  const setting = typeof options.proxy === 'object' ? options.proxy : ports.host.proxyFor(target.url);
  if (setting === null) return direct;
  const { variable, url } = setting;
  const bypassed = setting.bypassed || options.proxy === 'none';
  recorder.observe({ kind: 'local.proxy-configured', checkpoint: 'local', atMs: recorder.sinceStart(), variable, url, bypassed });
  if (bypassed) return direct;
  const proxy = parseProxy(setting);
  if (proxy !== null) return { kind: 'proxy', proxy };
  recorder.observe({
    kind: 'local.proxy-failed',
    checkpoint: 'local',
    atMs: recorder.sinceStart(),
    proxy: url,
    connection: null,
    server: null,
    step: 'settings',
    destination: authorityOf(target.host, target.port),
    failure: { name: 'invalid-argument', raw: 'not the URL of a proxy this program speaks to (http, https, socks5, socks5h)' },
  });
  return { kind: 'unusable' };
}
