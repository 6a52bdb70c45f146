import type { AddressOwner } from '../../model/observations/route.ts';
import type { Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';

/** Whether an owner is the one expected: by number (`AS13335`, `13335`), else by a part of the name. */
function isOwnedBy(owner: AddressOwner, expected: string): boolean {
  const number = /^(?:AS)?(\d+)$/i.exec(expected.trim());
  if (number !== null) return owner.asNumber === Number(number[1]);
  return owner.name?.toLowerCase().includes(expected.trim().toLowerCase()) === true;
}

export const dnsOwnerRules: readonly Rule[] = [
  {
    cause: 'dns.wrong-address',
    judge(facts) {
      const expected = facts.context.expect.owner;
      const chosen = facts.first('dns.addresses-chosen');
      if (expected === undefined || chosen === null || !['system', 'resolver', 'hosts-file'].includes(chosen.source)) return none();
      const table = facts.first('route.address-owners');
      const owners = table?.owners.filter((owner) => chosen.addresses.includes(owner.address)) ?? [];
      const others = owners.filter((owner) => !isOwnedBy(owner, expected));
      const [first] = others;
      if (first === undefined) return none();
      return failure(
        [chosen, table],
        { name: chosen.name, addresses: others.map((owner) => owner.address), expected: [`an address of ${expected}`] },
        // An address that no table knows may be the expected owner's all the same.
        { stated: true, confidence: others.some((owner) => owner.asNumber !== null || owner.range !== 'public') ? 'proven' : 'possible' },
      );
    },
  },
];
