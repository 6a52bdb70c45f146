import type { ConnectionScript } from '../../../lab/loopback/connection-script.ts';
import { startSite } from '../../../lab/loopback/site.ts';
import { closedPort, startScriptedServer } from '../../../lab/loopback/tcp-server.ts';
import { startHttpProxy, startSocksProxy } from '../forward-proxy.ts';
import type { Scenario, Walked } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Secrets that no record may hold. */
export const proxyLogin = 'proxy-user:proxy-pass-4711';

const tunnelRefused = (status: string, more = ''): ConnectionScript => [
  { await: 'request' },
  { send: `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\n${more}Content-Length: 29\r\n\r\n<title>Company policy</title>` },
  { finish: 'close' },
];

/** @param given the login the walk has; default: the one that is wanted */
async function throughHttp(stage: Stage, walked: Walked, login: string | null = null, given: string | null = login): Promise<Walked> {
  const proxy = await stage.start(startHttpProxy(login === null ? {} : { login }));
  return { ...walked, proxy: `http://${given === null ? '' : `${given}@`}127.0.0.1:${proxy.port}` };
}

async function throughSocks(
  stage: Stage,
  walked: Walked,
  scheme: 'socks5' | 'socks5h',
  options: { login?: string; reply?: number } = {},
): Promise<Walked> {
  const proxy = await stage.start(startSocksProxy(options));
  return { ...walked, proxy: `${scheme}://${options.login === undefined ? '' : `${options.login}@`}127.0.0.1:${proxy.port}` };
}

/** What listens at the proxy's port plays this script. */
async function throughScript(stage: Stage, script: ConnectionScript): Promise<Walked> {
  const proxy = await stage.start(startScriptedServer({ script }));
  return { ...(await stage.site({ '*': {} })), proxy: `http://127.0.0.1:${proxy.port}`, timeoutSeconds: 1 };
}

async function plainSite(stage: Stage, status = 200): Promise<Walked> {
  const site = await stage.start(startSite({ pages: { '*': { status } } }));
  return { url: `http://site.test:${site.port}/`, resolvers: [await stage.resolver()] };
}

