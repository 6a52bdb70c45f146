import { describe, expect, it } from 'vitest';
import { wantsColour } from '../../src/cli/environment.ts';
import { parseEndpoint, parseNetworks, parseResolver } from '../../src/cli/options/address.ts';
import { parseRedirectLimit, parseStatuses, parseTimeout } from '../../src/cli/options/number.ts';
import { parseExpectedText, parseHeader, parseMethod } from '../../src/cli/options/request.ts';
import { runProgram } from '../../src/cli/program.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { type ParsedWalkOptions, walkArguments } from '../../src/cli/walk-arguments.ts';
import { screen, testEnvironment } from './cli-environment.ts';

describe('values that are read', () => {
  it.each<[string, unknown, unknown]>([
    ['a resolver by address', parseResolver('192.0.2.53'), { address: '192.0.2.53', port: 53 }],
    ['a resolver with a port', parseResolver('192.0.2.53:5353'), { address: '192.0.2.53', port: 5353 }],
    ['a bare IPv6 resolver', parseResolver('2001:db8::53'), { address: '2001:db8::53', port: 53 }],
    ['a bracketed IPv6 resolver', parseResolver('[2001:db8::53]'), { address: '2001:db8::53', port: 53 }],
    ['a bracketed IPv6 resolver with a port', parseResolver('[2001:db8::53]:5353'), { address: '2001:db8::53', port: 5353 }],
    ['a resolver over TLS', parseResolver('tls://192.0.2.53'), { address: '192.0.2.53', port: 853, transport: 'tls' }],
    ['a resolver over TLS by name', parseResolver('tls://dns.example'), { address: 'dns.example', port: 853, transport: 'tls' }],
    [
      'a resolver over TLS on port 443',
      parseResolver('tls://[2001:db8::53]:443'),
      { address: '2001:db8::53', port: 443, transport: 'tls' },
    ],
    [
      'a resolver over HTTPS',
      parseResolver('https://dns.example/dns-query'),
      { address: 'dns.example', port: 443, transport: 'https', path: '/dns-query' },
    ],
    [
      'a resolver over HTTPS without a path',
      parseResolver('https://192.0.2.53:8443'),
      { address: '192.0.2.53', port: 8443, transport: 'https' },
    ],
    ['a link-local resolver with its zone', parseResolver('fe80::1%eth0'), { address: 'fe80::1%eth0', port: 53 }],
    ['an address to connect to', parseEndpoint('--connect-to', '192.0.2.1', 0), { address: '192.0.2.1', port: 0 }],
    ['seconds', parseTimeout('5'), 5000],
    ['parts of a second', parseTimeout('0.25'), 250],
    ['a number of redirects', parseRedirectLimit('0'), 0],
    ['statuses', parseStatuses('200, 204'), [200, 204]],
    ['networks', parseNetworks('--expect-address', '10.0.0.0/8,2001:db8::/32,192.0.2.1'), ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']],
    ['a header field', parseHeader('X-Request-Id:  abc '), { name: 'X-Request-Id', value: 'abc' }],
    ['an empty header field', parseHeader('X-Empty:'), { name: 'X-Empty', value: '' }],
    ['a header field with colons', parseHeader('Referer: https://h/'), { name: 'Referer', value: 'https://h/' }],
    ['a method', parseMethod('OPTIONS'), 'OPTIONS'],
    ['a text', parseExpectedText('Welcome'), 'Welcome'],
  ])('%s', (_, read, expected) => {
    expect(read).toEqual(expected);
  });
});

/** Each row: what is wrong, the arguments, and words of the one line about it. */
const unusable: [string, string[], RegExp][] = [
  ['nothing at all', [], /^no target: .*; give a URL/],
  ['nothing to read', ['read'], /^no file: .*; give a capture/],
  ['nothing to compare with', ['compare', 'a.json'], /^no report: .*; give two reports/],
  ['nothing to explain', ['explain'], /^no text: .*; give a cause/],
  ['an unknown option', ['h', '--frobnicate'], /^--frobnicate: unknown option; see wirewalk --help$/],
  ['a misspelt option', ['h', '--jsn'], /^--jsn: unknown option; did you mean --json\? See wirewalk --help$/],
  ['a choice that is none', ['h', '--users', 'many'], /^--users many: no such choice; give one of all, some, one$/],
  ['an option without its value', ['h', '--timeout'], /^--timeout: its value is missing/],
  ['two targets', ['h', 'i'], /^too many arguments/],
  ['a resolver over QUIC', ['h', '--resolver', 'quic://1.1.1.1'], /resolvers are asked over UDP, TCP, TLS and HTTPS/],
  ['a resolver over TLS with a path', ['h', '--resolver', 'tls://dns.example/x'], /a resolver over TLS has no path/],
  ['a resolver over HTTPS with a password', ['h', '--resolver', 'https://u:p@dns.example/'], /not the address of a resolver/],
  ['a count of one', ['h', '--count', '1'], /^--count 1: not a whole number from 2 to 1000/],
  ['a count that is a word', ['h', '--count', 'many'], /not a whole number/],
  ['a resolver that is a name', ['h', '--resolver', 'dns.example'], /^--resolver dns\.example: not an IP address; give one such as/],
  ['a resolver with port 0', ['h', '--resolver', '192.0.2.53:0'], /its port is not a number from 1 to 65535/],
  ['a resolver with an empty port', ['h', '--resolver', '192.0.2.53:'], /its port is not a number/],
  ['IPv4 in brackets', ['h', '--resolver', '[192.0.2.53]'], /not an IP address/],
  ['an origin that is a name', ['h', '--origin', 'origin.example'], /^--origin origin\.example: not an IP address/],
  ['a health path that is none', ['h', '--health', 'health'], /^--health "health": not a path/],
  ['a health path that names a host', ['h', '--health', '//other.example/'], /not a path/],
  ['an address to connect to that is a name', ['h', '--connect-to', 'other.example'], /^--connect-to other\.example: not an IP address/],
  ['a timeout of nothing', ['h', '--timeout', '0'], /^--timeout 0: not a number of seconds above 0/],
  ['a timeout in other notation', ['h', '--timeout', '1e3'], /^--timeout 1e3/],
  ['a timeout of a day', ['h', '--timeout', '86400'], /up to 3600/],
  ['a status out of range', ['h', '--expect-status', '600'], /^--expect-status 600: not a status from 100 to 599/],
  ['a status list with a hole', ['h', '--expect-status', '200,,204'], /not a status/],
  [
    'a network with too long a prefix',
    ['h', '--expect-address', '10.0.0.0/33'],
    /^--expect-address 10\.0\.0\.0\/33: not an address or network/,
  ],
  ['a network with two prefixes', ['h', '--expect-address', '10.0.0.0/8/8'], /not an address or network/],
  ['an expected text that is empty', ['h', '--expect-text', ''], /^--expect-text: the text is empty/],
  ['a header without a name', ['h', '--header', ': x'], /not a header field/],
  ['a header with a space in its name', ['h', '--header', 'X Y: z'], /not a header field/],
  ['a header with a line break', ['h', '--header', 'X: a\r\nY: b'], /line breaks, control characters/],
  ['a header that frames a body', ['h', '--header', 'Content-Length: 5'], /the walk itself decides/],
  ['a method with a space', ['h', '--method', 'GET /'], /^--method "GET \/": not a method name/],
  ['the method of proxies', ['h', '--method', 'connect'], /only proxies understand it/],
  ['a negative number of redirects', ['h', '--max-redirects=-1'], /^--max-redirects -1: not a whole number/],
  ['both families', ['h', '-4', '-6'], /^-4 and -6: they exclude each other/],
  ['quiet and verbose', ['h', '-q', '-v'], /^-q and -v: they contradict each other/],
  ['following none and some', ['h', '--no-follow', '--max-redirects', '3'], /contradict each other/],
  [
    'a CA file that is missing',
    ['h', '--ca', '/nonexistent/ca.pem'],
    /^--ca \/nonexistent\/ca\.pem: .+; give a file with certificates in PEM form$/,
  ],
  ['nothing to explain', ['explain'], /nothing was given/],
  ['something nobody knows', ['explain', 'the', 'cat'], /^explain "the cat": nothing in it is known/],
];

describe('what cannot be used', () => {
  it.each(unusable)('%s is one line, before any port is made', async (_, args, line) => {
    const environment = testEnvironment();
    const error = await runProgram(args, environment).then(
      () => null,
      (rejection: unknown) => rejection,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(line);
    expect((error as UsageError).message).not.toContain('\n');
    expect(environment.madeWith).toEqual([]);
    expect(environment.stdout.text).toBe('');
  });

  it('does not repeat the value of a header, which may be a secret', async () => {
    const error = await runProgram(['h', '--header', 'Authorization: hunter2\u0000'], testEnvironment()).catch(
      (rejection: Error) => rejection,
    );
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('options put together', () => {
  const plain: ParsedWalkOptions = { follow: true, color: true, publicResolvers: true };

  it('leave the walk its own defaults when nothing is said', () => {
    const { options, ...rest } = walkArguments('h', plain);
    expect(options).toEqual({ expect: {}, family: null, headers: [], resolvers: [], connectTo: null });
    const { outputs, ...others } = rest;
    expect(Object.values(outputs).filter((file) => file !== null)).toEqual([]);
    expect(others).toEqual({
      input: 'h',
      headers: [],
      authorityFile: null,
      captureFile: null,
      intake: null,
      asksIntake: false,
      redaction: 'secrets',
      narrates: false,
      screenshotFile: null,
      json: false,
      strict: false,
      noColor: false,
      detail: 'screen',
    });
  });

  it('start a browser for a screenshot, and leave the page alone when told to', () => {
    expect(walkArguments('h', { ...plain, page: false }).options.page).toBe('none');
    expect(walkArguments('h', { ...plain, page: true, browser: true }).options).toMatchObject({
      page: 'all',
      browser: { onScreenshot: null },
    });
    const { options, screenshotFile } = walkArguments('h', { ...plain, screenshot: 'a.png' });
    expect([options.browser, screenshotFile]).toEqual([{ onScreenshot: null }, 'a.png']);
  });

  it('carry everything that is said', () => {
    const headers = [{ name: 'A', value: 'b' }];
    const { options } = walkArguments('h', {
      ...plain,
      follow: false,
      '6': true,
      timeout: 250,
      method: 'HEAD',
      header: headers,
      expectStatus: [204],
      expectText: 'x',
      expectAddress: ['10.0.0.0/8'],
      resolver: [{ address: '192.0.2.53', port: 53 }],
      connectTo: { address: '192.0.2.1', port: 0 },
      publicResolvers: false,
      count: 20,
      thorough: true,
    });
    expect(options).toEqual({
      expect: { statuses: [204], text: 'x', addresses: ['10.0.0.0/8'] },
      family: 'ipv6',
      headers,
      resolvers: [{ address: '192.0.2.53', port: 53 }],
      connectTo: { address: '192.0.2.1', port: 0 },
      publicResolvers: false,
      lookupCount: 20,
      pathRounds: 20,
      thorough: true,
      warmRun: true,
      timeoutMs: 250,
      method: 'HEAD',
      maxRedirects: 0,
    });
  });
});

describe('help', () => {
  it.each([[['--help']], [['-h']], [['walk', '--help']]])('%j shows options, examples and exit codes, and ends well', async (args) => {
    const environment = testEnvironment();
    expect(await runProgram(args, environment)).toBe(0);
    for (const word of ['--json', '--connect-to', 'Examples:', 'Exit codes:', '130', 'explain'])
      expect(environment.stdout.text).toContain(word);
    expect(environment.madeWith).toEqual([]);
  });

  it('of explain is its own', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['explain', '--help'], environment)).toBe(0);
    expect(environment.stdout.text).toContain('ERR_NAME_NOT_RESOLVED');
  });
});

describe('colours', () => {
  const terminal = screen({ isTerminal: true });
  const file = screen();
  it.each<[string, boolean, Parameters<typeof wantsColour>]>([
    ['on a terminal', true, [terminal, {}, false]],
    ['not in a file', false, [file, {}, false]],
    ['not with --no-color', false, [terminal, { FORCE_COLOR: '1' }, true]],
    ['not with NO_COLOR', false, [terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false]],
    ['on a terminal with an empty NO_COLOR', true, [terminal, { NO_COLOR: '' }, false]],
    ['in a file with FORCE_COLOR', true, [file, { FORCE_COLOR: '1' }, false]],
    ['not with FORCE_COLOR=0', false, [terminal, { FORCE_COLOR: '0' }, false]],
    ['not on a dumb terminal', false, [terminal, { TERM: 'dumb' }, false]],
  ])('%s: %s', (_, wanted, args) => {
    expect(wantsColour(...args)).toBe(wanted);
  });
});
