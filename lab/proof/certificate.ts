import { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, connect, type DetailedPeerCertificate } from 'node:tls';
import type { CertificateFact, Proof } from '../scenario/scenario.ts';

type CertificateProof = Extract<Proof, { certificate: string }>;

const patienceMs = 3_000;
const dayMs = 86_400_000;

/** Looks at the chain an address serves and says whether the fact holds. */
export async function certificateFact(proof: CertificateProof): Promise<{ held: boolean; text: string }> {
  const name = proof.serverName ?? 'www.shop.example';
  const { chain, staple } = await served(proof.certificate, proof.port ?? 443, name);
  const [leaf] = chain;
  if (!leaf) return { held: false, text: 'no certificate' };
  const text = `${leaf.subject} by ${leaf.issuer}, ${leaf.validFrom} to ${leaf.validTo}, ${chain.length} sent`.replaceAll('\n', ', ');
  if (proof.fact === 'revoked')
    return { held: saysRevoked(staple), text: staple === null ? 'nothing stapled' : staple.toString('hex').slice(0, 80) };
  return { held: holds(proof.fact, leaf, chain.length, name), text };
}

/** certStatus revoked with a time and no reason (RFC 6960 section 4.2.1). */
function saysRevoked(staple: Buffer | null): boolean {
  return staple?.includes(Buffer.from('a111180f', 'hex')) ?? false;
}

function holds(fact: Exclude<CertificateFact, 'revoked'>, leaf: X509Certificate, sent: number, name: string): boolean {
  const now = Date.now();
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  if (typeof fact === 'object') {
    if ('issuer' in fact) return leaf.issuer.includes(fact.issuer);
    if ('certificates' in fact) return sent === fact.certificates;
    return to > now && to - now < fact.endsWithinDays * dayMs;
  }
  switch (fact) {
    case 'valid':
      return from <= now && now < to && leaf.checkHost(name) !== undefined;
    case 'expired':
      return to < now;
    case 'early':
      return from > now;
    case 'other-name':
      return leaf.checkHost(name) === undefined;
    case 'self-signed':
      return leaf.verify(leaf.publicKey);
    case 'alone':
      return sent === 1;
    case 'weak-key':
      return (leaf.publicKey.asymmetricKeyDetails?.modulusLength ?? 4096) < 2048;
    case 'sha1':
      // sha1WithRSAEncryption, RFC 8017 appendix C.
      return leaf.raw.includes(Buffer.from('2a864886f70d010105', 'hex'));
  }
}

/** Certificates as sent, leaf first, empty when there was no handshake; and the revocation response stapled. Security level 0: weak certificates are to be seen, not refused. */
function served(address: string, port: number, serverName: string): Promise<{ chain: X509Certificate[]; staple: Buffer | null }> {
  return new Promise((resolve) => {
    const options: ConnectionOptions & { requestOCSP: boolean } = {
      host: address,
      port,
      servername: serverName,
      rejectUnauthorized: false,
      ciphers: 'DEFAULT@SECLEVEL=0',
      minVersion: 'TLSv1',
      requestOCSP: true,
    };
    const socket = connect(options);
    let staple: Buffer | null = null;
    socket.on('OCSPResponse', (response: Buffer | null) => {
      staple = response;
    });
    const done = (chain: X509Certificate[]): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ chain, staple });
    };
    const timer = setTimeout(() => done([]), patienceMs);
    socket.on('error', () => done([]));
    socket.on('secureConnect', () => {
      const chain: X509Certificate[] = [];
      const seen = new Set<string>();
      let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      while (next?.raw && !seen.has(next.fingerprint256)) {
        seen.add(next.fingerprint256);
        chain.push(new X509Certificate(next.raw));
        next = next.issuerCertificate;
      }
      done(chain);
    });
  });
}
