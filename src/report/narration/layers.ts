import type { Case } from '../case.ts';
import { evidenceOf, firstEvidence } from '../case.ts';

/** Header bytes around a payload on its way over one link. */
export interface Layer {
  name: string;
  bytes: number;
  why: string;
}

/** A payload and everything wrapped around it. */
export interface Wrapping {
  payloadBytes: number;
  layers: Layer[];
  totalBytes: number;
  /** Of the link that it left by; null where not known. */
  mtuBytes: number | null;
  /** Largest TCP payload of one packet, as agreed, else what the MTU of the link leaves; null where neither is known. */
  mssBytes: number | null;
  agreed: boolean;
  /** Packets it takes at least; null where the MSS is not known. */
  packets: number | null;
}

const ethernetBytes = 14;
const tcpBytes = 20;
/** Timestamps (RFC 7323), which common systems put into every segment. */
const timestampBytes = 12;

/** What the request is wrapped into; null when none was sent. */
export function requestWrapping(subject: Case): Wrapping | null {
  const request = evidenceOf(subject, 'http.request-sent').at(-1);
  if (request === undefined || request.version === '3') return null;
  const connected = evidenceOf(subject, 'tcp.connected').find((one) => one.connection === request.connection);
  const handshake = evidenceOf(subject, 'tls.handshake-completed').find((one) => one.connection === request.connection);
  const isIpv6 = request.server.address.includes(':');
  const route = evidenceOf(subject, 'local.route').find((one) => one.destination === request.server.address && one.interface !== null);
  const link = evidenceOf(subject, 'local.link').find((one) => one.name === route?.interface) ?? null;
  const mtuBytes = route?.mtuBytes ?? link?.mtuBytes ?? null;
  const agreedBytes = connected?.facts.mssBytes ?? null;
  const mssBytes = agreedBytes ?? (mtuBytes === null ? null : mtuBytes - (isIpv6 ? 40 : 20) - tcpBytes - timestampBytes);
  const recordBytes = handshake === undefined ? null : recordOverhead(handshake.version, handshake.cipher);
  const layers: Layer[] = [
    ...(recordBytes === null ? [] : [{ name: 'TLS', bytes: recordBytes.bytes, why: recordBytes.why }]),
    { name: 'TCP', bytes: tcpBytes + timestampBytes, why: '20 and 12 of timestamps' },
    { name: isIpv6 ? 'IPv6' : 'IPv4', bytes: isIpv6 ? 40 : 20, why: 'no options' },
    ...(link === null || link.medium === 'tunnel' || link.loopback
      ? []
      : [{ name: 'Ethernet', bytes: ethernetBytes, why: "two addresses and a type; the checksum is the card's" }]),
  ];
  const overTcp = request.bytes + (recordBytes?.bytes ?? 0);
  return {
    payloadBytes: request.bytes,
    layers,
    totalBytes: request.bytes + layers.reduce((sum, layer) => sum + layer.bytes, 0),
    mtuBytes,
    mssBytes,
    agreed: agreedBytes !== null,
    packets: mssBytes === null || mssBytes <= 0 ? null : Math.max(1, Math.ceil(overTcp / mssBytes)),
  };
}

/** Bytes that TLS adds to one record: its header, and what the cipher adds (RFC 8446 section 5.2, RFC 5288, RFC 7905). */
function recordOverhead(version: string, cipher: string): { bytes: number; why: string } | null {
  if (version === 'TLSv1.3') return { bytes: 5 + 1 + 16, why: 'header 5, content type 1, tag 16' };
  if (/CHACHA20/.test(cipher)) return { bytes: 5 + 16, why: 'header 5, tag 16' };
  if (/GCM|CCM/.test(cipher)) return { bytes: 5 + 8 + 16, why: 'header 5, nonce 8, tag 16' };
  return null;
}

/** Segments that a body takes at least; null where the MSS is not known. */
export function segmentsOf(bytes: number, subject: Case): number | null {
  const mssBytes = firstEvidence(subject, 'tcp.connected')?.facts.mssBytes ?? null;
  return mssBytes === null || mssBytes <= 0 ? null : Math.max(1, Math.ceil(bytes / mssBytes));
}
