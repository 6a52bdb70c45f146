import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHex } from './byte-text.ts';
import { createTlsRecordReader, foreignProtocol } from './tls-record.ts';

describe('createTlsRecordReader', () => {
  it('splits records and drops application data', () => {
    const reader = createTlsRecordReader();
    const records = reader.push(decodeHex('1503010002022a 1703030003aabbcc 160303'.replaceAll(' ', ''))!);
    expect(records).toEqual([
      { contentType: 21, version: 0x0301, length: 2, fragment: Uint8Array.of(2, 42), offset: 0 },
      { contentType: 23, version: 0x0303, length: 3, fragment: null, offset: 7 },
    ]);
    expect(reader.pendingBytes).toBe(3);
    expect(reader.state).toBe('records');
  });

  it('keeps application data when asked', () => {
    const [record] = createTlsRecordReader({ keepApplicationData: true }).push(decodeHex('1703030003aabbcc')!);
    expect(record!.fragment).toEqual(Uint8Array.of(0xaa, 0xbb, 0xcc));
  });

  it('tells a foreign stream from one that loses its way', () => {
    const foreign = createTlsRecordReader();
    foreign.push(decodeHex('1603')!);
    foreign.push(decodeHex('0548')!);
    expect(foreign.state).toBe('not-tls');
    expect(foreign.foreignBytes).toEqual(decodeHex('16030548'));
    const lost = createTlsRecordReader();
    lost.push(decodeHex('150303000202281603ff')!);
    expect(lost).toMatchObject({ state: 'lost', error: { offset: 7 }, foreignBytes: null });
  });

  it('gives the same records however the bytes are split', () => {
    const record = fc.tuple(fc.integer({ min: 20, max: 24 }), fc.integer({ min: 0, max: 4 }), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), fc.infiniteStream(fc.integer({ min: 1, max: 20 })), (records, sizes) => {
        const bytes = Uint8Array.from(records.flatMap(([type, minor, body]) => [type, 3, minor, 0, body.length, ...body]));
        const reader = createTlsRecordReader({ keepApplicationData: true });
        const read = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value;
          read.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read.map(({ contentType, version, fragment }) => [contentType, version - 0x0300, fragment])).toEqual(records);
      }),
    );
  });
});

describe('foreignProtocol', () => {
  it.each([
    ['HTTP/1.1 400 Bad Request\r\n', 'http'],
    ['<!DOCTYPE html><html>', 'http'],
    ['GET / HTTP/1.1\r\n', 'http'],
    ['\0\0\x12\x04\0\0\0\0\0\0\x03', 'http'],
    ['SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', 'ssh'],
    ['220 mail.example.com ESMTP Postfix\r\n', 'smtp'],
    ['220 (vsFTPd 3.0.3)\r\n', 'ftp'],
    ['220 ready\r\n', 'unknown'],
    ['* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n', 'imap'],
    ['+OK Dovecot ready.\r\n', 'pop3'],
    ['\x4a\0\0\0\x0a8.0.36\0\x08', 'mysql'],
    ['PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', 'proxy-protocol'],
    ['\r\n\r\n\0\r\nQUIT\n\x21', 'proxy-protocol'],
    ['', 'unknown'],
    ['E\0\0\0', 'unknown'],
  ])('%j is %s', (text, protocol) => {
    expect(foreignProtocol(Uint8Array.from(text, (character) => character.charCodeAt(0)))).toBe(protocol);
  });
});
