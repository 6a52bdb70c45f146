import { checked, libc, linux, viewMemory } from './libc.ts';
import { bindToInterface, openPacketSocket } from './packet-socket.ts';
import { setOption } from './socket.ts';

const blockBytes = 1 << 18;
const blocks = 48;
const nanosecondPcapMagic = 0xa1b23c4d;
const linkTypeEthernet = 1;
const snapBytes = 262_144;

/** What a recorder kept. */
export interface Recording {
  /** A capture file: pcap, nanoseconds, Ethernet. */
  pcap: Buffer;
  packets: number;
  /** Packets the kernel had no room for. */
  lost: number;
}

/**
 * Records every frame of one interface, both directions, into a ring the kernel fills by itself (TPACKET_V3): it costs nothing while the network is
 * busy, and works without privileges beyond the namespace's own. Opens in the namespace the thread is in.
 */
export class Recorder {
  readonly #fd: number;
  readonly #ring: Buffer;

  constructor(interfaceName: string) {
    this.#fd = openPacketSocket();
    setOption(this.#fd, linux.SOL_PACKET, linux.PACKET_VERSION, linux.TPACKET_V3);
    // struct tpacket_req3: block size, blocks, frame size, frames, block timeout (ms), private bytes, features.
    const request = Buffer.alloc(28);
    for (const [index, value] of [blockBytes, blocks, 2048, (blockBytes / 2048) * blocks, 20, 0, 0].entries())
      request.writeUInt32LE(value, index * 4);
    const c = libc();
    checked('setsockopt PACKET_RX_RING', c.setsockopt(this.#fd, linux.SOL_PACKET, linux.PACKET_RX_RING, request, request.length));
    const address = c.mmap(null, blockBytes * blocks, linux.PROT_READ_WRITE, linux.MAP_SHARED, this.#fd, 0);
    this.#ring = viewMemory(address, blockBytes * blocks);
    bindToInterface(this.#fd, interfaceName);
  }

  /** Waits until the kernel has handed over its last block, and returns everything in order of arrival. Ends the recording. */
  async stop(): Promise<Recording> {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const parts = [fileHeader()];
    let packets = 0;
    for (let block = 0; block < blocks; block += 1) {
      const start = block * blockBytes;
      // struct tpacket_block_desc: status (bit 0: ours), number of packets, offset of the first.
      if ((this.#ring.readUInt32LE(start + 8) & 1) === 0) continue;
      const count = this.#ring.readUInt32LE(start + 12);
      let at = start + this.#ring.readUInt32LE(start + 16);
      for (let index = 0; index < count; index += 1) {
        // struct tpacket3_hdr: next, seconds, nanoseconds, captured, length, status, offset of the frame.
        const captured = this.#ring.readUInt32LE(at + 12);
        const header = Buffer.alloc(16);
        header.writeUInt32LE(this.#ring.readUInt32LE(at + 4), 0);
        header.writeUInt32LE(this.#ring.readUInt32LE(at + 8), 4);
        header.writeUInt32LE(captured, 8);
        header.writeUInt32LE(this.#ring.readUInt32LE(at + 16), 12);
        const frame = at + this.#ring.readUInt16LE(at + 24);
        parts.push(header, Buffer.from(this.#ring.subarray(frame, frame + captured)));
        packets += 1;
        at += this.#ring.readUInt32LE(at);
      }
    }
    const lost = this.#lost();
    libc().close(this.#fd);
    return { pcap: Buffer.concat(parts), packets, lost };
  }

  /** struct tpacket_stats_v3: packets, drops, freezes. */
  #lost(): number {
    const statistics = Buffer.alloc(12);
    const length = Int32Array.from([statistics.length]);
    checked('getsockopt', libc().getsockopt(this.#fd, linux.SOL_PACKET, linux.PACKET_STATISTICS, statistics, length));
    return statistics.readUInt32LE(4);
  }
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(nanosecondPcapMagic, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapBytes, 16);
  header.writeUInt32LE(linkTypeEthernet, 20);
  return header;
}
