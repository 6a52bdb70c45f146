import { endianness } from 'node:os';
import type { Failure } from '../model/failure.ts';
import { failureOf } from './errno.ts';
import type { CLibrary, ForeignFunction } from './foreign-functions.ts';
import { decodeNetlink, decodeNetlinkErrno, type NetlinkMessage, netlinkType } from './netlink.ts';

/** linux/socket.h, linux/netlink.h. */
const familyNetlink = 16;
const socketRaw = 3;
const closeOnExec = 0o2000000;
const protocolRoute = 0;
const doNotWait = 0x40;

const receiveBytes = 65_536;
/** A dump longer than this many messages is cut: a host with a full Internet routing table has a million. */
const mostMessages = 200_000;

interface Calls {
  library: CLibrary;
  socket: ForeignFunction;
  send: ForeignFunction;
  receive: ForeignFunction;
  close: ForeignFunction;
}

let calls: Calls | null = null;

function callsOf(library: CLibrary): Calls {
  if (calls?.library !== library) {
    calls = {
      library,
      socket: library.function('int socket(int family, int type, int protocol)'),
      send: library.function('long send(int fd, void *bytes, unsigned long length, int flags)'),
      receive: library.function('long recv(int fd, void *bytes, unsigned long length, int flags)'),
      close: library.function('int close(int fd)'),
    };
  }
  return calls;
}

function lastFailure(library: CLibrary): Failure {
  return errnoFailure(library, library.errno());
}

/** A failure for an errno number. */
export function errnoFailure(library: CLibrary, errno: number): Failure {
  const code = library.errnoName(errno) ?? `errno ${errno}`;
  return failureOf(Object.assign(new Error(code), { code }));
}

/**
 * Sends one request and returns the answers. The kernel answers within the call, so nothing is waited for. Needs no privilege.
 * A refusal (`ENETUNREACH` for a destination without a route) is the failure, with its errno.
 */
export function netlinkExchange(library: CLibrary, request: Uint8Array): NetlinkMessage[] | Failure {
  const littleEndian = endianness() === 'LE';
  const { socket, send, receive, close } = callsOf(library);
  const descriptor = Number(socket(familyNetlink, socketRaw | closeOnExec, protocolRoute));
  if (descriptor < 0) return lastFailure(library);
  try {
    if (Number(send(descriptor, request, request.length, doNotWait)) < 0) return lastFailure(library);
    const dump = (new DataView(request.buffer, request.byteOffset).getUint16(6, littleEndian) & 0x300) !== 0;
    const answers: NetlinkMessage[] = [];
    while (answers.length < mostMessages) {
      const buffer = new Uint8Array(receiveBytes);
      const length = Number(receive(descriptor, buffer, buffer.length, doNotWait));
      if (length < 0) return lastFailure(library);
      const messages = decodeNetlink(buffer.subarray(0, length), littleEndian);
      if (messages.length === 0) break;
      for (const message of messages) {
        if (message.type === netlinkType.done) return answers;
        if (message.type === netlinkType.error) {
          const errno = decodeNetlinkErrno(message.body, littleEndian);
          return errno === 0 ? answers : errnoFailure(library, errno);
        }
        answers.push(message);
      }
      if (!dump) break;
    }
    return answers;
  } finally {
    close(descriptor);
  }
}
