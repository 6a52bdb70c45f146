import type { IcmpOrigin } from '../ports/connection.ts';
import { addressText } from './address-bytes.ts';

/** `struct cmsghdr` on 64-bit Linux: length (8), level (4), type (4); aligned to 8. */
const controlHeaderBytes = 16;
/** level and type of an extended error: IP_RECVERR, IPV6_RECVERR. */
const extendedErrors = [
  [0, 11],
  [41, 25],
] as const;
/** `struct sock_extended_err` (linux/errqueue.h), which the sender's address follows. */
const extendedErrorBytes = 16;
/** ee_origin: who the error is from. */
const originIcmp = 2;
const originIcmp6 = 3;
const familyInet = 2;
const familyInet6 = 10;

/** level and type of a receive time: SO_TIMESTAMPNS; `struct timespec` follows. */
const receiveTime = [1, 35] as const;
/** level and type of the time to live of what was received: IP_TTL, IPV6_HOPLIMIT; an int follows. */
const timesToLive = [
  [0, 2],
  [41, 52],
] as const;

/** What the control data of a received message tells. */
export interface ControlFacts {
  /** The ICMP message behind an entry of the error queue; null when the error came from this host itself or there is none. */
  origin: IcmpOrigin | null;
  /** When the kernel took it from the wire, in milliseconds since 1970-01-01 UTC; null where it was not asked to note that. */
  receivedAtMs: number | null;
  /** Time to live, or hop limit, on arrival; null where it was not asked for. */
  ttl: number | null;
}

/**
 * The ICMP message behind an entry of a socket's error queue, from the control data of recvmsg(2) with MSG_ERRQUEUE; null when the error came
 * from this host itself or the data is something else. Layout of 64-bit Linux. Never throws.
 */
export function decodeErrorQueue(control: Uint8Array, littleEndian: boolean): IcmpOrigin | null {
  return decodeControl(control, littleEndian).origin;
}

/** All that is known here of control data of recvmsg(2), of the error queue or not. Layout of 64-bit Linux. Never throws. */
export function decodeControl(control: Uint8Array, littleEndian: boolean): ControlFacts {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  const facts: ControlFacts = { origin: null, receivedAtMs: null, ttl: null };
  for (let at = 0; at + controlHeaderBytes <= control.length; ) {
    const length = Number(view.getBigUint64(at, littleEndian));
    if (length < controlHeaderBytes || length > control.length - at) break;
    const level = view.getInt32(at + 8, littleEndian);
    const type = view.getInt32(at + 12, littleEndian);
    const is = ([wantedLevel, wantedType]: readonly [number, number]): boolean => level === wantedLevel && type === wantedType;
    const body = at + controlHeaderBytes;
    if (extendedErrors.some(is)) facts.origin ??= originOf(control.subarray(body, at + length), littleEndian);
    else if (is(receiveTime) && length >= controlHeaderBytes + 16)
      facts.receivedAtMs = Number(view.getBigInt64(body, littleEndian)) * 1000 + Number(view.getBigInt64(body + 8, littleEndian)) / 1e6;
    else if (timesToLive.some(is) && length >= controlHeaderBytes + 4) facts.ttl = view.getInt32(body, littleEndian);
    at += Math.ceil(length / 8) * 8;
  }
  return facts;
}

function originOf(error: Uint8Array, littleEndian: boolean): IcmpOrigin | null {
  const [origin, type, code] = error.subarray(4, 7);
  if (error.length < extendedErrorBytes || type === undefined || code === undefined) return null;
  if (origin !== originIcmp && origin !== originIcmp6) return null;
  return { from: offender(error.subarray(extendedErrorBytes), littleEndian), version: origin === originIcmp ? 4 : 6, type, code };
}

/** Address of `struct sockaddr_in` or `sockaddr_in6`; null for the unspecified family. */
function offender(address: Uint8Array, littleEndian: boolean): string | null {
  if (address.length < 8) return null;
  const family = new DataView(address.buffer, address.byteOffset).getUint16(0, littleEndian);
  if (family === familyInet) return addressText(address.subarray(4, 8));
  return family === familyInet6 ? addressText(address.subarray(8, 24)) : null;
}
