import { isIpv6 } from '../../model/address.ts';
import type { ResolverIdentity } from '../../model/observations/dns.ts';
import { askResolver } from '../dns-question.ts';
import type { FollowUp } from '../follow-up.ts';
import type { WalkContext } from '../walk-context.ts';
import { isOthersWordWanted, lookedUpName, mayLeave, resolversOf, typesOf } from './trouble.ts';

const dnsPort = 53;

/** Well-known public resolvers (Cloudflare, Google, Quad9): each by an IPv4 and an IPv6 address. */
const publicResolvers: readonly (readonly [ipv4: string, ipv6: string])[] = [
  ['1.1.1.1', '2606:4700:4700::1111'],
  ['8.8.8.8', '2001:4860:4860::8888'],
  ['9.9.9.9', '2620:fe::fe'],
];

/** What do resolvers say that have nothing to do with this network? */
export const askPublicResolvers: FollowUp = {
  name: 'public-resolvers',
  isWanted: (context) => context.options.publicResolvers && isOthersWordWanted(context),
  async run(context) {
    const name = lookedUpName(context);
    if (name === null || !mayLeave(context) || !context.options.publicResolvers) return;
    const known = resolversOf(context).map((resolver) => resolver.address);
    const others = publicResolvers.filter((addresses) => !addresses.some((address) => known.includes(address)));
    await Promise.all(
      others.flatMap((addresses) => typesOf(context.options.family).map((type) => askPublic(context, addresses, name, type))),
    );
  },
};

/** The same when somebody wants a second word on the name whatever became of the request. */
export const secondOpinion: FollowUp = {
  name: 'public-resolvers',
  afterSuccess: true,
  isWanted: (context) => context.options.secondOpinion && !isOthersWordWanted(context),
  async run(context) {
    // A thorough walk asks them by the experiment above.
    if (!context.options.thorough) await askPublicResolvers.run(context);
  },
};

/** Over IPv4, and over IPv6 where this host has no way there. */
async function askPublic(context: WalkContext, addresses: readonly [string, string], name: string, type: string): Promise<void> {
  const hasIpv4 = !context.recorder
    .seen('dns.undeliverable')
    .some((question) => question.failure.name === 'network-unreachable' && !isIpv6(question.resolver.address));
  const address = hasIpv4 ? addresses[0] : addresses[1];
  const resolver: ResolverIdentity = { address, port: dnsPort, transport: 'udp', role: 'public' };
  const result = await askResolver(context, { resolver, name, type });
  if (result.kind === 'undeliverable' && hasIpv4)
    await askResolver(context, { resolver: { ...resolver, address: addresses[1] }, name, type });
}
