import type { Socket } from 'node:net';
import { endianness } from 'node:os';
import type { KernelTcpFacts, TcpFacts } from '../model/observations/tcp.ts';
import { type CLibrary, type ForeignFunction, loadedCLibrary } from './foreign-functions.ts';

const protocolTcp = 6;
/** linux/tcp.h TCP_INFO. */
const optionTcpInfo = 11;
const infoBytes = 512;
/** linux/tcp.h, enum of states: the only one this file cares for. */
const stateSynSent = 2;

/** The fields of `struct tcp_info` (linux/tcp.h) that are read here; null where the kernel's structure is too short to hold them. */
export interface TcpInfo {
  state: number;
  /** Retransmissions of what is in flight now, reset by an acknowledgement. */
  retransmits: number;
  /** Segments sent again and not yet acknowledged. */
  retransmitted: number | null;
  sendMssBytes: number | null;
  rttMicroseconds: number | null;
  totalRetransmissions: number | null;
  /** The SYN included. */
  bytesAcknowledged: number | null;
  receivedMssBytes: number | null;
  unacknowledged: number | null;
  pathMtuBytes: number | null;
  receivedSegments: number | null;
  unsentBytes: number | null;
  minRttMicroseconds: number | null;
  delivered: number | null;
  /** Retransmissions included. */
  bytesSent: number | null;
  bytesRetransmitted: number | null;
  outOfOrderSegments: number | null;
}

/** Reads `struct tcp_info` as the kernel returned it: machine byte order, `view` no longer than what the kernel filled in. Null when too short. */
export function decodeTcpInfo(view: DataView, littleEndian: boolean): TcpInfo | null {
  if (view.byteLength < 8) return null;
  const u32 = (offset: number): number | null => (view.byteLength >= offset + 4 ? view.getUint32(offset, littleEndian) : null);
  const u64 = (offset: number): number | null => (view.byteLength >= offset + 8 ? Number(view.getBigUint64(offset, littleEndian)) : null);
  return {
    state: view.getUint8(0),
    retransmits: view.getUint8(2),
    retransmitted: u32(36),
    sendMssBytes: u32(16),
    rttMicroseconds: u32(68),
    totalRetransmissions: u32(100),
    bytesAcknowledged: u64(120),
    receivedMssBytes: u32(20),
    unacknowledged: u32(24),
    pathMtuBytes: u32(60),
    receivedSegments: u32(140),
    unsentBytes: u32(144),
    minRttMicroseconds: u32(148),
    delivered: u32(192),
    bytesSent: u64(200),
    bytesRetransmitted: u64(208),
    outOfOrderSegments: u32(224),
  };
}

let getsockopt: { library: CLibrary; call: ForeignFunction } | null = null;

/** TCP_INFO of a file descriptor; null when koffi is not loaded, the system is not Linux, or the descriptor is none. */
export function tcpInfoOf(fileDescriptor: number): TcpInfo | null {
  const library = loadedCLibrary();
  if (library === null || process.platform !== 'linux' || fileDescriptor < 0) return null;
  if (getsockopt?.library !== library) {
    getsockopt = { library, call: library.function('int getsockopt(int fd, int level, int option, void *value, void *length)') };
  }
  const value = new Uint8Array(infoBytes);
  const length = new Uint32Array([infoBytes]);
  if (Number(getsockopt.call(fileDescriptor, protocolTcp, optionTcpInfo, value, length)) !== 0) return null;
  return decodeTcpInfo(new DataView(value.buffer, 0, Math.min(length[0] ?? 0, infoBytes)), endianness() === 'LE');
}

/**
 * The descriptor behind a socket, -1 when there is none (not connecting yet, closed, Windows). `_handle.fd` is not documented and has been
 * stable since Node.js 0.x; when it goes away this file answers "not known".
 */
export function descriptorOf(socket: Socket): number {
  const handle = (socket as unknown as { _handle?: { fd?: unknown } | null })._handle;
  return typeof handle?.fd === 'number' ? handle.fd : -1;
}

