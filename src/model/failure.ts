/**
 * Named failures of the operating system, the TLS library and parsers. Sources map every error they meet to one of these names; what they
 * cannot map stays `unknown` with its raw text, so that nothing is guessed.
 */
export type FailureName =
  // sockets (POSIX errno in brackets)
  | 'timed-out' // our own budget ran out, or ETIMEDOUT
  | 'connection-refused' // ECONNREFUSED
  | 'connection-reset' // ECONNRESET
  | 'broken-pipe' // EPIPE
  | 'connection-aborted' // ECONNABORTED
  | 'host-unreachable' // EHOSTUNREACH
  | 'network-unreachable' // ENETUNREACH
  | 'network-down' // ENETDOWN, ENONET
  | 'send-not-permitted' // EPERM, EACCES on connect or send: this host, or an ICMP(v6) policy code, forbids it
  | 'address-not-available' // EADDRNOTAVAIL: no such local address, or no free ports
  | 'address-in-use' // EADDRINUSE
  | 'address-family-unsupported' // EAFNOSUPPORT
  | 'too-many-open-files' // EMFILE, ENFILE
  | 'no-buffer-space' // ENOBUFS, ENOMEM
  | 'message-too-long' // EMSGSIZE
  | 'invalid-argument' // EINVAL, EBADF
  | 'aborted' // the walk was interrupted
  // name lookup (RFC 3493 EAI_*)
  | 'name-not-found' // EAI_NONAME, EAI_NODATA
  | 'lookup-try-again' // EAI_AGAIN
  | 'lookup-failed' // EAI_FAIL
  | 'lookup-refused-locally' // EAI_SYSTEM, EAI_MEMORY
  // TLS library
  | 'tls-alert' // a fatal alert ended the handshake
  | 'tls-wrong-version-number' // the first bytes are not a TLS record
  | 'tls-unsupported-protocol'
  | 'tls-no-shared-cipher'
  | 'tls-bad-peer-message' // a message that breaks the protocol
  | 'tls-dh-key-too-small'
  | 'tls-unsafe-legacy-renegotiation'
  | 'ended-encrypted' // from packets: one side ended the handshake, and why is encrypted
  | 'certificate-rejected' // the peer's certificate is not trusted, or for another name: nothing was sent to it
  | 'unknown';

export interface Failure {
  name: FailureName;
  /** The system's or library's own code (`ECONNREFUSED`, `ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION`), where there is one. */
  code?: string;
  /** For `tls-alert`: the alert's number, where the library tells (RFC 8446 section 6). */
  alert?: number;
  /** The raw message, control characters and secrets removed; always present when `name` is `unknown`. */
  raw?: string;
}
