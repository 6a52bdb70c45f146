import { getDiffieHellman } from 'node:crypto';

/** Diffie-Hellman groups as nginx reads them: PEM of DHParameter (PKCS #3). `modp2` has 1024 bits (RFC 2409), `modp14` 2048 (RFC 3526). */
export const finiteFieldGroups: Readonly<Record<'modp2' | 'modp14', string>> = {
  modp2: parameters(getDiffieHellman('modp2').getPrime()),
  modp14: parameters(getDiffieHellman('modp14').getPrime()),
};

/** The prime and the generator 2. */
function parameters(prime: Buffer): string {
  const body = element(0x30, element(0x02, Buffer.from([0]), prime), element(0x02, Buffer.from([2])));
  const lines = body.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN DH PARAMETERS-----', ...lines, '-----END DH PARAMETERS-----', ''].join('\n');
}

/** One DER element of fewer than 65,536 bytes. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
