import { isLoopback } from '../model/address.ts';
import type { FollowUp } from './follow-up.ts';
import { isFailure, observeUnmeasured } from './local.ts';
import type { WalkContext } from './walk-context.ts';

/** First port of traceroute(8): nobody listens there, and no rule of a filter is likely to be about it. */
const neutralPort = 33_434;

/** Addresses that stayed silent, and of which the kernel could not be asked whether the SYNs left this host. */
function unexplained({ recorder }: WalkContext): readonly string[] {
  return recorder
    .seen('tcp.syn-unanswered')
    .filter((silent) => silent.synRetransmissions === null && silent.followUp === undefined && !isLoopback(silent.server.address))
    .map((silent) => silent.server.address);
}

/** Does this host let anything out to there? A packet filter of its own refuses a datagram at once, and swallows a SYN without a word. */
export const ownFilter: FollowUp = {
  name: 'own-filter',
  isWanted: (context) => unexplained(context).length > 0,
  async run(context) {
    const { ports, recorder } = context;
    await Promise.all(
      unexplained(context).map(async (address) => {
        const destination = { address, port: neutralPort };
        const socket = await ports.datagrams.open(destination);
        if (isFailure(socket)) return;
        recorder.contact({ ...destination, purpose: 'follow-up' });
        const failure = await socket.send(new Uint8Array(1));
        socket.close();
        if (failure?.name !== 'send-not-permitted') return;
        recorder.observe({
          kind: 'local.send-refused',
          checkpoint: 'local',
          atMs: recorder.sinceStart(),
          protocol: 'udp',
          destination,
          failure,
        });
      }),
    );
  },
};

/** Sending was refused: by a rule, or because the table that rules are kept with is full? */
export const trackingTable: FollowUp = {
  name: 'tracking-table',
  isWanted: ({ recorder }) => recorder.seen('local.send-refused').length > 0,
  async run({ ports, recorder }) {
    const tracking = await ports.host.tracking();
    if (isFailure(tracking) || !(tracking.limit > 0) || tracking.entries < tracking.limit) return;
    const raw = `${tracking.entries} of ${tracking.limit} entries in use`;
    const failure = { name: 'no-buffer-space', raw } as const;
    recorder.observe({ kind: 'local.resource-exhausted', checkpoint: 'local', atMs: recorder.sinceStart(), failure, during: 'tracking' });
  },
};

/** Nothing came back from outside: what do the lease and the Wi-Fi say? */
export const accessNetwork: FollowUp = {
  name: 'access-network',
  isWanted({ recorder }) {
    const { seen } = recorder;
    const isOutside = (address: string): boolean => !isLoopback(address);
    const heard = [...seen('tcp.connected'), ...seen('tcp.syn-refused')].some(({ server }) => isOutside(server.address));
    return !heard && !seen('dns.answered').some(({ resolver }) => isOutside(resolver.address)) && seen('local.link').length > 0;
  },
  async run(context) {
    const { ports, recorder } = context;
    const [leases, wireless] = await Promise.all([ports.host.leases(), ports.host.wireless()]);
    const atMs = recorder.sinceStart();
    if (isFailure(leases)) observeUnmeasured(context, 'leases', leases);
    else for (const lease of leases) recorder.observe({ kind: 'local.dhcp-lease', checkpoint: 'local', atMs, ...lease });
    if (isFailure(wireless)) observeUnmeasured(context, 'wireless', wireless);
    else for (const one of wireless) recorder.observe({ kind: 'local.wireless', checkpoint: 'local', atMs, ...one });
  },
};
