import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { datagramFailureOf, failureOf, fileFailureOf } from './errno.ts';

function errorWith(code: string, message = `connect ${code} 192.0.2.1:443`, more: object = {}): Error {
  return Object.assign(new Error(message), { code, ...more });
}

/** What Node.js 20 and OpenSSL 3.0 wrote for real handshakes. */
function openssl(reason: string, packed: string, words: string): Error {
  const message = `80BC4CCFF07F0000:error:${packed}:SSL routines:ssl3_read_bytes:${words}:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 40\n`;
  return errorWith(`ERR_SSL_${reason}`, message, { library: 'SSL routines' });
}

describe('failureOf', () => {
  it.each([
    ['ECONNREFUSED', 'connection-refused'],
    ['ECONNRESET', 'connection-reset'],
    ['EPIPE', 'broken-pipe'],
    ['ECONNABORTED', 'connection-aborted'],
    ['ETIMEDOUT', 'timed-out'],
    ['EHOSTUNREACH', 'host-unreachable'],
    ['EHOSTDOWN', 'host-unreachable'],
    ['ENETUNREACH', 'network-unreachable'],
    ['ENETDOWN', 'network-down'],
    ['EPERM', 'send-not-permitted'],
    ['EACCES', 'send-not-permitted'],
    ['EADDRNOTAVAIL', 'address-not-available'],
    ['EADDRINUSE', 'address-in-use'],
    ['EAFNOSUPPORT', 'address-family-unsupported'],
    ['EMFILE', 'too-many-open-files'],
    ['ENFILE', 'too-many-open-files'],
    ['ENOBUFS', 'no-buffer-space'],
    ['ENOMEM', 'no-buffer-space'],
    ['EMSGSIZE', 'message-too-long'],
    ['EINVAL', 'invalid-argument'],
    ['ENOTFOUND', 'name-not-found'],
    ['EAI_AGAIN', 'lookup-try-again'],
    ['EAI_FAIL', 'lookup-failed'],
    ['EAI_MEMORY', 'lookup-refused-locally'],
    ['ABORT_ERR', 'aborted'],
  ])('%s is %s', (code, name) => expect(failureOf(errorWith(code))).toEqual({ name, code }));

  it.each([
    ['SSLV3_ALERT_HANDSHAKE_FAILURE', '0A000410', 40],
    ['TLSV1_ALERT_PROTOCOL_VERSION', '0A00042E', 70],
    ['TLSV1_UNRECOGNIZED_NAME', '0A000458', 112],
    ['TLSV13_ALERT_CERTIFICATE_REQUIRED', '0A00045C', 116],
    ['TLSV1_ALERT_NO_APPLICATION_PROTOCOL', '0A000460', 120],
  ])('%s is the alert of its number', (reason, packed, alert) => {
    expect(failureOf(openssl(reason, packed, 'words'))).toEqual({
      name: 'tls-alert',
      code: `ERR_SSL_${reason}`,
      alert,
      raw: `error:${packed}:SSL routines:words`,
    });
  });

  it.each([
    ['WRONG_VERSION_NUMBER', '0A00010B', 'tls-wrong-version-number'],
    ['UNSUPPORTED_PROTOCOL', '0A000102', 'tls-unsupported-protocol'],
    ['NO_PROTOCOLS_AVAILABLE', '0A0000BF', 'tls-unsupported-protocol'],
    ['NO_SHARED_CIPHER', '0A0000C1', 'tls-no-shared-cipher'],
    ['DH_KEY_TOO_SMALL', '0A00018A', 'tls-dh-key-too-small'],
    ['UNSAFE_LEGACY_RENEGOTIATION_DISABLED', '0A000152', 'tls-unsafe-legacy-renegotiation'],
    ['UNEXPECTED_MESSAGE', '0A0000F4', 'tls-bad-peer-message'],
    ['DECRYPTION_FAILED_OR_BAD_RECORD_MAC', '0A000119', 'tls-bad-peer-message'],
    ['BAD_EXTENSION', '0A00006E', 'tls-bad-peer-message'],
  ])('%s is %s', (reason, packed, name) => {
    expect(failureOf(openssl(reason, packed, 'words'))).toMatchObject({ name, code: `ERR_SSL_${reason}` });
  });

  it('guesses nothing about what it does not know', () => {
    expect(failureOf(errorWith('ESTRANGE', 'odd\u0007thing at http://u:p@h/'))).toEqual({
      name: 'unknown',
      code: 'ESTRANGE',
      raw: 'odd thing at http://***@h/',
    });
    expect(failureOf(new Error('plain'))).toEqual({ name: 'unknown', raw: 'plain' });
    expect(failureOf('text')).toEqual({ name: 'unknown', raw: 'text' });
    expect(failureOf(openssl('NOVEL_REASON', '0A000FFF', 'novel'))).toMatchObject({ name: 'unknown', code: 'ERR_SSL_NOVEL_REASON' });
    expect(failureOf(errorWith('toString'))).toMatchObject({ name: 'unknown' });
  });

  it('gives every errno of this platform a name or its raw text', () => {
    for (const code of Object.keys(constants.errno)) {
      const failure = failureOf(errorWith(code));
      expect(failure.name !== 'unknown' || failure.raw !== undefined, code).toBe(true);
    }
  });
});

describe('failures of one kind of call', () => {
  it('EACCES of a file is not about sending', () => {
    expect(fileFailureOf(errorWith('EACCES', "EACCES: permission denied, open '/etc/x'"))).toEqual({
      name: 'unknown',
      code: 'EACCES',
      raw: "EACCES: permission denied, open '/etc/x'",
    });
    expect(fileFailureOf(errorWith('EMFILE'))).toEqual({ name: 'too-many-open-files', code: 'EMFILE' });
  });

  it('a UDP socket without any source address finds the network unreachable', () => {
    expect(datagramFailureOf(errorWith('EADDRNOTAVAIL'))).toEqual({ name: 'network-unreachable', code: 'EADDRNOTAVAIL' });
    expect(datagramFailureOf(errorWith('EPERM'))).toEqual({ name: 'send-not-permitted', code: 'EPERM' });
  });
});
