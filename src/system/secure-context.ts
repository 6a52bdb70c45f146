import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import type { TlsOffer } from '../ports/tls-client.ts';

/** Everything the library has that authenticates with certificates, however weak: what a server chooses is a fact to record, not ours to forbid. */
const ciphers = [
  // TLS 1.3 (RFC 8446 appendix B.4); the last two are off in OpenSSL's own default
  'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256',
  'DEFAULT:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0',
].join(':');

/** OpenSSL as Node.js builds it speaks nothing older. */
const oldest: SecureVersion = 'TLSv1';
const newest: SecureVersion = 'TLSv1.3';

const contexts = new Map<string, SecureContext>();

/**
 * The library's context for an offer's versions, made once. It trusts nobody: chains are judged from what the server sent, and a store of
 * 140 roots costs 25 ms to load.
 */
export function secureContextFor(offer: Pick<TlsOffer, 'minVersion' | 'maxVersion'>): SecureContext {
  const minVersion = versionOf(offer.minVersion) ?? oldest;
  const maxVersion = versionOf(offer.maxVersion) ?? newest;
  const key = `${minVersion} ${maxVersion}`;
  let context = contexts.get(key);
  if (context === undefined) {
    context = createSecureContext({
      ca: [],
      ciphers,
      minVersion,
      maxVersion,
      // RFC 5746 section 4.1: servers without secure renegotiation are still reached by browsers.
      secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
    });
    contexts.set(key, context);
  }
  return context;
}

/** SSLv3 cannot be offered: the library has it no more. */
function versionOf(version: TlsOffer['minVersion']): SecureVersion | null {
  return version === undefined || version === 'SSLv3' ? null : version;
}
