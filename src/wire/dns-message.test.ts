import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHex, encodeHex } from './byte-text.ts';
import { type DnsRecordOffer, encodeDnsMessage, encodeDnsQuery } from './dns-encode.ts';
import { decodeDnsMessage } from './dns-message.ts';

function hex(text: string): Uint8Array {
  return decodeHex(text.replaceAll(/\s/g, ''))!;
}

/** Data in the form the decoder gives, of every type with a known form. */
const RECORDS: readonly (readonly [type: string, data: string])[] = [
  ['A', '192.0.2.1'],
  ['AAAA', '2001:db8::1'],
  ['AAAA', '::ffff:192.0.2.1'],
  ['NS', 'ns1.example.com'],
  ['CNAME', '.'],
  ['SOA', 'ns1.example.com hostmaster.example.com 2024010101 7200 3600 1209600 300'],
  ['PTR', 'host\\.with\\.dots.example.com'],
  ['MX', '10 mail.example.com'],
  ['TXT', '"v=spf1 -all" "quote \\" backslash \\\\ byte \\200"'],
  ['SRV', '0 5 443 target.example.com'],
  ['NAPTR', '100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .'],
  ['DNAME', 'other.example'],
  ['CAA', '0 issue "letsencrypt.org; validationmethods=dns-01"'],
  ['DS', '60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118'],
  ['DNSKEY', '256 3 13 oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA=='],
  ['RRSIG', 'A 13 2 300 20240101000000 20231201000000 12345 example.com AAECAw=='],
  ['NSEC', 'host.example.com A MX RRSIG NSEC TYPE1234'],
  ['NSEC3', '1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM'],
  ['NSEC3', '1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr'],
  ['TLSA', '3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971'],
  ['HTTPS', '1 . alpn="h2,h3" ipv4hint=192.0.2.1,192.0.2.2 ech=AEX+ ipv6hint=2001:db8::1'],
  ['HTTPS', '0 svc.example.net'],
  [
    'SVCB',
    '16 foo.example.org mandatory=alpn,ipv4hint alpn="f\\\\\\\\oo\\\\,bar,h2" no-default-alpn port=8443 ipv4hint=192.0.2.1 key667="hello\\210qoo"',
  ],
  ['URI', '10 1 "https://example.com/"'],
  ['TYPE65280', '\\# 3 010203'],
  ['TYPE65280', '\\# 0'],
];

/** Answers of a signed zone: a DNAME redirects the name; the name does not exist. */
const ALIAS = `00078400000100030000000101780164076578616d706c6504746573740000010001c00e002700010000012c000c056f74686572047465737400c00c00050001
0000012c000a0178056f74686572c018c00e002e00010000012c006000270d030000012c6b1390a16b0106890ec6076578616d706c6504746573740069c601ee
090204b9b93e83709d9ddafef2f1af8e153c1388066645cfc8aafd811832a52719b5d769e8eaf2522bd648bd0c45a824d372e1d72b1ec071f238ccc700002904
d00000800000120003000e6e732d6f6e652e6578616d706c65`;
const DENIAL = `000784030001000000060001046e6f7065076578616d706c6504746573740000010001c011000600010000012c0027036e7331c0110a686f73746d6173746572
c01178a3f17600001c2000000e10001275000000012c036c6f63c011002f00010000012c001a036e7331076578616d706c650474657374000006000000040003
c011002f00010000012c001d045f736970076578616d706c6504746573740000082201000000038018c011002e00010000012c006000060d020000012c6b1390
a16b0106890ec6076578616d706c650474657374005e247cb95e099c16a2d95f81fe537cc0b16d319241fd08485c422367523fa1f05b0743420ce9a7e4e8fbf5
2133233802c3f6d530d7557568f64240fa7017d82ac056002e00010000012c0060002f0d030000012c6b1390a16b0106890ec6076578616d706c650474657374
00d372ce1bc53160da13f46582853661938aee7705f1855a57b75381ff68b6f5b06687ff0ce8afda7720a83df4d00bdce8c76eedc9dccde27cd986b605ba3001
a8c011002e00010000012c0060002f0d020000012c6b1390a16b0106890ec6076578616d706c65047465737400c904abf7d008fbb771633c3b3ad0ca6b58e389
7fce7292b46646e0d40797c82f6fbd90c85e1d97c47e92e1b1d5bf42228662002cad1c603e21750bed4638cfa300002904d00000800000120003000e6e732d6f
6e652e6578616d706c65`;

