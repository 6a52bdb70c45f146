import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import type { LookupScene } from '../../fixtures/captures/make/lookups.ts';
import { readCaptures } from '../../src/cli/capture-document.ts';
import type { ReadReport } from '../../src/model/read-report.ts';

/** What is read of a scene. */
export function reportOf(scene: LookupScene): Promise<ReadReport> {
  const writer = new CaptureWriter({ format: 'pcap' });
  scene.write({ frame: (timeMs, frame) => writer.frame(timeMs, frame) });
  return readCaptures([{ name: 'scene.pcap', bytes: writer.take().slice() }], '0');
}

/** What is said of each request: its host, the name that was looked up for it and how long that took, and the verdict. */
export async function requestsOf(scene: LookupScene): Promise<string[]> {
  const report = await reportOf(scene);
  return report.exchanges.map(({ host, dns, timings, verdict }) => {
    const lookup = dns === null ? 'without a lookup' : `${dns.name} in ${timings.dnsMs === null ? '?' : Math.round(timings.dnsMs)} ms`;
    return `${host}: ${lookup}, ${verdict.cause ?? verdict.status}`;
  });
}
