import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExcepted, proxiesOfEnvironment, proxyFromEnvironment } from './proxy-environment.ts';

const latin1Text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('proxyFromEnvironment', () => {
  it('prefers lower case, and never takes HTTP_PROXY', () => {
    expect(proxyFromEnvironment('https://a.example/', { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:2' })).toEqual({
      variable: 'https_proxy',
      url: 'http://lower:2/',
      credentials: null,
      bypassed: false,
    });
    expect(proxyFromEnvironment('http://a.example/', { HTTP_PROXY: 'http://evil:1' })).toBeNull();
    expect(proxyFromEnvironment('http://a.example/', { http_proxy: ' ', ALL_PROXY: 'socks5://s:1080' })).toMatchObject({
      variable: 'ALL_PROXY',
    });
    expect(proxyFromEnvironment('wss://a.example/', { https_proxy: 'p:3128' })).toMatchObject({
      variable: 'https_proxy',
      url: 'http://p:3128/',
    });
    expect(proxyFromEnvironment('ftp://a.example/', { all_proxy: 'http://p' })).toBeNull();
    expect(proxyFromEnvironment('no url', { all_proxy: 'http://p' })).toBeNull();
  });

  it('never asks a proxy for this host itself', () => {
    for (const url of ['http://localhost:3000/', 'http://app.localhost/', 'http://127.0.0.2/', 'http://[::1]/']) {
      expect(proxyFromEnvironment(url, { http_proxy: 'http://p:1' })?.bypassed).toBe(true);
    }
    expect(proxyFromEnvironment('http://localhost.example/', { http_proxy: 'http://p:1' })?.bypassed).toBe(false);
  });

  it('parts credentials from the URL', () => {
    expect(proxyFromEnvironment('http://a.example/', { http_proxy: 'http://us%40er:p%3Aw%@p:3128' })).toMatchObject({
      url: 'http://p:3128/',
      credentials: 'us@er:p%3Aw%',
    });
    expect(proxyFromEnvironment('http://a.example/', { http_proxy: 'token@p:3128' })).toMatchObject({ credentials: 'token:' });
    expect(proxyFromEnvironment('http://a.example/', { all_proxy: 'socks5h://u:w@p:1080' })).toMatchObject({
      url: 'socks5h://p:1080',
      credentials: 'u:w',
    });
  });

  it('knows every proxy once', () => {
    const environment = {
      http_proxy: 'p:3128',
      https_proxy: 'http://p:3128/',
      ALL_PROXY: 'socks5://s',
      no_proxy: '*',
      HTTP_PROXY: 'http://evil',
    };
    expect(proxiesOfEnvironment(environment).map(({ variable, url }) => `${variable} ${url}`)).toEqual([
      'http_proxy http://p:3128/',
      'ALL_PROXY socks5://s',
    ]);
    expect(proxiesOfEnvironment({})).toEqual([]);
  });

  it('keeps no credentials in the URL', () => {
    for (const value of ['http://user:pass@p:3128', 'user:pass@p:3128', 'http://us er:pa@ss@[bad']) {
      expect(proxyFromEnvironment('http://a.example/', { http_proxy: value })?.url).not.toMatch(/pass|pa@/u);
    }
  });

  it('says when NO_PROXY covers the host', () => {
    expect(proxyFromEnvironment('https://www.a.example/', { https_proxy: 'http://p', NO_PROXY: 'a.example' })?.bypassed).toBe(true);
    expect(proxyFromEnvironment('https://[2001:db8::1]/', { https_proxy: 'http://p', no_proxy: '2001:db8::/32' })?.bypassed).toBe(true);
    expect(proxyFromEnvironment('https://a.example:8443/', { https_proxy: 'http://p', no_proxy: 'a.example:443' })?.bypassed).toBe(false);
  });
});

describe('isExcepted', () => {
  it.each([
    ['a.example', '*', true],
    ['a.example', 'a.example', true],
    ['www.a.example', 'a.example', true],
    ['www.a.example', '.a.example', true],
    ['a.example', '.a.example', true],
    ['www.a.example', '*.a.example', true],
    ['bada.example', 'a.example', false],
    ['a.example.', 'A.EXAMPLE.', true],
    ['a.example', 'b.example, a.example', true],
    ['a.example', 'b.example a.example', true],
    ['a.example', '', false],
    ['a.example', 'a.example:443', true],
    ['a.example', 'a.example:80', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.0/24', true],
    ['192.0.3.7', '192.0.2.0/24', false],
    ['192.0.2.7', '192.0.2.7:443', true],
    ['192.0.2.7', '192.0.2.0/33', false],
    ['192.0.2.7', '192.0.2.0/x', false],
    ['2001:db8::1', '[2001:db8::1]:443', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db8::1', '192.0.2.0/24', false],
    ['1.2.0.192.example', '192.0.2.1', false],
  ])('%s against %j: %s', (host, list, covered) => expect(isExcepted(host, 443, list)).toBe(covered));

  it('takes any list without a throw', () => {
    const entry = fc.oneof(
      latin1Text,
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV6(), fc.integer()).map((pair) => pair.join('/')),
    );
    fc.assert(
      fc.property(fc.array(entry), fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()), (list, host) => void isExcepted(host, 443, list.join(','))),
    );
  });
});
