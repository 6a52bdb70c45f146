import { type Case, evidenceOf } from '../case.ts';
import { escapeForTerminal } from '../escape.ts';

/** Every chain as sent, in PEM (RFC 7468), each certificate with its subject before it; null when no certificate's bytes are known. */
export function renderChains(subject: Case): string | null {
  const chains = evidenceOf(subject, 'tls.certificates-received').flatMap((received) => {
    const certificates = (received.der ?? []).flatMap((der, index) => pemOf(der, received.certificates[index]?.subject ?? ''));
    if (certificates.length === 0) return [];
    const who = `${received.server.address} port ${received.server.port}, server name ${received.serverName ?? 'none'}`;
    return [`# ${escapeForTerminal(`${received.id} at ${received.at}: sent by ${who}`)}\n${certificates.join('')}`];
  });
  return chains.length === 0 ? null : [...new Set(chains)].join('\n');
}

const lineCharacters = 64;

function pemOf(der: string, subject: string): string[] {
  if (!/^[A-Za-z0-9+/=]+$/.test(der)) return [];
  const lines = der.match(new RegExp(`.{1,${lineCharacters}}`, 'g')) ?? [];
  return [`# ${escapeForTerminal(subject)}\n-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`];
}
