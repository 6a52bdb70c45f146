/** A packet as it stands in a capture file. */
export interface CapturedPacket {
  seconds: number;
  nanoseconds: number;
  /** What is kept of it. */
  bytes: Uint8Array;
  /** How long it was on the wire; more than is kept where it was cut. */
  originalBytes: number;
}

const nanosecondMagic = 0xa1b23c4d;
const fileHeaderBytes = 24;
const recordHeaderBytes = 16;
const snapBytes = 262_144;

/** A capture file of one link type (LINKTYPE_): pcap with nanoseconds, little-endian. */
export function encodePcap(linkType: number, packets: readonly CapturedPacket[]): Uint8Array {
  const bytes = new Uint8Array(packets.reduce((sum, packet) => sum + recordHeaderBytes + packet.bytes.length, fileHeaderBytes));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, nanosecondMagic, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapBytes, true);
  view.setUint32(20, linkType, true);
  let at = fileHeaderBytes;
  for (const packet of packets) {
    view.setUint32(at, packet.seconds, true);
    view.setUint32(at + 4, packet.nanoseconds, true);
    view.setUint32(at + 8, packet.bytes.length, true);
    view.setUint32(at + 12, packet.originalBytes, true);
    bytes.set(packet.bytes, at + recordHeaderBytes);
    at += recordHeaderBytes + packet.bytes.length;
  }
  return bytes;
}
