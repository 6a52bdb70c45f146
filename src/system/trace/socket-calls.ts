import { endianness } from 'node:os';
import type { Failure } from '../../model/failure.ts';
import { addressBytes, addressText } from '../address-bytes.ts';
import { type ControlFacts, decodeControl } from '../error-queue.ts';
import { type CLibrary, type ForeignFunction, loadCLibrary } from '../foreign-functions.ts';
import { errnoFailure } from '../netlink-socket.ts';
import { isFailure } from '../network-tables.ts';

/** Numbers and layouts are those of Linux on 64-bit little-endian machines (linux/socket.h, linux/in.h, linux/in6.h, linux/net_tstamp.h). */
const architectures: ReadonlySet<string> = new Set(['x64', 'arm64', 'riscv64', 'loong64']);
const familyInet = 2;
const familyInet6 = 10;
const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;
const levelSocket = 1;
const levelIp = 0;
const levelIpv6 = 41;
const optionError = 4;
const optionLinger = 13;
const optionTimestampNs = 35;
const fromErrorQueue = 0x2000;
const doNotWait = 0x40;
const doNotSignal = 0x4000;
const clockRealtime = 0;
const pollIn = 1;
const pollOut = 4;

type IpOption = 'ttl' | 'receiveErrors' | 'receiveTtl';

/** IP_TTL, IP_RECVERR, IP_RECVTTL and their IPv6 fellows, with their level. */
const ipOptions: Readonly<Record<IpOption, Readonly<Record<'ipv4' | 'ipv6', readonly [number, number]>>>> = {
  ttl: { ipv4: [levelIp, 2], ipv6: [levelIpv6, 16] },
  receiveErrors: { ipv4: [levelIp, 11], ipv6: [levelIpv6, 25] },
  receiveTtl: { ipv4: [levelIp, 12], ipv6: [levelIpv6, 51] },
};

export const socketKind: Readonly<Record<'stream' | 'datagram', number>> = { stream: 1, datagram: 2 };

const controlBytes = 512;
const dataBytes = 2048;
const messageBytes = 56;
const pollEntryBytes = 8;

/** A message taken from a socket or its error queue. The reader owns `data`. */
export interface Received extends ControlFacts {
  /** The destination of what an error is about, or the sender of what was received; null where the kernel names none. */
  port: number | null;
  address: string | null;
  /** From the transport's header on, or after it: see {@link SocketCalls.receiveError}. */
  data: Uint8Array;
}

/** The calls into the kernel that probes need, on sockets of this process's own. None blocks. */
export class SocketCalls {
  private readonly library: CLibrary;
  private readonly call: Readonly<
    Record<'socket' | 'setOption' | 'getOption' | 'connect' | 'sendTo' | 'receive' | 'poll' | 'close' | 'clock', ForeignFunction>
  >;
  private readonly control: { address: bigint; bytes: Uint8Array };
  private readonly data: { address: bigint; bytes: Uint8Array };
  private readonly peer: { address: bigint; bytes: Uint8Array };
  private readonly vector: { address: bigint; bytes: Uint8Array };

  constructor(library: CLibrary) {
    this.library = library;
    this.call = {
      socket: library.function('int socket(int family, int type, int protocol)'),
      setOption: library.function('int setsockopt(int fd, int level, int option, void *value, unsigned int length)'),
      getOption: library.function('int getsockopt(int fd, int level, int option, void *value, void *length)'),
      connect: library.function('int connect(int fd, void *address, unsigned int length)'),
      sendTo: library.function(
        'long sendto(int fd, void *bytes, unsigned long length, int flags, void *address, unsigned int addressLength)',
      ),
      receive: library.function('long recvmsg(int fd, void *message, int flags)'),
      poll: library.function('int poll(void *entries, unsigned long count, int timeoutMs)'),
      close: library.function('int close(int fd)'),
      clock: library.function('int clock_gettime(int clock, void *time)'),
    };
    this.control = library.allocate(controlBytes);
    this.data = library.allocate(dataBytes);
    this.peer = library.allocate(32);
    this.vector = library.allocate(16);
    const vector = new DataView(this.vector.bytes.buffer, this.vector.bytes.byteOffset);
    vector.setBigUint64(0, this.data.address, true);
    vector.setBigUint64(8, BigInt(dataBytes), true);
  }

  /** A socket that notes errors, receive times and times to live; a failure where the kernel gives none. */
  open(family: 'ipv4' | 'ipv6', kind: number, protocol: number): number | Failure {
    const descriptor = Number(this.call.socket(family === 'ipv4' ? familyInet : familyInet6, kind | nonBlocking | closeOnExec, protocol));
    if (descriptor < 0) return this.lastFailure();
    const noted =
      this.setIpOption(descriptor, family, 'receiveErrors', 1) &&
      this.setIpOption(descriptor, family, 'receiveTtl', 1) &&
      this.setOption(descriptor, levelSocket, optionTimestampNs, integer(1));
    if (noted) return descriptor;
    const failure = this.lastFailure();
    this.close(descriptor);
    return failure;
  }

  setIpOption(descriptor: number, family: 'ipv4' | 'ipv6', option: IpOption, value: number): boolean {
    const [level, number] = ipOptions[option][family];
    return this.setOption(descriptor, level, number, integer(value));
  }

  setOption(descriptor: number, level: number, option: number, value: Uint8Array): boolean {
    return Number(this.call.setOption(descriptor, level, option, value, value.length)) === 0;
  }

