import type { CapturedName, CaptureInterface } from './capture-container.ts';

/** Bodies of the pcapng blocks that describe rather than carry packets. All work is bounded by the block's length. */

const optionEnd = 0;
const interfaceName = 2;
const interfaceDescription = 3;
const interfaceTimeResolution = 9;
const interfaceTimeOffset = 14;
const statisticsInterfaceDrop = 5;
const statisticsSystemDrop = 7;

const nameRecordIpv4 = 1;
const nameRecordIpv6 = 2;
const maxTextBytes = 256;

/** Calls `take` for every option of a list (code, value start, value length) until its end or the first that does not fit. */
function walkOptions(
  view: DataView,
  from: number,
  end: number,
  littleEndian: boolean,
  take: (code: number, at: number, length: number) => void,
): void {
  let at = from;
  while (end - at >= 4) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === optionEnd || length > end - at - 4) return;
    take(code, at + 4, length);
    at += 4 + ((length + 3) & ~3);
  }
}

function text(view: DataView, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, Math.min(length, maxTextBytes)));
}

/** An interface description block's body; null when it is too short. The time resolution is the raw octet, 6 when not given. */
export function decodeInterfaceBlock(
  view: DataView,
  body: number,
  end: number,
  littleEndian: boolean,
): { described: CaptureInterface; timeResolution: number; timeOffsetSeconds: number } | null {
  if (end - body < 8) return null;
  const described: CaptureInterface = {
    linkType: view.getUint16(body, littleEndian),
    snapBytes: view.getUint32(body + 4, littleEndian),
    name: null,
    description: null,
    droppedPackets: null,
  };
  let timeResolution = 6;
  let timeOffsetSeconds = 0;
  walkOptions(view, body + 8, end, littleEndian, (code, at, length) => {
    if (code === interfaceName) described.name = text(view, at, length);
    else if (code === interfaceDescription) described.description = text(view, at, length);
    else if (code === interfaceTimeResolution && length >= 1) timeResolution = view.getUint8(at);
    else if (code === interfaceTimeOffset && length >= 8) timeOffsetSeconds = Number(view.getBigInt64(at, littleEndian));
  });
  return { described, timeResolution, timeOffsetSeconds };
}

/** Adds the names of a name resolution block's body to `names`, up to `limit` of them. */
export function decodeNameBlock(
  view: DataView,
  body: number,
  end: number,
  littleEndian: boolean,
  limit: number,
  names: CapturedName[],
): void {
  walkOptions(view, body, end, littleEndian, (code, at, length) => {
    const addressBytes = code === nameRecordIpv4 ? 4 : code === nameRecordIpv6 ? 16 : 0;
    if (addressBytes === 0 || length <= addressBytes || names.length >= limit) return;
    const address = new Uint8Array(view.buffer, view.byteOffset + at, addressBytes).slice();
    for (const name of text(view, at + addressBytes, length - addressBytes).split('\0')) {
      if (name !== '' && names.length < limit) names.push({ address, name });
    }
  });
}

/** Packets dropped by interface and system according to an interface statistics block's body; null when it does not say. */
export function droppedOfStatisticsBlock(view: DataView, body: number, end: number, littleEndian: boolean): number | null {
  if (end - body < 12) return null;
  let dropped: number | null = null;
  walkOptions(view, body + 12, end, littleEndian, (code, at, length) => {
    if ((code !== statisticsInterfaceDrop && code !== statisticsSystemDrop) || length < 8) return;
    dropped = (dropped ?? 0) + Number(view.getBigUint64(at, littleEndian));
  });
  return dropped;
}
