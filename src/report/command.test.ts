import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CommandFacts, fillCommand, noCommandFacts } from './command.ts';

const facts: CommandFacts = {
  url: 'https://www.example.com/a?b=1&c=2',
  host: 'www.example.com',
  port: 443,
  address: '192.0.2.1',
  resolver: { address: '192.168.1.1', port: 53 },
  authorities: null,
};
const overIpv6: CommandFacts = { ...facts, host: '2001:db8::1', address: '2001:db8::1', resolver: { address: '127.0.0.1', port: 5353 } };

describe('a command of the registry', () => {
  test.each([
    ['gets the name', 'dig {host} A', facts, 'dig www.example.com A'],
    [
      'gets the URL in quotes when the shell would read something in it',
      'curl -I {url}',
      facts,
      "curl -I 'https://www.example.com/a?b=1&c=2'",
    ],
    ['gets address and port', 'openssl s_client -connect {address}:{port}', facts, 'openssl s_client -connect 192.0.2.1:443'],
    [
      'gets brackets around IPv6 before a port',
      'openssl s_client -connect {address}:{port}',
      overIpv6,
      "openssl s_client -connect '[2001:db8::1]':443",
    ],
    ['gets brackets around IPv6 in a URL', 'curl http://{host}/', overIpv6, "curl http://'[2001:db8::1]'/"],
    ['gets no brackets where none belong', 'ping {address}', overIpv6, 'ping 2001:db8::1'],
    ['gets the resolver', 'dig @{resolver} {host}', facts, 'dig @192.168.1.1 www.example.com'],
    ['gets the resolver with its port', 'dig @{resolver} {host}', overIpv6, 'dig @127.0.0.1 -p 5353 2001:db8::1'],
    [
      'names in capitals what is not known',
      'nc -vz {address} {port}; dig @{resolver} {host}; curl {url}',
      noCommandFacts,
      'nc -vz ADDRESS PORT; dig @RESOLVER HOST; curl URL',
    ],
    [
      'leaves authorities out where none were given',
      'openssl s_client -host {address}{authorities} </dev/null',
      facts,
      'openssl s_client -host 192.0.2.1 </dev/null',
    ],
    [
      'gets authorities that were given',
      'openssl s_client -host {address}{authorities} </dev/null',
      { ...facts, authorities: '/etc/our own/root.pem' },
      "openssl s_client -host 192.0.2.1 -CAfile '/etc/our own/root.pem' </dev/null",
    ],
    [
      'names nobody where the target is an address',
      'openssl s_client -host {address} -port {port} -servername {host} </dev/null',
      overIpv6,
      'openssl s_client -host 2001:db8::1 -port 443 -noservername </dev/null',
    ],
    [
      'opens a WebSocket with a curl that knows none',
      'curl -sS -i --max-time 30 {url} | head -40; echo {url}',
      { ...facts, url: 'wss://www.example.com/chat?a=b&c' },
      "curl -sS -i --max-time 30 --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: d2lyZXdhbGsgYXNrcyBpdA==' 'https://www.example.com/chat?a=b&c' | head -40; echo 'wss://www.example.com/chat?a=b&c'",
    ],
    ['keeps braces that are no placeholders', "awk '{print $1}' {host}", facts, "awk '{print $1}' www.example.com"],
  ])('%s', (_, template, given, filled) => {
    expect(fillCommand(template, given)).toBe(filled);
  });
});

test.each([
  ['bare', 'printf %s {url}'],
  ['in single quotes', "printf %s '{url}'"],
  ['in double quotes', 'printf %s "{url}"'],
])('a hostile value %s stays one word and does nothing', (_, template) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab \'"$`\\!;&|<>(){}[]*?~#\n') }), (url) => {
      const output = execFileSync('/bin/sh', ['-c', fillCommand(template, { ...noCommandFacts, url })], { encoding: 'utf8' });
      expect(output).toBe(url);
    }),
    { numRuns: 60 },
  );
});
