import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { PacketCrypto } from '../ports/packet-crypto.ts';

const algorithm = 'aes-128-gcm';
const tagBytes = 16;

/** OpenSSL through `node:crypto`. */
export const systemPacketCrypto: PacketCrypto = {
  hmac: (hash, key, data) => createHmac(hash, key).update(data).digest(),
  aes128EcbEncrypt: (key, block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  aeadDecrypt(aead, key, nonce, additionalData, ciphertext) {
    if (aead !== algorithm || ciphertext.length < tagBytes) return null;
    const decipher = createDecipheriv(algorithm, key, nonce).setAAD(additionalData).setAuthTag(ciphertext.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(ciphertext.subarray(0, -tagBytes)), decipher.final()]);
    } catch {
      return null;
    }
  },
  aes128GcmEncrypt(key, nonce, additionalData, plaintext) {
    const cipher = createCipheriv(algorithm, key, nonce).setAAD(additionalData);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  },
};
