import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeHex } from './byte-text.ts';
import { tlsCipherSuiteCode, tlsCipherSuiteName } from './tls-cipher-suites.ts';
import { decodeTlsHandshake, type TlsHandshakeContent } from './tls-handshake.ts';
import { isTlsGrease, tlsAlertCode, tlsAlertName, tlsGroupName, tlsSignatureSchemeName, tlsVersionName } from './tls-names.ts';
import { createTlsStream } from './tls-stream.ts';

/** The first record of Chromium 156, to tls.example. */
const CHROMIUM = `FgMBB3oBAAd2AwOBC4cgsr8PYpAwwX+gtJL6OrwhMuwFfcUw2cGLTFx7ciAzSwFJmwxucKZUzZpXcVasgpWxso+womnZubzednnw+wAgamoTARMCEwPAK8AvwCzAMMypzKjAE8AU
AJwAnQAvADUBAAcNOjoAAAAFAAUBAAAAAAArAAcGuroDBAMDAA0AGgAY+voJBAkFCQYEAwgEBAEFAwgFBQEIBgYBAAAAEAAOAAALdGxzLmV4YW1wbGXKNAC6ALgFgt8TAgEFgt8T
AgYFgt8TAg0Fgt8TAg4Fgt8TAg8Fgt8TAhIFgt8TAhMFgt8TAhQIg5pkjJstAQcIg5pkjJstAQgIg5pkjJstAQkIg5pkjJstAQoIg5pkjJstAQsIg5pkjJstAQwIg5pkjJstAQ0I
g5pkjJstARIIg5pkjJstARME1nkJAQTWeQkEBNZ5CQUE1nkJBgTWeQkHBNZ5CQgE1nkJCgTWeQkLBNZ5CQwE1nkJDQTWeQkPAAoADAAKSkoR7AAdABcAGP4NALoAAAEAAXIAIK8/
wOItP+O4eHYRthTlcrNapsUiZIDSAHTNyV8sLIsjAJAG0s+nPJRVic07vfWz6a/i22PTonnSPlUKQFvvKrq+49kNrxGr0BWogm90KlEu+Z82LIPmMuF69L2rudRMCyENS6G3lTn9
zsanlpcl/Zhc0fxV7xCNOUsPdn+YLPpJjv95bajPKCXoBjxkwiQHQKnceF1OJPpq+hxdxxvb9Bs/J2YM+ZoiB18/W+4ufGz6rGZEzQAFAAMCaDIACwACAQAAGwADAgACADME7wTt
SkoAAQAR7ATAcKbGUrxJd/wMvtQRNvFvYlShZLt4masRdhdEDiVeD+U72/sIxBKfaOkmFYGQSGDGTegiHJyJ04ETMKuB8XhnOUuxKhB9TkAn+mFQfeugQXwMrjF+Phw8TqAqGQc6
ktu1IRpJnZh/OkYMe6NDdAAC6KslBHU50PKtRzNkIfq3MVp1avpJCjag5MaHNEiin9yovjegLiW4CWC8N3DFoje1x2UpvpudKvuXgOxqlFlHhIGRPPeaFksnw+OWaOi6URnEEzXL
CtfL20mCvFKhkqg+bep7s3I8Vpwku8GjtKwSaUK+AtAvc9SXNoRFhkII5CiFBkl44Lg8+WVOKKR2ShuwnvEpg+kp9NWH4ugp37ZPOPO78Huu9FCztwVi7Fktk+NAQZp52kmnqYfA
XKMzPau+JqEQqrotZBqXpKyWHWWBtbtSROdtRLBinrDGgxzDJdu3aljKPKKVNXxqsbzOjOJA6nuJftLFcZmngCaPGkE//oZNUwBJA9RWaxdbfFvGgDiGMng8EvAFspIhFDYUZpFh
ZjA6kBFEEztlLqchB1smCAu/CmUxn7YJ5conS1KEoJo8pCmrI1dxNNhVcAtFt1JeIVvDzdwg2+A6XAg6w5p4GXdtSfSoRsp9gDQnBCSu4wRNucktXMQl6LZy78xCV8I5LTCjd4lp
cTNtRTyz6IBMoYwC2auoi2iOIlYf6cNyf4xISye5sBhkkDwbEZoR9ICOlWUfJVsfa2m+3zZzFrKnFfprTes2hSe8bRXEtwtb4LNDZApaoiGt/EYilkWfumB7jZAu/ajKSapvrUPK
+jbOodVWLNKN3WHMDcgYFaNmeaXHzcY1nVuN9HGA90p1wKMeizo3I2TIJTd959rFP/lUrickuzSHVSmq3/oDzaU/nOuj7nPIOvmnzQKPw2qymGFHYBYrvvciNiy73AxiTkuKmkBe
R2nK8qxZZ/DFjswg1ka/6YIOq9a2PNs5SPICZBCizQptieiAdZMDzFpX6/aR/BdO0eOaSiIZvueYsLwQY6YZClaTmjjOo1hY6rJtzGQHDhhm7zKrY/Yly/pViLovHaCp2rTKfpWt
AnBrU9Gi6urCsvfO4BRziFRDuJEmhjvIloiV0qhm/adFnQZ6w/aqlWtVOrYoe7dFJvdYNVFCCtMHo2wmOtZYoqlVvQcn37DE1duPpxFup3rCsWoz13kxBKxWEvWkHMDP+4AQcIOG
KGsjCJu+RZyjSaSU2EFAFcsIjssJ4Syg1mV+6kuSdRitG9c91rbKnzZOs5QKzTlh/yF84+iikfZ3qKCraqyV9TgadpsRqeXPOeKJ6kGtGaMEaycLfhKKr4OE/YkO5HOnYft2ckVo
mpuQ+wqmhBxU7SOgojeydnY9RKmHAUA7LgRdb2xwzPDOKHeY9hF56qAShmGurqELaeqE5hNUy1p+uYB5s9YKYyxDa4gnc+khmnmgJFN+lXQnGBgKgCSzAYiJOPoPtlkz1sxp+Gha
jYKVSfAFsgxRQqxnjjqpoZiiysF8layZLRgtVXzIoUs19/NSteh+dHdMvzl9G3nywE7/5Rv5H0RWaj/Q9jZEdXoZT0CQ7UVDmOb49la8vv926V31/cFMB8q2OU+N0170fbhPHyod
OgAdACBeChaqqRCFBS2DfBknZBYN/f3aAip1kzBVNUiSCV3tEP8BAAEAAC0AAgEBACMAAAAQAA4ADAJoMghodHRwLzEuMQAXAAAAEgAAysoAAQA=`;

