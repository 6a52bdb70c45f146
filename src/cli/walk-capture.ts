import { openSync, writeFileSync } from 'node:fs';
import { ofWalk, withPackets } from '../capture/walk-capture.ts';
import type { Failure } from '../model/failure.ts';
import type { WalkRecord } from '../model/walk-record.ts';
import type { PacketRecording, RecordedPackets } from '../ports/packet-recorder.ts';
import { escapeForTerminal } from '../report/escape.ts';
import { systemPacketRecorder } from '../system/packet-recorder.ts';
import { encodePcap } from '../wire/pcap-encode.ts';
import { captureContext, createCaptureStudy, feedCapture } from './capture-document.ts';
import { UsageError } from './usage-error.ts';

/** `--capture FILE`: the packets of a walk, kept in a file, and what they say put with the walk's own evidence. */
export interface WalkCapture {
  /** Something is about to be sent there. From the first call on the kernel leaves out what others send. */
  include(address: string): void;
  /** Ends the recording, writes the file, and returns the record with what the packets add. */
  finish(record: WalkRecord): Promise<CapturedWalk>;
}

export interface CapturedWalk {
  record: WalkRecord;
  /** The packets of the walk, each behind a header of LINKTYPE_LINUX_SLL2. */
  packets: RecordedPackets['packets'];
}

export const linuxCooked2 = 276;

/** Starts to record. Rejects with {@link UsageError}, before anything is sent, where packets cannot be recorded or the file not written. */
export async function startWalkCapture(file: string, say: (line: string) => void): Promise<WalkCapture> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w', 0o600);
  } catch (error) {
    throw new UsageError(`--capture ${file}`, (error as Error).message, 'give a file that can be written');
  }
  const recording = await systemPacketRecorder.start();
  if ('name' in recording) throw refusal(file, recording);
  return { include: (address) => recording.include(address), finish: (record) => finish(file, descriptor, recording, record, say) };
}

function refusal(file: string, failure: Failure): UsageError {
  if (failure.name === 'send-not-permitted')
    return new UsageError(
      `--capture ${file}`,
      'recording packets needs the right CAP_NET_RAW, which this process does not have',
      'run it as root (sudo), or leave --capture out: the walk itself needs no rights',
    );
  return new UsageError(
    `--capture ${file}`,
    failure.raw ?? failure.code ?? failure.name,
    'leave --capture out: the walk itself works without it',
  );
}

async function finish(
  file: string,
  descriptor: number,
  recording: PacketRecording,
  record: WalkRecord,
  say: (line: string) => void,
): Promise<CapturedWalk> {
  const recorded = await recording.stop();
  const belongs = ofWalk(record.contacted.map((one) => one.address));
  const own = recorded.packets.filter((packet) => belongs(packet.bytes));
  const bytes = encodePcap(
    linuxCooked2,
    own.map((packet) => ({ ...packet, originalBytes: packet.bytes.length })),
  );
  writeFileSync(descriptor, bytes);
  const lost = recorded.lost === 0 ? '' : `; ${recorded.lost} more came too fast to be kept`;
  say(escapeForTerminal(`wirewalk: ${own.length} packets of this walk are in ${file}${lost}`));
  const study = createCaptureStudy(captureContext());
  feedCapture(study, { name: file, bytes });
  return { record: { ...record, observations: withPackets(record.observations, study.finish(0).exchanges) }, packets: own };
}
