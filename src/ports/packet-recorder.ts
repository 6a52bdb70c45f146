import type { Failure } from '../model/failure.ts';

/** Packets of this host, in order of arrival, with the header of LINKTYPE_LINUX_SLL2 in front. */
export interface RecordedPackets {
  packets: { seconds: number; nanoseconds: number; bytes: Uint8Array }[];
  /** Packets that came and were not kept, for want of room. */
  lost: number;
}

export interface PacketRecording {
  /**
   * From here on only what such addresses send and are sent needs to be recorded, beside what a link says about itself, ICMP and DNS; said before anything
   * is sent there. Where the system cannot tell them apart more is recorded. Until it is called everything is.
   */
  include(address: string): void;
  /** Ends it and gives everything. Once. */
  stop(): Promise<RecordedPackets>;
}

/** Records what this host sends and receives. */
export interface PacketRecorder {
  /** Starts at once; a failure where this system or this user may not. */
  start(): Promise<PacketRecording | Failure>;
}
