import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesInHosts, hostsFilePath, parseHostsFile } from './hosts-file.ts';

const latin1Text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

const text = `127.0.0.1	localhost
::1 localhost ip6-localhost # both
192.0.2.7  Web.Example. www.example#alias
fe80::1%lo0 router
not-an-address host.example
192.0.2.8
192.0.2.9 web.example
192.0.2.7 web.example
`;

describe('hosts file', () => {
  it('gives distinct addresses in file order, whatever the case', () => {
    expect(addressesInHosts(parseHostsFile(text), 'WEB.example.')).toEqual(['192.0.2.7', '192.0.2.9']);
    expect(addressesInHosts(parseHostsFile(text.replaceAll('\n', '\r\n')), 'localhost')).toEqual(['127.0.0.1', '::1']);
    expect(addressesInHosts(parseHostsFile(text), 'alias')).toEqual([]);
    expect(addressesInHosts(parseHostsFile(text), 'router')).toEqual(['fe80::1%lo0']);
  });

  it('lies where the platform keeps it', () => {
    expect(hostsFilePath('linux', {})).toBe('/etc/hosts');
    expect(hostsFilePath('win32', { SystemRoot: 'D:\\Win' })).toBe('D:\\Win\\System32\\drivers\\etc\\hosts');
  });

  it('takes any text without a throw', () => {
    fc.assert(fc.property(latin1Text, fc.string(), (any, name) => void addressesInHosts(parseHostsFile(any), name)));
  });
});
