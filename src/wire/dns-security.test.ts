import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemSignatureChecker as checker } from '../system/signature-checker.ts';
import { encodeDnsMessage } from './dns-encode.ts';
import { type DnsResourceRecord, decodeDnsMessage } from './dns-message.ts';
import { decodeDelegationSigner, decodeDnsKey, decodeDnsSignature, digestedBytes, signedBytes } from './dns-security.ts';

type Line = [name: string, type: string, data: string];

/** Records as a message brings them: names compressed, data as bytes. */
function received(...lines: Line[]): DnsResourceRecord[] {
  const answers = lines.map(([name, type, data]) => ({ name, type, ttlSeconds: 3600, data }));
  const { message, error } = decodeDnsMessage(encodeDnsMessage({ id: 1, response: true, answers }));
  expect(error).toBeNull();
  return message!.answers;
}

/** Whether the first record's signature, the last of the lines, holds by the key. */
function holds(key: Line, ...lines: Line[]): boolean | null {
  const records = received(...lines);
  const signature = decodeDnsSignature(records.at(-1)!.rdata)!;
  const dnsKey = decodeDnsKey(received(key)[0]!.rdata)!;
  expect(signature.keyTag).toBe(dnsKey.keyTag);
  const data = signedBytes(signature, records[0]!.name, records.slice(0, -1));
  return data === null ? false : checker.verify(signature.algorithm, dnsKey.publicKey, data, signature.signature);
}

const p256Key: Line = [
  'example.net',
  'DNSKEY',
  '257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==',
];
const p384Key: Line = [
  'example.net',
  'DNSKEY',
  '257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40',
];
const rsaKey: Line = [
  'example.net',
  'DNSKEY',
  '256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL',
];
const edKey: Line = ['example.com', 'DNSKEY', '257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4='];
const exampleKey: Line = [
  'example',
  'DNSKEY',
  '256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJFHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ==',
];

const www: Line = ['www.example.net', 'A', '192.0.2.1'];
const p256Signature: Line = [
  'www.example.net',
  'RRSIG',
  'A 13 3 3600 20100909100439 20100812100439 55648 example.net qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==',
];
const wildcardSignature = (labels: number): Line => [
  'a.z.w.example',
  'RRSIG',
  `MX 5 ${labels} 3600 20040509183619 20040409183619 38519 example OMK8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36SR5xBni8vHI=`,
];

describe('signatures of the RFCs', () => {
  it('hold: RFC 6605 section 6.1, ECDSA on P-256', () => {
    expect(holds(p256Key, www, p256Signature)).toBe(true);
  });

  it('hold: RFC 6605 section 6.2, ECDSA on P-384', () => {
    const signature: Line = [
      'www.example.net',
      'RRSIG',
      'A 14 3 3600 20100909102025 20100812102025 10771 example.net /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm',
    ];
    expect(holds(p384Key, www, signature)).toBe(true);
  });

  it('hold: RFC 5702 section 6.2, RSA with SHA-512', () => {
    const signature: Line = [
      'www.example.net',
      'RRSIG',
      'A 10 3 3600 20300101000000 20000101000000 3740 example.net tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=',
    ];
    expect(holds(rsaKey, ['www.example.net', 'A', '192.0.2.91'], signature)).toBe(true);
  });

  it('hold: RFC 8080 section 6.1 as corrected (erratum 4935), Ed25519 over a name within the data', () => {
    const signature: Line = [
      'example.com',
      'RRSIG',
      'MX 15 2 3600 1440021600 1438207200 3613 example.com oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==',
    ];
    expect(holds(edKey, ['example.com', 'MX', '10 mail.example.com'], signature)).toBe(true);
  });

  it('hold: RFC 4035 appendix B.6, an answer made from a wildcard', () => {
    expect(holds(exampleKey, ['a.z.w.example', 'MX', '1 ai.example'], wildcardSignature(2))).toBe(true);
    expect(holds(exampleKey, ['a.z.w.example', 'MX', '1 ai.example'], wildcardSignature(4))).toBe(false);
    expect(holds(exampleKey, ['a.z.w.example', 'MX', '1 ai.example'], wildcardSignature(9))).toBe(false);
  });

  it('do not hold for other records, another owner, or another key', () => {
    expect(holds(p256Key, ['www.example.net', 'A', '192.0.2.2'], p256Signature)).toBe(false);
    expect(holds(p256Key, ['ww.example.net', 'A', '192.0.2.1'], p256Signature)).toBe(false);
    expect(holds(p256Key, www, ['www.example.net', 'A', '192.0.2.2'], p256Signature)).toBe(false);
  });

  it('do not depend on the order of the records, nor on one that comes twice', () => {
    const signature = decodeDnsSignature(received(p256Signature)[0]!.rdata)!;
    const one = received(www, ['www.example.net', 'A', '192.0.2.7'], ['www.example.net', 'A', '10.0.0.1']);
    const other = [one[2]!, one[0]!, one[1]!, one[0]!];
    expect(signedBytes(signature, 'www.example.net', other)).toEqual(signedBytes(signature, 'www.example.net', one));
  });
});

describe('digests of the RFCs', () => {
  it.each<[string, Line, Line]>([
    ['RFC 6605 section 6.1', p256Key, ['example.net', 'DS', '55648 13 2 b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17']],
    [
      'RFC 6605 section 6.2',
      p384Key,
      ['example.net', 'DS', '10771 14 4 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f27e305c6a9b0563a9b5f4d288405c3008a946df983d6'],
    ],
    ['RFC 8080 section 6.1', edKey, ['example.com', 'DS', '3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b']],
  ])('agree: %s', (_, key, ds) => {
    const dnsKey = decodeDnsKey(received(key)[0]!.rdata)!;
    const signer = decodeDelegationSigner(received(ds)[0]!.rdata)!;
    expect(signer).toMatchObject({ keyTag: dnsKey.keyTag, algorithm: dnsKey.algorithm });
    expect(checker.digest(signer.digestType, digestedBytes(key[0], dnsKey))).toEqual(signer.digest);
  });
});

describe('what the network may send', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });

  it('is decoded or refused, never a throw', () => {
    fc.assert(
      fc.property(bytes, (rdata) => {
        decodeDelegationSigner(rdata);
        decodeDnsKey(rdata);
        const signature = decodeDnsSignature(rdata);
        if (signature !== null) signedBytes(signature, 'www.example.net', received(www));
      }),
      { numRuns: 3000 },
    );
  });

  it('is verified or not, or cannot be, never a throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 18 }), bytes, bytes, bytes, (algorithm, key, data, signature) => {
        expect([true, false, null]).toContain(checker.verify(algorithm, key, data, signature));
      }),
      { numRuns: 2000 },
    );
  });

  it('has keys that are too large to be worth the time, and algorithms nobody knows', () => {
    const huge = Uint8Array.from([1, 3, ...new Uint8Array(600).fill(255)]);
    expect(checker.verify(8, huge, new Uint8Array(1), new Uint8Array(600))).toBeNull();
    expect(checker.verify(99, huge, new Uint8Array(1), new Uint8Array(1))).toBeNull();
    expect(checker.digest(3, new Uint8Array(1))).toBeNull();
  });
});
