import type { Failure } from '../../model/failure.ts';
import type { Endpoint } from '../../model/observations/base.ts';
import type { Wait } from '../../ports/connection.ts';
import type { ProbeChannel, ProbeOutcome } from '../../ports/path-tracer.ts';
import { tcpInfoOf } from '../tcp-info.ts';
import { answerOf } from './icmp-answer.ts';
import { PendingProbes } from './pending-probes.ts';
import { quotedMss } from './quoted-segment.ts';
import { type SocketCalls, socketAddress, socketKind } from './socket-calls.ts';

/** linux/tcp_states.h */
const stateEstablished = 1;
const levelTcp = 6;
/** TCP_SYNCNT: repetitions of the SYN. */
const optionSynCount = 7;

interface Probe {
  descriptor: number;
  sentAtMs: number;
}

/**
 * SYNs to the target's own port: an ordinary connection attempt whose packets live for few hops, on a socket that hears of ICMP errors. One that
 * opens is reset at once. Every probe has a source port of its own, which the kernel chooses.
 */
export function tcpProbes(calls: SocketCalls, destination: Endpoint): ProbeChannel | Failure {
  const address = socketAddress(destination.address, destination.port);
  if (address === null) return { name: 'invalid-argument' };
  const family = destination.address.includes(':') ? 'ipv6' : 'ipv4';
  const pending = new PendingProbes<Probe>(look);

  function look(): void {
    const probes = new Map([...pending.keys].map((probe) => [probe.descriptor, probe]));
    for (const descriptor of calls.ready([...probes.keys()])) {
      const probe = probes.get(descriptor);
      const outcome = probe === undefined ? null : outcomeOf(calls, probe, destination.address);
      if (probe !== undefined && outcome !== null) pending.settle(probe, outcome);
    }
  }

  return {
    async send(ttl: number, wait: Wait): Promise<ProbeOutcome> {
      const descriptor = calls.open(family, socketKind.stream, 0);
      if (typeof descriptor !== 'number') return { kind: 'failed', failure: descriptor };
      calls.setIpOption(descriptor, family, 'ttl', ttl);
      calls.setOption(descriptor, levelTcp, optionSynCount, Uint8Array.of(1, 0, 0, 0));
      calls.resetOnClose(descriptor);
      const probe = { descriptor, sentAtMs: calls.realtimeMs() };
      const failure = calls.connect(descriptor, address);
      if (failure !== null) {
        calls.close(descriptor);
        return { kind: 'failed', failure };
      }
      return pending.wait(probe, wait, () => calls.close(descriptor));
    },
    close: () => pending.settleAll({ kind: 'silent' }),
  };
}

function outcomeOf(calls: SocketCalls, probe: Probe, destination: string): ProbeOutcome | null {
  const info = tcpInfoOf(probe.descriptor);
  // An answer that came after a repetition of the SYN may be to either.
  const isRepeated = (info?.totalRetransmissions ?? 0) > 0;
  for (let error = calls.receiveError(probe.descriptor); error !== null; error = calls.receiveError(probe.descriptor)) {
    const answer = answerOf(error, probe.sentAtMs);
    if (answer === null) continue;
    const mssBytes = quotedMss(error.data);
    return {
      kind: 'answered',
      answer: { ...answer, ...(isRepeated ? { rttMs: null } : {}), ...(mssBytes === null ? {} : { mssBytes }) },
    };
  }
  if (info?.state === stateEstablished) {
    const rttMs = isRepeated || info.rttMicroseconds === null || info.rttMicroseconds === 0 ? null : info.rttMicroseconds / 1000;
    return { kind: 'answered', answer: { from: destination, what: 'opened', rttMs } };
  }
  const failure = calls.takeError(probe.descriptor);
  if (failure === null) return null;
  if (failure.name === 'connection-refused' || failure.name === 'connection-reset') {
    // The kernel does not note when a reset came: this is when it was looked for.
    const rttMs = isRepeated ? null : Math.max(0, calls.realtimeMs() - probe.sentAtMs);
    return { kind: 'answered', answer: { from: destination, what: 'refused', rttMs } };
  }
  return failure.name === 'timed-out' ? { kind: 'silent' } : { kind: 'failed', failure };
}
