import { describe, expect, it } from 'vitest';
import { ownCaptures } from '../../fixtures/captures/make/collection.ts';
import { damaged } from '../../test/fuzz/mutation.ts';
import { layerEthernet, layerTcp, layerUdp } from './layer.ts';
import { openContainer } from './open-container.ts';
import { descend } from './packet.ts';
import { createPacketBatch } from './packet-batch.ts';
import { PacketCursor } from './packet-cursor.ts';
import { decodePlainPackets, takePlainPacket } from './plain-packet.ts';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What whoever follows conversations looks at. */
function said(cursor: PacketCursor, layer: number): object {
  const { ipVersion, ttl, identification, protocol, ports, transportChecksum, payloadOffset, payloadBytes, end, wireEnd } = cursor;
  const { source0, destination0, seen, trouble, vantage, vlanId } = cursor;
  const { source1, source2, source3, destination1, destination2, destination3 } = cursor;
  const { sequence, acknowledgment, tcpFlags, window, optionsOffset } = cursor;
  return {
    ...{ ipVersion, ttl, identification, protocol, ports, transportChecksum, payloadOffset, payloadBytes, end, wireEnd },
    ...{ source0, destination0, seen, trouble, vantage, vlanId },
    ...(ipVersion === 6 ? { source1, source2, source3, destination1, destination2, destination3 } : {}),
    ...(layer === layerTcp ? { sequence, acknowledgment, tcpFlags, window, optionsOffset } : {}),
  };
}

/** Decodes the first packets of a capture in both ways; how many were plain. */
function compare(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  const reader = openContainer(view, 0, bytes.length);
  if (reader === null) return 0;
  const batch = createPacketBatch(1024);
  reader.read(view, 0, bytes.length, batch);
  // Whatever the link is: bytes are bytes.
  decodePlainPackets(
    view,
    batch,
    reader.interfaces.map(() => layerEthernet),
  );
  let plain = 0;
  for (let i = 0; i < batch.count; i++) {
    const cursor = new PacketCursor();
    const layer = takePlainPacket(cursor, view, batch, i);
    if (layer === 0) continue;
    plain++;
    expect([layerTcp, layerUdp]).toContain(layer);
    const other = new PacketCursor();
    other.start(view, batch.offset[i]!, batch.capturedBytes[i]!, batch.originalBytes[i]!, batch.interfaceIndex[i]!);
    expect(descend(other, layerEthernet)).toBe(layer);
    expect(said(cursor, layer)).toEqual(said(other, layer));
  }
  return plain;
}

describe('packets decoded in one go', () => {
  it('are decoded as layer by layer', () => {
    const plain = ownCaptures().reduce((sum, { bytes }) => sum + compare(bytes), 0);
    expect(plain).toBeGreaterThan(500);
  });

  it('are so when they are damaged', () => {
    for (const [number, { bytes }] of ownCaptures().entries())
      for (let i = 0; i < 10; i++) compare(damaged(bytes.slice(), bytes, number * 10 + i));
  });
});
