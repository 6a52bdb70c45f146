import type { Failure } from '../model/failure.ts';
import type { PacketRecorder, PacketRecording, RecordedPackets } from '../ports/packet-recorder.ts';
import { encodeSocketFilter, mostInstructions } from '../wire/socket-filter.ts';
import { addressBytes } from './address-bytes.ts';
import { failureOf } from './errno.ts';
import { type CLibrary, type ForeignFunction, loadCLibrary } from './foreign-functions.ts';
import { isFailure } from './network-tables.ts';

/** Numbers and layouts below are those of Linux on 64-bit little-endian machines (linux/if_packet.h, linux/socket.h, linux/if_ether.h). */
const architectures: ReadonlySet<string> = new Set(['x64', 'arm64', 'riscv64', 'loong64']);
const familyPacket = 17;
/** SOCK_DGRAM: the packet without its link header, which the socket address describes: the same for every kind of interface. */
const datagramNonBlocking = 2 | 0o4000 | 0o2000000;
/** ETH_P_ALL in network byte order. */
const everyProtocol = 0x0300;
const levelSocket = 1;
const receiveBuffer = 8;
const attachFilter = 26;
const detachFilter = 27;
const timestampNs = 35;
const levelPacket = 263;
const packetStatistics = 6;
const doNotWait = 0x40;
const hardwareLoopback = 772;
const packetOutgoing = 4;

const packetBytes = 65_536;
/** `struct msghdr`; `struct sockaddr_ll`; room for one control message with a `struct timespec`. */
const messageBytes = 56;
const linkAddressBytes = 20;
const controlBytes = 64;
/** The kernel keeps what has come until it is asked; this often is soon enough for what one walk sends. */
const askEveryMs = 4;
const kernelRoomBytes = 4_194_304;
/** Packets of a walk are few; somebody else's are not. */
const mostHeldBytes = 67_108_864;

const setOptionDeclaration = 'int setsockopt(int fd, int level, int name, uint8_t *value, uint32_t length)';
const instructionBytes = 8;

/** LINKTYPE_LINUX_SLL2: 20 octets in front of each packet say what the link header said. */
const cookedHeaderBytes = 20;

/** Records with a packet socket (packet(7)), on every interface. Needs CAP_NET_RAW. */
export const systemPacketRecorder: PacketRecorder = {
  async start() {
    if (process.platform !== 'linux' || !architectures.has(process.arch))
      return { name: 'unknown', raw: `recording packets works on Linux only; this is ${process.platform} ${process.arch}` };
    const library = await loadCLibrary();
    if (isFailure(library)) return library;
    return begin(library);
  },
};

