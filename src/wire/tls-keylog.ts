import { decodeHex, encodeHex } from './byte-text.ts';

/** Secrets of one connection by their label in the key log. */
export type TlsSecrets = ReadonlyMap<TlsSecretLabel, Uint8Array>;

/** Labels of secrets that decrypt records. `CLIENT_RANDOM` is the master secret up to TLS 1.2. */
export type TlsSecretLabel =
  | 'CLIENT_RANDOM'
  | 'CLIENT_EARLY_TRAFFIC_SECRET'
  | 'CLIENT_HANDSHAKE_TRAFFIC_SECRET'
  | 'SERVER_HANDSHAKE_TRAFFIC_SECRET'
  | 'CLIENT_TRAFFIC_SECRET_0'
  | 'SERVER_TRAFFIC_SECRET_0';

const LABELS: ReadonlySet<string> = new Set<TlsSecretLabel>([
  'CLIENT_RANDOM',
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
]);

/** Secrets of any number of connections, found by the random bytes of their ClientHello. They must never be printed or stored. */
export interface TlsKeyLog {
  /** Adds the lines of a key log, or a part of one that ends in a line end. Says how many were secrets, and how many were neither that nor comments. */
  add(text: string): { secrets: number; wrongLines: number };
  /** Null when the log has nothing for that connection. */
  secretsOf(clientRandom: Uint8Array): TlsSecrets | null;
  /** Number of connections that have secrets. */
  readonly connections: number;
}

function isLabel(text: string): text is TlsSecretLabel {
  return LABELS.has(text);
}

/**
 * Reads key logs in the format of NSS (SSLKEYLOGFILE, RFC 9850): `LABEL CLIENT_RANDOM_HEX SECRET_HEX` on each line, `#` begins a comment.
 * Labels for other purposes (exporters, Encrypted Client Hello) are passed over.
 */
export function createTlsKeyLog(): TlsKeyLog {
  const byRandom = new Map<string, Map<TlsSecretLabel, Uint8Array>>();

  const addLine = (line: string): 'secret' | 'nothing' | 'wrong' => {
    if (line === '' || line.startsWith('#')) return 'nothing';
    const match = /^([A-Z0-9_]+) ([0-9a-fA-F]{64}) ([0-9a-fA-F]+)$/.exec(line);
    const secret = match === null ? null : decodeHex(match[3]!);
    if (match === null || secret === null) return /^RSA [0-9a-fA-F]+ [0-9a-fA-F]+$/.test(line) ? 'nothing' : 'wrong';
    const [, label, random] = match as unknown as [string, string, string];
    if (!isLabel(label)) return 'nothing';
    const secrets = byRandom.get(random.toLowerCase()) ?? new Map<TlsSecretLabel, Uint8Array>();
    secrets.set(label, secret);
    byRandom.set(random.toLowerCase(), secrets);
    return 'secret';
  };

  return {
    add(text) {
      const counts = { secrets: 0, wrongLines: 0 };
      for (const line of text.split(/\r?\n/)) {
        const outcome = addLine(line.trim());
        if (outcome === 'secret') counts.secrets += 1;
        if (outcome === 'wrong') counts.wrongLines += 1;
      }
      return counts;
    },
    secretsOf(clientRandom) {
      return byRandom.get(encodeHex(clientRandom)) ?? null;
    },
    get connections() {
      return byRandom.size;
    },
  };
}