const NOTHING_KNOWN = { version: null, cipherSuite: null };

function hex(text: string): Uint8Array {
  return decodeHex(text.replaceAll(/\s/g, ''))!;
}

function decode(typeCode: number, text: string, version: number | null = null): TlsHandshakeContent {
  return decodeTlsHandshake(typeCode, hex(text), { version, cipherSuite: null });
}

describe('a ClientHello', () => {
  it('of a browser is read as tshark reads it', () => {
    const stream = createTlsStream();
    const [event] = stream.push(decodeBase64(CHROMIUM.replaceAll('\n', ''))!);
    expect(event).toMatchObject({ kind: 'handshake', typeCode: 1 });
    const hello = stream.summary.clientHello!;
    expect(hello).toMatchObject({
      legacyVersion: 0x0303,
      versions: [0x0304, 0x0303],
      serverName: 'tls.example',
      alpn: ['h2', 'http/1.1'],
      extensions: [5, 43, 13, 0, 51764, 10, 65037, 17613, 11, 27, 51, 65281, 45, 35, 16, 23, 18],
      ticketBytes: 0,
      pskIdentities: 0,
      earlyData: false,
      statusRequest: true,
      encryptedClientHello: 'outer',
    });
    expect(hello.sessionId).toHaveLength(32);
    expect(hello.groups.map(tlsGroupName)).toEqual(['X25519MLKEM768', 'x25519', 'secp256r1', 'secp384r1']);
    expect(hello.keyShareGroups.map(tlsGroupName)).toEqual(['X25519MLKEM768', 'x25519']);
    expect(hello.cipherSuites.map(tlsCipherSuiteName).slice(0, 4)).toEqual([
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    ]);
    expect(hello.signatureSchemes.map(tlsSignatureSchemeName).slice(0, 4)).toEqual([
      'mldsa44',
      'mldsa65',
      'mldsa87',
      'ecdsa_secp256r1_sha256',
    ]);
  });

  it('may have no extensions at all', () => {
    expect(decode(1, `0300 ${'11'.repeat(32)} 00 0002 0005 0100`)).toMatchObject({
      type: 'client-hello',
      versions: [0x0300],
      cipherSuites: [5],
      serverName: null,
    });
  });

  it('shows pre-shared keys, early data and a cookie', () => {
    const psk = '0029 0011 0007 0001 aa 00000000 0006 05 0102030405';
    const hello = decode(1, `0303 ${'11'.repeat(32)} 00 0002 1301 0100 0023 002a 0000  002c 0003 0001 aa  0000 0000 ${psk}`);
    expect(hello).toMatchObject({ type: 'malformed' });
    const valid = decode(1, `0303 ${'11'.repeat(32)} 00 0002 1301 0100 0020 002a 0000  002c 0003 0001aa ${psk}`);
    expect(valid).toMatchObject({ type: 'client-hello', earlyData: true, cookie: true, pskIdentities: 1 });
  });

  it('has a name that cannot steer a terminal', () => {
    const hello = decode(1, `0303 ${'11'.repeat(32)} 00 0002 1301 0100 000c 0000 0008 0006 00 0003 611b20`);
    expect(hello).toMatchObject({ serverName: 'a\\027\\032' });
  });

  it('that ends early is malformed, wherever it ends', () => {
    const whole = decodeBase64(CHROMIUM.replaceAll('\n', ''))!.subarray(9);
    // Without extensions the message would be complete, since they were once optional.
    const complete = 2 + 32 + 33 + 2 + 32 + 2;
    for (let length = 0; length < whole.length; length += length < 200 ? 1 : 37) {
      const { type } = decodeTlsHandshake(1, whole.subarray(0, length), NOTHING_KNOWN);
      expect(type).toBe(length === complete ? 'client-hello' : 'malformed');
    }
  });
});

