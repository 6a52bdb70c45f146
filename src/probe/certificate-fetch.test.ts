import { describe, expect, it } from 'vitest';
import { bareContext } from '../../test/unit/bare-context.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { Connection, ReadOutcome } from '../ports/connection.ts';
import { type Fetched, fetchNamed } from './certificate-fetch.ts';

const outside = '203.0.113.10';

interface Asked {
  fetched: Fetched;
  dialed: Endpoint[];
  sent: string;
}

/** Asks with every name at `address`, where `answer` comes back whatever is asked, in pieces. */
async function ask(url: string, answer: string | Uint8Array[] = '', address = '198.51.100.7', target = outside): Promise<Asked> {
  const context = bareContext();
  const dialed: Endpoint[] = [];
  const pieces = typeof answer === 'string' ? [new TextEncoder().encode(answer)] : answer;
  let sent = '';
  const connection = {
    write: async (bytes: Uint8Array) => {
      sent += new TextDecoder().decode(bytes);
      return null;
    },
    read: async (): Promise<ReadOutcome> => {
      const bytes = pieces.shift();
      return bytes === undefined ? { kind: 'end', atMs: 0 } : { kind: 'bytes', bytes, atMs: 0 };
    },
    destroy: () => undefined,
  } as unknown as Connection;
  const literal = /^[\d.]+$|:/;
  Object.assign(context.ports, {
    names: {
      lookup: async (name: string) => ({ kind: 'found', addresses: [{ address: literal.test(name) ? name : address, family: 'ipv4' }] }),
    },
    tcp: {
      dial: async (remote: Endpoint) => {
        dialed.push(remote);
        return { kind: 'connected', connection, startMs: 0, atMs: 0 };
      },
    },
  });
  return { fetched: await fetchNamed(context, target, url), dialed, sent };
}

describe('what a certificate points at', () => {
  it('is asked for over plain http, with the path as written', async () => {
    const { fetched, dialed, sent } = await ask('http://ca.example/a/b.cer?c=d', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc');
    expect(fetched).toMatchObject({ kind: 'answered', status: 200, body: new TextEncoder().encode('abc') });
    expect(dialed).toEqual([{ address: '198.51.100.7', port: 80 }]);
    expect(sent).toMatch(/^GET \/a\/b\.cer\?c=d HTTP\/1\.1\r\nHost: ca\.example\r\n/);
  });

  it.each([
    ['https://ca.example/a.cer', undefined],
    ['ldap://ca.example/cn=a', undefined],
    ['file:///etc/passwd', undefined],
    ['http://user@ca.example/a.cer', undefined],
    ['http://ca.example:6379/', undefined],
    ['not a URL', undefined],
    ['http://127.0.0.1/', undefined],
    ['http://[::1]/', undefined],
    ['http://169.254.169.254/latest/meta-data/', undefined],
    ['http://10.0.0.1/', undefined],
    ['http://[::ffff:10.0.0.1]/', undefined],
    ['http://[64:ff9b::c0a8:101]/', undefined],
    ['http://[fd00::1]/', undefined],
    ['http://0x7f000001/', undefined],
    ['http://inside.example/', '192.168.1.1'],
    ['http://inside.example/', '::1'],
  ])('is not asked for at %s', async (url, address) => {
    const { fetched, dialed } = await ask(url, '', address);
    expect(fetched.kind).toBe('not-asked');
    expect(dialed).toEqual([]);
  });

  it('may lie inside when the target does, on any port', async () => {
    const { dialed } = await ask('http://ca.corp:8080/a.cer', 'HTTP/1.1 200 OK\r\n\r\n', '10.0.0.2', '10.0.0.1');
    expect(dialed).toEqual([{ address: '10.0.0.2', port: 8080 }]);
  });

  it('is not followed where it redirects', async () => {
    const { fetched, dialed } = await ask(
      'http://ca.example/',
      'HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n',
    );
    expect(fetched).toMatchObject({ kind: 'answered', status: 302 });
    expect(dialed).toHaveLength(1);
  });

  it('is cut at 64 KiB, however much comes', async () => {
    const head = new TextEncoder().encode('HTTP/1.1 200 OK\r\n\r\n');
    const { fetched } = await ask('http://ca.example/', [head, ...Array.from({ length: 100 }, () => new Uint8Array(16_384))]);
    expect(fetched.kind === 'answered' ? fetched.body.length : 0).toBe(65_536);
  });
});
