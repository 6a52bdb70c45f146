import { isIpv6 } from '../model/address.ts';
import type { Endpoint } from '../model/observations/base.ts';
import { captivePortal } from './captive-portal.ts';
import { certificatePaths } from './certificate-paths.ts';
import { clockCheck } from './clock-check.ts';
import { toHex } from './dns/bytes.ts';
import { walkDelegation } from './dns/delegation.ts';
import { tryAddresses } from './dns/other-addresses.ts';
import { askPublicResolvers, secondOpinion } from './dns/public-resolvers.ts';
import { repetition } from './dns/repetition.ts';
import { askAgain, checkingDisabled, controlQuestion, overTcp, searchDomains, serviceBinding } from './dns/resolver-experiments.ts';
import { trustChain } from './dns/trust-chain.ts';
import type { FollowUp } from './follow-up.ts';
import { askHealthPath, askOlderVersion, askOrigin, askOtherHost, askPastCache } from './http-variations.ts';
import { idleReuse } from './idle-reuse.ts';
import { issuancePolicy } from './issuance-policy.ts';
import { accessNetwork, ownFilter, trackingTable } from './local-experiments.ts';
import { addressConflict, neighborsOfSilence, nextHopsAfterFailure } from './local-neighbors.ts';
import { otherFlows } from './other-flows.ts';
import { otherPorts } from './other-ports.ts';
import { pathOfControl, pathOfFailure, pathOfRequest } from './path/path-trace.ts';
import { isProxied } from './proxy/choice.ts';
import { proxySigns, proxyTrial } from './proxy/trials.ts';
import { tryQuic } from './quic.ts';
import { round } from './recorder.ts';
import { resetOrigin } from './reset-origin.ts';
import { revocationCheck } from './revocation-check.ts';
import { smallSegments, smallSegmentsBeside, smallSegmentsForBody } from './small-segments.ts';
import { tlsHellos } from './tls-hellos.ts';
import { observeBanner, plainHttp } from './tls-plain.ts';
import { tlsResumption } from './tls-resumption.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** Watched at least this long, to tell a peer that ends every connection from one that was provoked. */
const shortestWatchMs = 300;
/** ... and this many times as long as the peer took to end the connection that failed. */
const watchFactor = 3;
const sampleBytes = 64;

/** Reset or closed after our first bytes: does the peer do the same when nothing is sent? */
const silentConnection: FollowUp = {
  name: 'silent-connection',
  // Behind a proxy the connection is the proxy's: what it does unprovoked says nothing about the target.
  isWanted: (context) => !isProxied(context) && provokedEnds(context).length > 0,
  async run(context) {
    await Promise.all(
      provokedEnds(context).map((end) => watchSilently(context, end.server, Math.max(shortestWatchMs, end.sinceOpenMs * watchFactor))),
    );
  },
};

function provokedEnds(context: WalkContext): readonly { server: Endpoint; sinceOpenMs: number }[] {
  const { recorder } = context;
  return [...recorder.seen('tcp.reset-received'), ...recorder.seen('tcp.closed-by-peer')].filter(
    (end) => (end.phase === 'hello-sent' || end.phase === 'request-sent') && end.bytesReceived === 0,
  );
}

async function watchSilently(context: WalkContext, server: Endpoint, watchMs: number): Promise<void> {
  const { ports, recorder } = context;
  recorder.contact({ ...server, purpose: 'follow-up' });
  const id = recorder.nextConnection();
  const base = {
    kind: 'tcp.silent-connection',
    checkpoint: 'tcp',
    connection: id,
    server,
    family: isIpv6(server.address) ? 'ipv6' : 'ipv4',
  } as const;
  const dialed = await ports.tcp.dial(server, waitOf(context));
  if (dialed.kind === 'aborted') return;
  if (dialed.kind !== 'connected') {
    const afterMs = round(dialed.atMs - dialed.startMs);
    // ECONNRESET from connect(): it opened, and was reset before we could look.
    const isReset = dialed.kind === 'failed' && dialed.failure.name === 'connection-reset';
    recorder.observe({ ...base, atMs: recorder.sinceStart(dialed.atMs), outcome: isReset ? 'reset' : 'connect-failed', afterMs });
    return;
  }
  try {
    const read = await dialed.connection.read(waitOf(context, watchMs));
    if (read.kind === 'aborted') return;
    const outcome = read.kind === 'bytes' ? 'spoke' : read.kind === 'end' ? 'closed' : read.kind === 'failed' ? 'reset' : 'stayed-open';
    const sample = read.kind === 'bytes' ? { sampleHex: toHex(read.bytes.subarray(0, sampleBytes)) } : {};
    const connectMs = round(dialed.atMs - dialed.startMs);
    const afterMs = round(read.atMs - dialed.atMs);
    recorder.observe({ ...base, atMs: recorder.sinceStart(read.atMs), outcome, afterMs, connectMs, ...sample });
    if (read.kind === 'bytes') observeBanner(context, server, id, read.bytes, read.atMs);
  } finally {
    dialed.connection.destroy();
  }
}

/** Every experiment. */
export const allFollowUps: readonly FollowUp[] = [
  checkingDisabled,
  overTcp,
  askAgain,
  controlQuestion,
  askPublicResolvers,
  secondOpinion,
  walkDelegation,
  trustChain,
  searchDomains,
  serviceBinding,
  repetition,
  tryAddresses,
  silentConnection,
  tryQuic,
  askOrigin,
  askHealthPath,
  askPastCache,
  askOtherHost,
  askOlderVersion,
  tlsHellos,
  plainHttp,
  tlsResumption,
  smallSegments,
  smallSegmentsForBody,
  smallSegmentsBeside,
  otherPorts,
  resetOrigin,
  idleReuse,
  otherFlows,
  neighborsOfSilence,
  nextHopsAfterFailure,
  addressConflict,
  ownFilter,
  trackingTable,
  accessNetwork,
  pathOfFailure,
  pathOfControl,
  pathOfRequest,
  proxyTrial,
  proxySigns,
  captivePortal,
  clockCheck,
  certificatePaths,
  revocationCheck,
  issuancePolicy,
];
