/**
 * Programs for the classic packet filter of Linux (BPF; networking/filter in the kernel's documentation), as a packet socket without link headers runs them:
 * the packet begins with its network header, and what the link header said of the protocol is asked for beside it.
 */

/** What one program may have (BPF_MAXINSNS). */
export const mostInstructions = 4096;
const instructionBytes = 8;

const loadWord = 0x20;
const loadHalf = 0x28;
const loadByte = 0x30;
const loadHalfIndexed = 0x48;
/** Index register: four times the low half of an octet, the length of an IPv4 header. */
const loadHeaderLength = 0xb1;
const jump = 0x05;
const jumpIfEqual = 0x15;
const jumpIfSet = 0x45;
const give = 0x06;

/** Where the kernel keeps the protocol of the frame (SKF_AD_OFF, SKF_AD_PROTOCOL). */
const ancillaryProtocol = 0xffff_f000;
const wholePacket = 0x0004_0000;

const etherArp = 0x0806;
const etherIpv4 = 0x0800;
const etherIpv6 = 0x86dd;
const protocolIcmp = 1;
const protocolIcmpv6 = 58;
const protocolTcp = 6;
const protocolUdp = 17;
const hopByHop = 0;
const dnsPort = 53;
const fragmentOffset = 0x1fff;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

const giveAll: Instruction = [give, 0, 0, wholePacket];
const giveNothing: Instruction = [give, 0, 0, 0];

/** The packet is taken when what was loaded is this. */
function takeIf(value: number): Instruction[] {
  return [[jumpIfEqual, 0, 1, value], giveAll];
}

function takeAddresses4(addresses: readonly Uint8Array[]): Instruction[] {
  const all = addresses.flatMap((address) => takeIf(wordOf(address, 0)));
  return all.length === 0 ? [] : [12, 16].flatMap((at): Instruction[] => [[loadWord, 0, 0, at], ...all]);
}

function takeAddresses6(addresses: readonly Uint8Array[]): Instruction[] {
  return addresses.flatMap((address) =>
    [8, 24].flatMap((at): Instruction[] => [
      [loadWord, 0, 0, at],
      [jumpIfEqual, 0, 7, wordOf(address, 0)],
      [loadWord, 0, 0, at + 4],
      [jumpIfEqual, 0, 5, wordOf(address, 4)],
      [loadWord, 0, 0, at + 8],
      [jumpIfEqual, 0, 3, wordOf(address, 8)],
      [loadWord, 0, 0, at + 12],
      [jumpIfEqual, 0, 1, wordOf(address, 12)],
      giveAll,
    ]),
  );
}

function wordOf(address: Uint8Array, at: number): number {
  return new DataView(address.buffer, address.byteOffset).getUint32(at);
}

/**
 * A program that takes packets from and to these addresses (4 or 16 octets each), all of ARP and ICMP, whose errors come from anywhere, and of DNS: whom the
 * system asks is not always known before. Each instruction is a `struct sock_filter` of a little-endian machine. Null where there are more addresses than
 * a program has room for.
 */
export function encodeSocketFilter(addresses: readonly Uint8Array[]): Uint8Array<ArrayBuffer> | null {
  const ipv4: Instruction[] = [
    [loadByte, 0, 0, 9],
    ...takeIf(protocolIcmp),
    ...takeAddresses4(addresses.filter(({ length }) => length === 4)),
    // Only the first fragment has ports.
    [loadHalf, 0, 0, 6],
    [jumpIfSet, 0, 1, fragmentOffset],
    giveNothing,
    [loadHeaderLength, 0, 0, 0],
    [loadHalfIndexed, 0, 0, 0],
    ...takeIf(dnsPort),
    [loadHalfIndexed, 0, 0, 2],
    ...takeIf(dnsPort),
    giveNothing,
  ];
  const ipv6: Instruction[] = [
    [loadByte, 0, 0, 6],
    ...takeIf(protocolIcmpv6),
    // Membership reports and the like.
    ...takeIf(hopByHop),
    ...takeAddresses6(addresses.filter(({ length }) => length === 16)),
    [loadByte, 0, 0, 6],
    [jumpIfEqual, 2, 0, protocolTcp],
    [jumpIfEqual, 1, 0, protocolUdp],
    giveNothing,
    [loadHalf, 0, 0, 40],
    ...takeIf(dnsPort),
    [loadHalf, 0, 0, 42],
    ...takeIf(dnsPort),
    giveNothing,
  ];
  const program: Instruction[] = [
    [loadHalf, 0, 0, ancillaryProtocol],
    ...takeIf(etherArp),
    [jumpIfEqual, 0, 1, etherIpv6],
    [jump, 0, 0, 2 + ipv4.length],
    [jumpIfEqual, 1, 0, etherIpv4],
    giveNothing,
    ...ipv4,
    ...ipv6,
  ];
  return program.length > mostInstructions ? null : encode(program);
}

function encode(program: readonly Instruction[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(program.length * instructionBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, [code, ifTrue, ifFalse, operand]] of program.entries()) {
    const at = index * instructionBytes;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, operand, true);
  }
  return bytes;
}
