import type { ObservationKind } from '../../model/observation.ts';
import { clip, endpoint } from '../fact-words.ts';
import { icmpWords } from '../icmp.ts';
import { ownerWords, pathLine } from '../path-words.ts';
import { listed } from '../wording.ts';
import type { LinesOf } from './lines.ts';

/** What the way says. */
export const routeLines: LinesOf<Extract<ObservationKind, `route.${string}`>> = {
  'route.icmp-error': (stated) =>
    `${stated.from ?? 'a router'} answers "${icmpWords(stated.version, stated.type, stated.code)}" for ${endpoint(stated.destination)}`,
  'route.path-traced': pathLine,
  'route.address-owners': (stated) =>
    `${listed(
      stated.owners.map((owner) => `${owner.address} is of ${clip(ownerWords(owner))}`),
      4,
    )} (${stated.table}, ${stated.tableDate})`,
};
