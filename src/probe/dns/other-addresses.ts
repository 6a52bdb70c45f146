import { isImpossibleForPublicName, isIpv6 } from '../../model/address.ts';
import type { DnsAddressTried } from '../../model/observations/dns.ts';
import type { FollowUp } from '../follow-up.ts';
import { round } from '../recorder.ts';
import { isProven } from '../tls.ts';
import { type WalkContext, waitOf } from '../walk-context.ts';
import { chosenAddresses, isLookupInTrouble, isOfFamily, isPeerInDoubt, lookedUpName, lookupQuestions } from './trouble.ts';

/** Addresses that are tried at most. */
const triedLimit = 4;
const tryMs = 3000;

/** Do the addresses that the request did not use prove to be the site? */
export const tryAddresses: FollowUp = {
  name: 'other-addresses',
  afterSuccess: true,
  buildsOnOthers: true,
  isWanted: (context) =>
    (isLookupInTrouble(context) || isPeerInDoubt(context) || doResolversDisagree(context)) && otherAddresses(context).length > 0,
  async run(context) {
    await Promise.all(otherAddresses(context).map((address) => tryAddress(context, address)));
  },
};

/** What anybody says the name's addresses are, without those in use and those that cannot be; the most often named first. */
function otherAddresses(context: WalkContext): string[] {
  const { recorder, options } = context;
  const used = chosenAddresses(context);
  const counts = new Map<string, number>();
  const name = lookedUpName(context);
  const answers = [
    ...recorder.seen('dns.answered').filter((answer) => answer.type === 'A' || answer.type === 'AAAA'),
    ...recorder.seen('dns.delegation-step').filter((step) => step.response === 'answer'),
  ].filter((answer) => answer.name === name || (answer.kind === 'dns.answered' && answer.resolver.role === 'authoritative'));
  for (const answer of answers) {
    for (const { type, data } of answer.answers) {
      const isAddress =
        type === answer.type && !used.includes(data) && !isImpossibleForPublicName(data) && isOfFamily(data, options.family);
      if (isAddress) counts.set(data, (counts.get(data) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([one, ones], [other, others]) => others - ones || Number(isIpv6(one)) - Number(isIpv6(other)))
    .map(([address]) => address)
    .slice(0, triedLimit);
}

async function tryAddress(context: WalkContext, address: string): Promise<void> {
  const { recorder, ports } = context;
  const target = recorder.seen('target.parsed')[0];
  if (target === undefined) return;
  const { host, port, scheme } = target;
  const isSecure = scheme === 'https' || scheme === 'wss';
  const startMs = ports.clock.nowMs();
  recorder.contact({ address, port, purpose: 'follow-up' });
  const outcome = await reach(context, address, port, isSecure ? host : null);
  if (outcome === null) return;
  const atMs = recorder.sinceStart();
  recorder.observe({
    kind: 'dns.address-tried',
    checkpoint: 'dns',
    atMs,
    durationMs: round(ports.clock.nowMs() - startMs),
    name: host,
    address,
    port,
    outcome,
  });
}

/** Null when the walk was interrupted. */
async function reach(
  context: WalkContext,
  address: string,
  port: number,
  secureName: string | null,
): Promise<DnsAddressTried['outcome'] | null> {
  const { ports } = context;
  const dialed = await ports.tcp.dial({ address, port }, waitOf(context, tryMs));
  if (dialed.kind === 'aborted') return null;
  if (dialed.kind === 'timed-out') return 'unanswered';
  if (dialed.kind === 'failed') return dialed.failure.name === 'connection-refused' ? 'refused' : 'unreachable';
  if (secureName === null) {
    dialed.connection.destroy();
    return 'open';
  }
  const handshake = await ports.tls.handshake(dialed.connection, { serverName: secureName, alpn: ['http/1.1'] }, waitOf(context, tryMs));
  dialed.connection.destroy();
  if (handshake.kind === 'aborted') return null;
  if (handshake.kind !== 'completed') return 'no-tls';
  handshake.connection.destroy();
  return isProven(handshake.record, { host: secureName }) ? 'proven' : 'not-proven';
}

/** Two resolvers of this host give addresses that have none in common. */
function doResolversDisagree(context: WalkContext): boolean {
  const questions = lookupQuestions(context).filter((question) => question.addresses.length > 0);
  return questions.some((one) =>
    questions.some((other) => one.type === other.type && !one.addresses.some((address) => other.addresses.includes(address))),
  );
}
