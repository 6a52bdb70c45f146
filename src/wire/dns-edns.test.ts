import { describe, expect, it } from 'vitest';
import { decodeHex, encodeHex } from './byte-text.ts';
import { encodeDnsMessage, encodeDnsQuery } from './dns-encode.ts';
import { decodeDnsMessage } from './dns-message.ts';

/** A response whose additional section is this. */
function decode(additional: string, count = 1): ReturnType<typeof decodeDnsMessage> {
  return decodeDnsMessage(decodeHex(`12348180000000000000${count.toString(16).padStart(4, '0')}${additional}`.replaceAll(/\s/g, ''))!);
}

describe('the OPT record', () => {
  it('adds the upper bits of the response code', () => {
    expect(decode('00 0029 04d0 01 00 8000 0000').message).toMatchObject({
      rcode: 16,
      edns: { udpPayloadBytes: 1232, version: 0, dnssecOk: true },
    });
  });

  it('keeps options that are not known', () => {
    const { message, error } = decode('00 0029 0200 00 00 0000 0007 fde9 0003 010203');
    expect(error).toBeNull();
    expect(message!.edns!.options).toEqual([{ code: 65001, bytes: Uint8Array.of(1, 2, 3) }]);
    expect(message!.additional).toEqual([]);
  });

  it('may carry extended errors with text that ends in zero, or without text', () => {
    const { message } = decode('00 0029 0200 00 00 0000 000f 000f 0005 0006 616200 000f 0002 0016');
    expect(message!.edns!.extendedErrors).toEqual([
      { infoCode: 6, text: 'ab' },
      { infoCode: 22, text: '' },
    ]);
  });

  it.each([
    ['has a cookie of nine bytes', '00 0029 0200 00 00 0000 000d 000a 0009 010203040506070809', 1, 'cookie has a forbidden length'],
    ['has an extended error of one byte', '00 0029 0200 00 00 0000 0005 000f 0001 00', 1, 'extended error is too short'],
    ['has an option that runs out', '00 0029 0200 00 00 0000 0005 000f 0009 00', 1, 'option ends early'],
    ['is not at the root', '0161 00 0029 0200 00 00 0000 0000', 1, 'OPT record is not at the root'],
    ['comes twice', '00 0029 0200 00 00 0000 0000 00 0029 0200 00 00 0000 0000', 2, 'second OPT record'],
  ])('is wrong when it %s', (_, additional, count, reason) => {
    expect(decode(additional, count).error?.reason).toBe(reason);
  });

  it('of a query asks for what is offered', () => {
    const edns = {
      udpPayloadBytes: 1232,
      dnssecOk: true,
      nsid: new Uint8Array(0),
      cookie: new Uint8Array(8).fill(1),
      paddingBytes: 3,
      options: [{ code: 8, bytes: Uint8Array.of(0) }],
    };
    const query = encodeDnsQuery({ id: 1, name: '.', type: 'NS', recursionDesired: false, checkingDisabled: false, edns });
    expect(encodeHex(query.subarray(17))).toBe(
      '00002904d000008000' + '001c' + '0008000100' + '00030000' + '000a00080101010101010101' + '000c0003000000',
    );
  });

  it('is needed for a response code above 15', () => {
    expect(() => encodeDnsMessage({ id: 1, rcode: 16 })).toThrow(RangeError);
  });
});

describe('encodeDnsMessage', () => {
  it.each([
    ['A', '1.2.3'],
    ['A', '1.2.3.4 5'],
    ['AAAA', '::1::'],
    ['MX', '65536 a'],
    ['MX', '10'],
    ['NS', 'a..b'],
    ['TXT', '"open'],
    ['TXT', ''],
    ['DS', '1 2 3 xyz'],
    ['NSEC', 'a NOTYPE'],
    ['HTTPS', '1 . nokey=1'],
    ['HTTPS', '1 . port=99999'],
    ['HTTPS', '1 . alpn=h2 alpn=h3'],
    ['TYPE65280', 'not generic'],
    ['TYPE65280', '\\# 2 01'],
    ['NOTYPE', 'x'],
  ])('refuses %s %j', (type, data) => {
    expect(() => encodeDnsMessage({ id: 1, answers: [{ name: 'a', type, ttlSeconds: 1, data }] })).toThrow(RangeError);
  });

  it('takes data as bytes, and any data in generic form', () => {
    const answers = [
      { name: 'a', type: 'A', ttlSeconds: 1, data: Uint8Array.of(192, 0, 2, 1) },
      { name: 'a', type: 'A', ttlSeconds: 2 ** 31 - 1, data: '\\# 4 c0000202' },
    ];
    const { message } = decodeDnsMessage(encodeDnsMessage({ id: 1, answers }));
    expect(message!.answers.map(({ data, ttlSeconds }) => [data, ttlSeconds])).toEqual([
      ['192.0.2.1', 1],
      ['192.0.2.2', 2 ** 31 - 1],
    ]);
  });
});
