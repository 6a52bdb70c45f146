import { type CipherCCMTypes, type CipherGCMTypes, createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { PacketCrypto } from '../ports/packet-crypto.ts';

const algorithm = 'aes-128-gcm';
const tagBytes = 16;
const shortTagBytes = 8;

/** OpenSSL through `node:crypto`. */
export const systemPacketCrypto: PacketCrypto = {
  hmac: (hash, key, data) => createHmac(hash, key).update(data).digest(),
  aes128EcbEncrypt: (key, block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  aeadDecrypt(aead, key, nonce, additionalData, ciphertext) {
    const isShort = aead.endsWith('-ccm-8');
    const length = isShort ? shortTagBytes : tagBytes;
    if (ciphertext.length < length) return null;
    const content = ciphertext.subarray(0, -length);
    const tag = ciphertext.subarray(-length);
    try {
      return aead.includes('-ccm')
        ? openCcm(aead.replace(/-8$/, '') as CipherCCMTypes, key, nonce, additionalData, content, tag)
        : openStream(aead, key, nonce, additionalData, content, tag);
    } catch {
      return null;
    }
  },
  aes128GcmEncrypt(key, nonce, additionalData, plaintext) {
    const cipher = createCipheriv(algorithm, key, nonce).setAAD(additionalData);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  },
};

/** GCM and ChaCha20-Poly1305. Throws when the tag does not fit. */
function openStream(
  aead: string,
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  content: Uint8Array,
  tag: Uint8Array,
): Uint8Array {
  // ChaCha20-Poly1305 is used as GCM is, whatever the types of Node say.
  const decipher = createDecipheriv(aead as CipherGCMTypes, key, nonce, { authTagLength: tag.length });
  decipher.setAAD(additionalData).setAuthTag(tag);
  return Buffer.concat([decipher.update(content), decipher.final()]);
}

/** Throws when the tag does not fit: CCM says so while it takes the content. */
function openCcm(
  aead: CipherCCMTypes,
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  content: Uint8Array,
  tag: Uint8Array,
): Uint8Array {
  const decipher = createDecipheriv(aead, key, nonce, { authTagLength: tag.length });
  decipher.setAuthTag(tag);
  decipher.setAAD(additionalData, { plaintextLength: content.length });
  const opened = decipher.update(content);
  decipher.final();
  return opened;
}
