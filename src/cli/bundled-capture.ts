import { PacketRedactor } from '../capture/packet-redaction.ts';
import { addressText } from '../capture/redacted-address.ts';
import type { InternalNames, RedactionCounts } from '../capture/redaction-scope.ts';
import type { Contact } from '../model/walk-record.ts';
import type { WalkReport } from '../model/walk-report.ts';
import type { RecordedPackets } from '../ports/packet-recorder.ts';
import type { BundledCapture } from '../report/bundle/bundle-file.ts';
import type { RedactedReport } from '../report/redacted-report.ts';
import { parseIpv4, parseIpv6 } from '../wire/dns-address.ts';
import { encodePcap } from '../wire/pcap-encode.ts';
import { linuxCooked2 } from './walk-capture.ts';

const fileName = 'capture.pcap';

/** What a bundle holds of the packets recorded during a walk. `report` is the walk's before pseudonyms took the place of anything. */
export function bundleCapture(
  packets: RecordedPackets['packets'],
  report: WalkReport,
  redacted: RedactedReport<WalkReport>,
): BundledCapture {
  const redactor = new PacketRedactor({
    servers: new Set(report.contacted.map(endOf)),
    names: namesOf(report),
    internal: redacted.redaction === 'strict' ? internalNames(report.vantage.host, redacted.pseudonyms) : null,
  });
  const kept = packets.map((packet) => ({ ...packet, bytes: redactor.redact(packet.bytes), originalBytes: packet.bytes.length }));
  const { counts } = redactor;
  return {
    file: { name: fileName, what: 'the recorded packets, payloads cut off', content: encodePcap(linuxCooked2, kept) },
    removed: counts.payloadsCut === 0 ? [] : [{ where: `${fileName}: payloads`, count: counts.payloadsCut }],
    changed: changesOf(counts, redacted.redaction === 'strict'),
  };
}

function endOf({ address, port }: Contact): string {
  const octets = parseIpv4(address) ?? parseIpv6(address.split('%')[0] ?? '');
  return `${octets === null ? address : addressText(octets)} ${port}`;
}

/** What the walk says that it asked about. */
function namesOf(report: WalkReport): Set<string> {
  return new Set(
    report.evidence.flatMap((one) =>
      one.kind.startsWith('dns.') && 'name' in one && typeof one.name === 'string' ? [one.name.toLowerCase()] : [],
    ),
  );
}

function internalNames(host: string, pseudonyms: RedactedReport['pseudonyms']): InternalNames {
  const own = host.toLowerCase();
  return {
    ofAddress: (text) => pseudonyms.ofAddress(text),
    ofLinkAddress: (text) => pseudonyms.ofLinkAddress(text),
    text: (text) => pseudonyms.text(own.length < 2 ? text : text.replaceAll(own, pseudonyms.ofName(host))),
  };
}

function changesOf(counts: RedactionCounts, isStrict: boolean): string[] {
  return [
    `Cut off: all or the rest of ${counts.payloadsCut} payloads of TCP and UDP. Kept are DNS messages over UDP about names of this walk, and ${isStrict ? 'ClientHello and ServerHello' : 'TLS records of the handshake that are in clear'}, the headers of other TLS records, and five bytes of a server that speaks first, or answers a ClientHello, without being TLS. What came behind headers that are not understood, fragments, padding, and what ICMP says or quotes beyond headers are cut off as well. Record headers keep the original lengths.`,
    `Overwritten: options of IP and TCP that may hold anything, in ${counts.optionsBlanked} places.`,
    `Made zero, never computed anew: ${counts.checksumsCleared} checksums over what was changed or cut off.`,
    isStrict
      ? `Replaced by the pseudonyms of this bundle: internal addresses in the headers of ${counts.addressesReplaced} packets, those in DNS answers, and link-layer addresses.`
      : 'Addresses, link-layer addresses among them, are as they were.',
  ];
}
