import type { Failure, FailureName } from '../model/failure.ts';
import { opensslAlert, opensslFailureName, opensslText } from './openssl-error.ts';
import { scrubText } from './scrub.ts';

/** POSIX errno, EAI and c-ares codes, as Node.js spells them in `error.code`. What is not here stays `unknown`. */
const names: Readonly<Record<string, FailureName>> = {
  ETIMEDOUT: 'timed-out',
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EPIPE: 'broken-pipe',
  ESHUTDOWN: 'broken-pipe',
  ECONNABORTED: 'connection-aborted',
  EHOSTUNREACH: 'host-unreachable',
  EHOSTDOWN: 'host-unreachable',
  ENETUNREACH: 'network-unreachable',
  ENETDOWN: 'network-down',
  ENONET: 'network-down',
  EPERM: 'send-not-permitted',
  EACCES: 'send-not-permitted',
  EADDRNOTAVAIL: 'address-not-available',
  EADDRINUSE: 'address-in-use',
  EAFNOSUPPORT: 'address-family-unsupported',
  EPROTONOSUPPORT: 'address-family-unsupported',
  EMFILE: 'too-many-open-files',
  ENFILE: 'too-many-open-files',
  ENOBUFS: 'no-buffer-space',
  ENOMEM: 'no-buffer-space',
  EMSGSIZE: 'message-too-long',
  EINVAL: 'invalid-argument',
  EBADF: 'invalid-argument',
  ERR_SOCKET_BAD_PORT: 'invalid-argument',
  ERR_INVALID_IP_ADDRESS: 'invalid-argument',
  ECANCELED: 'aborted',
  ABORT_ERR: 'aborted',
  ERR_STREAM_DESTROYED: 'aborted',
  ERR_SOCKET_DGRAM_NOT_RUNNING: 'aborted',
  ERR_SOCKET_CLOSED: 'aborted',
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: 'aborted',
  // getaddrinfo; Node.js folds EAI_NONAME and EAI_NODATA into ENOTFOUND
  ENOTFOUND: 'name-not-found',
  EAI_NONAME: 'name-not-found',
  EAI_NODATA: 'name-not-found',
  EAI_ADDRFAMILY: 'name-not-found',
  ENODATA: 'name-not-found',
  EAI_AGAIN: 'lookup-try-again',
  EAI_FAIL: 'lookup-failed',
  EAI_SYSTEM: 'lookup-refused-locally',
  EAI_MEMORY: 'lookup-refused-locally',
  EAI_OVERFLOW: 'lookup-refused-locally',
  EAI_BADFLAGS: 'invalid-argument',
  EAI_FAMILY: 'address-family-unsupported',
  EAI_SERVICE: 'invalid-argument',
  EAI_SOCKTYPE: 'invalid-argument',
  EAI_CANCELED: 'aborted',
  // c-ares, where it differs from the above
  ESERVFAIL: 'lookup-failed',
  EREFUSED: 'lookup-failed',
  EFORMERR: 'lookup-failed',
  ENOTIMP: 'lookup-failed',
  EBADNAME: 'invalid-argument',
  ETIMEOUT: 'timed-out',
  ECANCELLED: 'aborted',
};

interface SystemError {
  code: string | null;
  message: string;
}

function systemError(error: unknown): SystemError {
  if (!(error instanceof Error)) return { code: null, message: String(error) };
  const code: unknown = (error as { code?: unknown }).code;
  return { code: typeof code === 'string' && code !== '' ? code : null, message: error.message };
}

/**
 * Names an error of a socket, a name lookup or the TLS library. `code` is the library's own word. What has no name is `unknown`, with its
 * message scrubbed; a known one carries a message only where it adds to the code (TLS library).
 */
export function failureOf(error: unknown): Failure {
  const { code, message } = systemError(error);
  if (code === null) return { name: 'unknown', raw: scrubText(message) };
  const tls = opensslFailureName(code, message);
  const alert = tls === 'tls-alert' ? opensslAlert(message) : null;
  if (tls !== null) return { name: tls, code, ...(alert === null ? {} : { alert }), raw: scrubText(opensslText(message)) };
  const name = Object.hasOwn(names, code) ? names[code] : undefined;
  return name === undefined ? { name: 'unknown', code: scrubText(code), raw: scrubText(message) } : { name, code };
}

/**
 * Names an error of opening a UDP socket. A free port is found before the address is connected, so EADDRNOTAVAIL then means that this host has
 * no source address for such a destination (IPv6 without any address, for one), and a sender finds the network unreachable.
 */
export function datagramFailureOf(error: unknown): Failure {
  const failure = failureOf(error);
  return failure.name === 'address-not-available' ? { ...failure, name: 'network-unreachable' } : failure;
}

const shortOfResources = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS']);

/** Names an error of reading a file or running a command, where EACCES is about the file and not about sending. */
export function fileFailureOf(error: unknown): Failure {
  const { code, message } = systemError(error);
  if (code !== null && shortOfResources.has(code)) return failureOf(error);
  return { name: 'unknown', ...(code === null ? {} : { code: scrubText(code) }), raw: scrubText(message) };
}
