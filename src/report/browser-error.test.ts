import { expect, test } from 'vitest';
import { alert, connectFailed, links, numbered, synRefused, synUnanswered, systemLookup, target } from '../../test/unit/evidence.ts';
import { browserErrorOf } from './browser-error.ts';

test('one that is known alone', () => {
  expect(browserErrorOf('tls.cert-expired', [])).toBe('ERR_CERT_DATE_INVALID');
  expect(browserErrorOf('page.stale', [])).toBe('intermittent');
});

test('of several, what the evidence fits', () => {
  const failed = [target(), links(), systemLookup([], 'name-not-found')];
  expect(browserErrorOf('local.no-address', numbered(...failed))).toBe('ERR_NAME_NOT_RESOLVED');
  expect(browserErrorOf('local.no-address', numbered(target(), links(false)))).toBe('ERR_INTERNET_DISCONNECTED');
  expect(browserErrorOf('dns.bogus-address', numbered(target(), synRefused()))).toBe('ERR_CONNECTION_REFUSED');
  expect(browserErrorOf('local.firewall', numbered(target(), synUnanswered()))).toBe('ERR_CONNECTION_TIMED_OUT');
  expect(browserErrorOf('tls.unrecognized-name', numbered(target(), alert(112)))).toBe('ERR_SSL_UNRECOGNIZED_NAME_ALERT');
  expect(browserErrorOf('tls.unrecognized-name', numbered(target(), alert(40)))).toBe('ERR_SSL_VERSION_OR_CIPHER_MISMATCH');
  expect(browserErrorOf('tls.unrecognized-name', numbered(target(), alert(80)))).toBe('ERR_SSL_PROTOCOL_ERROR');
  expect(browserErrorOf('tls.alert', numbered(target(), alert(40)))).toBe('ERR_SSL_VERSION_OR_CIPHER_MISMATCH');
  expect(browserErrorOf('tls.alert', numbered(target(), alert(80)))).toBe('ERR_SSL_PROTOCOL_ERROR');
});

test('what browsers are not known to show for a cause is never said', () => {
  expect(browserErrorOf('tls.cert-expired', numbered(target(), systemLookup([], 'name-not-found')))).toBe('ERR_CERT_DATE_INVALID');
});

test("IPv4's failure goes before IPv6's, which browsers try first", () => {
  const both = [connectFailed('send-not-permitted', '2001:db8::1', 'c1'), connectFailed('host-unreachable', '203.0.113.10', 'c2')];
  expect(browserErrorOf('local.firewall', numbered(target(), ...both))).toBe('ERR_ADDRESS_UNREACHABLE');
});
