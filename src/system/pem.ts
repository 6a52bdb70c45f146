const armour = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END (?:TRUSTED |X509 )?CERTIFICATE-----/gu;

/** DER of the certificates in PEM text (RFC 7468), in order; text around and between them is passed over. */
export function certificatesInPem(text: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const [, body = ''] of text.matchAll(armour)) {
    const der = Buffer.from(body, 'base64');
    if (der.length > 0) found.push(der);
  }
  return found;
}
