import { isIpv6, isLoopback } from '../model/address.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { FollowUp } from './follow-up.ts';
import { round } from './recorder.ts';
import { dialledPort, unansweredServers } from './unanswered.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** Ports that machines of the web answer on, if with a refusal. */
const commonPorts: readonly number[] = [80, 443];
/** Long enough for a second SYN (RFC 6298 section 2) and its answer. */
const patienceMs = 2200;
const mostAddresses = 4;

/** The SYN is not answered: does the same address answer on another port? */
export const otherPorts: FollowUp = {
  name: 'other-ports',
  startsEarly: true,
  isWanted: (context) => context.recorder.seen('tcp.connected').length === 0 && silentServers(context).length > 0,
  async run(context) {
    const port = dialledPort(context);
    const servers = silentServers(context).flatMap(({ address }) =>
      commonPorts.filter((other) => other !== port).map((other) => ({ address, port: other })),
    );
    await Promise.all(servers.map((server) => tryPort(context, server)));
  },
};

function silentServers(context: WalkContext): Endpoint[] {
  return unansweredServers(context, true)
    .filter((server) => !isLoopback(server.address))
    .slice(0, mostAddresses);
}

async function tryPort(context: WalkContext, server: Endpoint): Promise<void> {
  const { ports, recorder } = context;
  recorder.contact({ ...server, purpose: 'follow-up' });
  const connection = recorder.nextConnection();
  // A socket of the kernel's own hears of ICMP errors; an ordinary one takes some of them for a refusal.
  const shaped = await ports.shaped.dial(server, { hopLimit: 64 }, waitOf(context, patienceMs));
  const errorsKnown = 'kind' in shaped;
  const dialed = errorsKnown ? shaped : await ports.tcp.dial(server, waitOf(context, patienceMs));
  if (dialed.kind === 'aborted') return;
  if (dialed.kind === 'connected') dialed.connection.destroy();
  const icmp = dialed.kind === 'failed' ? dialed.icmp : undefined;
  const isReset = dialed.kind === 'failed' && ['connection-refused', 'connection-reset'].includes(dialed.failure.name);
  const outcome =
    dialed.kind === 'connected'
      ? 'opened'
      : dialed.kind === 'timed-out'
        ? 'unanswered'
        : isReset && icmp === undefined
          ? 'refused'
          : 'failed';
  recorder.observe({
    kind: 'tcp.port-tried',
    checkpoint: 'tcp',
    atMs: recorder.sinceStart(dialed.atMs),
    connection,
    server,
    family: isIpv6(server.address) ? 'ipv6' : 'ipv4',
    outcome,
    afterMs: round(dialed.atMs - dialed.startMs),
    errorsKnown,
    ...(icmp === undefined || icmp.from === null ? {} : { errorFrom: icmp.from }),
  });
}
