import type { Endpoint } from '../model/observations/base.ts';
import type { IcmpOrigin } from '../ports/connection.ts';
import { addressBytes } from './address-bytes.ts';
import { dialByKernel } from './kernel-dial.ts';
import { loadKernelSockets } from './kernel-socket.ts';
import { isFailure } from './network-tables.ts';

/**
 * Who sent the ICMP error that ends a connection attempt: the attempt is made once more on a socket whose error queue is open, which an ordinary
 * one's is not. Null when there was none (a reset, silence, an error of this host), when it does not come within `withinMs`, and where it cannot
 * be asked. Linux only; needs no privilege.
 */
export async function icmpOriginOf(remote: Endpoint, withinMs: number, signal?: AbortSignal): Promise<IcmpOrigin | null> {
  const address = addressBytes(remote.address);
  if (address === null || remote.address.includes('%')) return null;
  const sockets = await loadKernelSockets();
  if (isFailure(sockets)) return null;
  const outcome = await dialByKernel(sockets, remote, address, {}, { timeoutMs: withinMs, ...(signal === undefined ? {} : { signal }) });
  if (!('kind' in outcome)) return null;
  if (outcome.kind === 'connected') outcome.connection.destroy();
  return outcome.kind === 'failed' ? (outcome.icmp ?? null) : null;
}