  /** Closing such a socket resets the connection instead of leaving it to time out, and the server hears at once that nobody is there. */
  resetOnClose(descriptor: number): void {
    this.setOption(descriptor, levelSocket, optionLinger, Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0]));
  }

  /** Null when the connection is under way or open. */
  connect(descriptor: number, address: Uint8Array): Failure | null {
    if (Number(this.call.connect(descriptor, address, address.length)) === 0) return null;
    const errno = this.library.errno();
    return this.library.errnoName(errno) === 'EINPROGRESS' ? null : errnoFailure(this.library, errno);
  }

  /** Null when it was handed to the kernel. */
  sendTo(descriptor: number, bytes: Uint8Array, address: Uint8Array): Failure | null {
    const sent = Number(this.call.sendTo(descriptor, bytes, bytes.length, doNotWait | doNotSignal, address, address.length));
    return sent < 0 ? this.lastFailure() : null;
  }

  /**
   * The next entry of the error queue; null when it is empty. The data is the quotation: for TCP from its header on, for ICMP from the quoted
   * ICMP header on, for UDP what follows its header.
   */
  receiveError(descriptor: number): Received | null {
    return this.receive(descriptor, fromErrorQueue | doNotWait);
  }

  /** The next datagram; null when there is none. */
  receiveDatagram(descriptor: number): Received | null {
    return this.receive(descriptor, doNotWait);
  }

  /** Which of the descriptors have something to tell. */
  ready(descriptors: readonly number[]): readonly number[] {
    if (descriptors.length === 0) return [];
    const entries = new Uint8Array(descriptors.length * pollEntryBytes);
    const view = new DataView(entries.buffer);
    descriptors.forEach((descriptor, index) => {
      view.setInt32(index * pollEntryBytes, descriptor, true);
      view.setInt16(index * pollEntryBytes + 4, pollIn | pollOut, true);
    });
    if (Number(this.call.poll(entries, descriptors.length, 0)) <= 0) return [];
    return descriptors.filter((_, index) => view.getInt16(index * pollEntryBytes + 6, true) !== 0);
  }

  /** The error that a connection attempt ended with; null for none. It is taken from the socket. */
  takeError(descriptor: number): Failure | null {
    const value = new Uint8Array(4);
    const length = new Uint32Array([4]);
    if (Number(this.call.getOption(descriptor, levelSocket, optionError, value, length)) !== 0) return this.lastFailure();
    const errno = new DataView(value.buffer).getInt32(0, true);
    return errno === 0 ? null : errnoFailure(this.library, errno);
  }

  /** Milliseconds since 1970-01-01 UTC, from the clock that receive times are from. */
  realtimeMs(): number {
    const time = new Uint8Array(16);
    this.call.clock(clockRealtime, time);
    const view = new DataView(time.buffer);
    return Number(view.getBigInt64(0, true)) * 1000 + Number(view.getBigInt64(8, true)) / 1e6;
  }

  close(descriptor: number): void {
    this.call.close(descriptor);
  }

  private receive(descriptor: number, flags: number): Received | null {
    const message = new Uint8Array(messageBytes);
    const view = new DataView(message.buffer);
    view.setBigUint64(0, this.peer.address, true);
    view.setUint32(8, 28, true);
    view.setBigUint64(16, this.vector.address, true);
    view.setBigUint64(24, 1n, true);
    view.setBigUint64(32, this.control.address, true);
    view.setBigUint64(40, BigInt(controlBytes), true);
    const length = Number(this.call.receive(descriptor, message, flags));
    if (length < 0) return null;
    const control = this.control.bytes.subarray(0, Math.min(controlBytes, Number(view.getBigUint64(40, true))));
    return {
      ...decodeControl(control, true),
      ...this.sender(view.getUint32(8, true)),
      data: this.data.bytes.slice(0, Math.min(length, dataBytes)),
    };
  }

  private sender(length: number): { address: string | null; port: number | null } {
    if (length < 16) return { address: null, port: null };
    const { bytes } = this.peer;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const address = view.getUint16(0, true) === familyInet ? bytes.subarray(4, 8) : bytes.subarray(8, 24);
    return { address: addressText(address), port: view.getUint16(2) };
  }

  private lastFailure(): Failure {
    return errnoFailure(this.library, this.library.errno());
  }
}

function integer(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** `struct sockaddr_in` or `sockaddr_in6`, scope left at 0; null for what is no address, or one with a zone. */
export function socketAddress(address: string, port: number): Uint8Array | null {
  const octets = address.includes('%') ? null : addressBytes(address);
  if (octets === null) return null;
  const bytes = new Uint8Array(octets.length === 4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, octets.length === 4 ? familyInet : familyInet6, true);
  view.setUint16(2, port);
  bytes.set(octets, octets.length === 4 ? 4 : 8);
  return bytes;
}

let prepared: SocketCalls | null = null;

/** The calls, loaded once; a failure where this system or machine has other layouts, or koffi is missing. */
export async function socketCalls(): Promise<SocketCalls | Failure> {
  if (process.platform !== 'linux' || !architectures.has(process.arch) || endianness() !== 'LE')
    return { name: 'unknown', raw: `no such sockets known on ${process.platform} ${process.arch}` };
  const library = await loadCLibrary();
  if (isFailure(library)) return library;
  prepared ??= new SocketCalls(library);
  return prepared;
}