function begin(library: CLibrary): PacketRecording | Failure {
  const socket = library.function('int socket(int domain, int type, int protocol)');
  const descriptor = socket(familyPacket, datagramNonBlocking, everyProtocol) as number;
  if (descriptor < 0) {
    const code = library.errnoName(library.errno()) ?? 'UNKNOWN';
    return failureOf(Object.assign(new Error(code), { code }));
  }
  const setOption = library.function(setOptionDeclaration);
  setOption(descriptor, levelSocket, receiveBuffer, int32(kernelRoomBytes), 4);
  setOption(descriptor, levelSocket, timestampNs, int32(1), 4);
  return new SocketRecording(library, descriptor);
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

class SocketRecording implements PacketRecording {
  private readonly library: CLibrary;
  private readonly descriptor: number;
  private readonly receive: ForeignFunction;
  private readonly setOption: ForeignFunction;
  private readonly message: { address: bigint; bytes: Uint8Array };
  private readonly packet: { address: bigint; bytes: Uint8Array };
  private readonly address: { address: bigint; bytes: Uint8Array };
  private readonly control: { address: bigint; bytes: Uint8Array };
  private readonly timer: NodeJS.Timeout;
  private readonly packets: RecordedPackets['packets'] = [];
  private heldBytes = 0;
  private overflow = 0;
  private readonly included = new Map<string, Uint8Array>();
  /** Room for a `struct sock_fprog` and the program that it names; made when it is wanted. */
  private filter: { header: Uint8Array; program: Uint8Array } | null = null;
  private isFiltered = true;

  constructor(library: CLibrary, descriptor: number) {
    this.library = library;
    this.setOption = library.function(setOptionDeclaration);
    this.descriptor = descriptor;
    this.receive = library.function('int64_t recvmsg(int fd, uint64_t message, int flags)');
    this.message = library.allocate(messageBytes);
    this.packet = library.allocate(packetBytes);
    this.address = library.allocate(linkAddressBytes);
    this.control = library.allocate(controlBytes);
    const vector = library.allocate(16);
    const vectorView = new DataView(vector.bytes.buffer, vector.bytes.byteOffset);
    vectorView.setBigUint64(0, this.packet.address, true);
    vectorView.setBigUint64(8, BigInt(packetBytes), true);
    const view = this.messageView();
    view.setBigUint64(0, this.address.address, true);
    view.setBigUint64(16, vector.address, true);
    view.setBigUint64(24, 1n, true);
    view.setBigUint64(32, this.control.address, true);
    this.timer = setInterval(() => this.drain(), askEveryMs);
    this.timer.unref();
  }

  include(address: string): void {
    if (!this.isFiltered || this.included.has(address)) return;
    const bytes = addressBytes(address);
    const program = bytes === null ? null : encodeSocketFilter([...this.included.values(), bytes]);
    if (bytes !== null) this.included.set(address, bytes);
    if (program !== null && this.attach(program)) return;
    // More than a filter can hold, or a kernel that takes none: everything is recorded from here on.
    this.isFiltered = false;
    this.setOption(this.descriptor, levelSocket, detachFilter, int32(0), 4);
  }

  /** The kernel copies the program, and changes from one to the other between two packets. */
  private attach(program: Uint8Array): boolean {
    if (this.filter === null) {
      const header = this.library.allocate(16);
      const room = this.library.allocate(mostInstructions * instructionBytes);
      new DataView(header.bytes.buffer, header.bytes.byteOffset).setBigUint64(8, room.address, true);
      this.filter = { header: header.bytes, program: room.bytes };
    }
    const { header, program: room } = this.filter;
    room.set(program);
    new DataView(header.buffer, header.byteOffset).setUint16(0, program.length / instructionBytes, true);
    return (this.setOption(this.descriptor, levelSocket, attachFilter, header, header.length) as number) === 0;
  }

  private messageView(): DataView {
    return new DataView(this.message.bytes.buffer, this.message.bytes.byteOffset);
  }

  private drain(): void {
    const view = this.messageView();
    for (;;) {
      view.setUint32(8, linkAddressBytes, true);
      view.setBigUint64(40, BigInt(controlBytes), true);
      const length = Number(this.receive(this.descriptor, this.message.address, doNotWait));
      if (length < 0) return;
      // What this host sends itself passes twice.
      if (this.isLoopbackSent()) continue;
      if (this.heldBytes + length > mostHeldBytes) this.overflow++;
      else this.keep(length);
    }
  }

  private isLoopbackSent(): boolean {
    const address = this.address.bytes;
    return address[8]! + 256 * address[9]! === hardwareLoopback && address[10] === packetOutgoing;
  }

  private keep(length: number): void {
    const bytes = new Uint8Array(cookedHeaderBytes + length);
    // struct sockaddr_ll: family, protocol, interface, hardware type, packet type, address length, address.
    const address = this.address.bytes;
    bytes.set(address.subarray(2, 4), 0);
    const from = new DataView(address.buffer, address.byteOffset);
    const to = new DataView(bytes.buffer);
    to.setUint32(4, from.getInt32(4, true));
    to.setUint16(8, from.getUint16(8, true));
    bytes[10] = address[10]!;
    bytes[11] = address[11]!;
    bytes.set(address.subarray(12, 20), 12);
    bytes.set(this.packet.bytes.subarray(0, length), cookedHeaderBytes);
    this.heldBytes += bytes.length;
    this.packets.push({ ...this.arrival(), bytes });
  }

  /** One control message: level SOL_SOCKET, type SO_TIMESTAMPNS, a struct timespec. */
  private arrival(): { seconds: number; nanoseconds: number } {
    const control = new DataView(this.control.bytes.buffer, this.control.bytes.byteOffset);
    if (this.messageView().getBigUint64(40, true) >= 32n && control.getInt32(12, true) === timestampNs)
      return { seconds: Number(control.getBigInt64(16, true)), nanoseconds: Number(control.getBigInt64(24, true)) };
    const nowMs = Date.now();
    return { seconds: Math.floor(nowMs / 1000), nanoseconds: (nowMs % 1000) * 1_000_000 };
  }

  async stop(): Promise<RecordedPackets> {
    // What was just sent passes the socket before the next turn.
    await new Promise((resolve) => setTimeout(resolve, 2 * askEveryMs));
    clearInterval(this.timer);
    this.drain();
    const lost = this.overflow + this.dropped();
    this.library.function('int close(int fd)')(this.descriptor);
    return { packets: this.packets, lost };
  }

  /** struct tpacket_stats: packets, drops. */
  private dropped(): number {
    const statistics = new Uint8Array(8);
    const length = Int32Array.of(statistics.length);
    const get = this.library.function('int getsockopt(int fd, int level, int name, uint8_t *value, int *length)');
    if ((get(this.descriptor, levelPacket, packetStatistics, statistics, length) as number) < 0) return 0;
    return new DataView(statistics.buffer).getUint32(4, true);
  }
}
