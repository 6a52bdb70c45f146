import { allocate, checked, errno, libc, linux, type NativeMemory } from './libc.ts';
import { setOption } from './socket.ts';

/** Frames carry this many bytes of offload header before them (struct virtio_net_hdr): partial checksums stay valid when the frame is sent on. */
export const offloadHeaderBytes = 10;

const frameRoom = 70_000;
const controlBytes = 64;

/** A raw socket on one interface for sending frames on: every frame as it arrives, with its arrival time. Linux, needs CAP_NET_RAW in the namespace. */
export class PacketSocket {
  readonly fd: number;
  readonly #frame: NativeMemory = allocate(frameRoom);
  readonly #control: NativeMemory = allocate(controlBytes);
  readonly #message: NativeMemory = allocate(56);
  readonly #vector: NativeMemory = allocate(16);

  /** Opens in the namespace the thread is in. */
  constructor(interfaceName: string) {
    this.fd = openPacketSocket();
    setOption(this.fd, linux.SOL_PACKET, linux.PACKET_VNET_HDR, 1);
    setOption(this.fd, linux.SOL_PACKET, linux.PACKET_IGNORE_OUTGOING, 1);
    setOption(this.fd, linux.SOL_PACKET, linux.PACKET_QDISC_BYPASS, 1);
    setOption(this.fd, linux.SOL_SOCKET, linux.SO_TIMESTAMPNS, 1);
    libc().setsockopt(this.fd, linux.SOL_SOCKET, linux.SO_RCVBUFFORCE, int32(16 << 20), 4);
    setOption(this.fd, linux.SOL_SOCKET, linux.SO_RCVBUF, 16 << 20);
    bindToInterface(this.fd, interfaceName);
    this.#vector.bytes.writeBigUInt64LE(this.#frame.address, 0);
    this.#vector.bytes.writeBigUInt64LE(BigInt(frameRoom), 8);
  }

  /** The next frame waiting, offload header first, and when the kernel got it (milliseconds since 1970); null when none waits. A copy. */
  receive(): { bytes: Buffer; arrivedMs: number } | null {
    const message = this.#message.bytes;
    message.fill(0);
    message.writeBigUInt64LE(this.#vector.address, 16);
    message.writeBigUInt64LE(1n, 24);
    message.writeBigUInt64LE(this.#control.address, 32);
    message.writeBigUInt64LE(BigInt(controlBytes), 40);
    const length = Number(libc().recvmsg(this.fd, this.#message.address, linux.MSG_DONTWAIT));
    if (length < 0) {
      if (errno() === linux.EAGAIN) return null;
      checked('recvmsg', length);
    }
    // One control message: level SOL_SOCKET, type SO_TIMESTAMPNS, a struct timespec.
    const control = this.#control.bytes;
    const stamped = message.readBigUInt64LE(40) >= 32n && control.readInt32LE(12) === linux.SO_TIMESTAMPNS;
    const arrivedMs = stamped ? Number(control.readBigInt64LE(16)) * 1000 + Number(control.readBigInt64LE(24)) / 1e6 : Date.now();
    return { bytes: Buffer.from(this.#frame.bytes.subarray(0, length)), arrivedMs };
  }

  /** Sends a frame as {@link receive} gave it. What the interface cannot take is lost, as on a cable. */
  send(bytes: Buffer): void {
    libc().send(this.fd, bytes, bytes.length, 0);
  }
}

/** A packet socket that hears nothing until it is bound. */
export function openPacketSocket(): number {
  return checked('socket', libc().socket(linux.AF_PACKET, linux.SOCK_RAW | linux.SOCK_NONBLOCK | linux.SOCK_CLOEXEC, 0));
}

/** struct sockaddr_ll (packet(7)): every protocol of one interface. */
export function bindToInterface(fd: number, interfaceName: string): void {
  const c = libc();
  const index = c.if_nametoindex(interfaceName);
  if (index === 0) throw new Error(`no interface ${interfaceName}`);
  const name = Buffer.alloc(20);
  name.writeUInt16LE(linux.AF_PACKET, 0);
  name.writeUInt16BE(linux.ETH_P_ALL, 2);
  name.writeInt32LE(index, 4);
  checked('bind', c.bind(fd, name, name.length));
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
