import { PacketList } from '../capture/packet-list.ts';
import type { ReadExchange } from '../model/read-record.ts';
import type { ReportedPacket } from '../model/read-report.ts';
import { systemCaptureFiles } from '../system/capture-file.ts';

/** A ladder of more packets is read by nobody. */
const mostPackets = 1000;

/** The packets of one exchange, by a second pass over the files it was found in. */
export async function listPackets(
  files: readonly string[],
  exchange: ReadExchange,
  signal: AbortSignal,
): Promise<{ packets: ReportedPacket[]; omitted: number }> {
  const frames = new Set([...exchange.frames, ...exchange.observations.flatMap((observation) => observation.frames ?? [])]);
  const list = new PacketList({ client: exchange.client, server: exchange.server, frames, most: mostPackets });
  for (const file of files) {
    const feed = list.beginFile();
    await systemCaptureFiles.read(file, feed, { signal, onProgress: () => {} });
    feed.finish();
  }
  return { packets: list.packets, omitted: list.omitted };
}
