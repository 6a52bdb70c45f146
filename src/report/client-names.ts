import type { ClientKind } from '../model/observations/certificate-paths.ts';

/** Kinds of clients, by what people know of them. */
export const clientNames: Readonly<Record<ClientKind, string>> = {
  openssl: 'OpenSSL here (curl, Python, PHP)',
  'any-path': "this host's store by every path (Go, GnuTLS)",
  mozilla: "Mozilla's list (Node.js, certifi)",
  fetching: 'a browser that fetches issuers',
  'old-root': 'a client that knows only the old root',
};