/** The site is healthy in every row but those that say otherwise; what differs is the proxy. */
export const proxyScenarios: readonly Scenario[] = [
  {
    when: 'https goes through an HTTP proxy',
    walk: async (stage) => throughHttp(stage, await stage.site({ '*': {} })),
    verdict: 'ok',
    command: true,
  },
  { when: 'http goes through an HTTP proxy', walk: async (stage) => throughHttp(stage, await plainSite(stage)), verdict: 'ok' },
  {
    when: 'the proxy wants a login and gets it',
    walk: async (stage) => throughHttp(stage, await stage.site({ '*': {} }), proxyLogin),
    verdict: 'ok',
  },
  {
    when: 'plain http goes through a proxy that wants a login',
    walk: async (stage) => throughHttp(stage, await plainSite(stage), proxyLogin),
    verdict: 'ok',
  },
  {
    when: 'the proxy speaks TLS itself',
    walk: async (stage) => {
      const proxy = await stage.start(startHttpProxy({ tls: await stage.leaf({ names: [], addresses: ['127.0.0.1'] }) }));
      return { ...(await stage.site({ '*': {} })), proxy: `https://127.0.0.1:${proxy.port}` };
    },
    verdict: 'ok',
  },
  {
    when: 'https goes through SOCKS5 that looks up names',
    walk: async (stage) => throughSocks(stage, await stage.site({ '*': {} }), 'socks5h'),
    verdict: 'ok',
  },
  {
    when: 'https goes through SOCKS5 with names looked up here',
    walk: async (stage) => throughSocks(stage, await stage.site({ '*': {} }), 'socks5'),
    verdict: 'ok',
  },
  {
    when: 'http goes through SOCKS5 with a login',
    walk: async (stage) => throughSocks(stage, await plainSite(stage), 'socks5h', { login: proxyLogin }),
    verdict: 'ok',
  },
  {
    when: 'the site redirects from http to https, both through the proxy',
    walk: async (stage) => {
      const secure = await stage.site({ '*': {} });
      const plain = await stage.start(startSite({ pages: { '*': { status: 302, headers: { location: secure.url } } } }));
      return throughHttp(stage, { ...secure, url: `http://site.test:${plain.port}/` });
    },
    verdict: 'ok',
  },

  {
    when: "the proxy's port is closed",
    walk: async (stage) => ({ ...(await stage.site({ '*': {} })), proxy: `http://127.0.0.1:${await closedPort()}` }),
    verdict: 'failed local.proxy-unreachable',
    command: true,
  },
  {
    when: "the proxy's name does not resolve",
    walk: async (stage) => ({ ...(await stage.site({ '*': {} })), proxy: 'http://no-such-proxy.invalid:3128' }),
    verdict: 'failed local.proxy-unreachable',
  },
  { when: 'the proxy is silent', walk: (stage) => throughScript(stage, [{ finish: 'hold' }]), verdict: 'failed local.proxy-unreachable' },
  {
    when: 'the proxy closes at once',
    walk: (stage) => throughScript(stage, [{ finish: 'close' }]),
    verdict: 'failed local.proxy-unreachable',
  },
  {
    when: 'the proxy answers in something that is not HTTP',
    walk: (stage) => throughScript(stage, [{ await: 'request' }, { send: 'SSH-2.0-x\r\n' }, { finish: 'hold' }]),
    verdict: 'failed local.proxy-unreachable',
  },
  {
    when: "the proxy's certificate is for another host",
    walk: async (stage) => {
      const proxy = await stage.start(startHttpProxy({ tls: await stage.leaf() }));
      return { ...(await stage.site({ '*': {} })), proxy: `https://127.0.0.1:${proxy.port}` };
    },
    verdict: 'failed local.proxy-unreachable',
  },
  {
    when: 'the proxy wants a login and gets none',
    walk: async (stage) => throughHttp(stage, await stage.site({ '*': {} }), proxyLogin, null),
    verdict: 'failed local.proxy-auth',
  },
  {
    when: 'the proxy wants another login',
    walk: async (stage) => throughHttp(stage, await stage.site({ '*': {} }), proxyLogin, 'proxy-user:proxy-pass-0815'),
    verdict: 'failed local.proxy-auth',
  },
  {
    when: 'plain http meets a proxy that wants another login',
    walk: async (stage) => throughHttp(stage, await plainSite(stage), proxyLogin, 'proxy-user:proxy-pass-0815'),
    verdict: 'failed local.proxy-auth',
  },
  {
    when: 'the proxy forbids the destination',
    walk: (stage) => throughScript(stage, tunnelRefused('403 Forbidden')),
    verdict: 'failed local.proxy-denied',
    command: true,
  },
  {
    when: 'the proxy answers CONNECT with a redirect to its policy',
    walk: (stage) => throughScript(stage, tunnelRefused('302 Found', 'Location: http://policy.corp/\r\n')),
    verdict: 'failed local.proxy-denied',
  },
  {
    when: 'SOCKS5 has a rule against it',
    walk: async (stage) => throughSocks(stage, await stage.site({ '*': {} }), 'socks5h', { reply: 2 }),
    verdict: 'failed local.proxy-denied',
  },
  {
    when: 'the site is down and the proxy says 502',
    walk: async (stage) => throughHttp(stage, await stage.at(await closedPort())),
    verdict: 'failed route.proxy-upstream',
  },
  {
    when: 'the plain site is down and the proxy says so in its own name',
    walk: async (stage) => throughHttp(stage, await stage.at(await closedPort(), 'http')),
    verdict: 'failed route.proxy-upstream',
  },
  {
    when: 'the site is down and SOCKS5 says that it refuses',
    walk: async (stage) => throughSocks(stage, await stage.at(await closedPort()), 'socks5h'),
    verdict: 'failed route.proxy-upstream',
  },
  {
    when: 'SOCKS5 says that the network is unreachable',
    walk: async (stage) => throughSocks(stage, await stage.site({ '*': {} }), 'socks5h', { reply: 3 }),
    verdict: 'failed route.proxy-upstream',
  },
  {
    when: 'the site answers 403 inside the tunnel',
    walk: async (stage) => throughHttp(stage, await stage.site({ '*': { status: 403 } })),
    verdict: 'failed http.forbidden',
  },
  {
    when: 'the site answers 502 inside the tunnel',
    walk: async (stage) => throughHttp(stage, await stage.site({ '*': { status: 502 } })),
    verdict: 'failed http.bad-gateway',
  },
  {
    when: "the site's certificate expired, seen through the tunnel",
    walk: async (stage) => {
      const dayMs = 86_400_000;
      const leaf = await stage.leaf({ notBefore: new Date(Date.now() - 90 * dayMs), notAfter: new Date(Date.now() - 3 * dayMs) });
      return throughHttp(stage, await stage.certified(leaf));
    },
    verdict: 'failed tls.cert-expired',
  },
  {
    when: 'the site resets after ClientHello, seen through the tunnel',
    walk: async (stage) => throughHttp(stage, await stage.scripted([{ await: 'client-hello' }, { finish: 'reset' }])),
    verdict: 'failed tls.closed',
  },
];