/** SYN retransmissions so far of a socket that is still connecting; null when it cannot be asked. */
export function synRetransmissionsOf(socket: Socket): number | null {
  const info = tcpInfoOf(descriptorOf(socket));
  return info?.state === stateSynSent ? info.retransmits : null;
}

/**
 * Whether a socket that is still connecting sent its SYN again and the network layer refused to take it: `total_retrans` counts each time it was
 * handed down, `retrans` only what was taken (net/ipv4/tcp_output.c, tcp_retransmit_skb). A SYN that waits for a neighbour to be resolved is not
 * handed down again and counts in neither. False when it cannot be asked.
 */
export function isSynUnsent(socket: Socket): boolean {
  const info = tcpInfoOf(descriptorOf(socket));
  return info?.state === stateSynSent && (info.totalRetransmissions ?? 0) > 0 && info.retransmitted === 0;
}

/** Retransmissions counted when the connection opened: they were all of the SYN. */
const synRetransmissionsAtOpen = new WeakMap<Socket, number>();

/** RFC 6298 section 2: a SYN is sent again after a second at the earliest. */
const shortestSynTimeoutMs = 1000;

/**
 * To be called in the 'connect' event, before anything is sent. Where the kernel cannot be asked yet, a connection that opened before a SYN could
 * have been sent again needed no second one.
 */
export function rememberSynRetransmissions(socket: Socket, tookMs: number): void {
  const total = tcpInfoOf(descriptorOf(socket))?.totalRetransmissions;
  if (total != null) synRetransmissionsAtOpen.set(socket, total);
  else if (tookMs < shortestSynTimeoutMs && process.platform === 'linux') synRetransmissionsAtOpen.set(socket, 0);
}

/** What the kernel says of an open connection; null when it cannot be asked. */
export function tcpFactsOf(socket: Socket): TcpFacts | null {
  const info = tcpInfoOf(descriptorOf(socket));
  if (info === null) return null;
  const atOpen = synRetransmissionsAtOpen.get(socket) ?? null;
  return {
    rttMs: info.rttMicroseconds === null || info.rttMicroseconds === 0 ? null : info.rttMicroseconds / 1000,
    synRetransmissions: atOpen,
    retransmissions: info.totalRetransmissions === null || atOpen === null ? null : info.totalRetransmissions - atOpen,
    mssBytes: info.sendMssBytes,
    // The kernel counts our SYN as one.
    bytesAcknowledged: info.bytesAcknowledged === null ? null : Math.max(0, info.bytesAcknowledged - 1),
    kernel: kernelFactsOf(info),
  };
}

export const unknownKernelFacts: KernelTcpFacts = {
  minRttMs: null,
  pathMtuBytes: null,
  receivedMssBytes: null,
  unacknowledgedSegments: null,
  deliveredSegments: null,
  bytesUnacknowledged: null,
  outOfOrderSegments: null,
  receivedSegments: null,
};

/** linux/tcp.h: the shortest round trip of a connection that has measured none. */
const noRoundTrip = 0xffff_ffff;

function kernelFactsOf(info: TcpInfo): KernelTcpFacts {
  const { minRttMicroseconds, bytesSent, bytesRetransmitted, bytesAcknowledged, unsentBytes } = info;
  const isMeasured = minRttMicroseconds !== null && minRttMicroseconds !== noRoundTrip && minRttMicroseconds > 0;
  const isCounted = bytesSent !== null && bytesRetransmitted !== null && bytesAcknowledged !== null && unsentBytes !== null;
  return {
    minRttMs: isMeasured ? minRttMicroseconds / 1000 : null,
    pathMtuBytes: info.pathMtuBytes,
    receivedMssBytes: info.receivedMssBytes,
    unacknowledgedSegments: info.unacknowledged,
    deliveredSegments: info.delivered,
    bytesUnacknowledged: isCounted ? Math.max(0, bytesSent - bytesRetransmitted - Math.max(0, bytesAcknowledged - 1) + unsentBytes) : null,
    outOfOrderSegments: info.outOfOrderSegments,
    receivedSegments: info.receivedSegments,
  };
}
