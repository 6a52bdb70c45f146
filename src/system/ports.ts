import { randomBytes } from 'node:crypto';
import type { Ports } from '../ports/ports.ts';
import { systemChainJudge } from './chain/judge.ts';
import { systemClock } from './clock.ts';
import { systemDatagrams } from './datagram.ts';
import { systemDecompressor } from './decompressor.ts';
import { systemHasher } from './hasher.ts';
import { systemHost } from './host.ts';
import { systemNames } from './name-lookup.ts';
import { systemOwnerTables } from './owner-table.ts';
import { systemPacketCrypto } from './packet-crypto.ts';
import { systemPreloadTables } from './preload-table.ts';
import { systemShapedDialer } from './shaped-dialer.ts';
import { systemSignatureChecker } from './signature-checker.ts';
import { systemTcpDialer } from './tcp-dialer.ts';
import { systemTlsClient } from './tls-client.ts';
import { systemPathTracer } from './trace/path-tracer.ts';
import { mozillaStore, systemStore, type TrustStore } from './trust-store.ts';

export interface SystemOptions {
  /** Authorities given by --ca, read with `readAuthorities`; they take the place of this host's own store. */
  authorities?: TrustStore;
}

/** Every effect of a walk, done by this host's system. Nothing is opened, read or sent before it is asked for. */
export function systemPorts(options: SystemOptions = {}): Ports {
  const stores = (): TrustStore[] => [options.authorities ?? systemStore(), mozillaStore()].filter((store) => store !== null);
  return {
    clock: systemClock,
    names: systemNames,
    datagrams: systemDatagrams,
    tcp: systemTcpDialer,
    shaped: systemShapedDialer,
    tls: systemTlsClient(stores),
    host: systemHost(),
    paths: systemPathTracer,
    owners: systemOwnerTables,
    preloads: systemPreloadTables,
    decompressor: systemDecompressor,
    chains: systemChainJudge(stores),
    signatures: systemSignatureChecker,
    packetCrypto: systemPacketCrypto,
    hasher: systemHasher,
    browser: {
      // Few walks want one.
      visit: async (visit) => (await import('./browser/browser.ts')).systemBrowser(options.authorities?.sources[0] ?? null).visit(visit),
    },
    randomBytes: (length) => randomBytes(length),
  };
}
