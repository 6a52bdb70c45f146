import { endianness } from 'node:os';
import type { Endpoint } from '../model/observations/base.ts';
import type { IcmpOrigin } from '../ports/connection.ts';
import { addressBytes } from './address-bytes.ts';
import { systemClock } from './clock.ts';
import { decodeErrorQueue } from './error-queue.ts';
import { type CLibrary, type ForeignFunction, loadCLibrary } from './foreign-functions.ts';
import { isFailure } from './network-tables.ts';
import { tcpInfoOf } from './tcp-info.ts';

/** Numbers and layouts below are those of Linux on 64-bit little-endian machines (linux/socket.h, linux/in.h, linux/in6.h). */
const architectures: ReadonlySet<string> = new Set(['x64', 'arm64', 'riscv64', 'loong64']);
const familyInet = 2;
const familyInet6 = 10;
const socketStream = 1;
const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;
const levelIp = 0;
const optionReceiveErrors = 11;
const levelIpv6 = 41;
const optionReceiveErrors6 = 25;
const fromErrorQueue = 0x2000;
const doNotWait = 0x40;
const inProgress = 'EINPROGRESS';
/** linux/tcp_states.h */
const stateSynSent = 2;

const pollMs = 2;
const controlBytes = 512;
/** `struct msghdr`: name, name length, iovec, count, control, control length, flags. */
const messageBytes = 56;
const ipv4SocketAddressBytes = 16;
const ipv6SocketAddressBytes = 28;

interface Calls {
  socket: ForeignFunction;
  setOption: ForeignFunction;
  connect: ForeignFunction;
  receive: ForeignFunction;
  close: ForeignFunction;
  control: { address: bigint; bytes: Uint8Array };
}

let prepared: Calls | null = null;

function callsOf(library: CLibrary): Calls {
  prepared ??= {
    socket: library.function('int socket(int family, int type, int protocol)'),
    setOption: library.function('int setsockopt(int fd, int level, int option, void *value, unsigned int length)'),
    connect: library.function('int connect(int fd, void *address, unsigned int length)'),
    receive: library.function('long recvmsg(int fd, void *message, int flags)'),
    close: library.function('int close(int fd)'),
    control: library.allocate(controlBytes),
  };
  return prepared;
}

/** `struct sockaddr_in` or `sockaddr_in6`, scope left at 0. */
function socketAddress(address: Uint8Array, port: number): Uint8Array {
  const bytes = new Uint8Array(address.length === 4 ? ipv4SocketAddressBytes : ipv6SocketAddressBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, address.length === 4 ? familyInet : familyInet6, true);
  view.setUint16(2, port);
  bytes.set(address, address.length === 4 ? 4 : 8);
  return bytes;
}

/**
 * Who sent the ICMP error that ends a connection attempt: the attempt is made once more on a socket whose error queue is open, which an ordinary
 * one's is not. Null when there was none (a reset, silence, an error of this host), when it does not come within `withinMs`, and where it cannot
 * be asked. Linux only; needs no privilege.
 */
export async function icmpOriginOf(remote: Endpoint, withinMs: number, signal?: AbortSignal): Promise<IcmpOrigin | null> {
  const address = addressBytes(remote.address);
  if (process.platform !== 'linux' || !architectures.has(process.arch) || endianness() !== 'LE') return null;
  if (address === null || remote.address.includes('%')) return null;
  const library = await loadCLibrary();
  if (isFailure(library)) return null;
  const calls = callsOf(library);
  const descriptor = Number(calls.socket(address.length === 4 ? familyInet : familyInet6, socketStream | nonBlocking | closeOnExec, 0));
  if (descriptor < 0) return null;
  try {
    const on = new Uint8Array([1, 0, 0, 0]);
    const [level, option] = address.length === 4 ? [levelIp, optionReceiveErrors] : [levelIpv6, optionReceiveErrors6];
    if (Number(calls.setOption(descriptor, level, option, on, on.length)) !== 0) return null;
    const target = socketAddress(address, remote.port);
    if (Number(calls.connect(descriptor, target, target.length)) === 0 || library.errnoName(library.errno()) !== inProgress) return null;
    const untilMs = systemClock.nowMs() + withinMs;
    do {
      const origin = receiveError(calls, descriptor);
      if (origin !== null) return origin;
      // Open, or closed by a reset: no error will come any more.
      if (tcpInfoOf(descriptor)?.state !== stateSynSent) return receiveError(calls, descriptor);
      await systemClock.sleep(pollMs, signal);
    } while (systemClock.nowMs() < untilMs && signal?.aborted !== true);
    return null;
  } finally {
    calls.close(descriptor);
  }
}

function receiveError(calls: Calls, descriptor: number): IcmpOrigin | null {
  const message = new Uint8Array(messageBytes);
  const view = new DataView(message.buffer);
  view.setBigUint64(32, calls.control.address, true);
  view.setBigUint64(40, BigInt(controlBytes), true);
  if (Number(calls.receive(descriptor, message, fromErrorQueue | doNotWait)) < 0) return null;
  return decodeErrorQueue(calls.control.bytes.subarray(0, Math.min(controlBytes, Number(view.getBigUint64(40, true)))), true);
}
