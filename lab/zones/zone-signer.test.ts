import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { recordTypes } from '../dns/record.ts';
import { encodeData, encodeName, uint16, uint32 } from '../dns/wire-form.ts';
import { renderZoneFile } from './zone-file.ts';
import { createZoneKey, dsData } from './zone-key.ts';
import { parseRecord } from './zone-set.ts';
import { signZone } from './zone-signer.ts';

const window = { inceptionSeconds: 1_700_000_000, expirationSeconds: 1_700_100_000 };
const records = [
  'site.example 300 SOA ns.site.example hostmaster.site.example 1 3600 600 86400 60',
  'site.example 300 NS ns.site.example',
  'ns.site.example 300 A 192.0.2.1',
  'www.site.example 300 A 192.0.2.2',
  'www.site.example 300 A 192.0.2.3',
  'child.site.example 300 NS ns.child.site.example',
  'ns.child.site.example 300 A 192.0.2.9',
].map(parseRecord);

describe('a signed zone', () => {
  const key = createZoneKey();
  const signed = signZone('site.example', records, key, window);
  const signaturesOf = (name: string): string[] =>
    signed.filter((record) => record.name === name && record.type === 'RRSIG').map(({ data }) => data);

  it('signs what it is authoritative for, and neither delegations nor glue', () => {
    expect(signaturesOf('www.site.example').map((data) => data.split(' ')[0])).toEqual(['A', 'NSEC']);
    expect(signaturesOf('child.site.example').map((data) => data.split(' ')[0])).toEqual(['NSEC']);
    expect(signaturesOf('ns.child.site.example')).toEqual([]);
    expect(signaturesOf('site.example').map((data) => data.split(' ')[0])).toEqual(['SOA', 'NS', 'DNSKEY', 'NSEC']);
  });

  it('closes the NSEC chain over all its names', () => {
    const next = new Map(signed.filter(({ type }) => type === 'NSEC').map(({ name, data }) => [name, data.split(' ')[0]!]));
    let name = 'site.example';
    const visited: string[] = [];
    do {
      visited.push(name);
      name = next.get(name)!;
    } while (name !== 'site.example');
    expect(visited).toEqual(['site.example', 'child.site.example', 'ns.site.example', 'www.site.example']);
  });

  it('makes signatures that verify over the canonical form (RFC 4034 section 3.1.8.1)', () => {
    const [, algorithm, labels, ttl, expiration, inception, tag, , signature] = signaturesOf('www.site.example')[0]!.split(' ');
    const header = Buffer.concat([
      uint16(recordTypes.A),
      Buffer.from([Number(algorithm), Number(labels)]),
      uint32(Number(ttl)),
      uint32(Number(expiration)),
      uint32(Number(inception)),
      uint16(Number(tag)),
      encodeName('site.example'),
    ]);
    const body = (address: string): Buffer =>
      Buffer.concat([encodeName('www.site.example'), uint16(1), uint16(1), uint32(300), uint16(4), encodeData('A', address)]);
    const bytes = Buffer.concat([header, body('192.0.2.2'), body('192.0.2.3')]);
    const publicKey = createPublicKey(key.privatePem);
    expect(verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature!, 'base64'))).toBe(true);
  });

  it('gives its parent a digest of its key', () => {
    const data = Buffer.concat([encodeName('site.example'), Buffer.from([1, 1, 3, 13]), key.publicBytes]);
    expect(dsData('site.example', key)).toBe(`${key.tag} 13 2 ${createHash('sha256').update(data).digest('hex')}`);
  });

  it('is written with every name absolute', () => {
    expect(renderZoneFile(signed)).toContain('child.site.example. 300 IN NS ns.child.site.example.\n');
    expect(renderZoneFile([{ name: '', type: 'NS', ttlSeconds: 1, data: 'a.root' }])).toBe('. 1 IN NS a.root.\n');
  });
});
