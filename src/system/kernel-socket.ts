import { endianness } from 'node:os';
import type { Failure } from '../model/failure.ts';
import type { IcmpOrigin } from '../ports/connection.ts';
import { failureOf } from './errno.ts';
import { decodeErrorQueue } from './error-queue.ts';
import { type CLibrary, type ForeignFunction, loadCLibrary } from './foreign-functions.ts';
import { isFailure } from './network-tables.ts';

/** Numbers and layouts below are those of Linux on 64-bit little-endian machines (linux/socket.h, linux/in.h, linux/in6.h, linux/tcp.h). */
const architectures: ReadonlySet<string> = new Set(['x64', 'arm64', 'riscv64', 'loong64']);
const familyInet = 2;
const familyInet6 = 10;
const socketTypes = { stream: 1, datagram: 2 } as const;
const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;
const fromErrorQueue = 0x2000;
const doNotWait = 0x40;
const levelSocket = 1;
const optionPendingError = 4;

/** A socket option of one family: level and number for IPv4, and for IPv6. */
interface FamilyOption {
  ipv4: readonly [level: number, option: number];
  ipv6: readonly [level: number, option: number];
}

type OptionName = 'receiveErrors' | 'hopLimit' | 'pathMtuDiscovery' | 'maxSegment';

/** Options that are set here; what each means is in ip(7), ipv6(7) and tcp(7). */
const options: Readonly<Record<OptionName, FamilyOption>> = {
  receiveErrors: { ipv4: [0, 11], ipv6: [41, 25] },
  hopLimit: { ipv4: [0, 2], ipv6: [41, 16] },
  pathMtuDiscovery: { ipv4: [0, 10], ipv6: [41, 23] },
  maxSegment: { ipv4: [6, 2], ipv6: [6, 2] },
};

const controlBytes = 512;
/** `struct msghdr`: name, name length, iovec, count, control, control length, flags. */
const messageBytes = 56;
const ipv4SocketAddressBytes = 16;
const ipv6SocketAddressBytes = 28;

/** The calls that make sockets with options a Node.js socket does not have. Needs no privilege. */
export interface KernelSockets {
  /** A descriptor, or why there is none. The caller closes it. */
  open(family: 4 | 6, type: keyof typeof socketTypes): number | Failure;
  set(descriptor: number, family: 4 | 6, option: OptionName, value: number): boolean;
  /** Null while it is under way, and for a datagram socket once it is done. */
  connect(descriptor: number, address: Uint8Array, port: number): Failure | null;
  send(descriptor: number, bytes: Uint8Array): Failure | null;
  /** The error that waits on the socket, and takes it off. */
  pendingError(descriptor: number): Failure | null;
  /** The next ICMP error of the socket's queue, null when there is none. `mtuBytes` where it names the MTU of the next link. */
  nextIcmpError(descriptor: number): IcmpOrigin | null;
  close(descriptor: number): void;
}

let prepared: { library: CLibrary; sockets: KernelSockets } | null = null;

/** Loads what is needed, once; see {@link loadCLibrary}. A failure where this system has no such calls or they cannot be reached. */
export async function loadKernelSockets(): Promise<KernelSockets | Failure> {
  if (process.platform !== 'linux' || !architectures.has(process.arch) || endianness() !== 'LE')
    return {
      name: 'unknown',
      raw: `sockets of the kernel's own are used on 64-bit Linux alone, not on ${process.platform} ${process.arch}`,
    };
  const library = await loadCLibrary();
  if (isFailure(library)) return library;
  if (prepared?.library !== library) prepared = { library, sockets: socketsOf(library) };
  return prepared.sockets;
}

function socketsOf(library: CLibrary): KernelSockets {
  const call: Readonly<Record<'socket' | 'setOption' | 'getOption' | 'connect' | 'send' | 'receive' | 'close', ForeignFunction>> = {
    socket: library.function('int socket(int family, int type, int protocol)'),
    setOption: library.function('int setsockopt(int fd, int level, int option, void *value, unsigned int length)'),
    getOption: library.function('int getsockopt(int fd, int level, int option, void *value, void *length)'),
    connect: library.function('int connect(int fd, void *address, unsigned int length)'),
    send: library.function('long send(int fd, void *bytes, unsigned long length, int flags)'),
    receive: library.function('long recvmsg(int fd, void *message, int flags)'),
    close: library.function('int close(int fd)'),
  };
  const control = library.allocate(controlBytes);
  const failure = (): Failure => failureOfErrno(library, library.errno());
  return {
    open(family, type) {
      const kind = socketTypes[type] | nonBlocking | closeOnExec;
      const descriptor = Number(call.socket(family === 4 ? familyInet : familyInet6, kind, 0));
      return descriptor < 0 ? failure() : descriptor;
    },
    set(descriptor, family, option, value) {
      const [level, number] = options[option][family === 4 ? 'ipv4' : 'ipv6'];
      const bytes = new Uint8Array(Int32Array.of(value).buffer);
      return Number(call.setOption(descriptor, level, number, bytes, bytes.length)) === 0;
    },
    connect(descriptor, address, port) {
      const target = socketAddress(address, port);
      if (Number(call.connect(descriptor, target, target.length)) === 0) return null;
      return library.errnoName(library.errno()) === 'EINPROGRESS' ? null : failure();
    },
    send: (descriptor, bytes) => (Number(call.send(descriptor, bytes, bytes.length, doNotWait)) < 0 ? failure() : null),
    pendingError(descriptor) {
      const value = new Int32Array(1);
      const length = Uint32Array.of(4);
      if (Number(call.getOption(descriptor, levelSocket, optionPendingError, value, length)) !== 0) return failure();
      return value[0] === 0 || value[0] === undefined ? null : failureOfErrno(library, value[0]);
    },
    nextIcmpError(descriptor) {
      const message = new Uint8Array(messageBytes);
      const view = new DataView(message.buffer);
      view.setBigUint64(32, control.address, true);
      view.setBigUint64(40, BigInt(controlBytes), true);
      if (Number(call.receive(descriptor, message, fromErrorQueue | doNotWait)) < 0) return null;
      return decodeErrorQueue(control.bytes.subarray(0, Math.min(controlBytes, Number(view.getBigUint64(40, true)))), true);
    },
    close: (descriptor) => void call.close(descriptor),
  };
}

function failureOfErrno(library: CLibrary, errno: number): Failure {
  const code = library.errnoName(errno) ?? `errno ${errno}`;
  return failureOf(Object.assign(new Error(code), { code }));
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
