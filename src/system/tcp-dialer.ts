import { isIP, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Endpoint } from '../model/observations/base.ts';
import type { DialOutcome, IcmpOrigin, TcpDialer, Wait } from '../ports/connection.ts';
import { SocketConnection } from './connection.ts';
import { failureOf } from './errno.ts';
import { loadCLibrary, loadedCLibrary } from './foreign-functions.ts';
import { icmpOriginOf } from './icmp-origin.ts';
import { isFailure } from './network-tables.ts';
import { sourceAddressFor } from './source-address.ts';
import { isSynUnsent, rememberSynRetransmissions, synRetransmissionsOf } from './tcp-info.ts';
import { limitWait } from './wait-limit.ts';

/** An attempt that takes longer than this waits anyway: time to load what tells SYN retransmissions. */
const slowAttemptMs = 400;

/** Failures of an attempt that an ICMP error may be behind; the kernel tells its sender only to a socket that asked before. */
const causedByIcmp: ReadonlySet<string> = new Set(['connection-refused', 'host-unreachable', 'network-unreachable', 'send-not-permitted']);
/**
 * An error from the network comes within a round trip of the SYN or of its first retransmission; after more it is this host that gave up on a
 * neighbour that did not answer, which takes three seconds.
 */
const longestErrorMs = 2500;
/** What the repeated attempt may take: a few times as long as the first and some scheduling, no more than the slowest round trip. */
const shortestRepeatMs = 100;
const longestRepeatMs = 600;

/** Whether the pair is one a socket can be given: a literal address (an IPv6 one may carry a zone) and a port number. */
export function isDialable(remote: Endpoint): boolean {
  return isIP(remote.address) !== 0 && Number.isInteger(remote.port) && remote.port >= 0 && remote.port <= 65_535;
}

/**
 * Connections of `net.Socket`. ECONNRESET as the failure of an attempt means that the SYN was answered and the connection reset before this
 * process looked: a reset in answer to the SYN itself is ECONNREFUSED. An attempt that an ICMP error may have ended is repeated once, to learn
 * who sent it; `atMs` is the first one's.
 */
export const systemTcpDialer: TcpDialer = {
  prepare: async () => {
    await loadCLibrary();
  },
  dial: async (remote, wait) => {
    const startMs = performance.now();
    if (wait.signal?.aborted) return { kind: 'aborted', startMs, atMs: startMs };
    if (!isDialable(remote)) return { kind: 'failed', failure: { name: 'invalid-argument' }, startMs, atMs: startMs };
    const pending = attempt(remote, wait, startMs);
    underWay.add(pending);
    const outcome = await pending;
    underWay.delete(pending);
    if (outcome.kind !== 'failed' || !causedByIcmp.has(outcome.failure.name)) return outcome;
    const icmp = await icmpBehind(remote, wait, outcome);
    return icmp === null ? outcome : { ...outcome, icmp };
  },
};

/** Connections that this process has opened so far. */
let openedConnections = 0;

/** Attempts that have not ended yet. */
const underWay = new Set<Promise<DialOutcome>>();

/**
 * Who sent the ICMP error that ended an attempt. Asking loads a library, which blocks this thread and would show in the times of what goes on
 * beside: it waits for the attempts that are under way, and is left alone when one of them opens.
 */
async function icmpBehind(remote: Endpoint, wait: Wait, outcome: Extract<DialOutcome, { kind: 'failed' }>): Promise<IcmpOrigin | null> {
  const tookMs = outcome.atMs - outcome.startMs;
  if (tookMs > longestErrorMs) return null;
  // Without a source address nothing was sent.
  if (outcome.failure.name === 'network-unreachable' && isFailure(await sourceAddressFor(remote.address))) return null;
  if (loadedCLibrary() === null && (await Promise.all(underWay)).some((other) => other.kind === 'connected')) return null;
  const leftMs = wait.timeoutMs - (performance.now() - outcome.startMs);
  if (leftMs <= 0 || wait.signal?.aborted) return null;
  return icmpOriginOf(remote, Math.min(leftMs, shortestRepeatMs + 3 * tookMs, longestRepeatMs), wait.signal);
}

function attempt(remote: Endpoint, wait: Wait, startMs: number): Promise<DialOutcome> {
  return new Promise((resolve) => {
    const socket = new Socket({ allowHalfOpen: true });
    const settle = (outcome: DialOutcome): void => {
      release();
      clearTimeout(slow);
      socket.off('connect', onConnect);
      socket.off('error', onError);
      if (outcome.kind !== 'connected') {
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(outcome);
    };
    const onConnect = (): void => {
      const atMs = performance.now();
      const local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
      // TCP's simultaneous open (RFC 9293 section 3.5): an ephemeral source port that happens to equal the target's on this host connects the
      // socket to itself. Nobody listens there.
      if (local.port === remote.port && local.address === socket.remoteAddress) {
        settle({ kind: 'failed', failure: { name: 'connection-refused', raw: 'connected to itself' }, startMs, atMs });
        return;
      }
      rememberSynRetransmissions(socket, atMs - startMs);
      openedConnections += 1;
      settle({ kind: 'connected', connection: new SocketConnection(socket, null, local, remote), startMs, atMs });
    };
    const onError = (error: Error): void => {
      const atMs = performance.now();
      const failure = failureOf(error);
      // Either no port is free, or there is no source address for this destination at all: connecting UDP, which sends nothing, tells.
      if (failure.name === 'address-not-available') {
        void sourceAddressFor(remote.address).then((source) =>
          settle({ kind: 'failed', failure: isFailure(source) ? source : failure, startMs, atMs }),
        );
      } else if (failure.name === 'timed-out') settle(timedOut(socket, startMs, atMs));
      else settle({ kind: 'failed', failure, startMs, atMs });
    };
    const release = limitWait(wait, (why) => {
      const atMs = performance.now();
      if (why === 'aborted') settle({ kind: 'aborted', startMs, atMs });
      else settle(timedOut(socket, startMs, atMs));
    });
    const openedBefore = openedConnections;
    const slow = setTimeout(() => {
      // Something else opened meanwhile and is being timed: leave it alone.
      if (openedConnections === openedBefore) void loadCLibrary();
    }, slowAttemptMs);
    slow.unref();
    socket.on('connect', onConnect);
    socket.on('error', onError);
    socket.setNoDelay(true);
    socket.connect({ host: remote.address, port: remote.port });
  });
}

function timedOut(socket: Socket, startMs: number, atMs: number): DialOutcome {
  const outcome = { kind: 'timed-out', startMs, atMs, synRetransmissions: synRetransmissionsOf(socket) } as const;
  return isSynUnsent(socket) ? { ...outcome, unsent: true } : outcome;
}
