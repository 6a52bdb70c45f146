import type { Browser } from './browser.ts';
import type { ChainJudge } from './chain-judge.ts';
import type { Clock } from './clock.ts';
import type { TcpDialer } from './connection.ts';
import type { DatagramOpener } from './datagram.ts';
import type { Decompressor } from './decompressor.ts';
import type { Hasher } from './hasher.ts';
import type { Host } from './host.ts';
import type { NameLookup } from './name-lookup.ts';
import type { OwnerTables } from './owner-table.ts';
import type { PacketCrypto } from './packet-crypto.ts';
import type { PathTracer } from './path-tracer.ts';
import type { PreloadTables } from './preload-table.ts';
import type { ShapedDialer } from './shaped-dialer.ts';
import type { SignatureChecker } from './signature-checker.ts';
import type { TlsClient } from './tls-client.ts';

/** Every effect a walk may have. */
export interface Ports {
  clock: Clock;
  names: NameLookup;
  datagrams: DatagramOpener;
  tcp: TcpDialer;
  shaped: ShapedDialer;
  tls: TlsClient;
  host: Host;
  paths: PathTracer;
  owners: OwnerTables;
  preloads: PreloadTables;
  decompressor: Decompressor;
  chains: ChainJudge;
  signatures: SignatureChecker;
  packetCrypto: PacketCrypto;
  hasher: Hasher;
  browser: Browser;
  /** Unpredictable bytes for query ids and ports, from the system. */
  randomBytes(length: number): Uint8Array;
}
