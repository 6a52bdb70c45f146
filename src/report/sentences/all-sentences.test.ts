import { describe, expect, test } from 'vitest';
import { type CauseCode, causeCodes } from '../../model/cause.ts';
import type { Detail } from '../../model/finding.ts';
import { sentenceFor } from './all-sentences.ts';

test('how many things of a page fail is none of what one of them met', () => {
  const detail = { url: 'https://h.test/a.js', cause: 'tcp.refused', address: '192.0.2.1', port: 443, count: 3, total: 3 };
  expect(sentenceFor('page.subresource-failed', detail, 'tcp.refused')).toBe(
    'The page arrives, but 3 things it needs do not: https://h.test/a.js (tcp.refused): nothing listens on 192.0.2.1:443: the connection was refused.',
  );
});

describe.each(causeCodes)('%s', (code) => {
  /** Facts of every kind a rule may state, so that every clause of a sentence is tried. */
  const everything: Detail = {
    ...{ name: 'www.example.com', host: 'www.example.com', address: '192.0.2.1', port: 443, addresses: ['192.0.2.1', '192.0.2.2'] },
    ...{ resolver: '192.0.2.53', resolvers: ['192.0.2.53'], rcode: 'SERVFAIL', waitedMs: 5000, durationMs: 1234, budgetMs: 300 },
    ...{ notAfter: '2026-11-18T00:00:00Z', notBefore: '2026-12-01T00:00:00Z', days: 3, hours: 80, names: ['other.example'] },
    ...{ subject: 'CN=a', issuer: 'CN=b', alert: 40, alertName: 'handshake_failure', status: 502, reason: 'Bad Gateway' },
    ...{ url: 'https://h/', location: '/x', expectedBytes: 500, receivedBytes: 120, encoding: 'gzip', hops: 3, count: 2, total: 10 },
    ...{
      failure: 'connection-refused',
      sample: '48545450',
      phase: 'hello-sent',
      looksLike: 'http',
      interface: 'eth0',
      from: '198.51.100.1',
    },
    ...{ interfaces: ['eth0'], types: ['A', 'AAAA'], purpose: 'target', destinations: ['192.0.2.1'], synRetransmissions: 1, scheme: 'ftp' },
    ...{ expected: ['192.0.2.9'], file: '/etc/hosts', alias: 'gone.example', aliases: ['a', 'b'], outcome: 'too-many', offsetMs: -90_000 },
    ...{
      percent: 12,
      mtuBytes: 1400,
      proxy: 'http://proxy:3128',
      version: 'TLSv1',
      cipher: 'X',
      input: 'x',
      serverMs: 1000,
      rule: 'chunk-size',
    },
  };

  test.each<[string, Detail]>([
    ['without any fact', {}],
    ['with facts that are null', Object.fromEntries(Object.keys(everything).map((key) => [key, null]))],
    ['with every fact', everything],
  ])('%s is one plain sentence', (_, detail) => {
    const sentence = sentenceFor(code, detail);
    expect(sentence).toMatch(/^\S.*\.$/);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object|\(\)| {2}|\.\.| \.| ,/);
    expect(sentence.length).toBeLessThan(300);
  });
});

describe('sentences hold the facts', () => {
  test.each<[string, CauseCode, Detail, string]>([
    [
      'days and date',
      'tls.cert-expired',
      { days: 3, notAfter: '2026-11-18T12:00:00.000Z' },
      'The certificate expired 3 days ago (2026-11-18).',
    ],
    ['one day', 'tls.cert-expired', { days: 1, notAfter: '2026-11-20T12:00:00.000Z' }, 'The certificate expired 1 day ago (2026-11-20).'],
    ['today', 'tls.cert-expired', { days: 0 }, 'The certificate expired today.'],
    ['hours when a day is not left', 'tls.expires-soon', { days: 0, hours: 7 }, 'The certificate expires in 7 hours.'],
    [
      'where nothing listens',
      'tcp.refused',
      { address: '127.0.0.1', port: 443 },
      'Nothing listens on 127.0.0.1:443: the connection was refused.',
    ],
    ['IPv6 in brackets', 'tcp.refused', { address: '::1', port: 443 }, 'Nothing listens on [::1]:443: the connection was refused.'],
    [
      'who does not answer',
      'tcp.timeout',
      { address: '192.0.2.1', port: 443, waitedMs: 5000 },
      '192.0.2.1:443 does not answer within 5 s: the connection attempt timed out.',
    ],
    [
      'the missing name',
      'dns.nxdomain',
      { name: 'nope.example', resolver: '192.0.2.53' },
      'The name nope.example does not exist in the DNS, says 192.0.2.53.',
    ],
    [
      'which records are missing',
      'dns.no-data',
      { name: 'a.example', types: ['A', 'AAAA'] },
      'The name a.example exists, but it has no address (no A record, no AAAA record).',
    ],
    [
      'names of the certificate',
      'tls.name-mismatch',
      { host: 'a.example', names: ['b.example', 'c.example', 'd.example', 'e.example'] },
      'The certificate is not for a.example: it is for b.example, c.example and 2 more.',
    ],
    [
      'how much arrived',
      'http.truncated',
      { receivedBytes: 1200, expectedBytes: 48000 },
      'The connection ended after 1,200 of 48,000 bytes (3 %) of the response.',
    ],
    [
      'what answers instead of TLS',
      'tls.not-tls',
      { address: '192.0.2.1', port: 443, looksLike: 'ssh' },
      '192.0.2.1:443 does not speak TLS: it answers in SSH.',
    ],
    [
      'who refused to send',
      'local.firewall',
      { address: '192.0.2.1', port: 443, failure: 'EPERM' },
      'This computer itself refused to send to 192.0.2.1:443 (EPERM): nothing left it.',
    ],
    ['what ran out', 'local.resource-limit', { failure: 'EMFILE', during: 'tcp' }, 'This computer ran out of file descriptors (tcp).'],
    [
      'how often the first packet went',
      'tcp.slow',
      { address: '192.0.2.1', port: 443, durationMs: 1060, budgetMs: 1000, synRetransmissions: 1 },
      'Connecting to 192.0.2.1:443 took 1.1 s: the first packet had to be sent 2 times.',
    ],
    [
      'what begins the answer',
      'http.malformed',
      { rule: 'status-line', sample: '5353482d322e302d4f70656e535348' },
      'What the server answers is not valid HTTP (status line): it begins with "SSH-2.0-OpenSSH".',
    ],
  ])('%s', (_, code, detail, sentence) => {
    expect(sentenceFor(code, detail)).toBe(sentence);
  });

  test('a finding about another target says what fails there', () => {
    const detail = { location: 'https://b.example/', days: 3, notAfter: '2026-11-18T12:00:00.000Z' };
    expect(sentenceFor('http.redirect-broken', detail, 'tls.cert-expired')).toBe(
      'The site redirects to https://b.example/, and that fails: the certificate expired 3 days ago (2026-11-18).',
    );
  });

  test('remote text is clipped', () => {
    expect(sentenceFor('tls.self-signed', { subject: `CN=${'x'.repeat(5000)}` }).length).toBeLessThan(250);
  });
});
