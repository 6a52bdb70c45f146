import { isLoopback } from '../../model/address.ts';
import { isFailure, observeUnmeasured } from '../local.ts';
import type { WalkContext } from '../walk-context.ts';

/** Writes down whose the addresses are that this request met: the target's, and those of everybody on the way. Asks nobody. */
export async function observeOwners(context: WalkContext): Promise<void> {
  const { ports, recorder } = context;
  const addresses = metAddresses(context);
  if (addresses.length === 0) return;
  const table = await ports.owners.open();
  if (isFailure(table)) {
    observeUnmeasured(context, 'owners', table);
    return;
  }
  recorder.observe({
    kind: 'route.address-owners',
    checkpoint: 'route',
    atMs: recorder.sinceStart(),
    owners: addresses.map((address) => table.find(address)),
    table: table.title,
    tableDate: table.date,
  });
}

function metAddresses({ recorder }: WalkContext): string[] {
  const { seen } = recorder;
  const met = [
    ...seen('dns.addresses-chosen').flatMap((chosen) => chosen.addresses),
    ...seen('route.icmp-error').flatMap((error) => (error.from === null ? [] : [error.from])),
    ...seen('route.path-traced').flatMap((path) => path.hops.flatMap((hop) => hop.answers.map((answer) => answer.from))),
  ];
  return [...new Set(met)].filter((address) => !isLoopback(address));
}