describe('a ServerHello', () => {
  it('warns of a downgrade by its last random bytes', () => {
    const random = (last: string): string => `${'11'.repeat(24)}444f574e475244${last}`;
    expect(decode(2, `0303 ${random('01')} 00 c02f 00`)).toMatchObject({ downgradeFrom: 'TLSv1.3', version: 0x0303 });
    expect(decode(2, `0302 ${random('00')} 00 c013 00`)).toMatchObject({ downgradeFrom: 'TLSv1.2', version: 0x0302 });
    expect(decode(2, `0303 ${random('02')} 00 c02f 00`)).toMatchObject({ downgradeFrom: null });
  });

  it('shows which pre-shared key it accepts', () => {
    expect(decode(2, `0303 ${'11'.repeat(32)} 00 1301 00 000c 0029 0002 0000 002b 0002 0304`)).toMatchObject({
      version: 0x0304,
      pskIndex: 0,
    });
  });
});

describe('other messages', () => {
  it('differ between TLS 1.2 and 1.3', () => {
    expect(decode(11, '000005 000002 3000')).toMatchObject({ certificates: [Uint8Array.of(0x30, 0)], ocspResponse: null });
    const stapled = '00 000012 000002 3000 000b 0005 0007 01 000003 300100';
    expect(decode(11, stapled, 0x0304)).toMatchObject({ certificates: [Uint8Array.of(0x30, 0)], ocspResponse: Uint8Array.of(0x30, 1, 0) });
    expect(decode(11, stapled, 0x0303)).toMatchObject({ type: 'malformed' });
    expect(decode(4, '00001c20 0003 aabbcc')).toEqual({ type: 'new-session-ticket', lifetimeSeconds: 7200, ticketBytes: 3 });
    expect(decode(4, '00001c20 00000000 01 00 0003 aabbcc 0000', 0x0304)).toEqual({
      type: 'new-session-ticket',
      lifetimeSeconds: 7200,
      ticketBytes: 3,
    });
    expect(decode(13, '01 01 0002 0403 0004 0002 3000')).toMatchObject({
      signatureSchemes: [0x0403],
      authorities: [Uint8Array.of(0x30, 0)],
    });
    expect(decode(13, '01 01 0000', 0x0302)).toMatchObject({ type: 'certificate-request', signatureSchemes: [] });
    expect(decode(13, '00 0008 000d 0004 0002 0804', 0x0304)).toMatchObject({ signatureSchemes: [0x0804] });
    expect(decode(22, '01 000002 3000')).toEqual({ type: 'certificate-status', ocspResponse: Uint8Array.of(0x30, 0) });
    expect(decode(99, 'ffff')).toEqual({ type: 'other' });
  });
});

describe('names of TLS numbers', () => {
  it('go both ways for every alert', () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    expect(codes.filter((code) => tlsAlertCode(tlsAlertName(code)) !== code)).toEqual([]);
    expect([0, 40, 70, 112, 120, 200].map(tlsAlertName)).toEqual([
      'close_notify',
      'handshake_failure',
      'protocol_version',
      'unrecognized_name',
      'no_application_protocol',
      'unknown_200',
    ]);
    expect(tlsAlertCode('no_such_alert')).toBeNull();
  });

  it('are those of the registry', () => {
    expect([0x1301, 0xc02f, 0xcca8, 0x009c, 0x00ff, 0x5600, 0x1234].map(tlsCipherSuiteName)).toEqual([
      'TLS_AES_128_GCM_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
      'TLS_FALLBACK_SCSV',
      '0x1234',
    ]);
    expect(tlsCipherSuiteCode('TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8')).toBe(0xc0af);
    expect(tlsCipherSuiteCode('TLS_NO_SUCH_SUITE')).toBeNull();
    expect([0x0300, 0x0304, 0x7f1c].map(tlsVersionName)).toEqual(['SSLv3', 'TLSv1.3', null]);
    expect([0x0202, 0x0601, 0x9999].map(tlsSignatureSchemeName)).toEqual(['dsa_sha1', 'rsa_pkcs1_sha512', '0x9999']);
    expect([0x0a0a, 0xfafa, 0x0a1a, 0x1301].map(isTlsGrease)).toEqual([true, true, false, false]);
  });
});
