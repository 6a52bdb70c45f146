import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResolvConf } from './resolv-conf.ts';

const latin1Text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('resolv.conf', () => {
  it('as the C library reads it', () => {
    const text = `# comment
; another
domain old.example
search corp.example\tlan
nameserver 192.0.2.53
nameserver fe80::1%eth0
 nameserver 192.0.2.54 # not a comment to the C library, and passed over
nameserver 192.0.2.55
nameserver not-an-address
options ndots:20 timeout:1 rotate
`;
    expect(parseResolvConf(text)).toEqual({
      source: 'resolv.conf',
      servers: [
        { address: '192.0.2.53', port: 53 },
        { address: 'fe80::1%eth0', port: 53 },
        { address: '192.0.2.54', port: 53 },
      ],
      search: ['corp.example', 'lan'],
      ndots: 15,
    });
  });

  it('the last of search and domain wins', () => {
    expect(parseResolvConf('search a.example b.example\ndomain c.example\n').search).toEqual(['c.example']);
  });

  it('the environment overrides', () => {
    const facts = parseResolvConf('search a.example\noptions ndots:2\n', {
      LOCALDOMAIN: 'x.example y.example',
      RES_OPTIONS: 'debug ndots:3',
    });
    expect([facts.search, facts.ndots]).toEqual([['x.example', 'y.example'], 3]);
  });

  it('knows the stub of systemd-resolved', () => {
    expect(parseResolvConf('nameserver 127.0.0.53\noptions edns0 trust-ad\n').source).toBe('systemd-resolved');
  });

  it('no server is none', () => expect(parseResolvConf('').servers).toEqual([]));

  it('takes any text without a throw', () => {
    const line = fc.tuple(fc.constantFrom('nameserver', 'search', 'options', 'domain', '#', ''), latin1Text).map((pair) => pair.join(' '));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const facts = parseResolvConf(lines.join('\n'));
        expect(facts.servers.length).toBeLessThanOrEqual(3);
        expect(facts.ndots).toBeLessThanOrEqual(15);
      }),
    );
  });
});