describe('decodeDnsMessage', () => {
  it('gives back every field of what was encoded', () => {
    const answers: DnsRecordOffer[] = RECORDS.map(([type, data]) => ({ name: 'www.example.com', type, ttlSeconds: 300, data }));
    const bytes = encodeDnsMessage({
      id: 0xbeef,
      response: true,
      authoritative: true,
      recursionAvailable: true,
      authenticData: true,
      rcode: 23,
      questions: [{ name: 'WWW.Example.COM.', type: 'AAAA' }],
      answers,
      edns: {
        udpPayloadBytes: 1232,
        dnssecOk: true,
        cookie: new Uint8Array(16).fill(7),
        extendedErrors: [{ infoCode: 6, text: 'no\u001b[31m key' }],
      },
    });
    const { message, error, trailingBytes } = decodeDnsMessage(bytes);
    expect(error).toBeNull();
    expect(trailingBytes).toBe(0);
    expect(message!.answers.map((record) => [record.type, record.data])).toEqual(RECORDS);
    expect(message).toMatchObject({
      id: 0xbeef,
      response: true,
      opcode: 0,
      authoritative: true,
      truncated: false,
      recursionDesired: false,
      recursionAvailable: true,
      authenticData: true,
      checkingDisabled: false,
      rcode: 23,
      questions: [{ name: 'www.example.com', type: 'AAAA', typeCode: 28, classCode: 1 }],
      edns: { udpPayloadBytes: 1232, version: 0, dnssecOk: true, nsid: null, extendedErrors: [{ infoCode: 6, text: 'no [31m key' }] },
    });
    expect(encodeHex(message!.edns!.cookie!)).toBe('07'.repeat(16));
  });

  it('keeps the raw data of a record', () => {
    const bytes = encodeDnsMessage({ id: 1, answers: [{ name: '.', type: 'DS', ttlSeconds: 1, data: '20326 8 2 e06d44b8' }] });
    expect(encodeHex(decodeDnsMessage(bytes).message!.answers[0]!.rdata)).toBe('4f660802e06d44b8');
  });

  it('reads a synthesised alias as Knot DNS 3.2 sends it', () => {
    const { message, error } = decodeDnsMessage(hex(ALIAS));
    expect(error).toBeNull();
    expect(message).toMatchObject({
      authoritative: true,
      rcode: 0,
      questions: [{ name: 'x.d.example.test', type: 'A' }],
      edns: { dnssecOk: true },
    });
    expect(message!.answers.map(({ name, type, data }) => `${name} ${type} ${data}`)).toEqual([
      'd.example.test DNAME other.test',
      'x.d.example.test CNAME x.other.test',
      'd.example.test RRSIG DNAME 13 3 300 20261205041841 20261121024841 3782 example.test ' +
        'acYB7gkCBLm5PoNwnZ3a/vLxr44VPBOIBmZFz8iq/YEYMqUnGbXXaejq8lIr1ki9DEWoJNNy4dcrHsBx8jjMxw==',
    ]);
    expect(new TextDecoder().decode(message!.edns!.nsid!)).toBe('ns-one.example');
  });

  it('reads a denial of existence as Knot DNS 3.2 sends it', () => {
    const { message, error } = decodeDnsMessage(hex(DENIAL));
    expect(error).toBeNull();
    expect(message!.rcode).toBe(3);
    const denial = message!.authority.filter(({ type }) => type !== 'RRSIG');
    expect(denial.map(({ name, type, data }) => `${name} ${type} ${data}`)).toEqual([
      'example.test SOA ns1.example.test hostmaster.example.test 2024010102 7200 3600 1209600 300',
      'loc.example.test NSEC ns1.example.test LOC RRSIG NSEC',
      'example.test NSEC _sip.example.test NS SOA MX RRSIG NSEC DNSKEY CDS CDNSKEY',
    ]);
  });

  it('writes a query as RFC 1035 section 4 lays it out', () => {
    const query = encodeDnsQuery({
      id: 0x1234,
      name: 'example.com',
      type: 'A',
      recursionDesired: true,
      checkingDisabled: true,
      edns: null,
    });
    expect(encodeHex(query)).toBe('123401100001000000000000076578616d706c6503636f6d0000010001');
  });

  it.each([
    ['header is short', '1234', null],
    ['question is missing', '12340100 0001 0000 0000 0000', 0],
    ['pointer to itself', '12340100 0001 0000 0000 0000 c00c 0001 0001', 0],
    ['pointer forwards', '12340100 0001 0000 0000 0000 c00e 0001 0001', 0],
    ['reserved label type', '12340100 0001 0000 0000 0000 41 00 0001 0001', 0],
    ['record data runs out', '12348100 0001 0001 0000 0000 0000010001 0000010001 0000003c 0004 7f0000', 1],
    ['address of five bytes', '12348100 0001 0001 0000 0000 0000010001 0000010001 0000003c 0005 7f00000102', 1],
  ])('stops where the %s', (_, text, questions) => {
    const { message, error } = decodeDnsMessage(hex(text));
    expect(error).not.toBeNull();
    expect(message?.questions.length ?? null).toBe(questions);
  });

  it('keeps malformed data in generic form and says where it is', () => {
    const { message, error } = decodeDnsMessage(hex('12348100 0000 0001 0000 0000 00 0001 0001 0000003c 0005 7f00000102'));
    expect(message!.answers.map((record) => record.data)).toEqual(['\\# 5 7f00000102']);
    expect(error).toEqual({ offset: 27, reason: 'record data is longer than its type allows' });
  });

  it('never throws and keeps offsets inside, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const { error } = decodeDnsMessage(bytes);
        if (error !== null) expect(error.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('takes no longer than a moment for 64 KiB of the longest names', () => {
    // The data of the first record holds a name of 127 labels, each behind a pointer; all other records have it as owner and as data.
    const chain = [1, 0x61, 0];
    let last = 23;
    for (let label = 1; label < 127; label++) {
      chain.push(1, 0x61, 0xc0 | (last >> 8), last & 0xff);
      last = 23 + chain.length - 4;
    }
    const pointer = [0xc0 | (last >> 8), last & 0xff];
    const first = [0, 0xff, 0xf0, 0, 1, 0, 0, 0, 0, chain.length >> 8, chain.length & 0xff, ...chain];
    const record = [...pointer, 0, 5, 0, 1, 0, 0, 0, 0, 0, 2, ...pointer];
    const bytes = Uint8Array.from([
      0,
      1,
      0x80,
      0,
      0,
      0,
      0xff,
      0xff,
      0,
      0,
      0,
      0,
      ...first,
      ...Array.from({ length: 4600 }, () => record).flat(),
    ]);
    const started = performance.now();
    const { message } = decodeDnsMessage(bytes);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(message!.answers).toHaveLength(4601);
    expect(message!.answers[4600]!.data).toBe(new Array(127).fill('a').join('.'));
  }, 20_000);

  it('survives any mutation of a valid message', () => {
    const answers: DnsRecordOffer[] = RECORDS.map(([type, data]) => ({ name: 'www.example.com', type, ttlSeconds: 300, data }));
    const valid = encodeDnsMessage({
      id: 1,
      questions: [{ name: 'www.example.com', type: 'A' }],
      answers,
      edns: { udpPayloadBytes: 512, dnssecOk: true },
    });
    const change = fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(valid.length), (changes, length) => {
        const bytes = valid.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        const { message } = decodeDnsMessage(bytes);
        for (const record of message?.answers ?? []) expect(record.name.length).toBeLessThanOrEqual(4 * 255);
      }),
      { numRuns: 500 },
    );
  });
});
