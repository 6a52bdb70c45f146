import { parseAddress } from '../../model/address.ts';
import type { TargetParsed } from '../../model/observations/target.ts';
import type { ProxySetting } from '../../ports/host.ts';
import type { FollowUp } from '../follow-up.ts';
import { exchangeSmall } from '../small-exchange.ts';
import { parseTarget, type Target } from '../target.ts';
import type { OpenConnection } from '../tcp.ts';
import { isProven } from '../tls.ts';
import { type WalkContext, waitOf } from '../walk-context.ts';
import { isProxied } from './choice.ts';
import { openPassage, type Passage } from './passage.ts';
import { observeProxyAnswer, type PassageStep } from './passage-step.ts';
import { authorityOf, type ProxyServer, parseProxy, speaksSocks } from './proxy-server.ts';

/** A host has one or two; who names more does not get all of them tried. */
const mostProxies = 3;

function targetOf(context: WalkContext): TargetParsed | null {
  return context.recorder.seen('target.parsed')[0] ?? null;
}

/**
 * The request goes straight, and nobody has answered it: nothing is open yet, or what opened ended or fell silent. A certificate shows that
 * somebody is there, whoever it is.
 */
function isShutOut({ recorder }: WalkContext): boolean {
  const { seen } = recorder;
  if (seen('http.response-received').length + seen('tls.certificates-received').length > 0) return false;
  const isOpen = seen('tcp.connected').some((connected) => connected.carried);
  const ended = seen('tcp.reset-received').length + seen('tcp.closed-by-peer').length + seen('tcp.peer-silent').length;
  return !isOpen || ended > 0;
}

/** A copy of the notebook's context in which the steps of a trial leave no observations: the trial itself makes one. */
function silently(context: WalkContext): WalkContext {
  return { ...context, recorder: { ...context.recorder, observe() {} } };
}

/** The direct way is closed: does a proxy that is named, and that this request did not use, reach the target? */
export const proxyTrial: FollowUp = {
  name: 'proxy-trial',
  startsEarly: true,
  isWanted: (context) => !isProxied(context) && isShutOut(context),
  async run(context) {
    const parsed = targetOf(context);
    const target = parsed === null ? null : parseTarget(parsed.url);
    if (target === null || !('url' in target) || isProxied(context) || isThisHost(target)) return;
    const settings = (await context.ports.host.knownProxies()).slice(0, mostProxies);
    await Promise.all(settings.map((setting) => tryProxy(context, setting, target)));
  },
};

/** No proxy reaches this host's own loopback. */
function isThisHost(target: Target): boolean {
  return target.host === 'localhost' || target.host.endsWith('.localhost') || /^127\.|^::1$/.test(target.host);
}

async function tryProxy(context: WalkContext, setting: ProxySetting, target: Target): Promise<void> {
  const proxy = parseProxy(setting);
  if (proxy === null) return;
  const { recorder } = context;
  const outcome = await reach(silently(context), proxy, target);
  recorder.observe({
    kind: 'local.proxy-tried',
    checkpoint: 'local',
    atMs: recorder.sinceStart(),
    variable: setting.variable,
    proxy: proxy.url,
    destination: authorityOf(target.host, target.port),
    outcome,
  });
}

/** Sends nothing of the user's: TLS up to the certificate, or a plain request for the header of the page. */
async function reach(context: WalkContext, proxy: ProxyServer, target: Target): Promise<'proven' | 'answered' | 'failed'> {
  const opened = await connect(context, proxy);
  if (opened === null) return 'failed';
  try {
    // The proxy looks up the name: the direct way may be closed for names as well.
    const remote = proxy.scheme === 'socks5' ? { ...proxy, scheme: 'socks5h' as const } : proxy;
    const plain = { ...context, options: { ...context.options, connectTo: null } };
    const passage = await openPassage({ context: plain, proxy: remote, opened, host: target.host, port: target.port }, target);
    if (passage === null) return 'failed';
    return target.scheme === 'https' || target.scheme === 'wss' ? await proves(context, target, passage) : await answers(context, passage);
  } finally {
    opened.connection.destroy();
  }
}

