import type { ResolverIdentity } from '../../model/observations/dns.ts';
import { askResolver } from '../dns-question.ts';
import type { FollowUp } from '../follow-up.ts';
import type { WalkContext } from '../walk-context.ts';
import { type Cut, Descent } from './descent.ts';
import { isOthersWordWanted, lookedUpName, mayLeave, typesOf } from './trouble.ts';

const dnsPort = 53;

/** The way from the root to the name, then what each server of its zone says: serial, name servers, addresses. */
export const walkDelegation: FollowUp = {
  name: 'delegation',
  isWanted: isOthersWordWanted,
  async run(context) {
    const name = lookedUpName(context);
    if (name === null || !mayLeave(context)) return;
    const descent = new Descent(context, context.options.timeoutMs);
    const [type = 'A', other] = typesOf(context.options.family);
    const [end] = await Promise.all([descent.follow(name, type), descent.prime()]);
    if (end.kind === 'no-data' && other !== undefined) await descent.follow(end.name, other);
    if (end.cut.zone !== '.' && (end.kind === 'answer' || end.kind === 'no-data' || end.kind === 'name-error'))
      await compareServers(context, descent, end.cut, end.name);
  },
};

/** Servers of a zone that are compared. */
const comparedServers = 8;
const comparedServerMs = 1600;
const comparedRetransmitAfterMs: readonly number[] = [700];

async function compareServers(context: WalkContext, descent: Descent, cut: Cut, name: string): Promise<void> {
  await Promise.all(
    cut.servers.slice(0, comparedServers).map(async (server) => {
      const [address] = await descent.addressesOf(cut, server);
      if (address === undefined) return;
      const resolver: ResolverIdentity = { address, port: dnsPort, transport: 'udp', role: 'authoritative', serverName: server.name };
      const how = {
        resolver,
        recursionDesired: false,
        timeoutMs: Math.min(comparedServerMs, context.options.timeoutMs),
        retransmitAfterMs: comparedRetransmitAfterMs,
      };
      const questions = [
        { name: cut.zone, type: 'SOA' },
        { name: cut.zone, type: 'NS' },
        ...typesOf(context.options.family).map((type) => ({ name, type })),
      ];
      await Promise.all(questions.map((question) => askResolver(context, { ...how, ...question })));
    }),
  );
}
