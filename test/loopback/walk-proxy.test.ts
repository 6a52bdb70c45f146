import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProxyOption } from '../../src/cli/options/proxy.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { type ForwardProxy, startHttpProxy, startSocksProxy } from './forward-proxy.ts';
import { proxyLogin, proxyScenarios } from './rows/proxy.ts';
import { Stage } from './stage.ts';
import { playScenarios } from './table.ts';

playScenarios('proxy', proxyScenarios);

describe('a proxy', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.strike());

  const walkThrough = async (proxy: ForwardProxy, scheme: string, url: string, login = proxyLogin) => {
    const setting = parseProxyOption(`${scheme}://${login}@127.0.0.1:${proxy.port}`);
    return walk(url, { proxy: setting }, systemPorts());
  };

  it.each([
    ['http', startHttpProxy],
    ['socks5h', startSocksProxy],
  ] as const)('%s: its login is used and never recorded', async (scheme, start) => {
    const proxy = await stage.start(start({ login: proxyLogin }));
    const site = await stage.site({ '*': {} });
    const { port } = new URL(site.url);
    const record = await walkThrough(proxy, scheme, site.url);
    expect(proxy.requests[0]).toBe(`${scheme === 'http' ? 'CONNECT' : 'SOCKS'} site.test:${port}`);
    const [, password = ''] = proxyLogin.split(':');
    expect(JSON.stringify(record)).not.toContain(password);
    expect(JSON.stringify(record)).not.toContain(Buffer.from(proxyLogin).toString('base64'));
  });

  it('is asked for the address given in place of the name', async () => {
    const proxy = await stage.start(startHttpProxy());
    const site = await stage.site({ '*': {} });
    const setting = parseProxyOption(`127.0.0.1:${proxy.port}`);
    await walk(site.url, { proxy: setting, connectTo: { address: '127.0.0.9', port: 0 } }, systemPorts());
    expect(proxy.requests).toEqual([`CONNECT 127.0.0.9:${new URL(site.url).port}`]);
  });

  it('of the environment is passed by for this host itself', async () => {
    const proxy = await stage.start(startHttpProxy());
    const site = await stage.site({ '*': {} });
    const before = process.env.https_proxy;
    process.env.https_proxy = `http://127.0.0.1:${proxy.port}`;
    try {
      const { observations } = await walk(`https://127.0.0.1:${new URL(site.url).port}/`, {}, systemPorts());
      expect(observations.find((one) => one.kind === 'local.proxy-configured')).toMatchObject({ variable: 'https_proxy', bypassed: true });
    } finally {
      if (before === undefined) delete process.env.https_proxy;
      else process.env.https_proxy = before;
    }
    expect(proxy.requests).toEqual([]);
  });
});
