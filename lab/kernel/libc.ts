import koffi from 'koffi';

/** Constants of Linux on x86-64 and arm64 (asm-generic), by their names in the kernel's headers. */
export const linux = {
  AF_INET: 2,
  AF_INET6: 10,
  AF_PACKET: 17,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_RAW: 3,
  SOCK_NONBLOCK: 0o4000,
  SOCK_CLOEXEC: 0o2000000,
  SOL_SOCKET: 1,
  SO_REUSEADDR: 2,
  SO_RCVBUF: 8,
  SO_TIMESTAMPNS: 35,
  SO_RCVBUFFORCE: 33,
  SOL_PACKET: 263,
  PACKET_RX_RING: 5,
  PACKET_STATISTICS: 6,
  PACKET_VERSION: 10,
  PACKET_VNET_HDR: 15,
  PACKET_QDISC_BYPASS: 20,
  PACKET_IGNORE_OUTGOING: 23,
  TPACKET_V3: 2,
  ETH_P_ALL: 3,
  IPPROTO_IPV6: 41,
  IPV6_V6ONLY: 26,
  MSG_DONTWAIT: 0x40,
  CLONE_NEWNET: 0x40000000,
  PROT_READ_WRITE: 3,
  MAP_SHARED: 1,
  EAGAIN: 11,
} as const;

interface Libc {
  setns(fd: number, kind: number): number;
  socket(domain: number, kind: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
  listen(fd: number, backlog: number): number;
  close(fd: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Uint8Array, length: Int32Array): number;
  if_nametoindex(name: string): number;
  recvmsg(fd: number, message: bigint, flags: number): number | bigint;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number | bigint;
  poll: { async(fds: bigint, count: number, timeoutMs: number, done: (error: Error | null, ready: number) => void): void };
  mount(source: string, target: string, type: string | null, flags: number, data: string | null): number;
  mmap(address: null, length: number, protection: number, flags: number, fd: number, offset: number): bigint;
}

let loaded: Libc | undefined;

/**
 * The C library of this process, declared once, on first use. The lab cannot do without it: sockets and processes are put into other network
 * namespaces from one process with setns(2). Throws when koffi's binary for this platform is missing.
 */
export function libc(): Libc {
  if (loaded) return loaded;
  const library = koffi.load(null);
  loaded = {
    setns: library.func('int setns(int fd, int kind)'),
    socket: library.func('int socket(int domain, int kind, int protocol)'),
    bind: library.func('int bind(int fd, const void *address, uint32_t length)'),
    connect: library.func('int connect(int fd, const void *address, uint32_t length)'),
    listen: library.func('int listen(int fd, int backlog)'),
    close: library.func('int close(int fd)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)'),
    getsockopt: library.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
    if_nametoindex: library.func('uint32_t if_nametoindex(const char *name)'),
    recvmsg: library.func('long recvmsg(int fd, void *message, int flags)'),
    send: library.func('long send(int fd, const void *bytes, size_t length, int flags)'),
    poll: library.func('int poll(void *fds, unsigned long count, int timeoutMs)') as unknown as Libc['poll'],
    mount: library.func('int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)'),
    mmap: library.func('void *mmap(void *address, size_t length, int protection, int flags, int fd, long offset)'),
  } as unknown as Libc;
  return loaded;
}

/** Throws a {@link KernelError} when a call returned a negative number; otherwise hands it on. */
export function checked(call: string, result: number | bigint): number {
  const value = Number(result);
  if (value < 0) throw new KernelError(call, koffi.errno());
  return value;
}

/** A system call of the lab failed. `errno` is the positive number. */
export class KernelError extends Error {
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call} failed with errno ${errno}`);
    this.name = 'KernelError';
    this.errno = errno;
  }
}

/** The errno of the last call. Only valid directly after it. */
export function errno(): number {
  return koffi.errno();
}

/** Memory outside the JavaScript heap that the kernel may read and write at any time; never freed, the process is short-lived. */
export interface NativeMemory {
  address: bigint;
  bytes: Buffer;
}

export function allocate(length: number): NativeMemory {
  const pointer = koffi.alloc('uint8_t', length);
  return { address: koffi.address(pointer) as bigint, bytes: Buffer.from(koffi.view(pointer, length)) };
}

/** A view of memory the kernel mapped, `length` bytes from `address`. */
export function viewMemory(address: bigint, length: number): Buffer {
  return Buffer.from(koffi.view(address as never, length));
}

/** mount(2). Returns 0 or -1, see {@link errno}. */
export function mountCall(source: string, target: string, type: string | null, flags: number, data: string | null): number {
  return libc().mount(source, target, type, flags, data);
}
