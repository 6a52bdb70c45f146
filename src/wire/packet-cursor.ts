import { type Layer, layerNone } from './layer.ts';

/** A header was cut off by the capture's packet size limit. */
export const troubleCut = 1;
/** A header contradicts itself or the packet's length. */
export const troubleMalformed = 2;
/** Valid, and of a kind that is not decoded. */
export const troubleUnknown = 3;

/** Bits of {@link PacketCursor.seen}. */
export const seenEthernet = 1;
export const seenIpv4 = 2;
export const seenIpv6 = 4;
export const seenArp = 8;
export const seenTcp = 16;
export const seenUdp = 32;
export const seenIcmp = 64;
export const seenIcmpv6 = 128;
export const seenVlan = 256;
export const seenTunnel = 512;
export const seenFragment = 1024;

/**
 * Walks down the layers of one packet. One cursor serves all packets: decoders read at `offset`, fill in what their layer says and move on,
 * so that nothing is allocated per packet. It owns no bytes; `view` is valid until the caller refills it.
 *
 * Inner headers overwrite what outer ones said: after the walk the fields hold the innermost network layer.
 */
export class PacketCursor {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** First byte that is not decoded yet. */
  offset = 0;
  /** End of the captured bytes that belong to the layer in hand. */
  end = 0;
  /** Where that layer ended on the wire: behind `end` when the packet was cut at capture. */
  wireEnd = 0;
  /** Ordinal of the packet in its capture, from 1. */
  frame = 0;
  /** When it was captured, in milliseconds since an origin of the caller's. */
  timeMs = 0.5;
  trouble = 0;
  seen = 0;
  /** A number that differs between links, interfaces and directions on which one packet was seen twice. */
  vantage = 0;
  vlanId = -1;

  /** 4 or 6; 0 without a network layer. */
  ipVersion = 0;
  /** Address words, host order; IPv4 uses the first only. */
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  /** Protocol or last next-header number. */
  protocol = 0;
  ttl = 0;
  /** IPv4 identification, or the fragment header's in IPv6; 0 when there is none. */
  identification = 0;
  /** Bytes, of the fragment in hand. */
  fragmentOffset = 0;
  moreFragments = false;
  /** All of the fragment was captured. */
  fragmentWhole = false;

  /** Source port in the upper half, destination port in the lower. */
  ports = 0;
  sequence = 0;
  acknowledgment = 0;
  tcpFlags = 0;
  window = 0;
  transportChecksum = 0;
  /** First byte behind the fixed part of the transport header. */
  optionsOffset = 0;
  payloadOffset = 0;
  /** As the headers say; captured are only those up to `end`. */
  payloadBytes = 0;

  /** Starts a packet of `capturedBytes` at `offset` that had `wireBytes` on the wire. */
  start(view: DataView, offset: number, capturedBytes: number, wireBytes: number, vantage: number): void {
    this.view = view;
    this.offset = offset;
    this.end = offset + capturedBytes;
    this.wireEnd = offset + Math.max(wireBytes, capturedBytes);
    this.trouble = 0;
    this.seen = 0;
    this.vantage = vantage;
    this.vlanId = -1;
    this.ipVersion = 0;
    this.ports = 0;
  }

  /** For a header of which bytes are missing: cut at capture, or missing on the wire as well. */
  short(neededEnd: number): Layer {
    this.trouble = neededEnd <= this.wireEnd ? troubleCut : troubleMalformed;
    return layerNone;
  }

  malformed(): Layer {
    this.trouble = troubleMalformed;
    return layerNone;
  }

  unknown(): Layer {
    this.trouble = troubleUnknown;
    return layerNone;
  }
}
