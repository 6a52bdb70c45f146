import { encodeAddress } from '../dns/wire-form.ts';
import { checked, libc, linux } from './libc.ts';

/** sockaddr_in or sockaddr_in6 (ip(7), ipv6(7)). */
export function socketAddress(address: string, port: number): Buffer {
  const six = address.includes(':');
  const bytes = Buffer.alloc(six ? 28 : 16);
  bytes.writeUInt16LE(six ? linux.AF_INET6 : linux.AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  encodeAddress(address).copy(bytes, six ? 8 : 4);
  return bytes;
}

/**
 * A socket bound in the namespace the thread is in, for TCP listening already. Node adopts the descriptor (`listen({ fd })`, `bind({ fd })`) and owns
 * it from then on. Node's own `listen` would bind later, when the thread is elsewhere.
 */
export function boundSocket(protocol: 'tcp' | 'udp', address: string, port: number, backlog = 128): number {
  const c = libc();
  const kind = (protocol === 'tcp' ? linux.SOCK_STREAM : linux.SOCK_DGRAM) | linux.SOCK_NONBLOCK | linux.SOCK_CLOEXEC;
  const six = address.includes(':');
  const fd = checked('socket', c.socket(six ? linux.AF_INET6 : linux.AF_INET, kind, 0));
  setOption(fd, linux.SOL_SOCKET, linux.SO_REUSEADDR, 1);
  if (six) setOption(fd, linux.IPPROTO_IPV6, linux.IPV6_V6ONLY, 1);
  const name = socketAddress(address, port);
  checked(`bind ${address} port ${port}`, c.bind(fd, name, name.length));
  if (protocol === 'tcp') checked('listen', c.listen(fd, backlog));
  return fd;
}

/** setsockopt with an int. */
export function setOption(fd: number, level: number, name: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  checked(`setsockopt ${level} ${name}`, libc().setsockopt(fd, level, name, bytes, 4));
}

/** A TCP connection being opened from the namespace the thread is in, that nobody will ever use or close. */
export function connectedSocket(address: string, port: number): number {
  const c = libc();
  const kind = linux.SOCK_STREAM | linux.SOCK_NONBLOCK | linux.SOCK_CLOEXEC;
  const fd = checked('socket', c.socket(address.includes(':') ? linux.AF_INET6 : linux.AF_INET, kind, 0));
  const name = socketAddress(address, port);
  // In progress is what is wanted.
  c.connect(fd, name, name.length);
  return fd;
}
