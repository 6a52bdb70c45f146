/** What is counted per direction beside packets, bytes and control segments. Most conversations have none of it. */
export const tcpAnomalyNames = [
  'retransmissions',
  'fastRetransmissions',
  'spuriousRetransmissions',
  'outOfOrder',
  'duplicateAcks',
  'zeroWindows',
  'zeroWindowProbes',
  'zeroWindowProbeAcks',
  'keepAlives',
  'keepAliveAcks',
  'windowUpdates',
  'windowFull',
  'lostSegments',
  'unseenAcked',
] as const;

export type TcpAnomalyName = (typeof tcpAnomalyNames)[number];

export const retransmissions = 0;
export const fastRetransmissions = 1;
export const spuriousRetransmissions = 2;
export const outOfOrder = 3;
export const duplicateAcks = 4;
export const zeroWindows = 5;
export const zeroWindowProbes = 6;
export const zeroWindowProbeAcks = 7;
export const keepAlives = 8;
export const keepAliveAcks = 9;
export const windowUpdates = 10;
export const windowFull = 11;
export const lostSegments = 12;
export const unseenAcked = 13;

/** The segment that is next to be acknowledged, when it was sent again: its number, its size in the low half and how often in the high half. */
const stuckSequence = 14;
const stuckSegment = 15;

const sideLength = 16;
const recordLength = 2 * sideLength;

/** Counters of what went wrong, for the conversations where something did: kept apart, so that the others stay small. */
export class TcpAnomalies {
  private words = new Int32Array(64 * recordLength);
  private used = 0;
  private readonly free: number[] = [];

  /** A zeroed set of counters; its handle is never 0. */
  allocate(): number {
    const reused = this.free.pop();
    if (reused !== undefined) {
      this.words.fill(0, (reused - 1) * recordLength, reused * recordLength);
      return reused;
    }
    if ((this.used + 1) * recordLength > this.words.length) {
      const larger = new Int32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    return ++this.used;
  }

  release(handle: number): void {
    if (handle !== 0) this.free.push(handle);
  }

  count(handle: number, direction: number, anomaly: number): void {
    this.words[(handle - 1) * recordLength + direction * sideLength + anomaly]!++;
  }

  /** How often; 0 for the handle 0. */
  get(handle: number, direction: number, anomaly: number): number {
    return handle === 0 ? 0 : this.words[(handle - 1) * recordLength + direction * sideLength + anomaly]!;
  }

  /** The segment that the other side waits for was sent again. */
  noteStuck(handle: number, direction: number, sequence: number, bytes: number): void {
    const at = (handle - 1) * recordLength + direction * sideLength;
    const words = this.words;
    const times = words[at + stuckSequence] === sequence ? words[at + stuckSegment]! >>> 16 : 0;
    words[at + stuckSequence] = sequence;
    words[at + stuckSegment] = (Math.min(times + 1, 0x7fff) << 16) | Math.min(bytes, 0xffff);
  }

  /** How often the segment at `sequence`, the next to be acknowledged, was sent again, and its payload bytes; zeros when it was not. */
  stuckAt(handle: number, direction: number, sequence: number): { times: number; bytes: number } {
    const at = (handle - 1) * recordLength + direction * sideLength;
    if (handle === 0 || this.words[at + stuckSequence] !== sequence) return { times: 0, bytes: 0 };
    const segment = this.words[at + stuckSegment]!;
    return { times: segment >>> 16, bytes: segment & 0xffff };
  }

  /** Exchanges the directions. */
  flip(handle: number): void {
    if (handle === 0) return;
    const start = (handle - 1) * recordLength;
    for (let i = start; i < start + sideLength; i++) {
      const kept = this.words[i]!;
      this.words[i] = this.words[i + sideLength]!;
      this.words[i + sideLength] = kept;
    }
  }
}