async function connect(context: WalkContext, proxy: ProxyServer): Promise<OpenConnection | null> {
  const { ports, recorder } = context;
  const isLiteral = parseAddress(proxy.host) !== null;
  const lookup = isLiteral ? null : await ports.names.lookup(proxy.host, null, waitOf(context));
  const address = isLiteral ? proxy.host : lookup?.kind === 'found' ? lookup.addresses[0]?.address : undefined;
  if (address === undefined) return null;
  recorder.contact({ address, port: proxy.port, purpose: 'proxy' });
  const dialed = await ports.tcp.dial({ address, port: proxy.port }, waitOf(context));
  if (dialed.kind !== 'connected') return null;
  return { connection: dialed.connection, id: recorder.nextConnection(), dialedAtMs: dialed.startMs, openedAtMs: dialed.atMs };
}

async function proves(context: WalkContext, target: Target, passage: Passage): Promise<'proven' | 'failed'> {
  const offer = { serverName: target.hostKind === 'name' ? target.host : null, alpn: ['http/1.1'] };
  const outcome = await context.ports.tls.handshake(passage.opened.connection, offer, waitOf(context));
  if (outcome.kind !== 'completed') return 'failed';
  outcome.connection.destroy();
  return isProven(outcome.record, target) ? 'proven' : 'failed';
}

/** Statuses that a proxy gives in its own name as well say nothing about the target. */
const ambiguous: ReadonlySet<number> = new Set([403, 407, 500, 502, 503, 504]);

async function answers(context: WalkContext, passage: Passage): Promise<'answered' | 'failed'> {
  const { target, opened, fields } = passage;
  const headers = [{ name: 'Host', value: new URL(target.url).host }, { name: 'User-Agent', value: context.options.userAgent }, ...fields];
  const overMs = context.ports.clock.nowMs() + context.options.timeoutMs;
  const answer = await exchangeSmall(context, opened.connection, { method: 'HEAD', target: target.requestTarget, headers }, overMs, 0);
  return answer.kind === 'answered' && !ambiguous.has(answer.head.status) ? 'answered' : 'failed';
}

/** The proxy took the request for a way and is silent: is it dead, or does it wait for somebody? */
export const proxySigns: FollowUp = {
  name: 'proxy-signs',
  startsEarly: true,
  isWanted(context) {
    const { seen } = context.recorder;
    const isOpen = seen('tcp.connected').some((connected) => connected.carried);
    const isSilent = seen('local.proxy-failed').every(({ failure }) => failure.name === 'timed-out');
    return isProxied(context) && isOpen && isSilent && seen('local.proxy-answered').length + seen('http.request-sent').length === 0;
  },
  async run(context) {
    const { ports, recorder } = context;
    const [configured] = recorder.seen('local.proxy-configured').filter((one) => !one.bypassed);
    const setting = typeof context.options.proxy === 'object' ? context.options.proxy : ports.host.proxyFor(targetOf(context)?.url ?? '');
    const proxy = setting === null ? null : parseProxy(setting);
    const carried = recorder.seen('tcp.connected').find((connected) => connected.carried);
    const parsed = targetOf(context);
    if (
      configured === undefined ||
      proxy === null ||
      carried === undefined ||
      parsed === null ||
      speaksSocks(proxy) ||
      proxy.scheme === 'https'
    )
      return;
    const dialed = await ports.tcp.dial(carried.server, waitOf(context));
    if (dialed.kind !== 'connected') return;
    const opened = { connection: dialed.connection, id: recorder.nextConnection(), dialedAtMs: dialed.startMs, openedAtMs: dialed.atMs };
    const step: PassageStep = { context, proxy, opened, host: parsed.host, port: parsed.port };
    try {
      await askItself(step);
    } finally {
      dialed.connection.destroy();
    }
  },
};

/** RFC 9110 section 7.6.2: with Max-Forwards 0, a proxy answers OPTIONS itself. Those that know nothing of it refuse, which is an answer as well. */
async function askItself(step: PassageStep): Promise<void> {
  const { context, host, port } = step;
  const overMs = context.ports.clock.nowMs() + context.options.timeoutMs;
  const headers = [
    { name: 'Host', value: authorityOf(host, port) },
    { name: 'Max-Forwards', value: '0' },
  ];
  const answer = await exchangeSmall(context, step.opened.connection, { method: 'OPTIONS', target: '*', headers }, overMs, 0);
  if (answer.kind === 'answered') observeProxyAnswer(step, 'itself', answer.head.status);
}
