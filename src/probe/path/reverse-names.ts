import { parseAddress } from '../../model/address.ts';
import type { PathHop } from '../../model/observations/route.ts';
import { askServer } from '../dns/exchange.ts';
import { resolversOf } from '../dns/trouble.ts';
import type { WalkContext } from '../walk-context.ts';

/** A name that comes late is not worth waiting for. */
const timeoutMs = 1000;
const retransmitAfterMs = [400];

/** The name under which an address is asked for (RFC 1035 section 3.5, RFC 3596 section 2.5); null for what is no address. */
export function reverseName(address: string): string | null {
  const parsed = parseAddress(address);
  if (parsed === null) return null;
  const hex = parsed.value.toString(16).padStart(parsed.bits / 4, '0');
  if (parsed.bits === 128) return `${[...hex].reverse().join('.')}.ip6.arpa`;
  const octets = hex.match(/../g)?.map((octet) => Number.parseInt(octet, 16)) ?? [];
  return `${octets.reverse().join('.')}.in-addr.arpa`;
}

/**
 * Gives the answers of a path the names that a configured resolver knows for their addresses. What it is asked tells it the path, so it is asked on
 * request only, and nothing of it is observed but the names.
 */
export async function nameHops(context: WalkContext, hops: readonly PathHop[]): Promise<PathHop[]> {
  const [resolver] = resolversOf(context);
  if (resolver === undefined) return [...hops];
  const addresses = [...new Set(hops.flatMap((hop) => hop.answers.map((answer) => answer.from)))];
  const names = new Map<string, string>();
  await Promise.all(
    addresses.map(async (address) => {
      const name = reverseName(address);
      if (name === null) return;
      const query = { name, type: 'PTR', recursionDesired: true, checkingDisabled: false, edns: 'plain' } as const;
      const { outcome } = await askServer(context, resolver, query, { timeoutMs, retransmitAfterMs, enough: null });
      if (outcome.kind !== 'answered') return;
      const found = outcome.message.answers.find((record) => record.type === 'PTR');
      if (found !== undefined) names.set(address, found.data);
    }),
  );
  return hops.map((hop) => ({
    ...hop,
    answers: hop.answers.map((answer) => {
      const name = names.get(answer.from);
      return name === undefined ? answer : { ...answer, name };
    }),
  }));
}
