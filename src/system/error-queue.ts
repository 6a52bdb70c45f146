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

/**
 * The ICMP message behind an entry of a socket's error queue, from the control data of recvmsg(2) with MSG_ERRQUEUE; null when the error came
 * from this host itself or the data is something else. Layout of 64-bit Linux. Never throws.
 */
export function decodeErrorQueue(control: Uint8Array, littleEndian: boolean): IcmpOrigin | null {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  for (let at = 0; at + controlHeaderBytes <= control.length; ) {
    const length = Number(view.getBigUint64(at, littleEndian));
    if (length < controlHeaderBytes || length > control.length - at) return null;
    const level = view.getInt32(at + 8, littleEndian);
    const type = view.getInt32(at + 12, littleEndian);
    if (extendedErrors.some(([errorLevel, errorType]) => level === errorLevel && type === errorType)) {
      return originOf(control.subarray(at + controlHeaderBytes, at + length), littleEndian);
    }
    at += Math.ceil(length / 8) * 8;
  }
  return null;
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
