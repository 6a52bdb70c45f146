import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTarget, parseTarget } from './target.ts';

const read: [input: string, url: string, host: string, port: number][] = [
  ['example.com', 'https://example.com/', 'example.com', 443],
  ['example.com:8443', 'https://example.com:8443/', 'example.com', 8443],
  ['example.com:80', 'https://example.com:80/', 'example.com', 80],
  ['localhost:3000/path?q=1', 'https://localhost:3000/path?q=1', 'localhost', 3000],
  ['http://example.com', 'http://example.com/', 'example.com', 80],
  ['HTTPS://EXAMPLE.com/A', 'https://example.com/A', 'example.com', 443],
  ['  https://example.com/  ', 'https://example.com/', 'example.com', 443],
  ['https://example.com./', 'https://example.com./', 'example.com', 443],
  ['wss://example.com/chat', 'wss://example.com/chat', 'example.com', 443],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/', 'xn--bcher-kva.example', 443],
  ['münchen.example', 'https://xn--mnchen-3ya.example/', 'xn--mnchen-3ya.example', 443],
  ['192.0.2.7', 'https://192.0.2.7/', '192.0.2.7', 443],
  ['192.0.2.7:8080', 'https://192.0.2.7:8080/', '192.0.2.7', 8080],
  ['2001:db8::1', 'https://[2001:db8::1]/', '2001:db8::1', 443],
  ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443/', '2001:db8::1', 8443],
  ['https://user:secret@example.com/', 'https://example.com/', 'example.com', 443],
  ['https://example.com/page#part', 'https://example.com/page', 'example.com', 443],
];

const refused: [input: string, reason: string][] = [
  ['', 'empty'],
  ['   ', 'empty'],
  ['ftp://example.com/', 'unsupported-scheme'],
  ['file:///etc/passwd', 'unsupported-scheme'],
  ['mailto:a@example.com', 'unsupported-scheme'],
  ['javascript:alert(1)', 'unsupported-scheme'],
  ['https://', 'not-a-url'],
  ['https://example.com:99999/', 'bad-port'],
  ['https://example.com:http/', 'bad-port'],
  ['example.com:port', 'bad-port'],
  ['https://exa mple.com/', 'bad-host'],
  ['https://a..b/', 'bad-host'],
  [`https://${'a'.repeat(64)}.example/`, 'bad-host'],
  ['https://[2001:db8::1/', 'bad-host'],
  ['https://256.1.1.1/', 'bad-host'],
];

describe('a target', () => {
  test.each(read)('%s means %s', (input, url, host, port) => {
    expect(parseTarget(input)).toMatchObject({ url, host, port });
  });

  test.each(refused)('%j is refused as %s', (input, reason) => {
    expect(parseTarget(input)).toMatchObject({ reason });
  });

  test.each([
    ['http://[fe80::1%eth0]:8080/', 'http://[fe80::1]:8080/'],
    ['http://[fe80::1%25eth0]:8080/', 'http://[fe80::1]:8080/'],
  ])('keeps the scope id of %s beside the URL', (input, url) => {
    expect(parseTarget(input)).toMatchObject({ url, host: 'fe80::1', zone: 'eth0', port: 8080 });
  });

  test('keeps credentials out of what is recorded', () => {
    const target = parseTarget('https://user:pa%3Ass@example.com/');
    expect(target).toMatchObject({ url: 'https://example.com/', credentials: 'user:pa:ss' });
  });

  test('is read or refused, never a throw, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.webUrl().map((url) => url.replace('https', 'x')),
          fc.ipV6(),
        ),
        (input) => {
          const parsed = parseTarget(input);
          if (isTarget(parsed)) expect(new URL(parsed.url)).toMatchObject({ username: '', password: '', hash: '' });
        },
      ),
    );
  });
});
